package conformance

import (
	"maps"
	"strings"
)

// loginCases are A1.
func loginCases() []Case {
	const says = "A1: unknown username or wrong password: the same 401"
	return under("login",
		Case{Name: "token-reply", Run: func(s *Session) {
			u := s.newUser()
			r := s.ask("A1: a token reply", u.login(u.password), text("user_id", u.id), text("workspace_id", u.workspace))
			s.tokenReply("A1: a token reply", r)
		}},
		Case{Name: "workspace-ignored", Run: func(s *Session) {
			u := s.newUser()
			body := fields{"username": u.name, "password": u.password, "workspace_id": "00000000-0000-4000-8000-000000000000"}
			r := s.ask("A1: workspace_id is ignored", post("/api/auth/login", body.String()), ok, text("workspace_id", u.workspace))
			s.tokenReply("A1: workspace_id is ignored", r)
		}},
		answer("unknown-username", says, post("/api/auth/login", `{"username":"$name","password":"$password"}`), unauthorized),
		answer("wrong-password", says, post("/api/auth/login", `{"username":"$takenName","password":"$password"}`), unauthorized),
		Case{Name: "one-text-for-both", Run: func(s *Session) {
			u, nobody := s.newUser(), s.draft()
			wrong := s.ask(says, u.login(s.newPassword()), unauthorized)
			unknown := s.ask(says, nobody.login(nobody.password), unauthorized)
			one, other := maps.Clone(wrong.object), maps.Clone(unknown.object)
			delete(one, "trace_id")
			delete(other, "trace_id")
			if !maps.Equal(one, other) {
				s.wrong(unknown, "it differs from the refusal of a wrong password: "+wrong.String(), says)
			}
		}},
		Case{Name: "email-is-no-username", Run: func(s *Session) {
			u := s.newUser()
			s.ask("A1: by username", (&user{name: u.email}).login(u.password), unauthorized)
		}},
		Case{Name: "password-case", Run: func(s *Session) {
			u := s.newUser()
			s.ask("A1: wrong password", u.login(strings.ToLower(u.password)), unauthorized)
		}},
		answer("password-over-72-bytes", "A1: password over 72 bytes is 400",
			post("/api/auth/login", fields{"username": "$takenName", "password": strings.Repeat("x", 73)}.String()), badRequest),
		answer("password-over-72-bytes-unknown", "A1: password over 72 bytes is 400, known user or not",
			post("/api/auth/login", fields{"username": "$name", "password": strings.Repeat("é", 37)}.String()), badRequest),
		answer("password-of-72-bytes", "A1: 72 bytes are compared",
			post("/api/auth/login", fields{"username": "$takenName", "password": strings.Repeat("x", 72)}.String()), unauthorized),
		answer("username-empty", says, post("/api/auth/login", `{"username":"","password":"$password"}`), unauthorized),
		answer("username-like-a-key", says, post("/api/auth/login", `{"username":"../username/$takenName","password":"$password"}`), unauthorized),
		answer("username-very-long", says,
			post("/api/auth/login", fields{"username": strings.Repeat("n", 100_000), "password": "$password"}.String()), unauthorized),
		answer("username-with-nul", says, post("/api/auth/login", `{"username":"$takenName\u0000","password":"$password"}`), unauthorized),
		Case{Name: "several-tokens", Run: func(s *Session) {
			u := s.newUser()
			one, other := s.logIn(u), s.logIn(u)
			for _, token := range []string{u.token, one, other} {
				s.ask("A1: a login ends no other session", get("/api/auth/profile").bearer(token), ok)
			}
		}},
		Case{Name: "idempotency-key-ignored", Run: func(s *Session) {
			u := s.newUser()
			const ignored = "C9: Idempotency-Key is ignored on public routes"
			for range 2 {
				s.ask(ignored, u.login(u.password).with("Idempotency-Key", "same"), ok, header("Idempotency-Replayed", ""))
			}
			s.ask(ignored, u.login("Wrong!1x").with("Idempotency-Key", "same"), unauthorized)
			s.ask(ignored, u.login(u.password).with("Idempotency-Key", "not a valid key"), ok)
		}},
	)
}
