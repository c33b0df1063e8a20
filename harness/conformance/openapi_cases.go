package conformance

import (
	"regexp"
	"strings"

	"tracedge/harness/audit"
)

// documentCases are /openapi.json and /docs.
func documentCases() []Case {
	const public = "C1: public, and without storage"
	none := headerLike("Server-Timing", `desc="0 ops"`)
	cases := []Case{
		answer("document", public, get("/openapi.json"), ok, none, text("openapi", "3.1.0"), text("info.title", "Tracedge"), nonEmpty("info.version")),
		answer("page", public, get("/docs"), ok, none, header("Content-Type", "text/html; charset=utf-8")),
		answer("page-stands-alone", "no request to anybody else, and no script but its own", get("/docs"), ok, standsAlone),
		answer("page-below", "C1: /docs/* is 404 when no files are bundled", get("/docs/index.html"), notFound),
		answer("page-with-slash", "C1: a trailing slash is another path", get("/docs/"), notFound),
		{Name: "every-route", Run: func(s *Session) {
			const says = "every route and alias of the table is in the document and on the page (make runbooks)"
			table, err := audit.Table()
			if err != nil {
				s.Fatal(err)
			}
			page := string(s.ask(says, get("/docs"), ok).Body)
			for _, r := range table.Routes() {
				for _, pattern := range append([]string{r.Pattern}, r.Aliases...) {
					path := regexp.MustCompile(`:([a-z_0-9]+)`).ReplaceAllString(pattern, "{$1}")
					if !s.service.suite.document.judge.Has(r.Method, path) {
						s.Errorf("the document lacks %s %s; contract: %s", r.Method, pattern, says)
					}
					if !strings.Contains(page, ">"+pattern+"<") {
						s.Errorf("the page lacks %s; contract: %s", pattern, says)
					}
				}
			}
		}},
		{Name: "version", Run: func(s *Session) {
			version := s.ask("S4", get("/version"), ok).text("version")
			s.ask("the document is that of this version", get("/openapi.json"), ok, text("info.version", version))
		}},
		{Name: "schemas", Run: func(s *Session) {
			if err := s.service.suite.document.judge.Compile(); err != nil {
				s.Errorf("a schema is not JSON Schema 2020-12: %v", err)
			}
		}},
	}
	return under("docs", cases...)
}

var elsewhere = regexp.MustCompile(`(?i)(src|href|action)\s*=\s*["']?\s*(https?:)?//|@import|url\(`)

// standsAlone wants a page that loads nothing, with a policy that says so.
func standsAlone(r *Reply) string {
	if found := elsewhere.Find(r.Body); found != nil {
		return "the page refers to elsewhere: " + string(found)
	}
	policy := r.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		return "the policy is " + policy
	}
	return ""
}
