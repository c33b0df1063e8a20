package conformance

import (
	"fmt"
	"strings"
)

// adminUpdateCases are AD4 to AD6.
func adminUpdateCases() []Case {
	return []Case{
		{Name: "update", Run: adminUpdates},
		{Name: "update-nothing", Run: func(s *Session) {
			const says = "AD4: nothing differs: \"\", nothing written"
			a, u := s.newAdmin(), s.newUser()
			before := s.seenAs(u).Body
			for _, body := range []fields{{}, {"tier": "Basic", "status": "Active", "credits": 100, "is_admin": false}, {"use_tier_adapters": true},
				{"use_tier_adapters": false}, {"tier": jsonNull{}, "available_adapters": jsonNull{}, "credits": jsonNull{}}, {"unknown": 1}} {
				s.ask(says, a.edit(u, body), ok, is("success", true), nonEmpty("message"), text("changes", ""))
			}
			if after := s.seenAs(u).Body; string(before) != string(after) {
				s.Errorf("the account was %s and is %s; contract: %s", before, after, says)
			}
			if list := s.actionsOf(a); len(list) != 0 {
				s.Errorf("%d actions; contract: %s", len(list), says)
			}
		}},
		{Name: "update-credits", Run: func(s *Session) {
			const says = "AD4: credits differ: CreditTransaction Grant or Penalty of the difference, operation_type admin_set, operation_id = action_id"
			a, u := s.newAdmin(), s.newUser()
			for _, step := range []struct {
				to, by int64
				kind   string
			}{{130, 30, "Grant"}, {0, -130, "Penalty"}, {9007199254740991, 9007199254740991, "Grant"}} {
				s.ask(says, a.edit(u, fields{"credits": step.to}), ok, matching("changes", "credits: a -> b", fmt.Sprintf(`^credits: \d+ -> %d$`, step.to)))
				s.want(s.seenAs(u), says, number("user.credits", step.to))
				latest := s.transactionsOf(u)[0]
				action := s.acted(a, "UserUpdated", u, fields{"username": u.name, "changes": fmt.Sprintf("credits: %d -> %d", step.to-step.by, step.to)})
				if latest.int("amount") != step.by || latest.text("transaction_type") != step.kind || latest.text("operation_type") != "admin_set" ||
					latest.text("operation_id") != action.text("action_id") {
					s.Errorf("the transaction is %v, the action %v; contract: %s", latest, action, says)
				}
			}
			for _, value := range []any{-1, 1.5, "7", 9007199254740992} {
				s.ask("AD4: credits 0 or more, else 422", a.edit(u, fields{"credits": value}), unprocessable, field("credits"), is("success", false))
			}
			s.reproduces(u)
		}},
		{Name: "update-adapters", Run: adminUpdatesAdapters},
		{Name: "update-refusals", Run: func(s *Session) {
			a, u := s.newAdmin(), s.newUser()
			s.ask("AD4: 404 unknown user", a.edit(&user{id: "8e03978e-40d5-43e8-bc93-6894a57f9324"}, fields{"tier": "Basic"}), notFound, is("success", false))
			s.ask("C2: step 9 before step 10", a.edit(&user{id: "8e03978e-40d5-43e8-bc93-6894a57f9324"}, fields{"tier": 1}), notFound)
			for member, values := range map[string][]any{"tier": {"basic", "", 1}, "status": {"active", "Frozen", 1}, "is_admin": {"true", 1}, "use_tier_adapters": {1}} {
				for _, value := range values {
					s.ask("C5: unknown enum value or wrong type is 422", a.edit(u, fields{member: value}), unprocessable, field(member))
				}
			}
			s.ask("C5: content type", a.edit(u, fields{}).as("text/plain"), wrongType)
			s.ask("C5: one JSON value", a.edit(u, fields{}).carrying(""), badRequest)
		}},
		{Name: "guard", Run: adminGuard},
		{Name: "freeze", Run: adminFreezes},
		{Name: "status-is-in-force", Run: func(s *Session) {
			u := s.newAdmin()
			s.ask("C3: class admin reads fresh", u.admins("GET", "/users?limit=1"), ok)
			s.ask("AD4", s.root().edit(u, fields{"is_admin": false, "status": "Banned"}), ok, text("changes", "status: Active -> Banned, is_admin: true -> false"))
			s.ask("C3: not Active: 403 with account_status, on class admin at once", u.admins("GET", "/users?limit=1"), refused(403, "auth_error"),
				text("account_status", "Banned"), is("success", false))
			s.ask("A1: right password, not Active", u.login(u.password), refused(403, "auth_error"), text("account_status", "Banned"))
			if !s.poll(lag, func() bool {
				return s.ask("C3: status may lag 60 s", get("/api/auth/profile").bearer(u.token), status(200, 403)).Status == 403
			}) {
				s.Error("a banned account is still served after 60 s; contract: C3")
			}
		}},
		{Name: "two-admins-at-once", Alone: true, Run: func(s *Session) {
			const says = "Guard: no result leaves no Active admin; of two admins taking each other's rights at once one stays"
			for range 5 {
				a, b := s.newAdmin(), s.newAdmin()
				replies := s.together(s.settled, []Request{a.edit(b, fields{"is_admin": false}), b.edit(a, fields{"is_admin": false})})
				won := s.winner(says, replies, status(403, 409))
				left, gone := a, b
				if won == 1 {
					left, gone = b, a
				}
				s.ask(says, left.admins("GET", "/users?limit=1"), ok)
				s.ask(says, gone.admins("GET", "/users?limit=1"), refused(403, "auth_error"))
			}
		}},
		{Name: "a-ring-of-admins-at-once", Alone: true, Run: func(s *Session) {
			const says, n = "Guard: of a ring of admins taking the next one's rights at once at least one stays", 6
			ring := make([]*user, n)
			for i := range ring {
				ring[i] = s.newAdmin()
			}
			requests := make([]Request, 0, n)
			for i, a := range ring {
				requests = append(requests, a.edit(ring[(i+1)%n], fields{"is_admin": false, "status": "Suspended"}))
			}
			for _, r := range s.together(s.settled, requests) {
				s.want(r, says, status(200, 403, 409))
			}
			left := 0
			for _, a := range ring {
				if r, err := s.try(a.admins("GET", "/users?limit=1")); err == nil && r.Status == 200 {
					left++
				}
			}
			if left == 0 {
				s.Errorf("none of %d is left; contract: %s", n, says)
			}
		}},
	}
}

func adminUpdates(s *Session) {
	const says = "AD4: success, message, changes; one atomic partial update"
	a, u := s.newAdmin(), s.newUser()
	before := s.seenAs(u)
	s.ask(says, a.edit(u, fields{"tier": "Enterprise"}), ok, is("success", true), nonEmpty("message"), text("changes", "tier: Basic -> Enterprise"))
	after := s.seenAs(u)
	s.want(after, "AD4: tier also resets limits", text("user.tier", "Enterprise"), is("user.limits.max_items_per_month", nil),
		is("user.limits.can_use_premium_adapters", true), number("user.credits", 100), is("user.is_admin", false))
	if !(before.text("user.updated_at") < after.text("user.updated_at")) || before.text("user.created_at") != after.text("user.created_at") {
		s.wrong(after, "updated_at has not moved, or created_at has", says)
	}
	s.acted(a, "UserUpdated", u, fields{"username": u.name, "changes": "tier: Basic -> Enterprise"})
	all := "tier: Enterprise -> Professional, status: Active -> TrialExpired, credits: 100 -> 5, adapters: tier defaults -> [ipfs-ipfs]"
	s.ask(says, a.edit(u, fields{"tier": "Professional", "status": "TrialExpired", "credits": 5, "available_adapters": []string{"ipfs-ipfs"}}), ok, text("changes", all))
	s.want(s.seenAs(u), says, text("user.tier", "Professional"), text("user.status", "TrialExpired"), number("user.credits", 5), text("user.available_adapters.0", "ipfs-ipfs"))
	s.acted(a, "UserUpdated", u, fields{"changes": all})
	if n := len(s.actionsOf(a)); n != 2 {
		s.Errorf("%d actions after two updates; contract: AD4", n)
	}
	s.ask("C5: a username is free text, the account is active again", a.edit(u, fields{"status": "Active"}), ok)
	token := s.logIn(u)
	if !s.poll(lag, func() bool { // the status may lag (C3)
		return s.ask("AD4: is in force", get("/users/me/credits/costs").bearer(token), status(200, 403)).text("tier") == "Professional"
	}) {
		s.Error("the tier is not in force after 60 s; contract: AD4, C3")
	}
}

func adminUpdatesAdapters(s *Session) {
	const says = "AD4: available_adapters: absent or null unchanged, [] none, order kept; use_tier_adapters true = back to null"
	a, u := s.newAdmin(), s.newUser()
	steps := []struct {
		body    fields
		changes string
		now     any
	}{
		{fields{"available_adapters": []string{}}, "adapters: tier defaults -> []", "[]"},
		{fields{"available_adapters": []string{"polygon-arweave", "IpfsIpfs"}}, "adapters: [] -> [polygon-arweave, ipfs-ipfs]", "[polygon-arweave ipfs-ipfs]"},
		{fields{"available_adapters": jsonNull{}}, "", "[polygon-arweave ipfs-ipfs]"},
		{fields{"available_adapters": []string{"ipfs-ipfs", "polygon-arweave"}, "use_tier_adapters": false},
			"adapters: [polygon-arweave, ipfs-ipfs] -> [ipfs-ipfs, polygon-arweave]", "[ipfs-ipfs polygon-arweave]"},
		{fields{"use_tier_adapters": true}, "adapters: [ipfs-ipfs, polygon-arweave] -> tier defaults", nil},
	}
	for _, step := range steps {
		s.ask(says, a.edit(u, step.body), ok, text("changes", step.changes))
		got, _ := s.seenAs(u).get("user.available_adapters")
		if step.now == nil && got != nil || step.now != nil && fmt.Sprint(got) != step.now {
			s.Errorf("available_adapters is %v, want %v; contract: %s", got, step.now, says)
		}
	}
	s.ask("AD4: use_tier_adapters together with available_adapters: 422", a.edit(u, fields{"use_tier_adapters": true, "available_adapters": []string{}}),
		unprocessable, field("use_tier_adapters"))
	s.ask("accounts 10.8: unknown is 422 in a body", a.edit(u, fields{"available_adapters": []string{"ipfs"}}), unprocessable)
	s.ask("C5: wrong type", a.edit(u, fields{"available_adapters": "ipfs-ipfs"}), unprocessable, field("available_adapters"))
}

func adminGuard(s *Session) {
	const says = "Guard: 409 when the result would change the caller's own is_admin or status, or give a non-Active status to an account that stays admin"
	a, b := s.newAdmin(), s.newAdmin()
	for _, body := range []fields{{"is_admin": false}, {"status": "Suspended"}, {"is_admin": false, "status": "Banned"}, {"tier": "Admin", "is_admin": false}} {
		s.ask(says, a.edit(a, body), conflict, is("success", false))
	}
	s.ask("Guard: other fields of one's own may change", a.edit(a, fields{"tier": "Admin", "is_admin": true, "status": "Active"}), ok, text("changes", "tier: Basic -> Admin"))
	for _, word := range []string{"Suspended", "Banned", "PendingVerification", "TrialExpired"} {
		s.ask(says, a.edit(b, fields{"status": word}), conflict)
	}
	s.ask("Guard (freeze: any account with is_admin)", a.admins("PUT", "/users/"+b.id+"/freeze"), conflict, is("success", false))
	s.ask("Guard (freeze: any account with is_admin)", a.admins("PUT", "/users/"+a.id+"/freeze"), conflict)
	s.ask("AD6: already there: 200", a.admins("PUT", "/users/"+a.id+"/unfreeze"), ok)
	s.want(s.seenAs(b), says, text("user.status", "Active"), is("user.is_admin", true), text("user.tier", "Basic"))
	s.ask("AD4", a.edit(b, fields{"status": "Suspended", "is_admin": false}), ok, text("changes", "status: Active -> Suspended, is_admin: true -> false"))
	s.ask("AD4", a.edit(b, fields{"is_admin": true}), ok, text("changes", "is_admin: false -> true"))
	s.ask("Guard (freeze: any account with is_admin)", a.admins("PUT", "/users/"+b.id+"/freeze"), conflict)
	s.ask("AD6", a.admins("PUT", "/users/"+b.id+"/unfreeze"), ok)
	s.ask("AD4: again an admin", b.admins("GET", "/users?limit=1"), ok)
	s.ask("AD4: and once more", a.edit(b, fields{"is_admin": false}), ok)
	s.ask("C3: not admin", b.admins("GET", "/users?limit=1"), refused(403, "auth_error"))
}

func adminFreezes(s *Session) {
	const says = "AD5, AD6: success, message; status Suspended, or Active, from any state; already there: 200, nothing written"
	a, u := s.newAdmin(), s.newUser()
	freeze, unfreeze := a.admins("PUT", "/users/"+u.id+"/freeze"), a.admins("PUT", "/users/"+u.id+"/unfreeze")
	step := func(send Request, now, action, word, previous string) {
		s.Helper()
		before := len(s.actionsOf(a))
		s.ask(says, send, ok, is("success", true), nonEmpty("message"))
		s.want(s.seenAs(u), says, text("user.status", now))
		if action == "" {
			if after := len(s.actionsOf(a)); after != before {
				s.Errorf("%d actions more; contract: %s", after-before, says)
			}
			return
		}
		s.acted(a, action, u, fields{"username": u.name, "action": word, "previous_status": previous})
	}
	step(unfreeze, "Active", "", "", "")
	step(freeze, "Suspended", "UserSuspended", "frozen", "Active")
	s.ask("A1: right password, not Active", u.login(u.password), refused(403, "auth_error"), text("account_status", "Suspended"))
	step(freeze.carrying("{"), "Suspended", "", "", "")
	step(unfreeze, "Active", "UserUnsuspended", "unfrozen", "Suspended")
	s.logIn(u)
	s.ask("AD4", a.edit(u, fields{"status": "Banned"}), ok)
	step(freeze, "Suspended", "UserSuspended", "frozen", "Banned")
	s.ask("AD4", a.edit(u, fields{"status": "Banned"}), ok)
	step(unfreeze, "Active", "UserUnbanned", "unfrozen", "Banned")
	s.ask("AD4", a.edit(u, fields{"status": "PendingVerification"}), ok)
	step(unfreeze, "Active", "UserUnsuspended", "unfrozen", "PendingVerification")
	for _, word := range []string{"freeze", "unfreeze"} {
		for _, id := range []string{"8e03978e-40d5-43e8-bc93-6894a57f9324", "x", strings.Repeat("x", 600)} {
			s.ask("AD5: 404 unknown user", a.admins("PUT", "/users/"+id+"/"+word), notFound, is("success", false))
		}
	}
}
