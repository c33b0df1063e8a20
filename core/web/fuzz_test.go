package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"tracedge/core/fault"
)

// FuzzDecode checks the binder against the standard decoder: what one refuses as syntax the other refuses, free-form JSON
// comes out equal, and a struct is never filled with something else than the document says.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"name":"a"}`, `{"name":"a","identifiers":[{"key":"k","value":"v"}]}`, `{"name":"a","data":{"x":[1,2.5,null,{"y":"z"}]}}`,
		`{"name":"\ud83d\ude00","raw":[ 1 , 2 ],"grid":[[1],[]]}`, `[]`, `"x"`, `null`, ``, ` `, `{"name":"a"}x`, `{"name":`, "\ufeff{}", "{\"name\":\"\xff\"}",
		`{"name":"a","count":1e3,"safe":"9007199254740993","ratio":-0.5e-3}`, `{"a":{"b":[{"c":"]}\""}]},"name":"a"}`, strings.Repeat("[", 130) + strings.Repeat("]", 130),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var free any
		err := decode(body, reflect.ValueOf(&free).Elem())
		if clean := json.Valid(body) && bytes.Equal(body, bytes.ToValidUTF8(body, nil)) && nesting(body) <= maxNesting; clean {
			var want any
			d := json.NewDecoder(bytes.NewReader(body))
			d.UseNumber()
			if d.Decode(&want) != nil {
				t.Fatalf("%q is valid and does not decode", body)
			}
			if want != nil && (err != nil || !reflect.DeepEqual(free, want)) {
				t.Fatalf("%q: %v, %v, want %v", body, free, err, want)
			}
		} else if f := fault.From(err); err == nil || f.Status != 400 {
			t.Fatalf("%q: %v, want a 400", body, err)
		}

		var o order
		err = decode(body, reflect.ValueOf(&o).Elem())
		var refusal *fault.Error
		if err != nil {
			if !errors.As(err, &refusal) {
				t.Fatalf("%q: %v is no fault", body, err)
			}
			return
		}
		var same map[string]json.RawMessage
		var name string
		if json.Unmarshal(body, &same) != nil || json.Unmarshal(same["name"], &name) != nil || name != o.Name {
			t.Fatalf("%q: name %q, want %s", body, o.Name, same["name"])
		}
		if _, err := json.Marshal(o); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
	})
}

// FuzzRoute checks that a path matches exactly when some pattern does, segment by segment, with a literal taking its
// segment for good.
func FuzzRoute(f *testing.F) {
	patterns := []string{"/", "/a", "/a/b", "/a/:x", "/a/:x/c", "/a/b/:y/d", "/:p/q", "/api/items/pending/:id", "/api/items/:dfid"}
	var routes []Route
	for _, p := range patterns {
		routes = append(routes, route("GET", p, ok))
	}
	table, err := NewTable(routes)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"/", "", "//", "/a", "/a/", "/a/b", "/%61/b", "/a/%2F", "/a/%zz", "/a/b/c", "/a/x/c", "/x/q", "/a/q", "/api/items/pending", "/é", "/a/%ff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		n, values := table.root.match(path)
		want := naive(patterns, path)
		if n == nil {
			if want != "" {
				t.Fatalf("%q does not match, want %s", path, want)
			}
			return
		}
		got := n.leaves[0].entry.route.Pattern
		if got != want {
			t.Fatalf("%q matches %s, want %s", path, got, want)
		}
		if len(values) != len(n.leaves[0].names) {
			t.Fatalf("%q: %d values for %s", path, len(values), got)
		}
	})
}

// naive finds the pattern of a path by trying all of them: among those that fit so far, a literal excludes parameters.
func naive(patterns []string, path string) string {
	if path == "/" {
		return "/"
	}
	parts := strings.Split(path, "/")
	if len(parts) < 2 || parts[0] != "" {
		return ""
	}
	fit := patterns
	for i, raw := range parts[1:] {
		text, err := url.PathUnescape(raw)
		var literal, parameter []string
		for _, p := range fit {
			segments := strings.Split(p, "/")[1:]
			switch {
			case i >= len(segments) || raw == "":
			case strings.HasPrefix(segments[i], ":"):
				parameter = append(parameter, p)
			case err == nil && segments[i] == text:
				literal = append(literal, p)
			}
		}
		if fit = literal; len(literal) == 0 {
			fit = parameter
		}
	}
	for _, p := range fit {
		if strings.Count(p, "/") == len(parts)-1 {
			return p
		}
	}
	return ""
}
