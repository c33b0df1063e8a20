package app_test

import (
	"fmt"
	"testing"
	"time"
)

func TestAdminsSeeErrorsLive(t *testing.T) {
	w := newWorld()
	s := w.start(t, map[string]string{
		"BOOTSTRAP_ADMIN_USERNAME": "root", "BOOTSTRAP_ADMIN_PASSWORD": "First admin 1", "BOOTSTRAP_ADMIN_EMAIL": "root@farm.example",
	})
	s.Sweep(t.Context())
	_, v := s.call(t, "POST", "/api/auth/login", "", `{"username":"root","password":"First admin 1"}`)
	token := v["token"].(string)
	for range 7 {
		s.call(t, "POST", "/api/auth/login", "", `{"username":"root","password":"wrong"}`)
	}
	for range 5 {
		s.call(t, "GET", "/nowhere", "", "")
	}
	w.pass(11 * time.Second)
	s.call(t, "GET", "/health", "", "") // the response after which the counts are flushed

	code, v := s.call(t, "GET", "/api/admin/errors?window=15m", token, "")
	if code != 200 || v["success"] != true || v["errors"] != 12.0 || v["requests"].(float64) < 14 {
		t.Fatal(code, v)
	}
	kinds := map[string]any{}
	for _, k := range v["by_kind"].([]any) {
		k := k.(map[string]any)
		kinds[k["error_kind"].(string)] = k["count"]
	}
	if kinds["auth_error"] != 7.0 || kinds["not_found"] != 5.0 || len(kinds) != 2 {
		t.Fatal(kinds)
	}
	if first := v["by_endpoint"].([]any)[0].(map[string]any); first["endpoint"] != "/api/auth/login" || first["count"] != 7.0 {
		t.Fatal(first)
	}
	samples := v["samples"].([]any)
	if len(samples) == 0 || len(samples) > 8 || len(samples[0].(map[string]any)["trace_id"].(string)) != 32 {
		t.Fatal(samples)
	}

	w.pass(time.Hour)
	if _, v := s.call(t, "GET", "/api/admin/errors?window=15m", token, ""); v["errors"] != 0.0 {
		t.Fatalf("an hour later the last quarter shows %v", v["errors"])
	}
	if _, v := s.call(t, "GET", "/api/admin/errors?window=24h", token, ""); v["errors"] != 12.0 {
		t.Fatalf("the last day shows %v", v["errors"])
	}
	if code, v := s.call(t, "GET", "/api/admin/errors?window=2h", token, ""); code != 400 {
		t.Fatal(code, v)
	}
}

func TestOnlyAdminsSeeErrors(t *testing.T) {
	s := newWorld().start(t, nil)
	_, v := s.call(t, "POST", "/api/auth/register", "", ana)
	if code, v := s.call(t, "GET", "/api/admin/errors", fmt.Sprint(v["token"]), ""); code != 403 || v["success"] != false {
		t.Fatal(code, v)
	}
	if code, _ := s.call(t, "GET", "/api/admin/errors", "", ""); code != 401 {
		t.Fatal(code)
	}
}
