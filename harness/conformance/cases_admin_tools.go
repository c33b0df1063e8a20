package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"
)

// root is the bootstrap admin, logged in.
func (s *Session) root() *user {
	s.Helper()
	a := admin()
	r := s.bootstrapped(a)
	a.id, a.token = r.text("user_id"), r.text("token")
	return a
}

// withAdmin are settings with those of the bootstrap admin.
func withAdmin(settings map[string]string) map[string]string {
	a := admin()
	all := map[string]string{
		"BOOTSTRAP_ADMIN_USERNAME": a.name, "BOOTSTRAP_ADMIN_PASSWORD": a.password, "BOOTSTRAP_ADMIN_EMAIL": a.email,
	}
	maps.Copy(all, settings)
	return all
}

// newAdmin makes an account that is an admin.
func (s *Session) newAdmin() *user {
	s.Helper()
	u := s.newUser()
	s.ask("AD4: is_admin", s.root().edit(u, fields{"is_admin": true}), ok, text("changes", "is_admin: false -> true"))
	return u
}

// put is a PUT of a JSON text.
func put(target, body string) Request {
	r := post(target, body)
	r.Method = "PUT"
	return r
}

// admins is a request of an admin below /api/admin.
func (u *user) admins(method, target string) Request {
	return bare(method, "/api/admin"+target).bearer(u.token)
}

// create is AD1; members given replace those of a good request, nil leaves one out.
func (u *user) create(draft *user, more fields) Request {
	body := fields{"username": draft.name, "email": draft.email, "password": draft.password, "tier": "Basic"}
	for name, value := range more {
		if body[name] = value; value == nil {
			delete(body, name)
		}
	}
	return post("/api/admin/users", body.String()).bearer(u.token)
}

// edit is AD4.
func (u *user) edit(target *user, body fields) Request {
	return put("/api/admin/users/"+target.id, body.String()).bearer(u.token)
}

// adjust is AD7.
func (u *user) adjust(target *user, amount any, more fields) Request {
	body := fields{"amount": amount, "reason": "audit"}
	for name, value := range more {
		if body[name] = value; value == nil {
			delete(body, name)
		}
	}
	return post("/api/admin/users/"+target.id+"/credits", body.String()).bearer(u.token)
}

// bulk is AD8.
func (u *user) bulk(ids []string, amount any) Request {
	return post("/api/admin/users/credits/bulk-grant", fields{"user_ids": ids, "amount": amount, "reason": "harvest"}.String()).bearer(u.token)
}

// listing wants a list at a dotted path and returns its objects.
func (s *Session) listing(r *Reply, path string) []Record {
	s.Helper()
	value, _ := r.get(path)
	list, is := value.([]any)
	if !is {
		s.wrong(r, path+" is no list", "a list")
		s.FailNow()
	}
	out := make([]Record, len(list))
	for i, v := range list {
		object, _ := v.(map[string]any)
		out[i] = object
	}
	return out
}

// seenAs is AD3.
func (s *Session) seenAs(u *user) *Reply {
	s.Helper()
	return s.ask("AD3: success, user UserView", s.root().admins("GET", "/users/"+u.id), ok, is("success", true), userView("user."))
}

// userView wants the form of a UserView below a path.
func userView(at string) Check {
	return all(
		nonEmpty(at+"user_id", at+"username", at+"email", at+"tier", at+"status"), integer(at+"credits"),
		instant(at+"created_at"), instant(at+"updated_at"), textOrNull(at+"last_login", at+"workspace_id"),
		each([]string{at + "is_admin", at + "limits.can_use_premium_adapters", at + "limits.priority_support"}, "a boolean",
			func(v any) bool { _, is := v.(bool); return is }),
		each([]string{at + "available_adapters"}, "an array or null", func(v any) bool { _, is := v.([]any); return v == nil || is }),
		each([]string{at + "limits.available_adapters"}, "an array", func(v any) bool { _, is := v.([]any); return is }),
		each([]string{at + "limits.max_items_per_month", at + "limits.max_circuits", at + "limits.max_storage_locations",
			at + "limits.max_api_requests_per_hour", at + "limits.max_workspace_members"}, "an integer or null",
			func(v any) bool { _, is := v.(json.Number); return v == nil || is }),
		integer(at+"limits.max_audit_retention_days"),
		lacks(at+"password_hash", at+"hash", at+"token_version", at+"revision", at+"credential"),
	)
}

// transactionsOf is AD9: all transactions of an account, newest first, over all pages.
func (s *Session) transactionsOf(u *user) []Record {
	s.Helper()
	const says = "AD9: transactions, newest first, all fields"
	var out []Record
	root, query := s.root(), "?limit=200"
	for {
		r := s.ask(says, root.admins("GET", "/users/"+u.id+"/credits/history"+query), ok, is("success", true), text("user_id", u.id))
		page := s.listing(r, "transactions")
		s.want(r, says, number("count", int64(len(page))), textOrNull("next_cursor"))
		out = append(out, page...)
		next := r.text("next_cursor")
		if next == "" {
			return out
		}
		query = "?limit=200&cursor=" + next
	}
}

// reproduces wants the amounts in time order to reproduce every balance_after and the balance, and returns how many there
// are.
func (s *Session) reproduces(u *user) int {
	s.Helper()
	const says = "accounts 10.4: per user, amounts in time order reproduce every balance_after"
	list := s.transactionsOf(u)
	balance := int64(0)
	for i := len(list) - 1; i >= 0; i-- {
		t := list[i]
		if balance += t.int("amount"); balance != t.int("balance_after") {
			s.Fatalf("transaction %d of %d is %v, the sum is %d; contract: %s", len(list)-i, len(list), t, balance, says)
		}
		if i > 0 && list[i-1].moment("timestamp").Before(t.moment("timestamp")) {
			s.Fatalf("%s follows %s; contract: %s", list[i-1].text("timestamp"), t.text("timestamp"), says)
		}
	}
	if got := s.seenAs(u).int("user.credits"); got != balance {
		s.Fatalf("the balance is %d, the transactions sum up to %d; contract: %s", got, balance, says)
	}
	return len(list)
}

// moment is a time of a record.
func (r Record) moment(name string) time.Time {
	t, _ := time.Parse(time.RFC3339, r.text(name))
	return t
}

// safe is a JS-safe integer: a number, or a decimal string.
func (r Record) safe(name string) int64 {
	n, err := strconv.ParseInt(r.text(name), 10, 64)
	if err != nil {
		return max(0, r.int(name))
	}
	return n
}

// actionsOf lists the actions of an admin, newest first.
func (s *Session) actionsOf(u *user) []Record {
	s.Helper()
	const says = "AD11: actions, admin_id exact"
	r := s.ask(says, s.root().admins("GET", "/actions?limit=200&admin_id="+u.id), ok, is("success", true), textOrNull("next_cursor"))
	return s.listing(r, "actions")
}

// acted wants the latest action of an admin to be of a type, about an account, with these details.
func (s *Session) acted(u *user, kind string, about *user, details fields) Record {
	s.Helper()
	const says = "accounts 10.6: AdminAction"
	list := s.actionsOf(u)
	if len(list) == 0 {
		s.Fatalf("no action of the admin; contract: %s", says)
	}
	a := list[0]
	if a.text("action_type") != kind || a.text("admin_user_id") != u.id || about != nil && a.text("target_user_id") != about.id {
		s.Fatalf("the latest action is %v, want %s; contract: %s", a, kind, says)
	}
	got, _ := a["details"].(map[string]any)
	for name, want := range details {
		if fmt.Sprint(got[name]) != fmt.Sprint(want) {
			s.Fatalf("detail %s of %v is %v, want %v; contract: %s", name, a, got[name], want, says)
		}
	}
	return a
}
