package web

import "testing"

func TestCORS(t *testing.T) {
	f := serve(t, Options{}, route("GET", "/x", ok), route("GET", "/panic", func(*Call) (any, error) { panic("x") }))
	for _, target := range []string{"/x", "/nothing", "/panic"} {
		h := f.do("GET", target, "").Header()
		if h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %v", target, h)
		}
		if got := h.Get("Access-Control-Expose-Headers"); got != "Link, Retry-After, X-Trace-Id, traceparent, Server-Timing, Idempotency-Replayed, Allow" {
			t.Errorf("%s exposes %q", target, got)
		}
	}
}

func TestPreflight(t *testing.T) {
	f := serve(t, Options{}, route("GET", "/x/:id", ok))
	for _, tc := range []struct{ target, ask, want, endpoint string }{
		{"/x/1", "content-type, X-API-Key,authorization", "content-type, X-API-Key,authorization", "/x/:id"},
		{"/nothing", "idempotency-key", "idempotency-key", "unmatched"},
		{"/x/1", "", "", "/x/:id"},
		{"/x/1", "a\r\nSet-Cookie: x", "", "/x/:id"},
		{"/x/1", "a\"b", "", "/x/:id"},
	} {
		w := f.do("OPTIONS", tc.target, "", "Access-Control-Request-Method", "PATCH", "Access-Control-Request-Headers", tc.ask)
		h := w.Header()
		if w.Code != 204 || w.Body.Len() != 0 || h.Get("Content-Type") != "" {
			t.Errorf("%+v: %d %q", tc, w.Code, w.Body)
		}
		if h.Get("Access-Control-Allow-Headers") != tc.want {
			t.Errorf("%+v: allows headers %q", tc, h.Get("Access-Control-Allow-Headers"))
		}
		if h.Get("Access-Control-Allow-Methods") != "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" ||
			h.Get("Access-Control-Max-Age") != "86400" || h.Get("Vary") != "Access-Control-Request-Headers" ||
			h.Get("Access-Control-Allow-Origin") != "*" || h.Get("X-Trace-Id") == "" || h.Get("Server-Timing") == "" {
			t.Errorf("%+v: %v", tc, h)
		}
		logged := f.logs.requests()
		if last := logged[len(logged)-1]; last.Endpoint != tc.endpoint || last.Status != 204 {
			t.Errorf("%+v: recorded %+v", tc, last)
		}
	}
	if w := f.do("GET", "/x/1", "", "Access-Control-Request-Method", "PATCH"); w.Code != 200 {
		t.Errorf("a GET with the header of a preflight: %d", w.Code)
	}
}
