package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tracedge/core/storage"
)

// What a user is told: type and data of each notice, in the commit of the change.
func TestNotices(t *testing.T) {
	a := newAdminStage(t, nil)
	s := a.instance(t)
	at := "/api/admin/users/" + a.ana
	for _, r := range [][3]string{
		{"PUT", at, `{"tier":"Professional"}`}, {"PUT", at, `{"available_adapters":["ipfs-ipfs"]}`}, {"PUT", at, `{"use_tier_adapters":true}`},
		{"POST", at + "/credits", `{"amount":5,"reason":"audit"}`}, {"PUT", at + "/freeze", ""}, {"PUT", at + "/unfreeze", ""},
		{"PUT", at + "/unfreeze", ""}, {"PUT", at, `{}`}, {"POST", at + "/credits", `{"amount":0,"reason":"audit"}`},
	} {
		if code, v := s.call(t, r[0], r[1], a.root, r[2]); code != 200 {
			t.Fatal(code, v)
		}
	}
	var got []string
	for _, doc := range a.sorted(t, storage.In("user", a.ana), "notice/") {
		var n struct {
			ID     string         `json:"notice_id"`
			UserID string         `json:"user_id"`
			Type   string         `json:"notification_type"`
			Data   map[string]any `json:"data"`
			At     time.Time      `json:"created_at"`
			Read   *bool          `json:"read"`
		}
		if err := json.Unmarshal([]byte(doc), &n); err != nil {
			t.Fatal(err)
		}
		if n.UserID != a.ana || n.ID == "" || n.Read == nil || *n.Read || n.Data["admin_username"] != "root" || n.Data["timestamp"] != float64(n.At.Unix()) {
			t.Fatal(doc)
		}
		delete(n.Data, "admin_username")
		delete(n.Data, "timestamp")
		data, _ := json.Marshal(n.Data)
		got = append(got, n.Type+string(data))
	}
	want := map[string]int{
		`AccountUpdated{"changes":"tier: Basic -\u003e Professional"}`:            1,
		`AccountUpdated{"changes":"adapters: tier defaults -\u003e [ipfs-ipfs]"}`: 1,
		`AdaptersUpdated{"adapters":["ipfs-ipfs"]}`:                               1,
		`AccountUpdated{"changes":"adapters: [ipfs-ipfs] -\u003e tier defaults"}`: 1,
		`AdaptersUpdated{"adapters":null}`:                                        1,
		`CreditsAdjusted{"amount":5,"new_balance":105,"reason":"audit"}`:          1,
		`AccountFrozen{"reason":"Suspended by an administrator"}`:                 1,
		`AccountUnfrozen{}`: 1,
	}
	for _, n := range got {
		want[n]--
	}
	for n, left := range want {
		if left != 0 {
			t.Errorf("%s: %d too few", n, left)
		}
	}
}

// sorted are the records of a partition below a prefix in order of their keys.
func (w *world) sorted(t *testing.T, p storage.Partition, prefix string) []string {
	t.Helper()
	var out []string
	for key, doc := range w.dump(t, p) {
		if strings.HasPrefix(key, prefix) {
			out = append(out, doc)
		}
	}
	return out
}

// Every action has its audit event, and a bulk grant one for each account.
func TestAdminEvents(t *testing.T) {
	a := newAdminStage(t, nil)
	s := a.instance(t)
	at := "/api/admin/users/" + a.ana
	for _, r := range [][3]string{
		{"PUT", at, `{"tier":"Professional"}`}, {"POST", at + "/credits", `{"amount":5,"reason":"audit"}`}, {"PUT", at + "/freeze", ""},
		{"PUT", at + "/unfreeze", ""}, {"PUT", at, `{"status":"Banned"}`}, {"PUT", at + "/unfreeze", ""},
		{"POST", "/api/admin/users/credits/bulk-grant", fmt.Sprintf(`{"user_ids":[%q],"amount":1,"reason":"harvest"}`, a.ana)},
	} {
		if code, v := s.call(t, r[0], r[1], a.root, r[2]); code != 200 {
			t.Fatal(code, v)
		}
	}
	logged := map[string]map[string]any{}
	for _, v := range a.get(t, s, "/actions?limit=200")["actions"].([]any) {
		action := v.(map[string]any)
		logged[action["action_id"].(string)] = action
	}
	found := map[string]int{}
	for _, id := range []string{a.ana, a.otherID, a.rootID} {
		for _, doc := range a.sorted(t, storage.In("user", id), "audit/") {
			var raw map[string]any
			if err := json.Unmarshal([]byte(doc), &raw); err != nil {
				t.Fatal(err)
			}
			text := func(name string) string { s, _ := raw[name].(string); return s }
			name := text("action")
			switch text("resource") {
			case "admin_action":
				action, ok := logged[text("resource_id")]
				if !ok || action["action_type"] != name || fmt.Sprint(action["details"]) != fmt.Sprint(raw["details"]) || text("severity") != "High" ||
					text("event_type") != "System" || text("outcome") != "Success" || text("user_id") != a.rootID {
					t.Fatalf("%s has the action %v", doc, action)
				}
				found[name]++
			case "account":
				if name == "bulk_grant" {
					if text("severity") != "High" || text("event_type") != "System" || text("user_id") != a.rootID || text("resource_id") != a.ana {
						t.Fatal(doc)
					}
					found[name]++
				}
			}
		}
	}
	want := map[string]int{
		"UserCreated": 1, "UserUpdated": 3, "CreditsAdjusted": 1, "UserSuspended": 1, "UserUnsuspended": 1, "UserUnbanned": 1,
		"BulkCreditsGranted": 1, "bulk_grant": 1,
	}
	if fmt.Sprint(found) != fmt.Sprint(want) {
		t.Fatalf("events %v, want %v", found, want)
	}
}

// An account is active for thirty days from its last login, and counts once.
func TestActiveAccounts(t *testing.T) {
	a := newAdminStage(t, nil) // root and second have logged in
	s := a.instance(t)
	day := 24 * time.Hour
	active := func() (active, created any) {
		s := a.instance(t)
		a.root, _ = a.logIn(t, s, "root", "Cocoa beans 0")
		stats := a.get(t, s, "/dashboard/stats")["stats"].(map[string]any)
		return stats["active_users_last_30_days"], stats["new_users_last_30_days"]
	}
	expect := func(wantActive, wantNew float64) {
		t.Helper()
		if x, y := active(); x != wantActive || y != wantNew {
			t.Fatalf("%v active and %v new, want %v and %v", x, y, wantActive, wantNew)
		}
	}
	expect(2, 3)
	a.logIn(t, s, "ana", "Cocoa beans 1")
	expect(3, 3)
	a.pass(10 * day)
	a.logIn(t, s, "ana", "Cocoa beans 1")
	a.pass(time.Hour)
	a.logIn(t, s, "ana", "Cocoa beans 1")
	expect(3, 3)
	a.pass(21 * day) // the second admin's login is 31 days old
	expect(2, 0)
	a.pass(10 * day) // and so is the one of ana
	expect(1, 0)
	a.logIn(t, s, "ana", "Cocoa beans 1")
	expect(2, 0)
}

// A bulk grant that fails on its way frees its key; the same request under the key then grants nobody twice. Another request
// under the same key is another grant.
func TestBulkGrantAfterFailure(t *testing.T) {
	body := func(a *adminStage, amount int) string {
		return fmt.Sprintf(`{"user_ids":[%q,%q,%q],"amount":%d,"reason":"harvest"}`, a.ana, a.otherID, a.rootID, amount)
	}
	ask := func(a *adminStage, s *service, amount int) (int, map[string]any) {
		return a.keyed(t, s, "/users/credits/bulk-grant", body(a, amount))
	}
	failures := 0
	for step := 1; step < 60; step++ {
		a := newAdminStage(t, nil)
		s := a.instance(t)
		s.dieAt, s.outage = s.calls+step, 12
		first, _ := ask(a, s, 9)
		s.dieAt = 0
		if first == 200 {
			continue
		}
		failures++
		a.pass(61 * time.Second) // where the outcome is unknown the key stays taken as long
		code, v := ask(a, s, 9)
		if code != 200 || v["successful_count"] != 3.0 {
			t.Fatal(step, code, v)
		}
		a.atRest(t, s)
		for _, id := range []string{a.ana, a.otherID, a.rootID} {
			if n := a.under(t, storage.In("user", id), "transaction/", "bulk_grant"); n != 1 {
				t.Fatalf("step %d: %d transactions, want 1", step, n)
			}
		}
	}
	if failures == 0 {
		t.Fatal("no run has failed")
	}
	t.Logf("%d runs failed", failures)
}
