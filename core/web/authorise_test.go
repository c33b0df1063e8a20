package web

import (
	"testing"

	"tracedge/core/fault"
)

func TestAuthorisation(t *testing.T) {
	var routes []Route
	for class := Public; class <= Admin; class++ {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			r := route(method, "/"+class.String(), func(c *Call) (any, error) {
				if c.Caller() == nil {
					return "nobody", nil
				}
				return c.Caller().UserID, nil
			})
			r.Class = class
			routes = append(routes, r)
		}
	}
	f := serve(t, Options{}, routes...)
	const denied, insufficient = 403, -403
	for _, tc := range []struct {
		caller, method string
		statuses       [5]int // public, optional, user, jwt, admin; negative: insufficient_permissions
	}{
		{"", "GET", [5]int{200, 200, 401, 401, 401}},
		{"", "POST", [5]int{200, 200, 401, 401, 401}},
		{"forged", "GET", [5]int{200, 401, 401, 401, 401}},
		{"ann", "GET", [5]int{200, 200, 200, 200, denied}},
		{"ann", "DELETE", [5]int{200, 200, 200, 200, denied}},
		{"root", "POST", [5]int{200, 200, 200, 200, 200}},
		{"reader", "GET", [5]int{200, 200, 200, insufficient, insufficient}},
		{"reader", "HEAD", [5]int{200, 200, 200, insufficient, insufficient}},
		{"reader", "POST", [5]int{200, insufficient, insufficient, insufficient, insufficient}},
		{"reader", "DELETE", [5]int{200, insufficient, insufficient, insufficient, insufficient}},
		{"writer", "GET", [5]int{200, insufficient, insufficient, insufficient, insufficient}},
		{"writer", "DELETE", [5]int{200, 200, 200, insufficient, insufficient}},
		{"robot", "GET", [5]int{200, 200, 200, insufficient, 200}},
		{"robot", "POST", [5]int{200, 200, 200, insufficient, 200}},
		{"lesser", "GET", [5]int{200, 200, 200, insufficient, insufficient}}, // the key lacks admin
		{"fallen", "GET", [5]int{200, 200, 200, insufficient, insufficient}}, // the owner is no admin
	} {
		for i, status := range tc.statuses {
			target := "/" + (Public + Class(i)).String()
			w := f.do(tc.method, target, "", "X-Test-Caller", tc.caller)
			want := max(status, -status)
			if w.Code != want {
				t.Errorf("%s %s as %q: %d, want %d", tc.method, target, tc.caller, w.Code, want)
				continue
			}
			if want >= 400 && tc.method != "HEAD" {
				m := wantFault(t, w, want, fault.Auth)
				if coded := m["error"] == "insufficient_permissions" && m["message"] != nil; coded != (status < 0) {
					t.Errorf("%s %s as %q: body %v", tc.method, target, tc.caller, m)
				}
			}
			if challenge := w.Header().Get("WWW-Authenticate"); (challenge == "Bearer") != (want == 401) {
				t.Errorf("%s %s as %q: challenge %q", tc.method, target, tc.caller, challenge)
			}
		}
	}
	if w := f.do("GET", "/public", "", "X-Test-Caller", "ann"); w.Body.String() != `"nobody"` {
		t.Errorf("a public route read a credential: %s", w.Body)
	}
	if w := f.do("GET", "/optional", "", "X-Test-Caller", "ann"); w.Body.String() != `"user-ann"` {
		t.Errorf("an optional route: %s", w.Body)
	}
}

func TestQuotaCountsAuthenticatedCalls(t *testing.T) {
	secured := route("GET", "/user", ok)
	secured.Class = User
	optional := route("GET", "/optional", ok)
	optional.Class = Optional
	counted := 0
	f := serve(t, Options{Quota: func(c *Call) error { counted++; return nil }}, secured, optional, route("GET", "/public", ok))
	for _, tc := range []struct {
		target, caller string
		counts         int
	}{
		{"/public", "ann", 0}, {"/optional", "", 0}, {"/user", "", 0}, {"/user", "writer", 0}, {"/optional", "ann", 1}, {"/user", "ann", 1},
	} {
		before := counted
		f.do("GET", tc.target, "", "X-Test-Caller", tc.caller)
		if counted-before != tc.counts {
			t.Errorf("%s as %q counts %d", tc.target, tc.caller, counted-before)
		}
	}
}
