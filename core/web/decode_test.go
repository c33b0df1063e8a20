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

type identifier struct {
	Namespace *string `json:"namespace"`
	Key       string  `json:"key"`
	Value     string  `json:"value"`
	Color     color   `json:"color" opt:"true"`
}

type base struct {
	Op string `json:"op" opt:"true"`
}

type order struct {
	base
	Name        string                     `json:"name"`
	Count       int                        `json:"count" opt:"true"`
	Small       int8                       `json:"small" opt:"true"`
	Safe        JSSafe                     `json:"safe" opt:"true"`
	Ratio       float64                    `json:"ratio" opt:"true"`
	On          *bool                      `json:"on"`
	Shade       *shade                     `json:"shade"`
	At          *TimeZ                     `json:"at"`
	Own         *picky                     `json:"own"`
	Identifiers []identifier               `json:"identifiers,omitempty" opt:"true"`
	Parts       map[string]identifier      `json:"parts" opt:"true"`
	Names       []string                   `json:"names" opt:"true"`
	Grid        [][]int                    `json:"grid" opt:"true"`
	Holes       []*int                     `json:"holes" opt:"true"`
	Data        map[string]any             `json:"data" opt:"true"`
	Raw         json.RawMessage            `json:"raw" opt:"true"`
	RawMap      map[string]json.RawMessage `json:"raw_map" opt:"true"`
	Any         any                        `json:"any" opt:"true"`
	Hidden      string                     `json:"-"`
}

func decodeOrder(body string) (order, error) {
	var o order
	err := decode([]byte(body), reflect.ValueOf(&o).Elem())
	return o, err
}

func TestDecodeValues(t *testing.T) {
	yes, three, generic := true, 3, "generic"
	for body, want := range map[string]order{
		`{"name":"a"}`:                                    {Name: "a"},
		" \t\r\n{ \"name\" : \"a\" } \n":                  {Name: "a"},
		`{"name":"","count":0}`:                           {},
		`{"name":"\u00e9\"\\\/\n\ud83d\ude00é"}`:          {Name: "é\"\\/\n😀é"},
		`{"n\u0061me":"a"}`:                               {Name: "a"},
		`{"name":"a","op":"x"}`:                           {Name: "a", base: base{"x"}},
		`{"name":"a","Name":1,"NAME":2,"note":3,"-":4}`:   {Name: "a"},
		`{"name":"a","x":{"name":[1,{}],"y":"]}"},"x":0}`: {Name: "a"},
		`{"name":"a","count":-9007199254740991}`:          {Name: "a", Count: -maxInteger},
		`{"name":"a","count":-0,"small":-128}`:            {Name: "a", Small: -128},
		`{"name":"a","safe":12}`:                          {Name: "a", Safe: 12},
		`{"name":"a","safe":"9223372036854775807"}`:       {Name: "a", Safe: 1<<63 - 1},
		`{"name":"a","ratio":1e2}`:                        {Name: "a", Ratio: 100},
		`{"name":"a","on":true,"shade":"DARK"}`:           {Name: "a", On: &yes, Shade: ptr(shade("dark"))},
		`{"name":"a","on":null,"count":null,"data":null,"raw":null,"identifiers":null,"any":null,"safe":null,"op":null}`: {Name: "a"},
		`{"name":"a","identifiers":[]}`: {Name: "a", Identifiers: []identifier{}},
		`{"name":"a","identifiers":[{"key":"k","value":"v"} , {"value":"w","key":"l","namespace":"generic","color":"Red"}]}`: {
			Name: "a", Identifiers: []identifier{{Key: "k", Value: "v"}, {Namespace: &generic, Key: "l", Value: "w", Color: "Red"}}},
		`{"name":"a","parts":{"p":{"key":"k","value":"v"},"p":{"key":"l","value":"w"}}}`: {
			Name: "a", Parts: map[string]identifier{"p": {Key: "l", Value: "w"}}},
		`{"name":"a","names":["x",""],"grid":[[1,2],[],[3]],"holes":[null,3]}`: {
			Name: "a", Names: []string{"x", ""}, Grid: [][]int{{1, 2}, {}, {3}}, Holes: []*int{nil, &three}},
		`{"name":"a","data":{"n":9223372036854775807,"f":1.0,"z":null,"l":[1],"d":1,"d":{"e":1,"e":2}}}`: {
			Name: "a", Data: map[string]any{"n": json.Number("9223372036854775807"), "f": json.Number("1.0"), "z": nil,
				"l": []any{json.Number("1")}, "d": map[string]any{"e": json.Number("2")}}},
		`{"name":"a","raw":{"a" : 1} ,"raw_map":{"x":[1, 2],"x":3},"any":"s"}`: {
			Name: "a", Raw: json.RawMessage(`{"a" : 1}`), RawMap: map[string]json.RawMessage{"x": json.RawMessage("3")}, Any: "s"},
	} {
		got, err := decodeOrder(body)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v, %v\nwant %+v", body, got, err, want)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestDecodeRefusesFields(t *testing.T) {
	for _, tc := range []struct{ body, field string }{
		{`{}`, "name"},
		{`{"name":null}`, "name"},
		{`{"Name":"a"}`, "name"},
		{`{"name":1}`, "name"},
		{`{"name":["a"]}`, "name"},
		{`{"name":"a","name":"a"}`, "name"},
		{`{"name":"a","n\u0061me":"b"}`, "name"},
		{`{"name":"a","on":null,"on":null}`, "on"},
		{`{"name":"a","count":1.0}`, "count"},
		{`{"name":"a","count":1e3}`, "count"},
		{`{"name":"a","count":1E0}`, "count"},
		{`{"name":"a","count":"1"}`, "count"},
		{`{"name":"a","count":true}`, "count"},
		{`{"name":"a","count":[1]}`, "count"},
		{`{"name":"a","count":9007199254740992}`, "count"},
		{`{"name":"a","count":-9007199254740992}`, "count"},
		{`{"name":"a","count":123456789012345678901234567890}`, "count"},
		{`{"name":"a","small":128}`, "small"},
		{`{"name":"a","safe":1.5}`, "safe"},
		{`{"name":"a","safe":"x"}`, "safe"},
		{`{"name":"a","safe":"9223372036854775808"}`, "safe"},
		{`{"name":"a","ratio":"1"}`, "ratio"},
		{`{"name":"a","ratio":true}`, "ratio"},
		{`{"name":"a","ratio":1e999}`, "ratio"},
		{`{"name":"a","on":"true"}`, "on"},
		{`{"name":"a","on":1}`, "on"},
		{`{"name":"a","shade":"grey"}`, "shade"},
		{`{"name":"a","shade":1}`, "shade"},
		{`{"name":"a","at":"today"}`, "at"},
		{`{"name":"a","at":1769595072}`, "at"},
		{`{"name":"a","identifiers":{}}`, "identifiers"},
		{`{"name":"a","identifiers":[1]}`, "identifiers[0]"},
		{`{"name":"a","identifiers":[null]}`, "identifiers[0]"},
		{`{"name":"a","identifiers":[{"key":"k","value":"v"},{"key":"k"}]}`, "identifiers[1].value"},
		{`{"name":"a","identifiers":[{"key":"k","value":"v"},{"key":"k","value":"v"},{"key":"k","value":7}]}`, "identifiers[2].value"},
		{`{"name":"a","identifiers":[{"key":"k","value":"v","key":"k"}]}`, "identifiers[0].key"},
		{`{"name":"a","identifiers":[{"key":"k","value":"v","color":"red"}]}`, "identifiers[0].color"},
		{`{"name":"a","parts":{"p":{"key":"k"}}}`, "parts.p.value"},
		{`{"name":"a","parts":{"p":null}}`, "parts.p"},
		{`{"name":"a","parts":[]}`, "parts"},
		{`{"name":"a","names":["a",null]}`, "names[1]"},
		{`{"name":"a","names":"a"}`, "names"},
		{`{"name":"a","grid":[[1],[2,1.5]]}`, "grid[1][1]"},
		{`{"name":"a","data":[]}`, "data"},
		{`{"name":"a","data":"x"}`, "data"},
	} {
		_, err := decodeOrder(tc.body)
		var f *fault.Error
		if !errors.As(err, &f) || f.Status != 422 || f.Kind != fault.Validation || f.Extra["field"] != tc.field {
			t.Errorf("%s: %v with %v, want a 422 of %s", tc.body, err, f, tc.field)
		}
	}
}

func TestDecodeEnumAnswer(t *testing.T) {
	for body, allowed := range map[string]string{
		`{"name":"a","shade":"Blue"}`:                                         "[dark light]",
		`{"name":"a","identifiers":[{"key":"k","value":"v","color":"Blue"}]}`: "[Red Green]",
	} {
		_, err := decodeOrder(body)
		f := fault.From(err)
		if f.Extra["provided"] != "Blue" || fmt.Sprint(f.Extra["allowed"]) != allowed || strings.Contains(f.Message, "internal") {
			t.Errorf("%s: %v %v", body, f, f.Extra)
		}
	}
	_, err := decodeOrder(`{"name":"a","own":"x"}`)
	if f := fault.From(err); f.Status != 400 || f.Extra["field"] != "own" || f.Extra["code"] != "own" {
		t.Errorf("a type's own fault became %v %v", f, f.Extra)
	}
}

func TestDecodeRefusesSyntax(t *testing.T) {
	deep := func(n int) string {
		return `{"name":"a","any":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
	}
	for name, body := range map[string]string{
		"empty":             "",
		"white space":       " \n",
		"truncated":         `{"name":"a"`,
		"cut in a string":   `{"name":"a`,
		"trailing bytes":    `{"name":"a"} x`,
		"two values":        `{"name":"a"}{}`,
		"byte order mark":   "\ufeff" + `{"name":"a"}`,
		"other white space": "\u00a0" + `{"name":"a"}`,
		"not UTF-8":         "{\"name\":\"\xff\"}",
		"UTF-16":            "{\x00}\x00",
		"control character": "{\"name\":\"a\nb\"}",
		"single quotes":     `{'name':'a'}`,
		"trailing comma":    `{"name":"a",}`,
		"comment":           `{"name":"a"}//`,
		"leading zero":      `{"name":"a","count":01}`,
		"NaN":               `{"name":"a","ratio":NaN}`,
		"bad escape":        `{"name":"\x41"}`,
		"too deep":          deep(129),
		"deep and unclosed": strings.Repeat("[", 100000),
		"unknown name too":  `{"name":"a","x":[}`,
	} {
		_, err := decodeOrder(body)
		if f := fault.From(err); f == nil || f.Status != 400 || f.Kind != fault.Validation {
			t.Errorf("%s: %v, want a 400", name, err)
		}
	}
	if _, err := decodeOrder(deep(128)); err != nil {
		t.Errorf("128 levels: %v", err)
	}
	if _, err := decodeOrder(`{"name":"` + strings.Repeat("[", 200) + `\"{"}`); err != nil {
		t.Errorf("brackets in a string: %v", err)
	}
}

func TestDecodeOtherRoots(t *testing.T) {
	for body, want := range map[string]any{
		`"dfid"`:  ptr("dfid"),
		` [1,2] `: ptr([]int{1, 2}),
		`null`:    nil,
		`7`:       nil,
	} {
		into := any(new(string))
		if want != nil {
			into = reflect.New(reflect.TypeOf(want).Elem()).Interface()
		}
		err := decode([]byte(body), reflect.ValueOf(into).Elem())
		if want == nil {
			f := fault.From(err)
			if _, named := f.Extra["field"]; f.Status != 422 || named {
				t.Errorf("%s: %v %v", body, err, f.Extra)
			}
		} else if err != nil || !reflect.DeepEqual(into, want) {
			t.Errorf("%s: %v, %v", body, into, err)
		}
	}
}

func TestDecodeBadTypes(t *testing.T) {
	for name, into := range map[string]any{
		"no tag": new(struct{ A string }),
		"two of a name": reflect.New(reflect.StructOf([]reflect.StructField{
			{Name: "A", Type: reflect.TypeFor[string](), Tag: `json:"a"`},
			{Name: "B", Type: reflect.TypeFor[string](), Tag: `json:"a"`},
		})).Interface(),
		"kind": new(struct {
			A complex128 `json:"a"`
		}),
		"map key": new(struct {
			A map[int]string `json:"a"`
		}),
		"interface": new(struct {
			A fmt.Stringer `json:"a"`
		}),
	} {
		err := decode([]byte(`{"a":{}}`), reflect.ValueOf(into).Elem())
		if f := fault.From(err); f == nil || f.Kind != fault.Internal {
			t.Errorf("%s: %v, want an internal error", name, err)
		}
		r := route("POST", "/", ok)
		r.Request = reflect.ValueOf(into).Elem().Interface()
		table, err := NewTable([]Route{r, {Method: "GET", Pattern: "/", Class: Public, Doc: "Fine.", Handler: ok, Request: order{}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := table.CheckRequests(); err == nil || strings.Contains(err.Error(), "GET /") {
			t.Errorf("%s: CheckRequests gives %v", name, err)
		}
	}
}

// telling is a type that says itself what is wrong.
type telling struct{ text string }

func (t *telling) UnmarshalJSON(doc []byte) error {
	t.text = string(doc)
	if t.text == "1" {
		return misfit("Too low")
	}
	return nil
}

type misfit string

func (m misfit) Error() string  { return "internal" }
func (m misfit) Misfit() string { return string(m) }

func TestDecodeMisfit(t *testing.T) {
	var v struct {
		List []telling `json:"list"`
	}
	err := decode([]byte(`{"list":[2,1]}`), reflect.ValueOf(&v).Elem())
	if f := fault.From(err); f.Status != 422 || f.Extra["field"] != "list[1]" || f.Message != "Too low" {
		t.Errorf("%+v", f)
	}
	if v.List = nil; decode([]byte(`{"list":[2]}`), reflect.ValueOf(&v).Elem()) != nil || v.List[0].text != "2" {
		t.Errorf("%+v", v)
	}
}
