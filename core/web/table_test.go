package web

import (
	"slices"
	"strings"
	"testing"
)

func TestTableRefusesBadRoutes(t *testing.T) {
	good := route("GET", "/api/items/:dfid", ok)
	change := func(f func(*Route)) []Route {
		r := good
		f(&r)
		return []Route{r}
	}
	for name, tc := range map[string]struct {
		routes []Route
		want   string
	}{
		"no class":            {change(func(r *Route) { r.Class = 0 }), "no class"},
		"class out of range":  {change(func(r *Route) { r.Class = Admin + 1 }), "no class"},
		"no doc":              {change(func(r *Route) { r.Doc = " " }), "Doc"},
		"doc of two lines":    {change(func(r *Route) { r.Doc = "a\nb" }), "Doc"},
		"no handler":          {change(func(r *Route) { r.Handler = nil }), "no handler"},
		"method HEAD":         {change(func(r *Route) { r.Method = "HEAD" }), "method"},
		"method OPTIONS":      {change(func(r *Route) { r.Method = "OPTIONS" }), "method"},
		"method lower case":   {change(func(r *Route) { r.Method = "get" }), "method"},
		"no slash":            {change(func(r *Route) { r.Pattern = "items" }), "slash"},
		"empty pattern":       {change(func(r *Route) { r.Pattern = "" }), "slash"},
		"trailing slash":      {change(func(r *Route) { r.Pattern = "/items/" }), "not a literal"},
		"empty segment":       {change(func(r *Route) { r.Pattern = "/a//b" }), "not a literal"},
		"wildcard":            {change(func(r *Route) { r.Pattern = "/a/*" }), "not a literal"},
		"braces":              {change(func(r *Route) { r.Pattern = "/a/{id}" }), "not a literal"},
		"dot segment":         {change(func(r *Route) { r.Pattern = "/a/.." }), "not a literal"},
		"encoded literal":     {change(func(r *Route) { r.Pattern = "/a/%62" }), "not a literal"},
		"method in pattern":   {change(func(r *Route) { r.Pattern = "GET /a" }), "slash"},
		"nameless parameter":  {change(func(r *Route) { r.Pattern = "/a/:" }), "parameter"},
		"upper-case name":     {change(func(r *Route) { r.Pattern = "/a/:Id" }), "parameter"},
		"typed parameter":     {change(func(r *Route) { r.Pattern = "/a/:id<uuid>" }), "parameter"},
		"name twice":          {change(func(r *Route) { r.Pattern = "/a/:id/b/:id" }), "two parameters"},
		"bad alias":           {change(func(r *Route) { r.Aliases = []string{"x"} }), "slash"},
		"alias parameters":    {change(func(r *Route) { r.Aliases = []string{"/b/:other"} }), "other parameters"},
		"unknown UUID":        {change(func(r *Route) { r.UUIDs = []string{"id"} }), "no parameter"},
		"negative bound":      {change(func(r *Route) { r.Concurrent = -1 }), "Concurrent"},
		"content of a POST":   {change(func(r *Route) { r.Method, r.Response = "POST", Content{} }), "not JSON"},
		"optional nothing":    {change(func(r *Route) { r.OptionalBody = true }), "without a Request"},
		"failure of a 200":    {change(func(r *Route) { r.Failures = []Failure{{Status: 200, Doc: "x"}} }), "status 200"},
		"failure without why": {change(func(r *Route) { r.Failures = []Failure{{Status: 409}} }), "status 409"},
		"bad query":           {change(func(r *Route) { r.Query = 1 }), "not a struct"},
		"same twice":          {[]Route{good, good}, "belongs to"},
		"same but for names":  {[]Route{good, route("GET", "/api/items/:id", ok)}, "belongs to"},
		"alias of itself":     {change(func(r *Route) { r.Aliases = []string{r.Pattern} }), "belongs to"},
		"alias of a neighbor": {append(change(func(r *Route) { r.Aliases = []string{"/x/:dfid"} }), route("GET", "/x/:y", ok)), "belongs to"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewTable(tc.routes)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q in it", err, tc.want)
			}
		})
	}
}

func TestTableReportsEveryFault(t *testing.T) {
	_, err := NewTable([]Route{{Method: "GET", Pattern: "/a"}}, []Route{{Method: "GET", Pattern: "b"}})
	for _, want := range []string{"GET /a", "GET b", "no class", "no handler", "slash"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}

func TestTableKeepsRoutesInOrder(t *testing.T) {
	table, err := NewTable([]Route{route("GET", "/b", ok)}, []Route{route("POST", "/b", ok), route("GET", "/a", ok)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range table.Routes() {
		got = append(got, r.Method+" "+r.Pattern)
	}
	if want := []string{"GET /b", "POST /b", "GET /a"}; !slices.Equal(got, want) {
		t.Errorf("routes %v, want %v", got, want)
	}
}

func TestClassNames(t *testing.T) {
	for class, want := range map[Class]string{0: "none", Public: "public", Optional: "optional", User: "user", JWT: "jwt", Admin: "admin"} {
		if class.String() != want {
			t.Errorf("class %d is %q, want %q", class, class, want)
		}
	}
}
