package web

import (
	"strings"
	"testing"

	"tracedge/core/fault"
)

type named struct {
	Name string `json:"name"`
}

func bodies(t *testing.T) *fixture {
	return serve(t, Options{},
		route("POST", "/body", func(c *Call) (any, error) { return Body[named](c) }),
		route("POST", "/optional", func(c *Call) (any, error) {
			return OptionalBody[struct {
				Name *string `json:"name"`
			}](c)
		}),
		route("POST", "/none", ok),
		route("POST", "/hidden", func(c *Call) (any, error) {
			return nil, fault.NotFound("Not found") // what the path names is checked before the body
		}),
	)
}

func TestBodyContentType(t *testing.T) {
	f := bodies(t)
	for kind, want := range map[string]int{
		"application/json":                        200,
		"application/json; charset=utf-8":         200,
		"Application/JSON;charset=\"UTF-8\"; x=y": 200,
		"application/merge-patch+json":            200,
		"application/vnd.api+json;version=1":      200,
		"application/json; charset":               200,
		"":                                        415,
		"application/+json":                       415,
		"text/json":                               415,
		"text/plain":                              415,
		"application/jsonp":                       415,
		"application/x-www-form-urlencoded":       415,
		"json":                                    415,
		"application/json, text/plain":            415,
		"multipart/form-data; boundary=x":         415,
		"application/json/extra":                  415,
	} {
		w := f.do("POST", "/body", `{"name":"a"}`, "Content-Type", kind)
		if w.Code != want {
			t.Errorf("%q: %d, want %d", kind, w.Code, want)
		}
		if want == 415 {
			wantFault(t, w, 415, fault.Validation)
		}
	}
	wantFault(t, f.do("POST", "/body", ""), 415, fault.Validation)
	wantFault(t, f.do("POST", "/body", "{", "Content-Type", "text/plain"), 415, fault.Validation)
}

func TestBodyAnswers(t *testing.T) {
	f := bodies(t)
	if w := f.post("/body", `{"name":"<&>é\u2028"}`); w.Body.String() != "{\"name\":\"<&>é\\u2028\"}" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	wantFault(t, f.post("/body", ``), 400, fault.Validation)
	wantFault(t, f.post("/body", `{`), 400, fault.Validation)
	if m := wantFault(t, f.post("/body", `{}`), 422, fault.Validation); m["field"] != "name" {
		t.Errorf("field %v", m["field"])
	}
}

func TestOptionalBody(t *testing.T) {
	f := bodies(t)
	if w := f.do("POST", "/optional", ""); w.Body.String() != `{"name":null}` {
		t.Errorf("absent: %d %s", w.Code, w.Body)
	}
	if w := f.post("/optional", `{"name":"a"}`); w.Body.String() != `{"name":"a"}` {
		t.Errorf("present: %d %s", w.Code, w.Body)
	}
	wantFault(t, f.post("/optional", `{`), 400, fault.Validation)
	wantFault(t, f.do("POST", "/optional", `{}`), 415, fault.Validation)
}

func TestBodyNotAskedFor(t *testing.T) {
	f := bodies(t)
	if w := f.do("POST", "/none", "\xff not json", "Content-Type", "image/png"); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	wantFault(t, f.do("POST", "/hidden", strings.Repeat("x", 10)), 404, fault.Missing)
}
