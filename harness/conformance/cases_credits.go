package conformance

// offset is a time in the form rfc3339off.
func offset(path string) Check {
	return matching(path, "a time like 2026-01-28T10:11:12.345+00:00",
		`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6}|\.\d{9})?\+00:00$`)
}

// creditCases are U1 to U5, on a fresh account of tier Basic with its grant of 100.
func creditCases() []Case {
	const says = "accounts 3"
	var cases []Case
	for _, base := range []string{"/users/me", "/api/users/me"} {
		cases = append(cases,
			Case{Name: base + "/history", Run: func(s *Session) {
				u := s.newUser()
				s.ask(says+": the grant of the registration", get(base+"/credits/history").bearer(u.token), ok,
					number("total_credits", 100), is("next_cursor", nil), number("transactions.0.amount", 100),
					text("transactions.0.transaction_type", "Grant"), number("transactions.0.balance_after", 100),
					nonEmpty("transactions.0.description"), matching("transactions.0.transaction_id", "a UUID", "^"+uuidV4+"$"),
					offset("transactions.0.timestamp"), lacks("transactions.1", "transactions.0.user_id"))
				s.ask(says+": limit 0 is allowed", get(base+"/credits/history?limit=0").bearer(u.token), ok,
					number("total_credits", 100), lacks("transactions.0"))
				s.ask("C8: a negative limit is 400", get(base+"/credits/history?limit=-1").bearer(u.token), badRequest)
				s.ask("C8: an unusable cursor is 400", get(base+"/credits/history?cursor=x").bearer(u.token), badRequest)
				s.ask("C5: unknown keys are ignored", get(base+"/credits/history?colour=red").bearer(u.token), ok)
			}},
			Case{Name: base + "/costs", Run: func(s *Session) {
				s.ask("accounts 10.3: the costs of tier Basic", get(base+"/credits/costs").bearer(s.newUser().token), ok,
					number("item_creation", 2), number("circuit_operation", 3), number("storage_migration", 10), number("audit_export", 20),
					number("premium_adapter_usage", 10), number("api_request", 1), text("tier", "Basic"), text("credits_mode", "display"))
			}},
			Case{Name: base + "/balance", Run: func(s *Session) {
				s.ask(says, get(base+"/credits/balance").bearer(s.newUser().token), ok,
					number("credits", 100), text("tier", "Basic"), offset("last_updated"))
			}},
			Case{Name: base + "/profile", Run: func(s *Session) { s.ownProfile(base + "/profile") }},
		)
	}
	cases = append(cases, Case{Name: "/credit/users/current", Run: func(s *Session) { s.ownProfile("/credit/users/current") }})
	return under("me", cases...)
}

func (s *Session) ownProfile(path string) {
	u := s.newUser()
	s.ask("accounts 3 and 10.2: the account, with the limits of its tier and without its adapters", get(path).bearer(u.token), ok,
		text("user_id", u.id), text("username", u.name), text("email", u.email), text("tier", "Basic"), number("credits", 100),
		text("status", "Active"), is("is_admin", false), offset("created_at"), is("subscription", nil),
		number("limits.max_items_per_month", 1000), number("limits.max_circuits", 5), number("limits.max_storage_locations", 1),
		number("limits.max_api_requests_per_hour", 100), number("limits.max_workspace_members", 3),
		is("limits.can_use_premium_adapters", false), number("limits.max_audit_retention_days", 30),
		is("limits.priority_support", false), lacks("limits.available_adapters", "password_hash", "token_version"))
}
