package web

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"tracedge/core/fault"
	"tracedge/core/message"
)

func answering(value any) Handler { return func(*Call) (any, error) { return value, nil } }

func TestResponses(t *testing.T) {
	f := serve(t, Options{},
		route("GET", "/value", answering(struct {
			A []int   `json:"a"`
			B *string `json:"b"`
			C string  `json:"c"`
		}{[]int{1, 2}, nil, "<a href=\"x\">&"})),
		route("GET", "/list", answering([]string{})),
		route("GET", "/reply", answering(Reply{Status: 202, Header: message.Header{{Name: "X-More", Value: "1"}}, Body: "b"})),
		route("GET", "/default", answering(Reply{Body: 1})),
		route("DELETE", "/gone", answering(Reply{Status: 204})),
		route("GET", "/moved", answering(Reply{Status: 307, Header: message.Header{{Name: "Location", Value: "/value"}}})),
		route("GET", "/page", answering(Reply{Header: message.Header{{Name: "X-More", Value: "1"}}, Body: Content{"text/html", []byte("<p>")}})),
		route("GET", "/headers", func(c *Call) (any, error) { c.Header("Link", "<x>"); return 1, nil }),
		route("GET", "/failed", func(c *Call) (any, error) { c.Header("Link", "<x>"); return 1, fault.NotFound("No") }),
	)
	for _, tc := range []struct {
		method, target string
		status         int
		body           string
	}{
		{"GET", "/value", 200, `{"a":[1,2],"b":null,"c":"<a href=\"x\">&"}`},
		{"GET", "/list", 200, `[]`},
		{"GET", "/reply", 202, `"b"`},
		{"GET", "/default", 200, `1`},
		{"DELETE", "/gone", 204, ``},
		{"GET", "/page", 200, `<p>`},
		{"GET", "/moved", 307, ``},
		{"GET", "/headers", 200, `1`},
	} {
		w := f.do(tc.method, tc.target, "")
		if w.Code != tc.status || w.Body.String() != tc.body {
			t.Errorf("%s: %d %q", tc.target, w.Code, w.Body)
		}
		h := w.Header()
		kind := map[bool]string{true: "application/json"}[tc.body != ""]
		if tc.target == "/page" {
			kind = "text/html"
		}
		if h.Get("Content-Type") != kind || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", tc.target, h)
		}
	}
	if h := f.do("GET", "/reply", "").Header(); h.Get("X-More") != "1" {
		t.Errorf("headers of a reply: %v", h)
	}
	if h := f.do("GET", "/headers", "").Header(); h.Get("Link") != "<x>" {
		t.Errorf("headers of a call: %v", h)
	}
	if h := f.do("GET", "/failed", "").Header(); h.Get("Link") != "" {
		t.Errorf("headers of a failed call: %v", h)
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	f := serve(t, Options{}, route("GET", "/x", answering("body")), route("GET", "/fail", func(*Call) (any, error) {
		return nil, fault.Unavailable(fault.Overloaded, "Later")
	}))
	for _, target := range []string{"/x", "/fail", "/nothing"} {
		get, head := f.do("GET", target, ""), f.do("HEAD", target, "")
		if head.Code != get.Code || head.Body.Len() != 0 {
			t.Errorf("%s: HEAD %d with %d bytes, GET %d", target, head.Code, head.Body.Len(), get.Code)
		}
		names := slices.Sorted(maps.Keys(get.Header()))
		if !slices.Equal(names, slices.Sorted(maps.Keys(head.Header()))) {
			t.Errorf("%s: headers %v and %v", target, names, head.Header())
		}
		for _, name := range names {
			if name != "Traceparent" && name != "X-Trace-Id" && get.Header().Get(name) != head.Header().Get(name) {
				t.Errorf("%s: %s differs", target, name)
			}
		}
	}
}

func TestHandlersThatAnswerWrongly(t *testing.T) {
	for name, value := range map[string]any{
		"nothing":           nil,
		"no body":           Reply{},
		"error status":      Reply{Status: 404, Body: 1},
		"low status":        Reply{Status: 101},
		"body with 204":     Reply{Status: 204, Body: 1},
		"not JSON":          make(chan int),
		"not JSON in reply": Reply{Body: map[string]any{"f": func() {}}},
	} {
		f := serve(t, Options{}, route("GET", "/", answering(value)))
		m := wantFault(t, f.do("GET", "/", ""), 500, fault.Internal)
		if m["error"] != "Internal error" {
			t.Errorf("%s: the client reads %v", name, m["error"])
		}
		if logged := f.logs.requests(); len(logged) != 1 || logged[0].Status != 500 || *logged[0].ErrorKind != "internal_error" {
			t.Errorf("%s: records %s", name, fmt.Sprint(logged))
		}
	}
}
