package openapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tracedge/core/fault"
	"tracedge/core/web"
	"tracedge/harness/openapi"
)

type colour string

func (colour) Allowed() []string { return []string{"red", "green"} }

// loop is used in both directions, which differ.
type loop struct {
	ID     string     `json:"id" format:"uuid"`
	Next   *loop      `json:"next"`
	Colour *colour    `json:"colour"`
	At     web.TimeZ  `json:"at"`
	Big    web.JSSafe `json:"big"`
	More   string     `json:"more,omitempty" min:"1" max:"9" doc:"More"`
	Inline struct {
		A []int          `json:"a" opt:"true"`
		B map[string]any `json:"b"`
	} `json:"inline"`
}

// plain is the same in both.
type plain struct {
	A string `json:"a"`
	N int    `json:"n" min:"1"`
}

type odd struct{}

func (odd) MarshalJSON() ([]byte, error) { return []byte(`[]`), nil }
func (odd) Form() any                    { return web.OneOf{[]string{}, plain{}} }

type filter struct {
	web.Page `limit:"20"`
	Colour   *colour `query:"colour"`
	Deep     bool    `query:"deep" default:"true" doc:"Deep"`
	From     string  `query:"from" required:"true"`
}

// at is the value at a path of member names.
func at(t *testing.T, v any, path ...string) string {
	t.Helper()
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			t.Fatalf("%v: nothing at %q", path, name)
		}
		v = m[name]
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDocument(t *testing.T) {
	var doc any
	text := openapi.Document("1.2", []web.Route{
		{
			Method: "POST", Pattern: "/api/things/:id", Aliases: []string{"/things/:id"}, UUIDs: []string{"id"}, Class: web.User, Doc: "Make.",
			Request: loop{}, Response: loop{}, OptionalBody: true,
			Failures: []web.Failure{
				{Status: 409, Doc: "Taken", Extra: plain{}}, {Status: 502, Doc: "Remote"}, {Status: 503, Doc: "Odd", Kinds: []fault.Kind{fault.DatabaseError}},
			},
		},
		{Method: "GET", Pattern: "/api/things", Class: web.Optional, Doc: "List.", Query: filter{}, Response: web.OneOf{[]plain{}, odd{}}},
		{Method: "PUT", Pattern: "/api/plain", Class: web.JWT, Doc: "Put.", Request: plain{"x", 2}, Response: plain{}},
		{Method: "DELETE", Pattern: "/api/admin/things", Class: web.Admin, Doc: "Delete."},
	})
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	const integer = `"format":"int64","maximum":9007199254740991,"minimum":-9007199254740991,"type":"integer"`
	post := []string{"paths", "/api/things/{id}", "post"}
	for _, tc := range []struct {
		path []string
		want string
	}{
		{[]string{"info", "version"}, `"1.2"`},
		{[]string{"tags"}, `[{"name":"things"},{"name":"plain"},{"name":"admin things"}]`},
		{append(post, "operationId"), `"postThingsById"`},
		{append(post, "security"), `[{"bearer":[]},{"apiKey":[]}]`},
		{append(post, "requestBody", "required"), `false`},
		{append(post, "requestBody", "content", "application/json", "schema"), `{"$ref":"#/components/schemas/OpenapitestLoopInput"}`},
		{append(post, "responses", "200", "content", "application/json", "schema"), `{"$ref":"#/components/schemas/OpenapitestLoop"}`},
		{append(post, "responses", "404"), `{"$ref":"#/components/responses/NotFound"}`},
		{append(post, "responses", "502"), `{"$ref":"#/components/responses/BadGateway","description":"Remote"}`},
		{append(post, "responses", "409", "content", "application/json", "schema", "properties", "n"), `{` + strings.Replace(integer, "-9007199254740991", "1", 1) + `}`},
		{append(post, "responses", "409", "content", "application/json", "schema", "required"), `["error","error_kind","trace_id","a","n"]`},
		{append(post, "responses", "503", "content", "application/json", "schema", "properties", "error_kind", "enum"),
			`["storage_lock_timeout","database_timeout","overloaded","external_error","other","database_error"]`},
		{[]string{"paths", "/things/{id}", "post", "x-alias-of"}, `"/api/things/{id}"`},
		{[]string{"paths", "/things/{id}", "post", "operationId"}, `"postThingsByIdAlias1"`},
		{[]string{"paths", "/api/things", "get", "security"}, `[{},{"bearer":[]},{"apiKey":[]}]`},
		{[]string{"paths", "/api/things", "get", "responses", "200", "content", "application/json", "schema", "anyOf"},
			`[{"items":{"$ref":"#/components/schemas/OpenapitestPlain"},"type":"array"},{"anyOf":[{"items":{"type":"string"},"type":"array"},{"$ref":"#/components/schemas/OpenapitestPlain"}]}]`},
		{[]string{"paths", "/api/things", "get", "responses", "404"}, `null`},
		{[]string{"paths", "/api/plain", "put", "requestBody", "content", "application/json"},
			`{"example":{"a":"x","n":2},"schema":{"$ref":"#/components/schemas/OpenapitestPlain"}}`},
		{[]string{"paths", "/api/plain", "put", "responses", "409"}, `{"$ref":"#/components/responses/Conflict"}`},
		{[]string{"paths", "/api/admin/things", "delete", "responses", "204", "description"}, `"Done"`},
		{[]string{"paths", "/api/admin/things", "delete", "responses", "415"}, `null`},
		{[]string{"components", "schemas", "OpenapitestPlain", "required"}, `["a","n"]`},
		{[]string{"components", "schemas", "OpenapitestLoop", "required"}, `["id","next","colour","at","big","inline"]`},
		{[]string{"components", "schemas", "OpenapitestLoopInput", "required"}, `["id","at","big","more","inline"]`},
		{[]string{"components", "schemas", "OpenapitestLoop", "properties", "next"},
			`{"anyOf":[{"$ref":"#/components/schemas/OpenapitestLoop"},{"type":"null"}]}`},
		{[]string{"components", "schemas", "OpenapitestLoop", "properties", "at", "pattern"}, `"Z$"`},
		{[]string{"components", "schemas", "OpenapitestLoopInput", "properties", "at", "pattern"}, `null`},
		{[]string{"components", "schemas", "OpenapitestLoop", "properties", "more"},
			`{"description":"More","maxLength":9,"minLength":1,"type":"string"}`},
		{[]string{"components", "schemas", "OpenapitestLoopInput", "properties", "inline", "properties", "a", "type"}, `["array","null"]`},
		{[]string{"components", "schemas", "OpenapitestLoop", "properties", "inline", "properties", "b"}, `{"additionalProperties":{},"type":"object"}`},
		{[]string{"components", "schemas", "OpenapitestColour"}, `{"enum":["red","green"],"type":"string"}`},
	} {
		got := at(t, doc, tc.path...)
		if got != tc.want {
			t.Errorf("%s is\n%s, want\n%s", strings.Join(tc.path, " "), got, tc.want)
		}
	}
	params := at(t, doc, "paths", "/api/things", "get", "parameters")
	for _, want := range []string{
		`"in":"query","name":"limit","schema":{"default":20,"minimum":0,"type":"integer"}`,
		`{"in":"query","name":"colour","schema":{"$ref":"#/components/schemas/OpenapitestColour"}}`,
		`{"description":"Deep","in":"query","name":"deep","schema":{"default":true,"type":"boolean"}}`,
		`{"in":"query","name":"from","required":true,"schema":{"type":"string"}}`,
	} {
		if !strings.Contains(params, want) {
			t.Errorf("no %s in %s", want, params)
		}
	}
}
