package web

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"

	"tracedge/core/fault"
)

type listing struct {
	Page   `offset:"true"`
	Status string `query:"status"`
	Deep   *bool  `query:"deep"`
}

// list answers with what it understood and always has more.
func list(c *Call) (any, error) {
	q := Query[listing](c)
	var at string
	more, err := q.Resume(&at)
	if err != nil {
		return nil, err
	}
	next, err := c.Next(at + "x")
	return map[string]any{"limit": q.Limit, "offset": q.Offset, "at": at, "more": more, "next_cursor": next}, err
}

func lists(t *testing.T) *fixture {
	owned := route("GET", "/list/:owner", list)
	owned.Class, owned.Query, owned.Aliases = Optional, listing{}, []string{"/alias/:owner"}
	other := owned
	other.Pattern, other.Aliases = "/other/:owner", nil
	lenient := route("GET", "/lenient", func(c *Call) (any, error) {
		return Query[struct {
			Page `limit:"100" lenient:"true"`
		}](c).Limit, nil
	})
	lenient.Query = struct {
		Page `limit:"100" lenient:"true"`
	}{}
	return serve(t, Options{}, owned, other, lenient)
}

func TestPageLimits(t *testing.T) {
	f := lists(t)
	for query, want := range map[string][2]float64{
		"": {50, 0}, "limit=0": {0, 0}, "limit=1": {1, 0}, "limit=200": {200, 0}, "limit=201": {200, 0}, "limit=9007199254740991": {200, 0},
		"offset=3": {50, 3}, "limit=5&offset=0": {5, 0},
	} {
		m := object(t, f.do("GET", "/list/a?"+query, ""))
		if m["limit"] != want[0] || m["offset"] != want[1] || m["more"] != false {
			t.Errorf("%q: %v", query, m)
		}
	}
	for query, field := range map[string]string{
		"limit=-1": "limit", "limit=": "limit", "limit=ten": "limit", "limit=1.0": "limit", "limit=1&limit=1": "limit", "offset=-1": "offset", "offset=x": "offset",
	} {
		if m := wantFault(t, f.do("GET", "/list/a?"+query, ""), 400, fault.Validation); m["field"] != field {
			t.Errorf("%q: field %v", query, m["field"])
		}
	}
	for query, want := range map[string]string{
		"": "100", "limit=-1": "100", "limit=x": "100", "limit=": "100", "limit=7&limit=8": "8", "limit=500": "200", "limit=0": "0",
		"offset=x": "100", // not a key of this route
	} {
		if got := f.do("GET", "/lenient?"+query, "").Body.String(); got != want {
			t.Errorf("lenient %q: %s, want %s", query, got, want)
		}
	}
}

// nextLink is the target of the Link header.
func nextLink(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	link := w.Header().Get("Link")
	rest, opened := strings.CutPrefix(link, "<")
	target, closed := strings.CutSuffix(rest, `>; rel="next"`)
	if !opened || !closed || w.Code != 200 {
		t.Fatalf("status %d, Link %q, body %s", w.Code, link, w.Body)
	}
	return target
}

func TestPageLinks(t *testing.T) {
	f := lists(t)
	first := f.do("GET", "/list/a%2Fb?limit=2&status=in+use%26&unknown=1&offset=4", "", "X-Test-Caller", "ann")
	target := nextLink(t, first)
	if !strings.HasPrefix(target, "/list/a%2Fb?limit=2&status=in+use%26&cursor=") {
		t.Fatalf("Link target %q", target)
	}
	if token := object(t, first)["next_cursor"]; !strings.HasSuffix(target, "cursor="+token.(string)) {
		t.Errorf("next_cursor %v, Link target %q", token, target)
	}
	second := f.do("GET", target, "", "X-Test-Caller", "ann")
	if m := object(t, second); m["at"] != "x" || m["more"] != true || m["limit"] != 2. {
		t.Errorf("second page %v", m)
	}
	if m := object(t, f.do("GET", nextLink(t, second), "", "X-Test-Caller", "ann")); m["at"] != "xx" {
		t.Errorf("third page %v", m)
	}
}

func TestCursorBinding(t *testing.T) {
	f := lists(t)
	token := object(t, f.do("GET", "/list/a?status=on&deep=true", "", "X-Test-Caller", "ann"))["next_cursor"].(string)
	for _, target := range []string{
		"/list/a?status=on&deep=true&cursor=", "/list/a?limit=7&deep=true&status=on&unknown=1&cursor=", "/alias/a?status=on&deep=true&cursor=",
	} {
		if w := f.do("GET", target+token, "", "X-Test-Caller", "ann"); w.Code != 200 {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	if w := f.do("GET", "/list/a?status=on&deep=true&cursor="+token, "", "X-Test-Caller", "reader"); w.Code != 200 {
		t.Errorf("the same account by key: %d", w.Code)
	}
	for name, target := range map[string]string{
		"other route":    "/other/a?status=on&deep=true&cursor=" + token,
		"other path":     "/list/b?status=on&deep=true&cursor=" + token,
		"other filter":   "/list/a?status=off&deep=true&cursor=" + token,
		"missing filter": "/list/a?status=on&cursor=" + token,
		"with offset":    "/list/a?status=on&deep=true&offset=0&cursor=" + token,
		"empty":          "/list/a?status=on&deep=true&cursor=",
		"cut":            "/list/a?status=on&deep=true&cursor=" + token[:len(token)-3],
		"not base64":     "/list/a?status=on&deep=true&cursor=%20" + token,
		"not JSON":       "/list/a?status=on&deep=true&cursor=" + base64.RawURLEncoding.EncodeToString([]byte("x")),
		"no position":    "/list/a?status=on&deep=true&cursor=" + base64.RawURLEncoding.EncodeToString([]byte(`{}`)),
		"given twice":    "/list/a?status=on&deep=true&cursor=" + token + "&cursor=" + token,
	} {
		if m := wantFault(t, f.do("GET", target, "", "X-Test-Caller", "ann"), 400, fault.Validation); m["field"] != "cursor" {
			t.Errorf("%s: field %v", name, m["field"])
		}
	}
	for _, headers := range [][]string{nil, {"X-Test-Caller", "bob"}} {
		wantFault(t, f.do("GET", "/list/a?status=on&deep=true&cursor="+token, "", headers...), 400, fault.Validation)
	}
}

func TestCursorPositionOfAnotherType(t *testing.T) {
	f := lists(t)
	// A client can rewrite the position; one that does not decode is a bad cursor, not a failure.
	token, err := EncodeCursor([]string{"GET", "/list/:owner", "path", "owner", "a"}, map[string]int{"n": 1})
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, f.do("GET", "/list/a?cursor="+token, ""), 400, fault.Validation)
}

func TestPositionsMustBeJSON(t *testing.T) {
	r := route("GET", "/", func(c *Call) (any, error) { return c.Next(make(chan int)) })
	r.Query = struct{ Page }{}
	f := serve(t, Options{}, r)
	w := f.do("GET", "/", "")
	wantFault(t, w, 500, fault.Internal)
	if w.Header().Get("Link") != "" {
		t.Errorf("headers %v", w.Header())
	}
}

func TestNextNeedsAPage(t *testing.T) {
	f := serve(t, Options{}, route("GET", "/", func(c *Call) (any, error) { return c.Next(1) }))
	wantFault(t, f.do("GET", "/", ""), 500, fault.Internal)
}
