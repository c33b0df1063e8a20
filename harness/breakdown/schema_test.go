package breakdown

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// schema is as much of JSON Schema as schema.json uses.
type schema struct {
	Ref         string             `json:"$ref"`
	Defs        map[string]*schema `json:"$defs"`
	Description string             `json:"description"`
	Type        string             `json:"type"`
	Format      string             `json:"format"`
	Const       any                `json:"const"`
	Enum        []any              `json:"enum"`
	Minimum     *float64           `json:"minimum"`
	Maximum     *float64           `json:"maximum"`
	Properties  map[string]*schema `json:"properties"`
	Required    []string           `json:"required"`
	Additional  json.RawMessage    `json:"additionalProperties"`
	Items       *schema            `json:"items"`
}

func readSchema(t *testing.T) *schema {
	t.Helper()
	b, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

// check returns where and how a value does not fit, and notes which members were seen.
func (s *schema) check(root *schema, v any, at string, seen map[string]bool) []string {
	if s.Ref != "" {
		name := strings.TrimPrefix(s.Ref, "#/$defs/")
		return root.Defs[name].check(root, v, name, seen)
	}
	wrong := func(format string, args ...any) []string { return []string{at + ": " + fmt.Sprintf(format, args...)} }
	if s.Const != nil && v != s.Const || s.Enum != nil && !slices.Contains(s.Enum, v) {
		return wrong("%v is another value", v)
	}
	switch v := v.(type) {
	case map[string]any:
		if s.Type != "object" {
			return wrong("an object")
		}
		return s.checkObject(root, v, at, seen)
	case []any:
		if s.Type != "array" {
			return wrong("an array")
		}
		var all []string
		for _, e := range v {
			all = append(all, s.Items.check(root, e, at, seen)...)
		}
		return all
	case float64:
		if s.Type != "number" && (s.Type != "integer" || v != float64(int64(v))) && s.Const == nil {
			return wrong("the number %g", v)
		}
		if s.Minimum != nil && v < *s.Minimum || s.Maximum != nil && v > *s.Maximum {
			return wrong("%g is out of range", v)
		}
	case string:
		if s.Type != "string" && s.Enum == nil {
			return wrong("the string %q", v)
		}
		if s.Format == "date-time" {
			if _, err := time.Parse(time.RFC3339Nano, v); err != nil {
				return wrong("%v", err)
			}
		}
	case bool:
		if s.Type != "boolean" {
			return wrong("%t", v)
		}
	default:
		return wrong("%v", v)
	}
	return nil
}

func (s *schema) checkObject(root *schema, v map[string]any, at string, seen map[string]bool) (all []string) {
	for _, name := range s.Required {
		if _, has := v[name]; !has {
			all = append(all, at+": no "+name)
		}
	}
	var others *schema
	if string(s.Additional) != "false" {
		if json.Unmarshal(s.Additional, &others) != nil {
			return append(all, at+": no word on additional members")
		}
	}
	for name, member := range v {
		known := s.Properties[name]
		if known == nil {
			known = others
		} else {
			seen[at+"."+name] = true
		}
		if known == nil {
			all = append(all, at+": "+name+" is not in the schema")
			continue
		}
		all = append(all, known.check(root, member, at+"."+name, seen)...)
	}
	return all
}

// What is printed fits the schema, and the schema has nothing that is not printed.
func TestSchema(t *testing.T) {
	root, seen := readSchema(t), make(map[string]bool)
	for name, d := range map[string]Document{"story": story(t), "hostile": hostile(t), "empty": {Report: reportOf(t, "")}, "forms": {Report: reportFile(t, "mixed.log")}} {
		var out bytes.Buffer
		if err := d.Write(&out, "json"); err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(out.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		for _, wrong := range root.check(root, v, "document", seen) {
			t.Errorf("%s: %s", name, wrong)
		}
	}
	described := func(at string, s *schema) {
		for name, member := range s.Properties {
			if !seen[at+"."+name] {
				t.Errorf("%s.%s is never printed", at, name)
			}
			if member.Description == "" && (member.Ref == "" || root.Defs[strings.TrimPrefix(member.Ref, "#/$defs/")].Description == "") {
				t.Errorf("%s.%s is not described", at, name)
			}
		}
	}
	described("document", root)
	for name, def := range root.Defs {
		described(name, def)
	}
}

// A schema that takes everything would say nothing.
func TestSchemaRefuses(t *testing.T) {
	root := readSchema(t)
	var out bytes.Buffer
	if err := story(t).Write(&out, "json"); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"a member that is not known": {`"requests":`, `"wishes": 1, "requests":`}, "a member that is missing": {`"by_status":`, `"notices":`},
		"another type": {`"requests": 601`, `"requests": "601"`}, "half a request": {`"requests": 601`, `"requests": 601.5`},
		"a rate above 1": {`"error_rate": 0.`, `"error_rate": 7.`}, "another version": {`"schema": 1`, `"schema": 2`}, "another unit": {`"unit": "share"`, `"unit": "mile"`},
	} {
		text := strings.Replace(out.String(), change[0], change[1], 1)
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil || text == out.String() {
			t.Fatalf("%s: %v", what, err)
		}
		if len(root.check(root, v, "document", map[string]bool{})) == 0 {
			t.Errorf("%s is taken", what)
		}
	}
}
