package conformance

import (
	"fmt"
	"strings"
)

const (
	givenTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	givenSpan  = "00f067aa0ba902b7"
)

// traceCases are C10: what a traceparent does, and what it does not.
func traceCases() []Case {
	const keeps = "C10: a valid traceparent supplies the trace id; the span is the server's; the sampled flag is kept"
	const fresh = "C10: a missing, malformed or all-zero traceparent is ignored and a fresh id is made"
	cases := []Case{
		{Name: "fresh-ids-differ", Run: func(s *Session) {
			first, second := s.ask(fresh, get("/health"), ok), s.ask(fresh, get("/health"), ok)
			if first.traceID() == second.traceID() || strings.Trim(first.traceID(), "0") == "" {
				s.wrong(second, "its trace id is zero or that of another request", fresh)
			}
		}},
		answer("tracestate-alone", fresh, get("/health").with("tracestate", "a=1"), ok, freshTrace),
	}
	for name, r := range map[string]struct{ header, flags string }{
		"sampled":             {"00-%s-" + givenSpan + "-01", "01"},
		"not-sampled":         {"00-%s-" + givenSpan + "-00", "00"},
		"other-flags":         {"00-%s-" + givenSpan + "-fe", "00"},
		"other-flags-sampled": {"00-%s-" + givenSpan + "-03", "01"},
		"higher-version":      {"01-%s-" + givenSpan + "-01", "01"},
		"higher-version-more": {"cc-%s-" + givenSpan + "-01-what-the-future-will-be-like", "01"},
	} {
		cases = append(cases, Case{Name: name, Run: func(s *Session) { s.keepsTrace(keeps, get("/health"), r.header, r.flags) }})
	}
	for name, r := range map[string]Request{
		"on-404":            get("/nothing"),
		"on-401":            get("/api/auth/profile"),
		"on-400":            post("/api/auth/login", "{"),
		"on-405":            bare("DELETE", "/"),
		"on-preflight":      bare("OPTIONS", "/").with("Origin", "null").with("Access-Control-Request-Method", "GET"),
		"on-head":           bare("HEAD", "/health"),
		"with-tracestate":   get("/health").with("tracestate", "vendor=value,\tother=\xff"),
		"upper-case-header": get("/health"),
	} {
		form := "00-%s-" + givenSpan + "-01"
		cases = append(cases, Case{Name: name, Run: func(s *Session) { s.keepsTrace(keeps, r, form, "01") }})
	}
	for name, header := range map[string]string{
		"empty":              "",
		"short":              "00-" + givenTrace + "-" + givenSpan + "-0",
		"no-flags":           "00-" + givenTrace + "-" + givenSpan,
		"longer-version-00":  "00-" + givenTrace + "-" + givenSpan + "-01-more",
		"longer-without-gap": "01-" + givenTrace + "-" + givenSpan + "-01more",
		"upper-case":         "00-" + strings.ToUpper(givenTrace) + "-" + givenSpan + "-01",
		"version-ff":         "ff-" + givenTrace + "-" + givenSpan + "-01",
		"zero-trace":         "00-" + strings.Repeat("0", 32) + "-" + givenSpan + "-01",
		"zero-span":          "00-" + givenTrace + "-" + strings.Repeat("0", 16) + "-01",
		"not-hex":            "00-" + strings.Replace(givenTrace, "4", "g", 1) + "-" + givenSpan + "-01",
		"wrong-dashes":       "00_" + givenTrace + "_" + givenSpan + "_01",
		"two-in-one":         "00-" + givenTrace + "-" + givenSpan + "-01, 00-" + givenTrace + "-" + givenSpan + "-01",
		"very-long":          strings.Repeat("00-"+givenTrace+"-", 100),
		"not-ascii":          "00-\xff\xfe" + givenTrace[2:] + "-" + givenSpan + "-01",
	} {
		cases = append(cases, answer("ignored-"+name, fresh, get("/health").with("traceparent", header), ok, freshTrace))
	}
	return under("trace", sorted(cases)...)
}

// keepsTrace sends r with a traceparent of that form around a fresh trace id and wants it kept.
func (s *Session) keepsTrace(says string, r Request, form, flags string) {
	s.Helper()
	trace := randomHex(16)
	reply := s.ask(says, r.with("TraceParent", fmt.Sprintf(form, trace)), header("X-Trace-Id", trace),
		headerLike("traceparent", "^00-"+trace+"-[0-9a-f]{16}-"+flags+"$"))
	if strings.Contains(reply.Header.Get("traceparent"), givenSpan) {
		s.wrong(reply, "the span id is the caller's", says)
	}
}

// freshTrace wants a trace id that is not the given one.
func freshTrace(r *Reply) string {
	if strings.EqualFold(r.traceID(), givenTrace) {
		return "the trace id was taken from a header that must be ignored"
	}
	return ""
}
