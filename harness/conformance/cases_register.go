package conformance

// registerCases are A2 apart from its field rules.
func registerCases() []Case {
	return under("register",
		Case{Name: "token-reply", Run: func(s *Session) {
			u := s.draft()
			r := s.ask("A2: a token reply", u.registration(), ok,
				matching("user_id", "user-<uuid v4>", `^user-`+uuidV4+`$`), matching("workspace_id", "a uuid v4", `^`+uuidV4+`$`))
			s.tokenReply("A2: a token reply", r)
			if _, claims, err := s.read(r.text("token")); err == nil && integral(claims["ver"]) != 0 {
				s.wrong(r, "claim ver is not 0", "accounts 10.1: token_version starts at 0")
			}
		}},
		Case{Name: "new-account", Run: func(s *Session) {
			u := s.newUser()
			s.ask("A2: tier Basic", get("/api/auth/verify").bearer(u.token), ok, text("tier", "Basic"), text("workspace_id", u.workspace))
			s.ask("A5: the account as registered", get("/api/auth/profile").bearer(u.token), ok,
				text("username", u.name), text("email", u.email), text("user_id", u.id))
		}},
		Case{Name: "grants-nothing-asked-for", Run: func(s *Session) {
			u := s.draft()
			body := fields{
				"username": u.name, "email": u.email, "password": u.password, "tier": "Admin", "is_admin": true, "credits": 1_000_000,
				"user_id": "user-00000000-0000-4000-8000-000000000000", "workspace_id": "00000000-0000-4000-8000-000000000000", "status": "Banned",
			}
			r := s.ask("C5: unknown names are ignored", post("/api/auth/register", body.String()), ok)
			s.ask("A2: tier Basic", get("/api/auth/verify").bearer(r.text("token")), ok, text("tier", "Basic"), text("user_id", r.text("user_id")))
			if r.text("user_id") == body["user_id"] || r.text("workspace_id") == body["workspace_id"] {
				s.wrong(r, "ids were taken from the request", "A2: user_id and workspace_id are new")
			}
		}},
		Case{Name: "workspace-named", Run: func(s *Session) {
			s.ask("A2: workspace_name at most 255 bytes", post("/api/auth/register", registrationWith("workspace_name", long255)), ok)
		}},
		answer("workspace-too-long", "A2: workspace_name at most 255 bytes, else 400",
			post("/api/auth/register", registrationWith("workspace_name", long255+"x")), badRequest, field("workspace_name")),
		answer("workspace-control", "A2: no control characters, else 400",
			post("/api/auth/register", registrationWith("workspace_name", "a\nb")), badRequest, field("workspace_name")),
		Case{Name: "username-taken", Run: func(s *Session) {
			s.ask("A2: username taken is 409 with field username",
				post("/api/auth/register", registrationWith("username", "$takenName")), conflict, field("username"))
		}},
		answer("email-taken", "A2: email taken is 409 with field email",
			post("/api/auth/register", registrationWith("email", "$takenEmail")), conflict, field("email")),
		answer("both-taken", "A2: username is tested first",
			post("/api/auth/register", `{"username":"$takenName","email":"$takenEmail","password":"$password"}`), conflict, field("username")),
		answer("taken-after-validation", "C2: field rules (step 10) before conflicts (step 11)",
			post("/api/auth/register", `{"username":"$takenName","email":"$takenEmail","password":"weak"}`), badRequest),
		Case{Name: "conflict-releases-the-name", Run: func(s *Session) {
			taken, u := s.newUser(), s.draft()
			free := u.email
			u.email = taken.email
			s.ask("A2: email taken is 409", u.registration(), conflict, field("email"))
			u.email = free
			s.ask("A2: a clash releases the other claim", u.registration(), ok)
			s.logIn(u)
		}},
		Case{Name: "conflict-changes-nothing", Run: func(s *Session) {
			u := s.newUser()
			thief := &user{name: u.name, email: s.newEmail(), password: s.newPassword()}
			s.ask("A2: username taken is 409", thief.registration(), conflict)
			s.ask("A1: wrong password", u.login(thief.password), unauthorized)
			s.logIn(u)
			thief.name = s.newName()
			s.ask("A2: a clash releases the other claim", thief.registration(), ok)
		}},
		answer("authorization-unread", "C3: public routes read no credential",
			post("/api/auth/register", registrationWith("", "")).bearer("garbage").with("X-API-Key", "dfm_x"), ok),
	)
}

const uuidV4 = `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`

// registrationWith is the body of a registration with one field of its own.
func registrationWith(name, value string) string {
	body := fields{"username": "$name", "email": "$email", "password": "$password"}
	if name != "" {
		body[name] = value
	}
	return body.String()
}
