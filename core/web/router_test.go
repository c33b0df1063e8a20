package web

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tracedge/core/fault"
)

// echo answers with the endpoint and the parameters.
func echo(c *Call) (any, error) {
	out := map[string]string{"endpoint": c.Route().Method + " " + c.Route().Pattern}
	for _, p := range c.params {
		out[p.name] = c.Path(p.name)
	}
	return out, nil
}

func maze(t *testing.T) *fixture {
	alias := route("GET", "/users/me/profile", echo)
	alias.Aliases = []string{"/api/users/me/profile"}
	moved := route("GET", "/pair/:a/:b", echo)
	moved.Aliases = []string{"/reverse/:b/:a"}
	return serve(t, Options{}, alias, moved,
		route("GET", "/", echo),
		route("GET", "/health", echo),
		route("GET", "/health/db", echo),
		route("GET", "/api/items", echo),
		route("POST", "/api/items", echo),
		route("GET", "/api/items/:dfid", echo),
		route("DELETE", "/api/items/:dfid", echo),
		route("PUT", "/api/items/:id", echo),
		route("POST", "/api/items/:dfid/share", echo),
		route("POST", "/api/items/local", echo),
		route("GET", "/api/items/local/duplicates", echo),
		route("GET", "/api/items/pending/:id", echo),
		route("GET", "/api/items/identifier/:key/:value", echo),
		route("PATCH", "/api/items/:dfid/share", echo),
	)
}

func TestRouterMatches(t *testing.T) {
	f := maze(t)
	type params = map[string]string
	for _, tc := range []struct {
		method, target, endpoint string
		params                   params
	}{
		{"GET", "/", "GET /", nil},
		{"GET", "/health", "GET /health", nil},
		{"GET", "/health/db", "GET /health/db", nil},
		{"GET", "/health?x=/y", "GET /health", nil},
		{"GET", "http://host/health?x=1", "GET /health", nil},
		{"GET", "http://host", "GET /", nil},
		{"GET", "/api/items", "GET /api/items", nil},
		{"POST", "/api/items", "POST /api/items", nil},
		{"GET", "/api/items/D-1", "GET /api/items/:dfid", params{"dfid": "D-1"}},
		{"PUT", "/api/items/D-1", "PUT /api/items/:id", params{"id": "D-1"}},
		{"POST", "/api/items/local", "POST /api/items/local", nil},
		{"GET", "/api/items/Local", "GET /api/items/:dfid", params{"dfid": "Local"}},
		{"GET", "/api/items/local/duplicates", "GET /api/items/local/duplicates", nil},
		{"POST", "/api/items/x/share", "POST /api/items/:dfid/share", params{"dfid": "x"}},
		{"GET", "/api/items/identifier/lote/A%2FB%20c", "GET /api/items/identifier/:key/:value", params{"key": "lote", "value": "A/B c"}},
		{"GET", "/api/items/a+b", "GET /api/items/:dfid", params{"dfid": "a+b"}},
		{"GET", "/api/items/%C3%A9", "GET /api/items/:dfid", params{"dfid": "é"}},
		{"GET", "/api/items/..", "GET /api/items/:dfid", params{"dfid": ".."}},
		{"GET", "/%61pi/items", "GET /api/items", nil},
		{"GET", "/api/users/me/profile", "GET /users/me/profile", nil},
		{"GET", "/pair/1/2", "GET /pair/:a/:b", params{"a": "1", "b": "2"}},
		{"GET", "/reverse/1/2", "GET /pair/:a/:b", params{"a": "2", "b": "1"}},
	} {
		w := f.do(tc.method, tc.target, "")
		if w.Code != 200 {
			t.Errorf("%s %s: status %d", tc.method, tc.target, w.Code)
			continue
		}
		got := object(t, w)
		want := map[string]any{"endpoint": tc.endpoint}
		for name, text := range tc.params {
			want[name] = text
		}
		if len(got) != len(want) {
			t.Errorf("%s %s: %v, want %v", tc.method, tc.target, got, want)
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("%s %s: %s = %v, want %v", tc.method, tc.target, k, got[k], v)
			}
		}
		if logged := f.logs.requests(); "/"+strings.SplitN(tc.endpoint, "/", 2)[1] != logged[len(logged)-1].Endpoint {
			t.Errorf("%s %s: recorded endpoint %q", tc.method, tc.target, logged[len(logged)-1].Endpoint)
		}
	}
}

func TestRouterNotFound(t *testing.T) {
	f := maze(t)
	for _, target := range []string{
		"/nothing", "/health/", "//health", "/health//db", "/Health", "/api/items/", "/api//items", "/api/items//share",
		"/api/items/x/share/", "/health/./db", "/x/../health", "/api/items/x/unknown", "/api", "/health%2Fdb",
		"/api/items/pending",                // a literal is never read as a parameter,
		"/api/items/pending/1/2",            // nor when the rest leads nowhere
		"/api/items/identifier/share",       //
		"/api/items/%70ending",              // in any spelling
		"/nothing/%zz", "/api/items/x/%zz/", // bad encoding without a route
	} {
		wantFault(t, f.do("GET", target, ""), 404, fault.Missing)
		logged := f.logs.requests()
		if last := logged[len(logged)-1]; last.Endpoint != "unmatched" {
			t.Errorf("%s: recorded endpoint %q", target, last.Endpoint)
		}
	}
}

func TestRouterBadEncoding(t *testing.T) {
	f := maze(t)
	for _, target := range []string{"/api/items/%zz", "/api/items/%", "/api/items/%4", "/api/items/%ff", "/api/items/%C3"} {
		m := wantFault(t, f.do("GET", target, ""), 400, fault.Validation)
		if m["field"] != "dfid" {
			t.Errorf("%s: field %v", target, m["field"])
		}
	}
}

func TestRouterWrongMethod(t *testing.T) {
	f := maze(t)
	for _, tc := range []struct{ method, target, allow, endpoint string }{
		{"POST", "/health", "GET, HEAD, OPTIONS", "/health"},
		{"DELETE", "/api/items", "GET, HEAD, POST, OPTIONS", "/api/items"},
		{"GET", "/api/items/local", "POST, OPTIONS", "/api/items/local"},
		{"HEAD", "/api/items/local", "POST, OPTIONS", "/api/items/local"},
		{"PATCH", "/api/items/x", "GET, HEAD, PUT, DELETE, OPTIONS", "/api/items/:dfid"},
		{"TRACE", "/api/items/x/share", "POST, PATCH, OPTIONS", "/api/items/:dfid/share"},
		{"get", "/health", "GET, HEAD, OPTIONS", "/health"},
	} {
		w := f.do(tc.method, tc.target, "")
		if tc.method != "HEAD" {
			wantFault(t, w, 405, fault.Other)
		} else if w.Code != 405 || w.Body.Len() != 0 {
			t.Errorf("HEAD: status %d, body %q", w.Code, w.Body)
		}
		if got := w.Header().Get("Allow"); got != tc.allow {
			t.Errorf("%s %s: Allow %q, want %q", tc.method, tc.target, got, tc.allow)
		}
		logged := f.logs.requests()
		if last := logged[len(logged)-1]; last.Endpoint != tc.endpoint || last.Status != 405 {
			t.Errorf("%s %s: recorded %q %d", tc.method, tc.target, last.Endpoint, last.Status)
		}
	}
}

func TestRouterOptions(t *testing.T) {
	f := maze(t)
	w := f.do("OPTIONS", "/api/items", "")
	if w.Code != 204 || w.Header().Get("Allow") != "GET, HEAD, POST, OPTIONS" || w.Body.Len() != 0 || w.Header().Get("Content-Type") != "" {
		t.Errorf("status %d, headers %v, body %q", w.Code, w.Header(), w.Body)
	}
	wantFault(t, f.do("OPTIONS", "/nothing", ""), 404, fault.Missing)
}

func TestRouterWithoutRequestURI(t *testing.T) {
	f := maze(t)
	r := request("GET", "/", "")
	r.RequestURI = ""
	r.URL = &url.URL{Path: "/api/items/a/b", RawPath: "/api/items/a%2Fb"}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	if got := object(t, w); got["dfid"] != "a/b" {
		t.Errorf("got %v", got)
	}
}
