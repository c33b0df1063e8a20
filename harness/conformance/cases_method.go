package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// methodCases hold every route against every method (C2 step 2, C4, C5 Methods).
func methodCases() []Case {
	var cases []Case
	for _, r := range routes() {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
			if !r.allows(method) {
				cases = append(cases, answer(method+"-"+r.label(), "C4: 405 `other` with Allow: every method of the path",
					bare(method, r.path), methodRefused(r)))
			}
		}
		cases = append(cases,
			answer("OPTIONS-"+r.label(), "C5: OPTIONS answers 204 with Allow", bare("OPTIONS", r.path), status(204), allow(r)))
		if r.method == "GET" {
			cases = append(cases, headCase(r))
		}
	}
	cases = append(cases,
		answer("PROPFIND", "C4: 405 with Allow", bare("PROPFIND", "/health").orFrontRefuses(), status(405)),
		answer("unknown", "C4: 405 with Allow", bare("FROB", "/health").orFrontRefuses(), status(405)),
		answer("override-ignored", "C1: the method is the request's own",
			get("/health").with("X-HTTP-Method-Override", "DELETE").with("X-HTTP-Method", "DELETE"), ok),
		answer("HEAD-nothing", "C5: HEAD has the status of GET, no body", bare("HEAD", "/nothing"), status(404)),
		answer("HEAD-without-credentials", "C5: HEAD has the status of GET, no body", bare("HEAD", "/api/auth/verify"), status(401)),
	)
	return under("method", cases...)
}

// methodRefused wants a 405; a HEAD has no body to look at.
func methodRefused(r route) Check {
	return func(reply *Reply) string {
		if reply.Request.Method == "HEAD" {
			return all(status(405), allow(r))(reply)
		}
		return all(notAllowed, allow(r))(reply)
	}
}

// allow wants the Allow header of a route's path; whether it names OPTIONS is left open.
func allow(r route) Check {
	return func(reply *Reply) string {
		var got []string
		for method := range strings.SplitSeq(strings.Join(reply.Header.Values("Allow"), ","), ",") {
			if method = strings.TrimSpace(method); method != "OPTIONS" {
				got = append(got, method)
			}
		}
		want := []string{r.method}
		if r.method == "GET" {
			want = append(want, "HEAD")
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			return fmt.Sprintf("Allow is %q, want %v", reply.Header.Get("Allow"), want)
		}
		return ""
	}
}

// headCase compares HEAD with GET.
func headCase(r route) Case {
	return Case{Name: "HEAD-" + r.label(), Run: func(s *Session) {
		const says = "C5: HEAD answers with the same status and headers, no body"
		request := bare("GET", r.path)
		if r.class != "public" {
			request = request.bearer("$token")
		}
		full := s.ask(says, request, ok)
		request.Method = "HEAD"
		head := s.ask(says, request, ok)
		for _, name := range []string{
			"Content-Type", "Cache-Control", "X-Content-Type-Options", "Access-Control-Allow-Origin",
			"Access-Control-Expose-Headers", "Vary", "Allow", "Link",
		} {
			s.want(head, says, header(name, strings.Join(full.Header.Values(name), ", ")))
		}
	}}
}

// corsCases are C11 beyond what binds every reply.
func corsCases() []Case {
	preflight := func(path, headers string) Request {
		r := bare("OPTIONS", path).with("Origin", "https://app.example.test").with("Access-Control-Request-Method", "POST")
		if headers != "" {
			r = r.with("Access-Control-Request-Headers", headers)
		}
		return r
	}
	const says = "C11: preflight is 204 on any path and allows what was asked for"
	allowed := all(status(204), header("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
		header("Access-Control-Max-Age", "86400"), headerLike("Vary", `(?i)(^|,\s*)Access-Control-Request-Headers(,|$)`))
	return under("cors",
		answer("preflight", says, preflight("/api/auth/login", "content-type, x-api-key"), allowed, allowsHeaders("content-type,x-api-key")),
		answer("preflight-one-header", says, preflight("/api/auth/logout", "Idempotency-Key"), allowed, allowsHeaders("Idempotency-Key")),
		answer("preflight-no-header", says, preflight("/health", ""), allowed),
		answer("preflight-unknown-path", says, preflight("/nothing/at/all", "authorization"), allowed, allowsHeaders("authorization")),
		answer("preflight-odd-path", says, preflight("//a%00", "authorization"), allowed),
		answer("preflight-before-authentication", "C2: preflight is step 1",
			preflight("/api/auth/profile", "authorization").with("X-API-Key", "dfm_short"), allowed),
		answer("origin", "C11: Access-Control-Allow-Origin is * on every response",
			get("/health").with("Origin", "https://evil.example"), ok),
		answer("origin-null", "C11: Access-Control-Allow-Origin is * on every response",
			get("/nothing").with("Origin", "null"), notFound),
		answer("origin-on-refusal", "C11: Access-Control-Allow-Origin is * on every response",
			get("/api/auth/profile").with("Origin", "https://app.example.test"), unauthorized),
	)
}

// allowsHeaders wants the requested names back, whatever the white space between them.
func allowsHeaders(want string) Check {
	return func(r *Reply) string {
		got := strings.ReplaceAll(strings.Join(r.Header.Values("Access-Control-Allow-Headers"), ","), " ", "")
		if !strings.EqualFold(got, want) {
			return fmt.Sprintf("Access-Control-Allow-Headers is %q, want %q", got, want)
		}
		return ""
	}
}
