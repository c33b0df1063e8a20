package conformance

import (
	"fmt"
	"slices"
	"time"
)

// keysCases are accounts 8.1 and the API keys of C3 in the service that most cases share.
func keysCases() []Case {
	return under("keys", slices.Concat(keyManageCases(), keyFieldCases(), keyUseCases(), keyQuotaCases())...)
}

// keysAdminGroup is what only an admin may do with keys.
func keysAdminGroup() Group {
	a := admin()
	return Group{
		Name: "keys-admin", Serial: true,
		Settings: withAdmin(nil),
		Cases: []Case{
			{Name: "keys/of-an-admin", Run: func(s *Session) {
				const says = "C3 admin: a key also needs its admin permission, and read or write by method"
				root := *a
				root.token = s.bootstrapped(a).text("token")
				for _, official := range []string{"Admin", "Government", "Producer"} {
					k := s.newKey(&root, fields{"organization_type": official, "permissions": permissions(true, true, true)})
					s.ask(says, k.use(get("/api/admin/errors")), ok, is("success", true))
				}
				denied := all(refusedKey(403, "insufficient_permissions"), is("success", false))
				s.ask(says, s.newKey(&root, fields{"permissions": permissions(true, true, false)}).use(get("/api/admin/errors")), denied)
				s.ask(says, s.newKey(&root, fields{"permissions": permissions(false, true, true)}).use(get("/api/admin/errors")), denied)
				k := s.newKey(&root, nil)
				s.ask("K4", k.patch(fields{"permissions": permissions(true, false, true)}), ok, is("permissions.admin", true))
				s.ask(says, k.use(get("/api/admin/errors")), ok)
			}},
			{Name: "keys/of-nobody-else", Run: func(s *Session) {
				u := s.newUser()
				s.ask("K1", u.createKey(fields{"permissions": permissions(true, true, true)}), refusedKey(403, "insufficient_permissions"))
				s.ask("K1", u.createKey(fields{"organization_type": "Government"}), refusedKey(403, "organization_type_not_allowed"))
			}},
		},
	}
}

// basicPerHour is max_api_requests_per_hour of the tier Basic.
const basicPerHour = 100

// enforcedGroup is the quota of an account and the charge for a request, in a service that enforces both. A new account
// has 100 credits, and a request by a key costs one.
func enforcedGroup() Group {
	return Group{
		Name: "enforced", Serial: true,
		Settings: map[string]string{"LIMITS_MODE": "enforce", "CREDITS_MODE": "enforce"},
		Cases: []Case{
			{Name: "keys/charge", Run: func(s *Session) {
				const says = "accounts 10.3: api_request, 1 credit for Basic, request admitted by an API key"
				k := s.myKey(fields{"rate_limit_per_hour": 2})
				balance := func() int64 {
					return s.ask("U3", get("/users/me/credits/balance").bearer(s.me().token), ok, integer("credits")).int("credits")
				}
				before := balance()
				r := s.ask(says, k.use(get("/api/auth/profile")), ok)
				s.ask(says, k.use(get("/api/auth/profile")), ok)
				s.ask("C3 row 10: before the charge", k.use(get("/api/auth/profile")), limited(2, time.Hour))
				s.ask(says+"; a token costs nothing", get("/api/auth/profile").bearer(s.me().token), ok)
				if after := balance(); after != before-2 {
					s.wrong(r, fmt.Sprintf("the balance went from %d to %d", before, after), says)
				}
				s.ask("accounts 10.3: a transaction Consumption for each", get("/users/me/credits/history?limit=1").bearer(s.me().token), ok,
					number("total_credits", before-2), func(r *Reply) string {
						list, _ := r.object["transactions"].([]any)
						if len(list) != 1 {
							return fmt.Sprintf("%d transactions", len(list))
						}
						one := Record(list[0].(map[string]any))
						if one.int("amount") != -1 || one.text("transaction_type") != "Consumption" || one.int("balance_after") != before-2 {
							return fmt.Sprintf("the transaction is %v", one)
						}
						return ""
					})
			}},
			{Name: "keys/tier-limit", Run: func(s *Session) {
				const says = "C6: account, all credentials: tier max_api_requests_per_hour in a rolling hour"
				u := s.newUser()
				k := s.newKey(u, nil) // the first request of the hour
				send := []Request{get("/api/auth/profile").bearer(u.token), k.use(get("/api/auth/profile"))}
				for i := range basicPerHour - 1 {
					s.ask(says, send[i%2], ok)
				}
				for range 2 {
					s.ask(says, send[0], refusedKey(429, "rate_limit_exceeded"), limited(basicPerHour, time.Hour))
					s.ask(says, send[1], refusedKey(429, "rate_limit_exceeded"), limited(basicPerHour, time.Hour))
				}
				s.ask("C6: of this account", get("/api/auth/profile").bearer(s.newUser().token), ok)
				s.ask("C3: public routes have no quota", get("/health").bearer(u.token), ok)
			}},
		},
	}
}

// chargedGroup is the charge alone: what happens when there are no credits left.
func chargedGroup() Group {
	const given = 100 // credits of a new account
	return Group{
		Name: "charged", Serial: true,
		Settings: map[string]string{"CREDITS_MODE": "enforce"},
		Cases: []Case{{Name: "keys/insufficient-credits", Run: func(s *Session) {
			const says = "accounts 10.3: balance below the cost: 402, nothing written"
			k := s.myKey(fields{"rate_limit_per_hour": given + 1})
			for range given {
				s.ask(says, k.use(get("/users/me/credits/costs")), ok, number("api_request", 1), text("credits_mode", "enforce"))
			}
			for range 3 {
				s.ask(says, k.use(get("/api/auth/profile")), refused(402, "insufficient_credits"), text("operation", "api_request"),
					number("required", 1), number("balance", 0))
			}
			s.ask(says, k.route("GET", ""), ok, number("usage_count", given))
			s.ask("accounts 10.3: a token costs nothing", get("/users/me/credits/balance").bearer(s.me().token), ok, number("credits", 0))
		}}},
	}
}
