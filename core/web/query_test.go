package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"tracedge/core/fault"
)

type color string

func (color) Allowed() []string { return []string{"Red", "Green"} }

// shade takes its values in any case.
type shade string

func (shade) Allowed() []string { return []string{"dark", "light"} }

func (s *shade) UnmarshalText(text []byte) error {
	*s = shade(strings.ToLower(string(text)))
	if *s != "dark" && *s != "light" {
		return errors.New("internal text")
	}
	return nil
}

// picky chooses its own fault.
type picky string

func (p *picky) UnmarshalText([]byte) error { return fault.BadRequest("", "Picky").With("code", "own") }

type wanted struct {
	Text    string  `query:"text"`
	Maybe   *string `query:"maybe"`
	Count   int     `query:"count" default:"7"`
	Big     *int64  `query:"big"`
	Flag    bool    `query:"flag" default:"true"`
	Color   *color  `query:"color"`
	Shade   shade   `query:"shade" default:"dark"`
	Since   *TimeZ  `query:"since"`
	Loose   int     `query:"loose" default:"3" lenient:"true"`
	LooseOn bool    `query:"loose_on" lenient:"true"`
}

func wantedRoute() Route {
	r := route("GET", "/q", func(c *Call) (any, error) { return Query[wanted](c), nil })
	r.Query = wanted{}
	return r
}

func TestQueryValues(t *testing.T) {
	f := serve(t, Options{}, wantedRoute())
	base := map[string]any{
		"Text": "", "Maybe": nil, "Count": 7., "Big": nil, "Flag": true, "Color": nil, "Shade": "dark", "Since": nil, "Loose": 3., "LooseOn": false,
	}
	for query, change := range map[string]map[string]any{
		"":                                    {},
		"text=a%20b+c%2B":                     {"Text": "a b c+"},
		"text=&maybe=":                        {"Maybe": ""},
		"text":                                {},
		"count=-12&big=9007199254740991":      {"Count": -12., "Big": 9007199254740991.},
		"count=007":                           {"Count": 7.},
		"flag=false":                          {"Flag": false},
		"color=Red&shade=LIGHT":               {"Color": "Red", "Shade": "light"},
		"since=2026-01-28T10:11:12.5%2B02:00": {"Since": "2026-01-28T08:11:12.500Z"},
		"unknown=1&unknown=2&%zz=1&TEXT=x":    {},
		"loose=x":                             {},
		"loose=1&loose=2":                     {"Loose": 2.},
		"loose=2&loose=x":                     {},
		"loose=%zz":                           {},
		"loose_on=yes":                        {},
		"loose_on=no&loose_on=true":           {"LooseOn": true},
		"%74ext=x":                            {"Text": "x"},
		"&&text=x&":                           {"Text": "x"},
		"text=a;flag=false":                   {"Text": "a;flag=false"},
	} {
		w := f.do("GET", "/q?"+query, "")
		if w.Code != 200 {
			t.Errorf("%q: %d %s", query, w.Code, w.Body)
			continue
		}
		want := map[string]any{}
		for _, m := range []map[string]any{base, change} {
			for k, v := range m {
				want[k] = v
			}
		}
		if got := object(t, w); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, want %v", query, got, want)
		}
	}
}

func TestQueryRefusals(t *testing.T) {
	f := serve(t, Options{}, wantedRoute())
	for query, field := range map[string]string{
		"count=":                      "count",
		"count":                       "count",
		"count=1.5":                   "count",
		"count=1e3":                   "count",
		"count=%2B5":                  "count",
		"count=+5":                    "count",
		"count=0x1F":                  "count",
		"count=1_000":                 "count",
		"big=9007199254740992":        "big",
		"big=-9007199254740992":       "big",
		"big=99999999999999999999":    "big",
		"flag=1":                      "flag",
		"flag=TRUE":                   "flag",
		"flag=":                       "flag",
		"color=red":                   "color",
		"color=":                      "color",
		"shade=grey":                  "shade",
		"since=yesterday":             "since",
		"since=2026-01-28":            "since",
		"since=2026-01-28T10:11:12":   "since",
		"text=a&text=a":               "text",
		"text=a&t%65xt=b":             "text",
		"text=%zz":                    "text",
		"text=%ff":                    "text",
		"loose=1&flag=true&flag=true": "flag",
	} {
		w := f.do("GET", "/q?"+query, "")
		if m := wantFault(t, w, 400, fault.Validation); m["field"] != field {
			t.Errorf("%q: field %v, want %s", query, m["field"], field)
		}
	}
	for query, allowed := range map[string]string{"color=Blue": "[Red Green]", "shade=Blue": "[dark light]"} {
		m := wantFault(t, f.do("GET", "/q?"+query, ""), 400, fault.Validation)
		if m["provided"] != "Blue" || fmt.Sprint(m["allowed"]) != allowed || strings.Contains(fmt.Sprint(m), "internal text") {
			t.Errorf("%q: %v", query, m)
		}
	}
}

func TestQueryRequiredAndOwnFault(t *testing.T) {
	type query struct {
		From string `query:"from" required:"true"`
		Own  picky  `query:"own"`
	}
	r := route("GET", "/q", func(c *Call) (any, error) { return Query[query](c), nil })
	r.Query = query{}
	f := serve(t, Options{}, r)
	if m := wantFault(t, f.do("GET", "/q", ""), 400, fault.Validation); m["field"] != "from" {
		t.Errorf("field %v", m["field"])
	}
	m := wantFault(t, f.do("GET", "/q?from=x&own=y", ""), 400, fault.Validation)
	if m["field"] != "own" || m["code"] != "own" || m["error"] != "Picky" {
		t.Errorf("body %v", m)
	}
}

func TestQueryDeclarations(t *testing.T) {
	for name, query := range map[string]any{
		"not a struct": "x",
		"no tag":       struct{ A string }{},
		"hidden":       struct{ a string }{},
		"two keys": struct {
			A string `query:"a"`
			B string `query:"a"`
		}{},
		"kind": struct {
			A []string `query:"a"`
		}{},
		"default": struct {
			A int `query:"a" default:"x"`
		}{},
		"default outside the enum": struct {
			A color `query:"a" default:"Blue"`
		}{},
		"page limit": struct {
			Page `limit:"201"`
		}{},
		"limit twice": struct {
			Page
			Limit int `query:"limit"`
		}{},
	} {
		if _, err := queryPlan(query); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestQueryOfAnotherType(t *testing.T) {
	r := wantedRoute()
	r.Handler = func(c *Call) (any, error) { return Query[struct{}](c), nil }
	f := serve(t, Options{}, r)
	wantFault(t, f.do("GET", "/q", ""), 500, fault.Internal)
}

func (s shade) MarshalJSON() ([]byte, error) { return json.Marshal(string(s)) }
