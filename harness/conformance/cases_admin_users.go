package conformance

import (
	"bytes"
	"fmt"
	"strings"
)

// adminUserCases are AD1 to AD3.
func adminUserCases() []Case {
	return []Case{
		{Name: "create", Run: adminCreates},
		{Name: "create-with-credits", Run: func(s *Session) {
			const says = "AD1: initial_credits > 0: CreditTransaction Grant, operation_type admin_create, operation_id = user_id"
			u := s.draft()
			u.id = s.ask(says, s.root().create(u, fields{"initial_credits": 7, "tier": "Enterprise"}), ok).text("user_id")
			s.want(s.seenAs(u), says, number("user.credits", 7), text("user.tier", "Enterprise"), is("user.is_admin", false))
			list := s.transactionsOf(u)
			if len(list) != 1 || list[0].int("amount") != 7 || list[0].int("balance_after") != 7 || list[0].text("transaction_type") != "Grant" ||
				list[0].text("operation_type") != "admin_create" || list[0].text("operation_id") != u.id || list[0].text("user_id") != u.id {
				s.Errorf("the transactions are %v; contract: %s", list, says)
			}
			none := s.draft()
			none.id = s.ask(says, s.root().create(none, fields{"initial_credits": 0}), ok).text("user_id")
			if list := s.transactionsOf(none); len(list) != 0 {
				s.Errorf("the transactions are %v; contract: %s", list, says)
			}
		}},
		{Name: "create-tier-admin", Run: func(s *Session) {
			const says = "AD1: is_admin false for every tier"
			u := s.draft()
			u.id = s.ask(says, s.root().create(u, fields{"tier": "Admin"}), ok).text("user_id")
			s.want(s.seenAs(u), says, is("user.is_admin", false), text("user.tier", "Admin"), is("user.limits.max_circuits", nil))
			u.token = s.logIn(u)
			s.ask("C3: class admin", u.admins("GET", "/users"), refused(403, "auth_error"), is("success", false))
		}},
		{Name: "create-in-a-workspace", Run: func(s *Session) {
			const says = "AD1: workspace_id given: joins it, created when unknown; absent: new workspace"
			u, other := s.draft(), s.draft()
			u.id = s.ask(says, s.root().create(u, fields{"workspace_id": "farm-" + s.tag("a workspace")}), ok).text("user_id")
			joined := s.seenAs(u).text("user.workspace_id")
			if !strings.HasPrefix(joined, "farm-") {
				s.Errorf("workspace_id is %q; contract: %s", joined, says)
			}
			other.id = s.ask(says, s.root().create(other, fields{"workspace_id": joined}), ok).text("user_id")
			s.want(s.seenAs(other), says, text("user.workspace_id", joined))
			for _, bad := range []string{"", "a\nb", strings.Repeat("w", 129)} {
				s.ask("AD1: field rules", s.root().create(s.draft(), fields{"workspace_id": bad}), badRequest, field("workspace_id"))
			}
		}},
		{Name: "create-refusals", Run: adminCreateRefusals},
		{Name: "create-under-an-idempotency-key", Run: func(s *Session) {
			const says = "C9: the stored status and body; nothing is done again"
			root, u := s.root(), s.draft()
			send := root.create(u, nil).with("Idempotency-Key", "create-"+u.name)
			first := s.ask(says, send, ok, header("Idempotency-Replayed", ""))
			again := s.ask(says, send, ok, header("Idempotency-Replayed", "true"))
			if !bytes.Equal(first.Body, again.Body) {
				s.wrong(again, "body differs from the first", says)
			}
			s.ask(says, root.create(s.draft(), nil).with("Idempotency-Key", "create-"+u.name), unprocessable)
			s.ask(says, root.create(u, nil), conflict, field("username"))
		}},
		{Name: "get", Run: func(s *Session) {
			u := s.newUser()
			r := s.seenAs(u)
			s.want(r, "AD3: UserView", text("user.user_id", u.id), text("user.username", u.name), text("user.email", u.email),
				text("user.tier", "Basic"), text("user.status", "Active"), number("user.credits", 100), is("user.last_login", nil),
				is("user.is_admin", false), text("user.workspace_id", u.workspace), is("user.available_adapters", nil),
				number("user.limits.max_items_per_month", 1000), text("user.limits.available_adapters.0", "ipfs-ipfs"))
			s.logIn(u)
			if !s.poll(mailWait, func() bool { return s.seenAs(u).text("user.last_login") != "" }) {
				s.Error("last_login is not set; contract: A1: W (after) last_login")
			}
			for _, id := range []string{"nobody", "user-8e03978e-40d5-43e8-bc93-6894a57f9324", strings.Repeat("x", 700), "%20", "a%2Fb", "USER"} {
				s.ask("AD3: 404 unknown", s.root().admins("GET", "/users/"+id), notFound, is("success", false))
			}
		}},
		{Name: "list", Run: adminLists},
		{Name: "list-filters", Run: adminFilters},
		{Name: "list-pages", Run: adminPages},
	}
}

func adminCreates(s *Session) {
	const says = "AD1: success, message, user_id (bare UUID v4), username"
	a, u := s.newAdmin(), s.draft()
	r := s.ask(says, a.create(u, nil), ok, is("success", true), nonEmpty("message"), matching("user_id", "a bare UUID v4", "^"+uuidV4+"$"),
		text("username", u.name), lacks("password", "token"))
	u.id = r.text("user_id")
	s.want(s.seenAs(u), says, text("user.user_id", u.id), text("user.username", u.name), text("user.email", u.email), text("user.status", "Active"),
		is("user.is_admin", false), number("user.credits", 0), matching("user.workspace_id", "a new workspace", "^"+uuidV4+"$"), is("user.last_login", nil))
	s.logIn(u)
	action := s.acted(a, "UserCreated", u, fields{"username": u.name, "tier": "Basic"})
	if action.text("timestamp") == "" || action.text("action_id") == "" || action["target_resource_id"] != nil {
		s.Errorf("the action is %v; contract: accounts 10.6", action)
	}
	if got := action.text("ip_address"); got != s.address {
		s.Errorf("ip_address is %q, want %q; contract: accounts 10.6: client address", got, s.address)
	}
}

func adminCreateRefusals(s *Session) {
	const rules = "AD1: identity or password rules"
	root, u := s.root(), s.newUser()
	for member, bad := range map[string][]string{
		"username": {"", "a\nb", strings.Repeat("u", 256)}, "email": {"", "a", "a@b", "a@b c.d", "@b.c"},
		"password": {"Aa1!", "aaaaaaa1!", "AAAAAAA1!", "Aaaaaaaa!", "Aaaaaaaa1", "Aa1!" + strings.Repeat("p", 69)},
	} {
		for _, value := range bad {
			s.ask(rules, root.create(s.draft(), fields{member: value}), badRequest, field(member), is("success", false))
		}
	}
	for _, member := range []string{"username", "email", "password", "tier"} {
		s.ask("C5: missing or null is 422", root.create(s.draft(), fields{member: nil}), unprocessable, field(member))
		s.ask("C5: missing or null is 422", root.create(s.draft(), fields{member: jsonNull{}}), unprocessable, field(member))
	}
	for _, value := range []any{"basic", "", "Gold", 1} {
		s.ask("C4: unknown enum value", root.create(s.draft(), fields{"tier": value}), unprocessable, field("tier"))
	}
	for _, value := range []any{-1, 1.5, "7", 9007199254740992} {
		s.ask("AD1: initial_credits below 0 is 422", root.create(s.draft(), fields{"initial_credits": value}), unprocessable, field("initial_credits"))
	}
	taken := s.draft()
	s.ask("AD1: username taken (first)", root.create(taken, fields{"username": strings.ToUpper(u.name), "email": u.email}), conflict, field("username"))
	s.ask("AD1: email taken", root.create(taken, fields{"email": strings.ToUpper(u.email)}), conflict, field("email"))
	s.ask("A2: a clash releases the username", root.create(taken, nil), ok)
	s.ask("C5: content type", root.create(s.draft(), nil).as("text/plain"), wrongType, is("success", false))
	s.ask("C5: one JSON value", root.create(s.draft(), nil).carrying("{"), badRequest)
}

func adminLists(s *Session) {
	const says = "AD2: users UserView of every status, created_at descending; total of all matches"
	root := s.root()
	before := s.ask(says, root.admins("GET", "/users?limit=1"), ok, integer("total")).int("total")
	a, b := s.draft(), s.draft()
	for _, u := range []*user{a, b} {
		u.id = s.ask(says, root.create(u, nil), ok).text("user_id")
	}
	s.ask("AD5", root.admins("PUT", "/users/"+b.id+"/freeze"), ok)
	r := s.ask(says, root.admins("GET", "/users"), ok, is("success", true), userView("users.0."), textOrNull("next_cursor"))
	list := s.listing(r, "users")
	s.want(r, says, number("count", int64(len(list))))
	if r.int("total") < before+2 {
		s.wrong(r, fmt.Sprintf("total is %d after %d and two more", r.int("total"), before), says)
	}
	at := map[string]int{}
	for i, u := range list {
		at[u.text("user_id")] = i + 1
		if i > 0 && list[i-1].moment("created_at").Before(u.moment("created_at")) {
			s.wrong(r, fmt.Sprintf("entry %d is newer than the one before", i), says)
		}
	}
	if at[a.id] == 0 || at[b.id] == 0 || at[b.id] > at[a.id] {
		s.wrong(r, "it does not list the newest accounts first", says)
	}
	s.want(r, says, text(fmt.Sprintf("users.%d.status", at[b.id]-1), "Suspended"))
	s.ask("C8: 0 gives an empty page", root.admins("GET", "/users?limit=0"), ok, number("count", 0), is("next_cursor", nil), integer("total"))
	for _, query := range []string{"limit=-1", "limit=x", "offset=-1", "offset=x", "tier=basic", "status=active", "is_admin=yes", "is_admin=1",
		"tier=Basic&tier=Basic", "cursor=x", "cursor=", "cursor=x&offset=0"} {
		s.ask("C5, C8: a bad query value is 400", root.admins("GET", "/users?"+query), badRequest, is("success", false))
	}
	s.ask("C8: above 200 acts as 200", root.admins("GET", "/users?limit=1000"), ok)
}

func adminFilters(s *Session) {
	const says = "AD2: username, email (case-insensitive substring), tier, status (exact), is_admin"
	root, tag := s.root(), s.tag("a name")
	u, v := s.draft(), s.draft()
	u.name, u.email = "Ann"+tag, "x-"+tag+"@one.test"
	v.name, v.email = "Bob"+tag, "y-"+tag+"@two.test"
	u.id = s.ask(says, root.create(u, fields{"tier": "Professional"}), ok).text("user_id")
	v.id = s.ask(says, root.create(v, nil), ok).text("user_id")
	s.ask("AD4", root.edit(v, fields{"is_admin": true}), ok)
	s.ask("AD5", root.admins("PUT", "/users/"+u.id+"/freeze"), ok)
	for query, want := range map[string]string{
		"username=" + strings.ToUpper(tag):                        v.id + " " + u.id,
		"username=nN" + tag:                                       u.id,
		"email=Y-" + tag:                                          v.id,
		"email=" + tag + "%40one":                                 u.id,
		"username=" + tag + "&email=two.":                         v.id,
		"username=" + tag + "&tier=Professional":                  u.id,
		"username=" + tag + "&tier=Enterprise":                    "",
		"username=" + tag + "&status=Suspended":                   u.id,
		"username=" + tag + "&status=Active":                      v.id,
		"username=" + tag + "&is_admin=true":                      v.id,
		"username=" + tag + "&is_admin=false":                     u.id,
		"username=" + tag + "&is_admin=true&tier=Professional":    "",
		"username=" + tag + "zzz":                                 "",
		"username=" + tag + "&unknown=1&tier=Basic&status=Active": v.id,
		"username=" + tag + "&offset=1":                           u.id,
		"username=" + tag + "&offset=2":                           "",
	} {
		r := s.ask(says, root.admins("GET", "/users?"+query), ok)
		var got []string
		for _, e := range s.listing(r, "users") {
			got = append(got, e.text("user_id"))
		}
		if strings.Join(got, " ") != want {
			s.wrong(r, "it lists "+strings.Join(got, " ")+", want "+want, says)
		}
	}
	for query, check := range map[string]Check{
		"tier=Professional": integer("total"), "status=Suspended": integer("total"), "is_admin=true": integer("total"), "is_admin=false": integer("total"),
		"username=" + tag: is("total", nil), "tier=Basic&status=Active": is("total", nil),
	} {
		s.ask("AD2: total null where a filter would make counting scan", root.admins("GET", "/users?limit=1&"+query), ok, check)
	}
}

func adminPages(s *Session) {
	const says = "C8: limit, cursor; a page never repeats an entry because others were added"
	root, tag := s.root(), s.tag("a name")
	want := map[string]bool{}
	for i := range 7 {
		u := s.draft()
		u.name = fmt.Sprintf("p%d%s", i, tag)
		want[s.ask(says, root.create(u, nil), ok).text("user_id")] = true
	}
	query, pages := "/users?limit=3&username="+tag, 0
	var cursor string
	for target := query; ; pages++ {
		r := s.ask(says, root.admins("GET", target), ok)
		for _, e := range s.listing(r, "users") {
			if !want[e.text("user_id")] {
				s.wrong(r, "an entry is there twice, or does not belong", says)
			}
			delete(want, e.text("user_id"))
		}
		next := r.text("next_cursor")
		if next == "" {
			s.want(r, says, header("Link", ""))
			break
		}
		s.want(r, says, headerLike("Link", `^</api/admin/users\?.*cursor=.*>; rel="next"$`))
		cursor, target = next, query+"&cursor="+next
		added := s.draft()
		added.name = fmt.Sprintf("q%d%s", pages, tag)
		s.ask(says, root.create(added, nil), ok)
	}
	if len(want) != 0 || pages < 2 {
		s.Errorf("%d entries are missing after %d pages; contract: %s", len(want), pages, says)
	}
	s.ask("C8: cursor with offset is 400", root.admins("GET", query+"&offset=1&cursor="+cursor), badRequest)
	s.ask("C8: bound to the filters", root.admins("GET", "/users?limit=3&cursor="+cursor), badRequest)
	s.ask("C8: bound to the caller", s.newAdmin().admins("GET", query+"&cursor="+cursor), badRequest)
	s.ask("C8: bound to the route", root.admins("GET", "/actions?cursor="+cursor), badRequest)
}
