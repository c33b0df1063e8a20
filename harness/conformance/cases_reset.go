package conformance

import "strings"

// resetCases are A8.
func resetCases() []Case {
	const order = "A8: 400 in order: empty token, password rules, not 64 hex, unknown"
	unknown := strings.Repeat("0a", 32)
	good := func(token string) Request { return resetRequest(token, "$password") }
	weakly := func(token string) Request { return resetRequest(token, "weak") }
	return under("reset",
		Case{Name: "changes-the-password", Run: func(s *Session) {
			const says = "A8: the new password holds at once, the old one and every old token are refused"
			u := s.newUser()
			old, oldToken := u.password, u.token
			token := s.resetToken(u, 1)
			u.password = s.newPassword()
			s.ask(says, resetRequest(token, u.password), ok, nonEmpty("message"), lacks("token"))
			s.ask(says, u.login(old), unauthorized)
			fresh := s.logIn(u)
			s.accepted(says, fresh)
			s.ask("A8: a token is good once", resetRequest(token, s.newPassword()), badRequest)
			s.logIn(u)
			s.revoked("C3: password reset raises the token version", oldToken)
			s.accepted(says, fresh)
		}},
		Case{Name: "token-trimmed", Run: func(s *Session) {
			u := s.newUser()
			token := s.resetToken(u, 1)
			s.ask("A8: token is trimmed", resetRequest(" \t"+token+"\n ", s.newPassword()), ok)
		}},
		Case{Name: "password-not-trimmed", Run: func(s *Session) {
			const says = "A8: new_password is not trimmed"
			u := s.newUser()
			token := s.resetToken(u, 1)
			inner := s.newPassword()
			s.ask(says, resetRequest(token, " "+inner+" "), ok)
			s.ask(says, u.login(inner), unauthorized)
			s.ask(says, u.login(" "+inner+" "), ok)
		}},
		Case{Name: "weak-password-keeps-the-token", Run: func(s *Session) {
			u := s.newUser()
			token := s.resetToken(u, 1)
			s.ask("A8: password rules", resetRequest(token, "weak"), badRequest)
			s.ask("A8: a refused request consumes nothing", resetRequest(token, s.newPassword()), ok)
		}},
		Case{Name: "a-new-token-invalidates-the-older", Run: func(s *Session) {
			const says = "A7: siblings of that user are invalidated"
			u := s.newUser()
			older, newer := s.resetToken(u, 1), s.resetToken(u, 2)
			if older == newer {
				s.Errorf("sent two requests for a reset; came the same token twice; contract: %s", says)
			}
			s.ask(says, resetRequest(older, s.newPassword()), badRequest)
			s.ask(says, resetRequest(newer, s.newPassword()), ok)
		}},
		Case{Name: "of-one-account-only", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			s.ask("A8", resetRequest(s.resetToken(u, 1), s.newPassword()), ok)
			s.logIn(other)
			s.accepted("A8: other accounts keep their tokens", other.token)
		}},
		Case{Name: "after-a-username-of-another-spelling", Run: func(s *Session) {
			u := s.newUser()
			r := s.ask("C5: compared after NFC and lower-casing", forgot("username", strings.ToUpper(u.name)), ok)
			s.gotMail(r, "A7", u, 1)
		}},
		Case{Name: "idempotency-key-ignored", Run: func(s *Session) {
			s.ask("C9: ignored on public routes", good(unknown).with("Idempotency-Key", "not valid"), badRequest)
		}},
		answer("token-empty", order, good(""), badRequest, fieldIfAny("token")),
		answer("token-blank", order, good(" \t\n"), badRequest, fieldIfAny("token")),
		answer("token-short", order, good(unknown[1:]), badRequest),
		answer("token-long", order, good(unknown+"0"), badRequest),
		answer("token-not-hex", order, good("g"+unknown[1:]), badRequest),
		answer("token-not-ascii", order, good(strings.Repeat("é", 32)), badRequest),
		answer("token-very-long", order, good(strings.Repeat("a", 1_000_000)), badRequest),
		answer("token-unknown", order, good(unknown), badRequest),
		answer("password-over-72-bytes", order, resetRequest(unknown, "Aa1!"+strings.Repeat("x", 69)), badRequest),
		Case{Name: "order", Run: func(s *Session) {
			empty := s.ask(order, good(""), badRequest)
			rule := s.ask(order, weakly(unknown), badRequest)
			if empty.text("error") == rule.text("error") {
				s.wrong(rule, "its text is that of an empty token", order)
			}
			s.ask(order, weakly("  "), badRequest, text("error", empty.text("error")))
			s.ask(order, weakly("not hex"), badRequest, text("error", rule.text("error")))
			for _, token := range []string{"not hex", unknown} {
				if r := s.ask(order, good(token), badRequest); r.text("error") == rule.text("error") || r.text("error") == empty.text("error") {
					s.wrong(r, "its text is that of an earlier rule", order)
				}
			}
		}},
	)
}
