package conformance

import "strings"

// admin is the account of the BOOTSTRAP_ADMIN_* settings in the bootstrapped service.
func admin() *user {
	return &user{name: "Root-of-the-service", email: "root-of-the-service@example.test", password: "Bootstrap-pass 1!"}
}

// bootstrapGroup is accounts, section 9, with settings that pass the rules.
func bootstrapGroup() Group {
	const once = "accounts 9: one account is created once"
	a := admin()
	return Group{
		Name: "bootstrap", Serial: true,
		Settings: withAdmin(nil),
		Cases: []Case{
			{Name: "logs-in", Run: func(s *Session) {
				const says = "accounts 9: user_id user-<uuid>, tier Admin, own workspace"
				r := s.bootstrapped(a)
				s.want(r, says, matching("user_id", "user-<uuid v4>", "^user-"+uuidV4+"$"), nonEmpty("workspace_id"))
				s.tokenReply("A1: a token reply", r)
				s.ask(says, get("/api/auth/verify").bearer(r.text("token")), ok, text("tier", "Admin"), text("username", a.name))
				s.ask(says, get("/api/auth/profile").bearer(r.text("token")), ok, text("email", a.email))
			}},
			{Name: "is-one-account", Run: func(s *Session) {
				first := s.bootstrapped(a)
				for range 3 {
					s.service.Sweep(s)
					s.ask(once, a.login(a.password), ok, text("user_id", first.text("user_id")))
				}
			}},
			{Name: "takes-name-and-email", Run: func(s *Session) {
				s.bootstrapped(a)
				thief := s.draft()
				thief.name = strings.ToLower(a.name)
				s.ask("accounts 10.1: usernames are unique over all accounts", thief.registration(), conflict, field("username"))
				thief = s.draft()
				thief.email = strings.ToUpper(a.email)
				s.ask("accounts 10.1: e-mails are unique over all accounts", thief.registration(), conflict, field("email"))
			}},
			{Name: "makes-nobody-else-an-admin", Run: func(s *Session) {
				u := s.newUser()
				s.ask("A2: tier Basic", get("/api/auth/verify").bearer(u.token), ok, text("tier", "Basic"))
			}},
			{Name: "sees-errors-live", Run: func(s *Session) {
				const says = "the last errors by kind and endpoint, with samples; for admins only"
				r := s.bootstrapped(a)
				at := func(query string) Request { return get("/api/admin/errors" + query).bearer(r.text("token")) }
				s.ask("C4: unknown route", get("/nowhere"), notFound)
				s.ask(says, at(""), ok, is("success", true), text("window", "15m"), instant("since"), instant("until"),
					integer("requests", "errors"))
				if !s.poll(mailWait, func() bool { // what an instance has counted follows within seconds
					s.ask("C4: unknown route", get("/nowhere"), notFound)
					return s.ask(says, at("?window=1h"), ok).int("errors") > 0
				}) {
					s.Errorf("no error is counted: %s", says)
				}
				s.ask(says, at("?window=24h"), ok, nonEmpty("by_kind.0.error_kind", "by_endpoint.0.endpoint", "samples.0.trace_id"),
					integer("by_kind.0.count", "by_endpoint.0.count", "samples.0.status_code"))
				s.ask("C5: a bad enum value is 400", at("?window=2h"), badRequest, is("success", false))
				s.ask("C3: class admin", get("/api/admin/errors").bearer(s.newUser().token), refused(403, "auth_error"), is("success", false))
				s.ask("C3: class admin", get("/api/admin/errors"), unauthorized, is("success", false))
			}},
			{Name: "never-restores-the-password", Run: func(s *Session) {
				s.bootstrapped(a)
				changed := *a
				changed.password = s.newPassword()
				s.ask("A8", resetRequest(s.resetToken(a, 1), changed.password), ok)
				s.service.Sweep(s)
				s.ask(once, a.login(a.password), unauthorized)
				s.ask(once, a.login(changed.password), ok)
			}},
		},
	}
}

// bootstrapped logs a in; the account may be made by the first requests or by a sweep.
func (s *Session) bootstrapped(a *user) *Reply {
	s.Helper()
	const says = "accounts 9: with the three BOOTSTRAP_ADMIN_* values set the admin is created"
	var r *Reply
	if !s.poll(mailWait, func() bool {
		if r = s.ask(says, a.login(a.password), status(200, 401)); r.Status == 401 {
			s.service.Sweep(s)
		}
		return r.Status == 200
	}) {
		s.wrong(r, "the admin cannot log in", says)
		s.FailNow()
	}
	return r
}

// badBootstrapGroup is the same with a password that breaks the rules.
func badBootstrapGroup() Group {
	const says = "accounts 9: values that do not pass the A2 rules create nobody, and a record says so"
	a := admin()
	return Group{
		Name: "bad-bootstrap", Serial: true,
		Settings: withAdmin(map[string]string{"BOOTSTRAP_ADMIN_PASSWORD": "weak-bootstrap-password"}),
		Cases: []Case{
			{Name: "creates-nobody", Run: func(s *Session) {
				for range 2 {
					s.ask(says, a.login("weak-bootstrap-password"), unauthorized)
					s.service.Sweep(s)
				}
				s.ask(says, a.login("weak-bootstrap-password"), unauthorized)
			}},
			{Name: "a-record-says-so", Run: func(s *Session) {
				r := s.ask(says, get("/health/db"), ok)
				told := s.poll(mailWait, func() bool {
					s.service.Sweep(s)
					return find(s.service.Records(), func(r Record) bool { return strings.Contains(r.words(), "bootstrap_admin") }) != nil
				})
				if !told {
					s.wrong(r, "no record names BOOTSTRAP_ADMIN_*", says)
				}
			}},
			{Name: "leaves-the-name-free", Run: func(s *Session) {
				u := admin()
				s.register(u)
				s.ask("A2: tier Basic", get("/api/auth/verify").bearer(u.token), ok, text("tier", "Basic"))
			}},
		},
	}
}
