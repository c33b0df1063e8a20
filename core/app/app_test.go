package app_test

import (
	"slices"
	"strings"
	"testing"

	"tracedge/core/trace"
)

const ana = `{"username":"ana","email":"ana@farm.example","password":"Cocoa beans 1"}`

func TestAccountCanLogIn(t *testing.T) {
	s := newWorld().start(t, nil)
	if code, v := s.call(t, "POST", "/api/auth/register", "", ana); code != 200 {
		t.Fatal(code, v)
	}
	code, v := s.call(t, "POST", "/api/auth/login", "", `{"username":"Ana","password":"Cocoa beans 1"}`)
	if code != 200 {
		t.Fatal(code, v)
	}
	token := v["token"].(string)
	if code, v := s.call(t, "GET", "/api/auth/verify", token, ""); code != 200 || v["username"] != "ana" {
		t.Fatal(code, v)
	}
	if code, v := s.call(t, "POST", "/api/auth/logout", token, ""); code != 200 {
		t.Fatal(code, v)
	}
	if code, v := s.call(t, "GET", "/api/auth/verify", token, ""); code != 401 || v["valid"] != false {
		t.Fatal(code, v)
	}
}

// The storage calls of the hot paths are part of what the product promises.
func TestStorageCallsOfALogin(t *testing.T) {
	s := newWorld().start(t, nil)
	s.call(t, "POST", "/api/auth/register", "", ana)
	s.call(t, "POST", "/api/auth/login", "", `{"username":"ana","password":"Cocoa beans 1"}`)
	got := ops(s.last(t))
	want := "accounts_find_user_by_name:read accounts_get_user:read limits_check_throttle:edge_read"
	if got != want {
		t.Errorf("a login makes the calls %s, want %s", got, want)
	}
	s.call(t, "POST", "/api/auth/login", "", `{"username":"nobody","password":"Cocoa beans 1"}`)
	got = ops(s.last(t))
	want = "accounts_find_user_by_name:read accounts_get_user:read limits_check_throttle:edge_read " +
		"limits_count_failure:commit limits_count_failure_name:commit"
	if got != want {
		t.Errorf("a refused login makes the calls %s, want %s", got, want)
	}
}

func ops(r trace.Request) string {
	seen := make([]string, 0, len(r.Ops))
	for _, o := range r.Ops {
		seen = append(seen, o.Label+":"+string(o.Kind))
	}
	slices.Sort(seen)
	return strings.Join(seen, " ")
}

func TestReadiness(t *testing.T) {
	s := newWorld().start(t, nil)
	if code, v := s.call(t, "GET", "/health/db", "", ""); code != 503 || v["error_kind"] != "database_error" {
		t.Fatalf("before the schema exists: %d %v", code, v)
	}
	if code, v := s.call(t, "GET", "/health/db", "", ""); code != 200 {
		t.Fatalf("after the first request: %d %v", code, v)
	}
}

func TestUnconfigured(t *testing.T) {
	s := newWorld().start(t, map[string]string{"JWT_SECRET": "short"})
	if code, _ := s.call(t, "GET", "/health", "", ""); code != 200 {
		t.Fatal(code)
	}
	if code, v := s.call(t, "POST", "/api/auth/register", "", ana); code != 503 || v["error_kind"] != "other" {
		t.Fatal(code, v)
	}
	var named bool
	for _, r := range s.records {
		if n, ok := r.(trace.Notice); ok && n.Setting == "JWT_SECRET" {
			named = true
		}
	}
	if !named {
		t.Fatal("no record names the setting")
	}
}

func TestBootstrap(t *testing.T) {
	s := newWorld().start(t, map[string]string{
		"BOOTSTRAP_ADMIN_USERNAME": "root", "BOOTSTRAP_ADMIN_PASSWORD": "First admin 1", "BOOTSTRAP_ADMIN_EMAIL": "root@farm.example",
	})
	s.Sweep(t.Context())
	s.Sweep(t.Context())
	code, v := s.call(t, "POST", "/api/auth/login", "", `{"username":"root","password":"First admin 1"}`)
	if code != 200 {
		t.Fatal(code, v)
	}
}
