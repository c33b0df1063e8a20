package conformance

// verifyCases are A3; its refusals are in tokenCases and keyCases too.
func verifyCases() []Case {
	return under("verify",
		Case{Name: "accepted", Run: func(s *Session) {
			u := s.newUser()
			_, claims, err := s.read(u.token)
			if err != nil {
				s.Fatalf("the token of a registration does not verify: %v", err)
			}
			s.ask("A3: valid, user_id, workspace_id, username, tier, expires_at", get("/api/auth/verify").bearer(u.token), ok,
				is("valid", true), text("user_id", u.id), text("workspace_id", u.workspace), text("username", u.name),
				text("tier", "Basic"), number("expires_at", integral(claims["exp"])))
		}},
		Case{Name: "expiry-of-the-token-itself", Run: func(s *Session) {
			u := s.newUser()
			claims := u.claims(nil)
			exp := claims["exp"].(int64) - 3600
			claims["exp"] = exp
			s.ask("A3: expires_at is the claim exp", get("/api/auth/verify").bearer(s.mint(claims)), ok, number("expires_at", exp))
		}},
		answer("no-credential", "A3: every refused credential answers 401 with valid false", get("/api/auth/verify"), invalid),
		answer("garbage", "A3: every refused credential answers 401 with valid false", get("/api/auth/verify").bearer("garbage"), invalid),
		answer("key-of-bad-form", "A3: every refused credential answers 401 with valid false",
			get("/api/auth/verify").with("X-API-Key", "dfm_short"), invalid),
		answer("key-unknown", "A3: every refused credential answers 401 with valid false",
			get("/api/auth/verify").with("X-API-Key", unknownKey()), invalid),
	)
}

// invalid is how verify refuses.
var invalid = all(unauthorized, is("valid", false))

// profileCases are A5.
func profileCases() []Case {
	return under("profile",
		Case{Name: "own", Run: func(s *Session) {
			u := s.newUser()
			r := s.ask("A5: user_id, username, email, created_at secs, workspace_id", get("/api/auth/profile").bearer(u.token), ok,
				text("user_id", u.id), text("username", u.name), text("email", u.email), text("workspace_id", u.workspace),
				integer("created_at"))
			if !near(r.int("created_at")) {
				s.wrong(r, "created_at is not about now", "accounts 2: times are Unix seconds")
			}
		}},
		Case{Name: "of-the-caller-only", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			s.ask("C3: the credential says who calls", get("/api/auth/profile?user_id="+other.id).bearer(u.token), ok, text("user_id", u.id))
		}},
		answer("no-credential", "C3: none is 401", get("/api/auth/profile"), unauthorized),
	)
}

// refreshCases are A6.
func refreshCases() []Case {
	const says = "A6: a token reply of 24 h; the token used stays valid"
	return under("refresh",
		Case{Name: "token-reply", Run: func(s *Session) {
			u := s.newUser()
			r := s.ask(says, bare("POST", "/api/auth/refresh").bearer(u.token), ok, text("user_id", u.id), text("workspace_id", u.workspace))
			s.tokenReply(says, r)
			s.ask(says, get("/api/auth/profile").bearer(r.text("token")), ok, text("user_id", u.id))
			s.ask(says, get("/api/auth/profile").bearer(u.token), ok)
		}},
		Case{Name: "workspace-of-the-account", Run: func(s *Session) {
			u := s.newUser()
			claims := u.claims(nil)
			claims["workspace_id"] = "00000000-0000-4000-8000-000000000000"
			s.ask("A6: the workspace is taken from the stored account", bare("POST", "/api/auth/refresh").bearer(s.mint(claims)), ok,
				text("workspace_id", u.workspace))
		}},
		Case{Name: "full-day-again", Run: func(s *Session) {
			u := s.newUser()
			claims := u.claims(nil)
			claims["exp"] = claims["exp"].(int64) - 80_000
			s.tokenReply(says, s.ask(says, bare("POST", "/api/auth/refresh").bearer(s.mint(claims)), ok))
		}},
		answer("no-credential", "C3: none is 401", bare("POST", "/api/auth/refresh"), unauthorized),
		answer("body-ignored", "C5: no body; one sent anyway is ignored",
			bare("POST", "/api/auth/refresh").bearer("$token").carrying(`{"user_id":"x","user_id":1`), ok, nonEmpty("token")),
	)
}

// revocationCases are A4 and the token version of C3. They wait for the lag of the account status, so they come first.
func revocationCases() []Case {
	const logout = "A4: every token issued before now is refused from then on"
	const again = "C3: a version above the one in the cache makes the account be read again"
	return under("logout",
		Case{Name: "revokes-every-token", Run: func(s *Session) {
			u := s.newUser()
			second := s.logIn(u)
			third := s.ask("A6", bare("POST", "/api/auth/refresh").bearer(u.token), ok).text("token")
			s.accepted("A1: tokens are valid", second)
			s.ask("A4: success true, message", bare("POST", "/api/auth/logout").bearer(second), ok, is("success", true), nonEmpty("message"))
			fresh := s.logIn(u)
			s.accepted(again, fresh)
			for _, token := range []string{u.token, second, third} {
				s.revoked(logout, token)
			}
			s.accepted(again, fresh)
			s.ask("A3: a refused credential is 401 with valid false", get("/api/auth/verify").bearer(second), invalid)
			s.ask(logout, bare("POST", "/api/auth/refresh").bearer(second), unauthorized)
			s.ask(logout, bare("POST", "/api/auth/logout").bearer(second), unauthorized)
			s.accepted("A4: a refused logout changes nothing", fresh)
		}},
		Case{Name: "raises-the-version", Run: func(s *Session) {
			u := s.newUser()
			s.ask("A4", bare("POST", "/api/auth/logout").bearer(u.token), ok)
			r := s.ask("A1", u.login(u.password), ok)
			if _, claims, err := s.read(r.text("token")); err != nil || integral(claims["ver"]) != 1 {
				s.wrong(r, "claim ver is not 1", "A4: account token_version + 1")
			}
			s.revoked("C3: ver below the account's token version is 401; absent counts as 0", s.mint(u.claims(map[string]any{"ver": nil})))
		}},
		Case{Name: "ends-nobody-else", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			s.ask("A4", bare("POST", "/api/auth/logout").bearer(u.token), ok)
			s.revoked(logout, u.token)
			s.accepted("A4: tokens of the account only", other.token)
		}},
		answer("body-ignored", "C5: no body; one sent anyway is ignored",
			bare("POST", "/api/auth/logout").bearer("$token").carrying("{").with("Content-Type", "text/plain"), ok, is("success", true)),
		answer("no-credential", "C4: success false on routes whose success body has it", bare("POST", "/api/auth/logout"), unauthorized, is("success", false)),
		answer("shape", "A4: success true, message", bare("POST", "/api/auth/logout").bearer("$token"), ok, is("success", true), nonEmpty("message")),
	)
}
