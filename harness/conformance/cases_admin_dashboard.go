package conformance

import (
	"fmt"
	"strings"
)

// adminDashboardCases are AD10 and AD11.
func adminDashboardCases() []Case {
	return []Case{
		{Name: "actions", Run: func(s *Session) {
			const says = "AD11: actions newest first, admin_id exact, limit = 100, lenient"
			a, u := s.newAdmin(), s.newUser()
			for i := range 5 {
				s.ask("AD7", a.adjust(u, i+1, nil), ok)
			}
			at := "/actions?admin_id=" + a.id
			r := s.ask(says, a.admins("GET", at), ok, is("success", true), number("count", 5), is("next_cursor", nil),
				matching("actions.0.action_id", "a UUID", "^"+uuidV4+"$"), text("actions.0.admin_user_id", a.id), text("actions.0.action_type", "CreditsAdjusted"),
				text("actions.0.target_user_id", u.id), is("actions.0.target_resource_id", nil), instant("actions.0.timestamp"), text("actions.0.ip_address", s.address))
			for i, action := range s.listing(r, "actions") {
				details, _ := action["details"].(map[string]any)
				if fmt.Sprint(details["amount"]) != fmt.Sprint(5-i) {
					s.wrong(r, fmt.Sprintf("action %d is %v", i, action), says)
				}
			}
			page := s.ask(says, a.admins("GET", at+"&limit=2"), ok, number("count", 2), nonEmpty("next_cursor"), headerLike("Link", `rel="next"$`))
			s.ask(says, a.admins("GET", at+"&limit=2&cursor="+page.text("next_cursor")), ok, number("count", 2), number("actions.0.details.amount", 3))
			s.ask("C8: bound to the filters", a.admins("GET", "/actions?cursor="+page.text("next_cursor")), badRequest)
			s.ask("C8: unusable cursor", a.admins("GET", "/actions?cursor=x"), badRequest, is("success", false))
			for _, query := range []string{"&limit=x", "&limit=-1", "&limit=1&limit=100"} {
				s.ask("AD11: lenient", a.admins("GET", at+query), ok, number("count", 5))
			}
			s.ask("C8: 0 gives an empty page", a.admins("GET", at+"&limit=0"), ok, number("count", 0))
			for _, id := range []string{a.id[:len(a.id)-1], strings.ToUpper(a.id), "nobody", strings.Repeat("x", 700), "a%2Fb"} {
				s.ask("AD11: exact", a.admins("GET", "/actions?admin_id="+id), ok, number("count", 0), is("next_cursor", nil))
			}
			all := s.ask(says, a.admins("GET", "/actions"), ok)
			if len(s.listing(all, "actions")) < 5 {
				s.wrong(all, "it does not list the actions of all", says)
			}
		}},
		{Name: "stats", Alone: true, Run: adminStats},
		{Name: "stats-of-credits", Alone: true, Run: func(s *Session) {
			const says = "AD10: issued = sum of amount over Purchase, Grant, Subscription"
			a, u := s.newAdmin(), s.newUser()
			before := s.stats(a)
			s.ask("AD7", a.adjust(u, 40, nil), ok)
			s.ask("AD7", a.adjust(u, -30, nil), ok) // a Penalty counts in neither
			s.ask("AD4", a.edit(u, fields{"credits": 200}), ok)
			s.ask("AD8", a.bulk([]string{u.id, a.id}, 5), ok)
			s.ask("AD1", a.create(s.draft(), fields{"initial_credits": 7}), ok)
			s.newUser()
			after := s.stats(a)
			if got, want := after.safe("total_credits_issued")-before.safe("total_credits_issued"), int64(40+90+10+7+100); got != want {
				s.Errorf("issued rose by %d, want %d; contract: %s", got, want, says)
			}
			if after.int("total_credits_consumed") != before.int("total_credits_consumed") {
				s.Errorf("consumed moved; contract: AD10")
			}
		}},
		{Name: "stats-beyond-2^53", Alone: true, Run: func(s *Session) {
			const says, most = "AD10: integers JS-safe: a decimal string beyond 2^53 - 1", int64(9007199254740991)
			a, u := s.newAdmin(), s.newUser()
			for range 3 {
				s.ask("AD4", a.edit(u, fields{"credits": 0}), ok)
				s.ask("AD4", a.edit(u, fields{"credits": most}), ok)
			}
			s.ask(says, a.admins("GET", "/dashboard/stats"), ok, matching("stats.total_credits_issued", "a decimal string", `^[0-9]{17}$`))
		}},
	}
}

// stats is the object of AD10.
func (s *Session) stats(a *user) Record {
	s.Helper()
	r := s.ask("AD10: success, stats", a.admins("GET", "/dashboard/stats"), ok, is("success", true), instant("stats.generated_at"),
		integer("stats.total_users", "stats.active_users_last_30_days", "stats.new_users_last_30_days"))
	value, _ := r.get("stats")
	object, _ := value.(map[string]any)
	return object
}

func adminStats(s *Session) {
	const says = "AD10: users_by_tier {lower-case tier: n}, users_by_status {status: n}, active = last_login, new = created_at within 30 days; only keys with n >= 1"
	a, u := s.newAdmin(), s.draft()
	before := s.stats(a)
	rose := func(by map[string]int64) {
		s.Helper()
		after := s.stats(a)
		for name, want := range by {
			var old, new int64
			if group, member, nested := strings.Cut(name, "."); nested {
				was, _ := before[group].(map[string]any)
				now, _ := after[group].(map[string]any)
				old, new = Record(was).int(member), Record(now).int(member)
			} else {
				old, new = before.int(name), after.int(name)
			}
			if max(new, 0)-max(old, 0) != want {
				s.Errorf("%s went from %d to %d, want %d more; contract: %s", name, old, new, want, says)
			}
		}
		for _, group := range []string{"users_by_tier", "users_by_status"} {
			members, _ := after[group].(map[string]any)
			for name := range members {
				if Record(members).int(name) < 1 {
					s.Errorf("%s.%s is %v; contract: %s", group, name, members[name], says)
				}
			}
		}
	}
	u.id = s.ask("AD1", a.create(u, fields{"tier": "Enterprise"}), ok).text("user_id")
	rose(map[string]int64{"total_users": 1, "users_by_tier.enterprise": 1, "users_by_tier.basic": 0, "users_by_status.Active": 1, "new_users_last_30_days": 1,
		"active_users_last_30_days": 0})
	s.ask("AD4", a.edit(u, fields{"tier": "Professional"}), ok)
	rose(map[string]int64{"total_users": 1, "users_by_tier.enterprise": 0, "users_by_tier.professional": 1})
	s.ask("AD5", a.admins("PUT", "/users/"+u.id+"/freeze"), ok)
	rose(map[string]int64{"users_by_status.Active": 0, "users_by_status.Suspended": 1, "new_users_last_30_days": 1})
	s.ask("AD6", a.admins("PUT", "/users/"+u.id+"/unfreeze"), ok)
	s.logIn(u)
	s.logIn(u)
	if !s.poll(mailWait, func() bool {
		return s.stats(a).int("active_users_last_30_days") == before.int("active_users_last_30_days")+1
	}) {
		s.Errorf("a login does not make an account active; contract: %s", says)
	}
	s.logIn(u)
	rose(map[string]int64{"active_users_last_30_days": 1, "users_by_status.Active": 1, "users_by_status.Suspended": 0})
}
