package conformance

// adminGateCases are what every route of accounts, section 4, has in common.
func adminGateCases() []Case {
	return []Case{
		{Name: "gate", Run: func(s *Session) {
			const says = "accounts 4: no credential 401; not admin or not Active 403; both before any validation"
			stranger, frozen := s.newUser(), s.newAdmin()
			s.ask("AD4", s.root().edit(frozen, fields{"is_admin": false, "status": "Suspended"}), ok)
			s.ask("AD4", s.root().edit(frozen, fields{"is_admin": true}), ok)
			for _, r := range adminRequests(stranger) {
				s.ask(says, r.without("Authorization"), unauthorized, is("success", false), header("WWW-Authenticate", "Bearer"))
				s.ask(says, r.without("Authorization").bearer("x.y.z"), unauthorized, is("success", false))
				s.ask(says, r, refused(403, "auth_error"), is("success", false))
				s.ask(says, r.without("Authorization").bearer(frozen.token), refused(403, "auth_error"), is("success", false), text("account_status", "Suspended"))
			}
		}},
		{Name: "gate-keys", Run: func(s *Session) {
			const says = "accounts 4: key a, plus r or w by method"
			a, u := s.newAdmin(), s.newUser()
			full := s.newKey(a, fields{"permissions": permissions(true, true, true)})
			for name, set := range map[string]fields{"none": permissions(false, false, true), "read": permissions(true, false, true), "write": permissions(false, true, true),
				"both": permissions(true, true, false)} {
				k := s.newKey(a, fields{"permissions": set, "rate_limit_per_hour": 1000})
				for _, r := range adminRequests(u) {
					reading := r.Method == "GET"
					if name == "read" && reading || name == "write" && !reading {
						continue
					}
					s.ask(says, k.use(r.without("Authorization")), refusedKey(403, "insufficient_permissions"), is("success", false))
				}
			}
			for _, r := range adminRequests(u) {
				s.ask(says, full.use(r.without("Authorization")), status(200, 409))
			}
			s.ask("AD4", s.root().edit(a, fields{"is_admin": false}), ok)
			for _, r := range adminRequests(u) {
				s.ask("C3 row 9: owner not admin on an admin route", full.use(r.without("Authorization")), refusedKey(403, "insufficient_permissions"))
			}
		}},
		{Name: "methods", Run: func(s *Session) {
			root, u := s.root(), s.newUser()
			for target, allowed := range map[string]string{
				"/users": "GET, HEAD, POST, OPTIONS", "/users/" + u.id: "GET, HEAD, PUT, OPTIONS", "/users/" + u.id + "/freeze": "PUT, OPTIONS",
				"/users/" + u.id + "/unfreeze": "PUT, OPTIONS", "/users/" + u.id + "/credits": "POST, OPTIONS", "/users/credits/bulk-grant": "POST, OPTIONS",
				"/users/" + u.id + "/credits/history": "GET, HEAD, OPTIONS", "/dashboard/stats": "GET, HEAD, OPTIONS", "/actions": "GET, HEAD, OPTIONS",
			} {
				s.ask("C4: 405 with Allow", root.admins("DELETE", target), notAllowed, header("Allow", allowed))
				s.ask("C5: OPTIONS", bare("OPTIONS", "/api/admin"+target), status(204), header("Allow", allowed))
				s.ask("C1: a trailing slash is another path", root.admins("GET", target+"/"), notFound)
			}
			s.ask("C5: HEAD", root.admins("HEAD", "/users/"+u.id), ok)
		}},
		{Name: "idempotency-key-form", Run: func(s *Session) {
			a, u := s.newAdmin(), s.newUser()
			for _, key := range []string{"", "a b", "ü"} {
				for _, r := range []Request{a.create(s.draft(), nil), a.adjust(u, 1, nil), a.bulk([]string{u.id}, 1)} {
					s.ask("C9: 1 to 255 visible ASCII characters, else 400", r.with("Idempotency-Key", key), badRequest, is("success", false))
				}
			}
			s.ask("C9: ignored on other methods", a.edit(u, fields{"tier": "Admin"}).with("Idempotency-Key", "a b"), ok)
		}},
	}
}

// adminRequests are a good request of every route of section 4, made by u, about u.
func adminRequests(u *user) []Request {
	one := "/users/" + u.id
	return []Request{
		u.create(&user{name: "g" + u.name, email: "g" + u.email, password: u.password}, nil),
		u.admins("GET", "/users?limit=1"), u.admins("GET", one), u.edit(u, fields{"tier": "Professional"}),
		u.admins("PUT", one+"/freeze"), u.admins("PUT", one+"/unfreeze"), u.adjust(u, 1, nil), u.bulk([]string{u.id}, 1),
		u.admins("GET", one+"/credits/history"), u.admins("GET", "/dashboard/stats"), u.admins("GET", "/actions?limit=1"),
	}
}

// adminEnforcedGroup is the same where charges and limits are in force.
func adminEnforcedGroup() Group {
	return Group{
		Name: "admin-enforced", Serial: true,
		Settings: withAdmin(map[string]string{"CREDITS_MODE": "enforce", "LIMITS_MODE": "enforce"}),
		Cases: []Case{{Name: "admin/consumed", Run: func(s *Session) {
			const says = "AD10: consumed = sum of -amount over Consumption"
			root, u := s.root(), s.newUser()
			k := s.newKey(u, nil)
			before := s.stats(root).int("total_credits_consumed")
			for range 5 {
				s.ask("accounts 10.3: api_request", k.use(get("/users/me/credits/costs")), ok)
			}
			var got int64
			if !s.poll(lag*2, func() bool {
				s.service.Sweep(s)
				got = s.stats(root).int("total_credits_consumed") - before
				return got == 5
			}) {
				s.Errorf("consumed rose by %d, want 5; contract: %s", got, says)
			}
		}}, {Name: "admin/charges-and-grants", Run: func(s *Session) {
			const says = "AD1, AD7, AD8: the same while charges and limits are in force"
			root, u := s.root(), s.newUser()
			k := s.newKey(u, nil)
			made := s.draft()
			made.id = s.ask(says, root.create(made, fields{"initial_credits": 3}), ok).text("user_id")
			s.ask(says, root.edit(u, fields{"credits": 2}), ok)
			for range 2 {
				s.ask("accounts 10.3: api_request", k.use(get("/users/me/credits/costs")), ok)
			}
			s.ask("accounts 10.3: balance below the cost", k.use(get("/users/me/credits/costs")), refused(402, "insufficient_credits"))
			s.ask(says, root.adjust(u, -1, nil), conflict)
			s.ask(says, root.adjust(u, 1, nil), ok, number("new_balance", 1))
			s.ask("accounts 10.3: api_request", k.use(get("/users/me/credits/costs")), ok)
			s.ask(says, root.bulk([]string{u.id, made.id}, 2), ok, is("success", true))
			s.ask("accounts 10.3: api_request", k.use(get("/users/me/credits/costs")), ok)
			s.want(s.seenAs(made), says, number("user.credits", 5))
			if n := s.reproduces(u); n != 8 {
				s.Errorf("%d transactions, want 8; contract: %s", n, says)
			}
			s.ask("AD4: tier is in force", root.edit(u, fields{"tier": "Professional", "credits": 0}), ok)
			if !s.poll(lag, func() bool {
				return s.ask(says, k.use(get("/users/me/credits/costs")), status(200, 402)).Status == 200
			}) {
				s.Error("the cost of the old tier is still charged after 60 s; contract: accounts 10.3")
			}
		}}},
	}
}
