package conformance

import "strings"

// shortSecret is one byte short of a usable JWT_SECRET.
var shortSecret = strings.Repeat("short-", 5) + "x"

// secretGroup is a service whose JWT_SECRET is missing or shorter than 32 bytes (C13, C4 last sentence).
func secretGroup(name, secret string) Group {
	const says = "C4, C13: without a usable JWT_SECRET every route but /health and the documents answers 503 other with Retry-After: 1"
	unset := all(refused(503, "other"), header("Retry-After", "1"))
	var cases []Case
	for _, r := range routes() {
		switch r.path {
		case "/health":
			cases = append(cases, answer("health", says, get(r.path), ok, text("status", "healthy")))
			continue
		case "/openapi.json", "/docs":
			cases = append(cases, answer(r.label(), "the documents ask for no setting", get(r.path), ok))
			continue
		}
		cases = append(cases, answer(r.label(), says, r.request(), unset))
	}
	cases = append(cases,
		answer("with-credentials", says, get("/api/auth/profile").bearer("e30.e30.e30").with("X-API-Key", "dfm_x"), unset),
		answer("nothing-is-told", "C4: no internals in the answer", get("/api/auth/profile"), unset, noSetting),
		answer("unknown-path", "C2: route match comes first, or the refusal", get("/nothing"), status(404, 503)),
		answer("preflight", "C2: preflight is step 1", bare("OPTIONS", "/api/auth/login").
			with("Origin", "null").with("Access-Control-Request-Method", "POST"), status(204)),
		Case{Name: "a-record-names-the-setting", Alone: true, Run: func(s *Session) {
			const says = "C13: a clear error: a record names JWT_SECRET"
			r := s.ask(says, get("/version"), unset)
			named := s.poll(mailWait, func() bool {
				return find(s.service.Records(), func(r Record) bool { return strings.Contains(r.words(), "jwt_secret") }) != nil
			})
			if !named {
				s.wrong(r, "no record names JWT_SECRET", says)
			}
		}},
	)
	return Group{Name: name, Settings: map[string]string{"JWT_SECRET": secret}, Cases: cases}
}

// noSetting wants the answer not to hold the value of a setting.
func noSetting(r *Reply) string {
	if strings.Contains(string(r.Body), "short-short") {
		return "the answer holds the secret"
	}
	return ""
}
