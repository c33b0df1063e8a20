package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/digest"
	"tracedge/core/keys"
	"tracedge/core/storage"
	"tracedge/core/storage/wire"
)

const profilePath = "/api/auth/profile"

// want fails unless a request with a key has that answer.
func (s *service) want(t *testing.T, method, path, key string, status int, code string) {
	t.Helper()
	if got, error := s.keyed(t, method, path, key); got != status || code != "" && error != code {
		t.Fatalf("%s %s: %d %s, want %d %s", method, path, got, error, status, code)
	}
}

func TestKeyExpires(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	token := s.newAna(t)
	text, id := s.newKey(t, token, `"expires_in_days":1`)
	forever, _ := s.newKey(t, token, "")
	s.want(t, "GET", profilePath, text, 200, "")
	code, v := s.send(t, "GET", "/api/auth/verify", "", "X-API-Key", text)
	if at := v.(map[string]any)["expires_at"]; code != 200 || at != float64(w.clock().Add(24*time.Hour).Unix()) {
		t.Fatalf("verify says %d %v", code, at)
	}
	w.pass(24*time.Hour - time.Minute)
	s.want(t, "GET", profilePath, text, 200, "")
	w.pass(time.Minute)
	s.want(t, "GET", profilePath, text, 401, "api_key_expired")
	s.want(t, "GET", "/api/auth/verify", text, 401, "api_key_expired")
	s.want(t, "GET", profilePath, forever, 200, "")
	token = s.login(t)
	if ids := s.listed(t, token, ""); len(ids) != 2 || ids[0] != id {
		t.Fatalf("expired keys are included: %v", ids)
	}
	if code, _ := s.call(t, "PATCH", "/api/api-keys/"+id, token, `{"is_active":false}`); code != 200 {
		t.Fatal(code)
	}
	s.want(t, "GET", profilePath, text, 401, "api_key_inactive") // row 3 before row 4
}

func (s *service) login(t *testing.T) string {
	t.Helper()
	_, v := s.call(t, "POST", "/api/auth/login", "", loginBody("Cocoa beans 1"))
	return v["token"].(string)
}

// The rows of the table that follow from the owner's account.
func TestKeyOfAnAccount(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	token := s.newAna(t)
	home := s.userOf(t, token)
	text, _ := s.newKey(t, token, `"allowed_ips":["10.0.0.1"]`)
	w.edit(t, home, "account", `"status":"Active"`, `"status":"Suspended"`)
	w.pass(2 * time.Minute)
	code, v := s.send(t, "GET", profilePath, "", "X-API-Key", text)
	if o := v.(map[string]any); code != 403 || o["account_status"] != "Suspended" || o["message"] != nil {
		t.Fatal(code, v) // row 6 before row 7
	}
	w.edit(t, home, "account", `"status":"Suspended"`, `"status":"Active"`)
	w.pass(2 * time.Minute)
	s.want(t, "GET", profilePath, text, 403, "ip_not_allowed")
	w.edit(t, home, "account", "", "")
	w.pass(2 * time.Minute)
	s.want(t, "GET", profilePath, text, 401, "validation_failed")
}

// The admin permission of a key counts only while its owner is an admin, which is read fresh.
func TestAdminPermissionOfAKey(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	token := s.newAna(t)
	home := s.userOf(t, token)
	const all = `"permissions":{"read":true,"write":true,"admin":true,"custom":{}}`
	if code, v := s.call(t, "POST", "/api/api-keys", token, keyBody(all)); code != 403 || v["error"] != "insufficient_permissions" {
		t.Fatal(code, v)
	}
	w.edit(t, home, "account", `"is_admin":false`, `"is_admin":true`)
	admin, id := s.newKey(t, token, all)
	plain, _ := s.newKey(t, token, `"permissions":{"read":true,"write":true,"admin":false,"custom":{}}`)
	s.want(t, "GET", "/api/admin/errors", admin, 200, "")
	s.want(t, "GET", "/api/admin/errors", plain, 403, "insufficient_permissions")
	w.edit(t, home, "account", `"is_admin":true`, `"is_admin":false`)
	s.want(t, "GET", "/api/admin/errors", admin, 403, "insufficient_permissions")
	s.want(t, "GET", profilePath, admin, 200, "")
	if code, v := s.call(t, "PATCH", "/api/api-keys/"+id, token, "{"+all+"}"); code != 403 || v["error"] != "insufficient_permissions" {
		t.Fatal(code, v)
	}
	w.edit(t, home, "account", `"status":"Active"`, `"status":"Banned"`)
	s.want(t, "GET", "/api/admin/errors", admin, 403, "") // fresh here, at most a minute old elsewhere
}

// The storage calls of a request with a key are part of what the product promises: one finds the key, one counts.
func TestStorageCallsOfAKey(t *testing.T) {
	s := newWorld().start(t, nil)
	text, _ := s.newKey(t, s.newAna(t), "")
	before := s.calls
	s.want(t, "GET", "/api/auth/verify", text, 200, "")
	if got, want := ops(s.last(t)), "accounts_get_user_edge:edge_read keys_find_key:read keys_take_quota:commit"; got != want {
		t.Errorf("a request makes the calls %s, want %s", got, want)
	}
	if n := s.calls - before; n != 3 { // the two, and one after the response
		t.Errorf("%d calls of the sequencer, want 3", n)
	}
	before = s.calls
	s.want(t, "GET", "/api/auth/verify", "dfm_"+strings.Repeat("x", 32), 401, "invalid_api_key")
	if n := s.calls - before; n != 1 {
		t.Errorf("an unknown key: %d calls of the sequencer, want 1", n)
	}
	s.want(t, "GET", "/api/api-keys", text, 403, "insufficient_permissions")
	if got, want := ops(s.last(t)), "accounts_get_user_edge:edge_read keys_find_key:read"; got != want {
		t.Errorf("a refused request makes the calls %s, want %s", got, want)
	}
}

func TestRollingQuotaOfAKey(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	text, id := s.newKey(t, s.newAna(t), `"rate_limit_per_hour":2`)
	s.want(t, "GET", profilePath, text, 200, "")
	w.pass(30 * time.Minute)
	s.want(t, "POST", "/api/api-keys", text, 403, "insufficient_permissions") // not admitted, so not counted
	s.want(t, "GET", profilePath, text, 200, "")
	for range 3 {
		code, v := s.send(t, "GET", profilePath, "", "X-API-Key", text)
		o := v.(map[string]any)
		if code != 429 || o["error"] != "rate_limit_exceeded" || o["limit"] != 2.0 || o["remaining"] != 0.0 || o["retry_after"].(float64) > 1801 {
			t.Fatal(code, v)
		}
	}
	w.pass(29 * time.Minute)
	s.want(t, "GET", profilePath, text, 429, "rate_limit_exceeded")
	w.pass(time.Minute)
	s.want(t, "GET", profilePath, text, 200, "")
	s.want(t, "GET", profilePath, text, 429, "rate_limit_exceeded")
	if code, v := s.call(t, "PATCH", "/api/api-keys/"+id, s.login(t), `{"rate_limit_per_hour":3}`); code != 200 || v["usage_count"] != 3.0 {
		t.Fatal(code, v)
	}
	s.want(t, "GET", profilePath, text, 200, "")
	s.want(t, "GET", profilePath, text, 429, "rate_limit_exceeded")
}

func TestQuotaUnderConcurrency(t *testing.T) {
	s := newWorld().start(t, nil)
	text, _ := s.newKey(t, s.newAna(t), `"rate_limit_per_hour":50`)
	counts := s.together(100, func() int { return s.serve("GET", profilePath, "", "X-API-Key", text).Code })
	if counts[200] != 50 || counts[429] != 50 {
		t.Fatalf("%v, want 50 of each", counts)
	}
}

// together counts the statuses of n requests that are sent at once.
func (s *service) together(n int, send func() int) map[int]int {
	counts := make(map[int]int)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			code := send()
			mu.Lock()
			defer mu.Unlock()
			counts[code]++
		})
	}
	wg.Wait()
	return counts
}

func TestUnusableQuota(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	text, _ := s.newKey(t, s.newAna(t), "")
	s.want(t, "GET", profilePath, text, 200, "")
	w.edit(t, keys.Partition(digest.OfText(text)), "quota/window/total", "1", `"one"`)
	s.want(t, "POST", "/api/api-keys", text, 403, "insufficient_permissions") // row 9 before row 11
	s.want(t, "GET", profilePath, text, 500, "rate_limit_error")
}

// The use of a key is shown by day and for 90 days.
func TestUsageByDay(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	text, id := s.newKey(t, s.newAna(t), "")
	for range 89 {
		s.want(t, "GET", profilePath, text, 200, "")
		s.want(t, "GET", "/users/me/credits/history?limit=x", text, 400, "")
		w.pass(24 * time.Hour)
	}
	s.want(t, "GET", profilePath, text, 200, "")
	token := s.login(t)
	usage := func(query string) map[string]any {
		code, v := s.call(t, "GET", "/api/api-keys/"+id+"/usage"+query, token, "")
		if code != 200 {
			t.Fatal(code, v)
		}
		return v
	}
	all := usage("?days=90")
	if all["total_requests"] != 179.0 || all["failed_requests"] != 89.0 || all["successful_requests"] != 90.0 {
		t.Fatal(all)
	}
	days := all["daily_usage"].([]any)
	first, last := days[0].(map[string]any), days[89].(map[string]any)
	if len(days) != 90 || first["date"] != "2026-03-01" || first["errors"] != 1.0 || last["date"] != "2026-05-29" || last["requests"] != 1.0 {
		t.Fatal(len(days), first, last)
	}
	if week := usage(""); week["total_requests"] != 13.0 || len(week["daily_usage"].([]any)) != 7 {
		t.Fatal(week)
	}
	if today := usage("?days=0"); today["total_requests"] != 1.0 || today["avg_response_time_ms"].(float64) <= 0 {
		t.Fatal(today)
	}
	w.pass(24 * time.Hour)
	if all = usage("?days=1000"); all["total_requests"] != 177.0 {
		t.Fatalf("after 90 days %v", all["total_requests"])
	}
	w.pass(100 * 24 * time.Hour)
	token = s.login(t)
	if all = usage("?days=90"); all["total_requests"] != 0.0 || all["avg_response_time_ms"] != 0.0 || len(all["daily_usage"].([]any)) != 0 {
		t.Fatal(all)
	}
	if all["last_used_at"] == nil {
		t.Fatal("the key has been used")
	}
}

func TestDeletedKeyLeavesNothing(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	token := s.newAna(t)
	home := s.userOf(t, token)
	text, id := s.newKey(t, token, "")
	s.want(t, "GET", profilePath, text, 200, "")
	if code, v := s.send(t, "DELETE", "/api/api-keys/"+id, "", "Authorization", "Bearer "+token); code != 204 || v != nil {
		t.Fatal(code, v)
	}
	s.want(t, "GET", profilePath, text, 401, "invalid_api_key")
	w.wantGone(t, home, text)
}

// wantGone looks for what a deleted key may not leave, a day and two hours later.
func (w *world) wantGone(t *testing.T, home storage.Partition, text string) {
	t.Helper()
	for key := range w.dump(t, home) {
		if strings.HasPrefix(key, "apikey") {
			t.Errorf("the owner still has %s", key)
		}
	}
	w.pass(26 * time.Hour)
	for key := range w.dump(t, keys.Partition(digest.OfText(text))) {
		if !strings.HasPrefix(key, "inbox/") {
			t.Errorf("the key's partition still has %s", key)
		}
	}
}

// A request that was found before the key was stopped is refused, or at least leaves nothing of a deleted key behind.
func TestRequestOvertaken(t *testing.T) {
	for name, c := range map[string]struct {
		method, rest, before string // the commit that is overtaken adds to a number with this in its key
		status               int
	}{
		"deleted-before-the-quota": {"DELETE", "", "/quota/", 401},
		"revoked-before-the-quota": {"POST", "/revoke", "/quota/", 401},
		"deleted-before-its-usage": {"DELETE", "", "/usage/", 200},
		"revoked-before-its-usage": {"POST", "/revoke", "/usage/", 200},
	} {
		t.Run(name, func(t *testing.T) {
			w, s, token := newService(t, nil)
			slow := s.slow(t)
			text, id := s.newKey(t, token, "")
			slow.before = func(r wire.CommitRequest) {
				if len(r.Adds) > 0 && strings.Contains(r.Adds[0].Key, c.before) {
					slow.before = nil
					s.send(t, c.method, "/api/api-keys/"+id+c.rest, "", "Authorization", "Bearer "+token)
				}
			}
			slow.want(t, "GET", profilePath, text, c.status, "")
			if slow.before != nil {
				t.Fatal("nothing was overtaken")
			}
			records := w.dump(t, keys.Partition(digest.OfText(text)))
			used := false
			for key := range records {
				used = used || strings.HasPrefix(key, "usage/")
			}
			if _, there := records["key"]; there != (c.method == "POST") {
				t.Errorf("the key is there: %t", there)
			}
			if want := c.method == "POST" && c.status == 200; used != want {
				t.Errorf("usage is counted: %t, want %t", used, want)
			}
			if _, counted := records["quota/window/total"]; counted && c.method == "DELETE" {
				t.Error("the request is counted for a deleted key")
			}
		})
	}
}

// Two requests that have both found room: the sequencer decides which of them has it.
func TestLastPlaceIsGivenOnce(t *testing.T) {
	w, s, token := newService(t, map[string]string{"LIMITS_MODE": "enforce"})
	home := s.userOf(t, token)
	text, _ := s.newKey(t, token, `"rate_limit_per_hour":1`)
	for _, c := range []struct {
		name, partition string
		fields          []string
	}{
		{"of-a-key", "apikey", []string{"X-API-Key", text}},
		{"of-an-account", "user", []string{"Authorization", "Bearer " + token}}, // leaves nothing for anybody
	} {
		t.Run(c.name, func(t *testing.T) {
			slow := s.slow(t)
			if c.partition == "user" {
				s.fill(t, w, home, c.fields)
			}
			slow.before = func(r wire.CommitRequest) {
				if len(r.Adds) == 3 && strings.HasPrefix(r.Partition, c.partition+"/") {
					slow.before = nil
					if code, v := s.send(t, "GET", profilePath, "", c.fields...); code != 200 {
						t.Fatal(code, v)
					}
				}
			}
			if code, v := slow.send(t, "GET", profilePath, "", c.fields...); code != 429 || slow.before != nil {
				t.Fatal(code, v)
			}
		})
	}
}

// fill uses up what the tier Basic allows in an hour but for one request.
func (s *service) fill(t *testing.T, w *world, home storage.Partition, fields []string) {
	t.Helper()
	for w.dump(t, home)["quota/window/total"] != "99" {
		if code, v := s.send(t, "GET", profilePath, "", fields...); code != 200 {
			t.Fatal(code, v)
		}
	}
}

func TestKeyIsCreatedOnce(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	token := s.newAna(t)
	bearer := []string{"Authorization", "Bearer " + token, "Idempotency-Key", "k1"}
	_, first := s.send(t, "POST", "/api/api-keys", keyBody(""), bearer...)
	code, second := s.send(t, "POST", "/api/api-keys", keyBody(""), bearer...)
	if code != 200 || fmt.Sprint(first) != fmt.Sprint(second) {
		t.Fatalf("%v, then %d %v", first, code, second)
	}
	if ids := s.listed(t, token, ""); len(ids) != 1 {
		t.Fatalf("%d keys", len(ids))
	}
	for key, doc := range w.dump(t, s.userOf(t, token)) {
		if strings.Contains(doc, first.(map[string]any)["api_key"].(string)) {
			t.Fatalf("%s holds the text of the key", key)
		}
	}
}

// HEAD and OPTIONS need no more than reading.
func TestMethodsOfPermissions(t *testing.T) {
	s := newWorld().start(t, nil)
	token := s.newAna(t)
	text, _ := s.newKey(t, token, `"permissions":{"read":false,"write":true,"admin":false,"custom":{}}`)
	s.want(t, http.MethodGet, profilePath, text, 403, "insufficient_permissions")
	text, _ = s.newKey(t, token, "")
	if code, _ := s.keyed(t, http.MethodHead, profilePath, text); code != 200 {
		t.Fatal(code)
	}
}
