package conformance

import (
	"bytes"
	"strings"
)

// idempotencyCases are C9 on the mounted authenticated POST routes, refresh and logout.
func idempotencyCases() []Case {
	const form = "C9: 1 to 255 visible ASCII characters, else 400"
	const different = "C9: same key, anything of method, path, query and body bytes different: 422"
	refresh := func(key string) Request {
		return bare("POST", "/api/auth/refresh").bearer("$token").with("Idempotency-Key", key)
	}
	cases := []Case{
		{Name: "replay", Run: func(s *Session) {
			const says = "C9: the stored status and body, Idempotency-Replayed: true, a trace id of its own"
			first := s.ask(says, refresh("replay"), ok, header("Idempotency-Replayed", ""))
			s.tokenReply("A6: a token reply", first)
			for range 3 {
				again := s.ask(says, refresh("replay"), ok, header("Idempotency-Replayed", "true"))
				if !bytes.Equal(first.Body, again.Body) || first.traceID() == again.traceID() {
					s.wrong(again, "body differs or trace id repeats; first was "+first.String(), says)
				}
			}
		}},
		{Name: "another-key", Run: func(s *Session) {
			const says = "C9: first use is processed"
			s.ask(says, refresh("one"), ok, header("Idempotency-Replayed", ""))
			s.ask(says, refresh("two"), ok, header("Idempotency-Replayed", ""))
		}},
		{Name: "scope-is-the-caller", Run: func(s *Session) {
			const says = "C9: scope is the caller's user id"
			u := s.newUser()
			s.ask(says, refresh("shared"), ok)
			s.ask(says, bare("POST", "/api/auth/refresh").bearer(u.token).with("Idempotency-Key", "shared"), ok,
				header("Idempotency-Replayed", ""), text("user_id", u.id))
		}},
		{Name: "scope-is-not-the-token", Run: func(s *Session) {
			const says = "C9: scope is the caller's user id, whatever the credential"
			first := s.ask(says, refresh("scope"), ok)
			again := s.ask(says, bare("POST", "/api/auth/refresh").bearer(first.text("token")).with("Idempotency-Key", "scope"), ok,
				header("Idempotency-Replayed", "true"))
			if !bytes.Equal(first.Body, again.Body) {
				s.wrong(again, "body differs from the first", says)
			}
		}},
		{Name: "other-path", Run: func(s *Session) {
			s.ask(different, refresh("path"), ok)
			s.ask(different, bare("POST", "/api/auth/logout").bearer("$token").with("Idempotency-Key", "path"), unprocessable)
			s.accepted("C9: nothing is done", s.me().token)
		}},
		{Name: "other-query", Run: func(s *Session) {
			s.ask(different, refresh("query"), ok)
			r := refresh("query")
			r.Target += "?a=1"
			s.ask(different, r, unprocessable)
			s.ask("C9: the stored reply is still there", refresh("query"), ok, header("Idempotency-Replayed", "true"))
		}},
		{Name: "other-body", Run: func(s *Session) {
			s.ask(different, refresh("body").carrying("{}"), ok)
			s.ask(different, refresh("body").carrying("{ }"), unprocessable)
			s.ask(different, refresh("body"), unprocessable)
			s.ask(different, refresh("body").carrying("{}"), ok, header("Idempotency-Replayed", "true"))
		}},
		{Name: "done-once", Run: func(s *Session) {
			const says = "C9: a replay does nothing again"
			u := s.newUser()
			logout := func(token string) Request {
				return bare("POST", "/api/auth/logout").bearer(token).with("Idempotency-Key", "once")
			}
			s.ask("A4", logout(u.token), ok, header("Idempotency-Replayed", ""))
			second := s.logIn(u)
			s.ask(says, logout(second), ok, header("Idempotency-Replayed", "true"), is("success", true))
			third := s.ask("A1", u.login(u.password), ok)
			if _, claims, err := s.read(third.text("token")); err != nil || integral(claims["ver"]) != 1 {
				s.wrong(third, "claim ver is not 1: the logout ran again", says)
			}
			s.accepted(says, second)
		}},
		{Name: "refusals-are-not-stored", Run: func(s *Session) {
			const says = "C9: first ended without 2xx: nothing stored, the key is free again"
			u := s.newUser()
			big := bare("POST", "/api/auth/refresh").bearer(u.token).with("Idempotency-Key", "free").carrying(strings.Repeat("x", limit+1))
			s.ask(says, big, tooLarge)
			big.Body = ""
			s.ask(says, big, ok, header("Idempotency-Replayed", ""))
		}},
		answer("after-authentication", "C2: authentication (step 4) before header values (step 7)",
			bare("POST", "/api/auth/refresh").with("Idempotency-Key", "not valid"), unauthorized),
		answer("ignored-on-get", "C9: ignored on other methods",
			get("/api/auth/profile").bearer("$token").with("Idempotency-Key", "not valid"), ok, header("Idempotency-Replayed", "")),
		answer("longest", form, refresh(strings.Repeat("k", 255)), ok),
		answer("shortest", form, refresh("!"), ok),
		answer("punctuation", form, refresh(`~"\',;:{}()[]<>?=/`), ok),
		answer("uuid", form, refresh("8e03978e-40d5-43e8-bc93-6894a57f9324"), ok),
	}
	for name, key := range map[string]string{
		"empty": "", "256": strings.Repeat("k", 256), "space": "a b", "tab": "a\tb", "not-ascii": "schl\xc3\xbcssel", "control": "a\x01b", "delete": "a\x7fb",
	} {
		cases = append(cases, answer("invalid-"+name, form, refresh(key).orFrontRefuses(), badRequest))
	}
	return under("idempotency", sorted(cases)...)
}
