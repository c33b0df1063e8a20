package web

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"tracedge/core/fault"
)

func failing(err error) Handler { return func(*Call) (any, error) { return "ignored", err } }

func TestProblemBodies(t *testing.T) {
	secret := errors.New("secret detail of a library")
	for name, tc := range map[string]struct {
		err    error
		status int
		want   map[string]any // besides trace_id
	}{
		"text":    {fault.NotFound("No such item"), 404, map[string]any{"error": "No such item", "error_kind": "not_found"}},
		"field":   {fault.Invalid("a[1].b", "Bad"), 422, map[string]any{"error": "Bad", "error_kind": "validation_error", "field": "a[1].b"}},
		"code":    {fault.Forbidden("May not").WithCode("ip_not_allowed"), 403, map[string]any{"error": "ip_not_allowed", "message": "May not", "error_kind": "auth_error"}},
		"extra":   {fault.Conflict("", "Taken").With("n", 1).With("allowed", []string{"a"}), 409, map[string]any{"error": "Taken", "error_kind": "conflict", "n": 1., "allowed": []any{"a"}}},
		"wrapped": {fmt.Errorf("outer: %w", fault.NotFound("Gone").Because(secret)), 404, map[string]any{"error": "Gone", "error_kind": "not_found"}},
		"foreign": {secret, 500, map[string]any{"error": "Internal error", "error_kind": "internal_error"}},
		"own keys win": {fault.NotFound("Gone").With("error", "x").With("error_kind", "y").With("trace_id", "z"), 404,
			map[string]any{"error": "Gone", "error_kind": "not_found"}},
		"no status":   {&fault.Error{Kind: fault.Conflicting, Message: "secret"}, 500, map[string]any{"error": "Internal error", "error_kind": "internal_error"}},
		"200 as such": {fault.New(fault.Other, 200, "secret"), 500, map[string]any{"error": "Internal error", "error_kind": "internal_error"}},
		"not JSON":    {fault.NotFound("Gone").With("n", math.NaN()), 404, map[string]any{"error": "Gone", "error_kind": "not_found"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := serve(t, Options{}, route("GET", "/", failing(tc.err)))
			w := f.do("GET", "/", "")
			tc.want["trace_id"] = w.Header().Get("X-Trace-Id")
			if got := object(t, w); w.Code != tc.status || fmt.Sprint(got) != fmt.Sprint(tc.want) {
				t.Errorf("%d %v, want %d %v", w.Code, got, tc.status, tc.want)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("the cause is in %s", w.Body)
			}
			if h := w.Header(); h.Get("Content-Type") != "application/json" || h.Get("Cache-Control") != "no-store" {
				t.Errorf("headers %v", h)
			}
		})
	}
}

func TestProblemHeaders(t *testing.T) {
	now := time.Now()
	for _, tc := range []struct {
		err         error
		name, value string
	}{
		{fault.Unauthorized("No"), "WWW-Authenticate", "Bearer"},
		{fault.New(fault.Auth, 401, "No"), "WWW-Authenticate", "Bearer"},
		{fault.Unavailable(fault.Overloaded, "Later"), "Retry-After", "1"},
		{fault.New(fault.ExternalError, 503, "Later"), "Retry-After", "1"},
		{fault.TooMany("Slowly", 5, now, now.Add(90*time.Second)), "Retry-After", "90"},
		{fault.NotFound("No"), "Retry-After", ""},
		{fault.Conflict("", "No").WithHeader("X-Own", "1"), "X-Own", "1"},
	} {
		f := serve(t, Options{}, route("GET", "/", failing(tc.err)))
		if got := f.do("GET", "/", "").Header().Get(tc.name); got != tc.value {
			t.Errorf("%v: %s is %q, want %q", tc.err, tc.name, got, tc.value)
		}
	}
}

func TestProblemOnEnvelopeRoutes(t *testing.T) {
	r := route("GET", "/e/:id", failing(fault.NotFound("No")))
	r.Envelope, r.Class, r.UUIDs = true, User, []string{"id"}
	f := serve(t, Options{}, r)
	const id = "/e/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
	for status, m := range map[int]map[string]any{
		401: object(t, f.do("GET", id, "")),
		400: object(t, f.do("GET", "/e/x", "", "X-Test-Caller", "ann")),
		404: object(t, f.do("GET", id, "", "X-Test-Caller", "ann")),
	} {
		if m["success"] != false {
			t.Errorf("%d: %v", status, m)
		}
	}
	if m := object(t, f.do("GET", "/e", "")); m["success"] != nil {
		t.Errorf("unknown route: %v", m)
	}
}

func TestRouteFault(t *testing.T) {
	r := route("GET", "/verify/:dfid", failing(fault.Forbidden("Suspended").With("account_status", "Suspended")))
	r.Class = User
	r.Fault = func(c *Call, f *fault.Error) *fault.Error {
		return fault.Unauthorized(f.Message).With("valid", false).With("dfid", c.Path("dfid")).Because(f)
	}
	f := serve(t, Options{}, r)
	for _, headers := range [][]string{nil, {"X-Test-Caller", "nobody"}, {"X-Test-Caller", "ann"}} {
		m := wantFault(t, f.do("GET", "/verify/d%2D1", "", headers...), 401, fault.Auth)
		if m["valid"] != false || m["dfid"] != "d-1" {
			t.Errorf("%v: %v", headers, m)
		}
	}
}
