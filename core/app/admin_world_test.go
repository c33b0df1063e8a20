package app_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"tracedge/core/storage"
)

// withAdmin are settings with a first admin.
func withAdmin(more map[string]string) map[string]string {
	vars := map[string]string{
		"BOOTSTRAP_ADMIN_USERNAME": "root", "BOOTSTRAP_ADMIN_PASSWORD": "Cocoa beans 0", "BOOTSTRAP_ADMIN_EMAIL": "root@farm.example",
	}
	maps.Copy(vars, more)
	return vars
}

// adminStage is a first admin, another one, and an account that is none, ready for an instance to die.
type adminStage struct {
	*world
	vars            map[string]string
	root, second    string // tokens
	rootID, otherID string // of the two admins
	ana             string // id
}

func newAdminStage(t *testing.T, more map[string]string) *adminStage {
	t.Helper()
	a := &adminStage{world: newWorld(), vars: withAdmin(more)}
	s := a.instance(t)
	a.root, a.rootID = a.logIn(t, s, "root", "Cocoa beans 0")
	code, v := s.call(t, "POST", "/api/auth/register", "", ana)
	if code != 200 {
		t.Fatal(code, v)
	}
	a.ana = v["user_id"].(string)
	code, v = s.call(t, "POST", "/api/admin/users", a.root, newUserBody("second"))
	if code != 200 {
		t.Fatal(code, v)
	}
	a.otherID = v["user_id"].(string)
	if code, v := s.call(t, "PUT", "/api/admin/users/"+a.otherID, a.root, `{"is_admin":true}`); code != 200 {
		t.Fatal(code, v)
	}
	a.second, _ = a.logIn(t, s, "second", "Cocoa beans 2")
	return a
}

func newUserBody(name string) string {
	return fmt.Sprintf(`{"username":%q,"email":"%s@farm.example","password":"Cocoa beans 2","tier":"Basic","initial_credits":7}`, name, name)
}

func (a *adminStage) logIn(t *testing.T, s *service, name, password string) (token, id string) {
	t.Helper()
	code, v := s.call(t, "POST", "/api/auth/login", "", fmt.Sprintf(`{"username":%q,"password":%q}`, name, password))
	if code != 200 {
		t.Fatal(code, v)
	}
	return v["token"].(string), v["user_id"].(string)
}

// instance starts one; its start is not part of what it is then asked for.
func (a *adminStage) instance(t *testing.T) *service {
	s := a.start(t, a.vars)
	s.call(t, "GET", "/health", "", "")
	return s
}

// keyed sends a POST of an admin under an idempotency key.
func (a *adminStage) keyed(t *testing.T, s *service, path, body string) (int, map[string]any) {
	t.Helper()
	code, v := s.send(t, "POST", "/api/admin"+path, body, "Authorization", "Bearer "+a.root, "Idempotency-Key", "one")
	object, _ := v.(map[string]any)
	return code, object
}

// get is the answer of a GET of the first admin.
func (a *adminStage) get(t *testing.T, s *service, path string) map[string]any {
	t.Helper()
	code, v := s.call(t, "GET", "/api/admin"+path, a.root, "")
	if code != 200 {
		t.Fatal(path, code, v)
	}
	return v
}

// actions counts the actions of a type in the log.
func (a *adminStage) actions(t *testing.T, s *service, kind string) int {
	t.Helper()
	n := 0
	for _, v := range a.get(t, s, "/actions?limit=200")["actions"].([]any) {
		if v.(map[string]any)["action_type"] == kind {
			n++
		}
	}
	return n
}

// under counts the records of a partition below a prefix that hold a text.
func (w *world) under(t *testing.T, p storage.Partition, prefix, text string) int {
	t.Helper()
	n := 0
	for key, doc := range w.dump(t, p) {
		if strings.HasPrefix(key, prefix) && strings.Contains(doc, text) {
			n++
		}
	}
	return n
}

// adminCrashes runs a request undisturbed to know its calls, and then once for each of them dying there. A minute later the
// test looks at what there is.
func adminCrashes(t *testing.T, more map[string]string, request func(*testing.T, *adminStage, *service) int,
	after func(t *testing.T, a *adminStage, s *service, code int)) {
	a := newAdminStage(t, more)
	s := a.instance(t)
	before := s.calls
	if code := request(t, a, s); code != 200 {
		t.Fatalf("undisturbed: %d", code)
	}
	everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
		a := newAdminStage(t, more)
		s := a.instance(t)
		s.dieAt, s.applied = s.calls+step, applied
		code := request(t, a, s)
		a.pass(61 * time.Second) // the life of a reservation
		healthy := a.instance(t)
		after(t, a, healthy, code)
		a.consistent(t, healthy)
	})
}

// consistent wants lists, counts and totals to tell what the accounts say, once nothing is on its way any more.
func (a *adminStage) consistent(t *testing.T, s *service) {
	t.Helper()
	a.atRest(t, s)
	list := a.get(t, s, "/users?limit=200")
	tiers, statuses, issued, consumed := map[string]float64{}, map[string]float64{}, 0.0, 0.0
	for _, v := range list["users"].([]any) {
		u := v.(map[string]any)
		tiers[strings.ToLower(u["tier"].(string))]++
		statuses[u["status"].(string)]++
		balance := 0.0
		history := a.get(t, s, "/users/"+u["user_id"].(string)+"/credits/history?limit=200")["transactions"].([]any)
		for i := len(history) - 1; i >= 0; i-- {
			one := history[i].(map[string]any)
			amount := one["amount"].(float64)
			if balance += amount; balance != one["balance_after"].(float64) {
				t.Fatalf("%v does not follow from the transactions before it", one)
			}
			switch one["transaction_type"] {
			case "Grant":
				issued += amount
			case "Consumption":
				consumed -= amount
			}
		}
		if balance != u["credits"].(float64) {
			t.Fatalf("the transactions sum up to %v: %v", balance, u)
		}
	}
	stats := a.get(t, s, "/dashboard/stats")["stats"].(map[string]any)
	for name, want := range map[string]any{
		"total_users": list["total"], "users_by_tier": tiers, "users_by_status": statuses, "total_credits_issued": issued,
		"total_credits_consumed": consumed, "new_users_last_30_days": list["total"],
	} {
		if fmt.Sprint(stats[name]) != fmt.Sprint(want) {
			t.Fatalf("%s is %v, want %v", name, stats[name], want)
		}
	}
	if list["total"] != list["count"] {
		t.Fatalf("total is %v, count %v", list["total"], list["count"])
	}
}
