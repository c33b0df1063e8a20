package web

import (
	"strings"
	"testing"

	"tracedge/core/fault"
	"tracedge/core/platform"
)

// TestOrderOfChecks breaks every check at once and then mends them one by one: the first broken one decides.
func TestOrderOfChecks(t *testing.T) {
	type query struct {
		N int `query:"n"`
	}
	var quota error
	r := Route{
		Method: "POST", Pattern: "/admin/:id", Class: Admin, Doc: "Test.", UUIDs: []string{"id"}, Query: query{}, Concurrent: 1,
	}
	inside := make(chan struct{})
	leave := make(chan struct{})
	r.Handler = func(c *Call) (any, error) {
		if c.Request().Header.Get("X-Block") != "" {
			close(inside)
			<-leave
			return 1, nil
		}
		if c.Request().Header.Get("X-Visible") == "" {
			return nil, fault.NotFound("No such thing")
		}
		return Body[named](c)
	}
	keys := newFakeKeys()
	f := serve(t, Options{Idempotency: keys, Quota: func(*Call) error { return quota }}, r)

	const uuid, goodQuery = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", "?n=1"
	keys.take("user-root", "taken")
	done := make(chan int)
	go func() {
		w := f.post("/admin/"+uuid, "{}", "X-Test-Caller", "root", "X-Block", "1")
		done <- w.Code
	}()
	<-inside
	quota = fault.TooMany("Slowly", 1, noon, noon)

	method, path, search, body := "PUT", "/nowhere", "?n=x", strings.Repeat("x", platform.MaxBody+1)
	headers := map[string]string{"X-Test-Caller": "forged", "Idempotency-Key": "bad key", "Content-Type": "text/plain"}
	for _, step := range []struct {
		mend   func()
		status int
		kind   fault.Kind
	}{
		{func() {}, 404, fault.Missing},
		{func() { path = "/admin/x" }, 405, fault.Other},
		{func() { method = "POST" }, 503, fault.Overloaded},
		{func() { close(leave); <-done }, 401, fault.Auth},
		{func() { headers["X-Test-Caller"] = "ann" }, 403, fault.Auth},
		{func() { headers["X-Test-Caller"] = "root" }, 429, fault.RateLimited},
		{func() { quota = nil }, 400, fault.Validation},
		{func() { path = "/admin/" + uuid }, 400, fault.Validation},
		{func() { search = goodQuery }, 413, fault.Validation},
		{func() { body = "{" }, 400, fault.Validation},
		{func() { headers["Idempotency-Key"] = "taken" }, 409, fault.Conflicting},
		{func() { headers["Idempotency-Key"] = "free" }, 404, fault.Missing},
		{func() { headers["X-Visible"] = "1" }, 415, fault.Validation},
		{func() { headers["Content-Type"] = "application/json" }, 400, fault.Validation},
		{func() { body = "{}" }, 422, fault.Validation},
	} {
		step.mend()
		var list []string
		for name, value := range headers {
			list = append(list, name, value)
		}
		w := f.do(method, path+search, body, list...)
		if w.Code != step.status {
			t.Fatalf("%s %s: status %d, want %d: %s", method, path+search, w.Code, step.status, w.Body)
		}
		wantFault(t, w, step.status, step.kind)
	}
	body = `{"name":"a"}`
	if w := f.post("/admin/"+uuid+goodQuery, body, "X-Test-Caller", "root", "X-Visible", "1"); w.Code != 200 {
		t.Errorf("all mended: %d %s", w.Code, w.Body)
	}
}

func TestPreflightIsBeforeEverything(t *testing.T) {
	f := serve(t, Options{Unconfigured: []string{"JWT_SECRET"}}, route("GET", "/x", ok))
	w := f.do("OPTIONS", "/nowhere/%zz", "", "Access-Control-Request-Method", "PUT", "X-Test-Caller", "forged")
	if w.Code != 204 {
		t.Errorf("status %d", w.Code)
	}
}
