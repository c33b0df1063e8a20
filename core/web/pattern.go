package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// segment is one part of a pattern.
type segment struct {
	text      string // literal, or the parameter's name
	parameter bool
}

// parsePattern reads a pattern: "/" alone, or segments that are literals of unreserved URL characters or :parameters
// with distinct names. It has no trailing slash, no wildcard and no type.
func parsePattern(pattern string) ([]segment, error) {
	if !strings.HasPrefix(pattern, "/") {
		return nil, fmt.Errorf("pattern %q does not begin with a slash", pattern)
	}
	if pattern == "/" {
		return nil, nil
	}
	var out []segment
	for _, text := range split(pattern) {
		name, parameter := strings.CutPrefix(text, ":")
		s := segment{name, parameter}
		switch {
		case parameter && !isName(name):
			return nil, fmt.Errorf("pattern %q: parameter %q is not a lower-case name", pattern, text)
		case parameter && slices.Contains(out, s):
			return nil, fmt.Errorf("pattern %q: two parameters %q", pattern, text)
		case !parameter && !isLiteral(text):
			return nil, fmt.Errorf("pattern %q: segment %q is not a literal", pattern, text)
		}
		out = append(out, s)
	}
	return out, nil
}

// parameters are the names of a pattern's parameters in order.
func parameters(segments []segment) []string {
	var names []string
	for _, s := range segments {
		if s.parameter {
			names = append(names, s.text)
		}
	}
	return names
}

func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// isLiteral allows unreserved characters of RFC 3986, so that a literal has one spelling.
func isLiteral(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte("-._~", c) < 0 {
			return false
		}
	}
	return s != "" && s != "." && s != ".."
}

// checkRoute tells what is wrong with a route by itself.
func checkRoute(r Route) error {
	segments, err := parsePattern(r.Pattern)
	problems := []error{err}
	report := func(wrong bool, format string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	names := parameters(segments)
	report(!slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, r.Method), "method %q", r.Method)
	report(r.Class < Public || r.Class > Admin, "no class")
	report(strings.TrimSpace(r.Doc) == "" || strings.Contains(r.Doc, "\n"), "Doc is not one line")
	report(r.Handler == nil, "no handler")
	report(r.Concurrent < 0, "Concurrent is negative")
	_, content := r.Response.(Content)
	report(content && r.Method != "GET", "a Response that is not JSON on a %s", r.Method) // idempotency keys keep JSON
	report(r.OptionalBody && r.Request == nil, "OptionalBody without a Request")
	for _, f := range r.Failures {
		report(f.Status < 400 || f.Status > 599 || f.Doc == "", "a failure of status %d, %q", f.Status, f.Doc)
	}
	for _, name := range r.UUIDs {
		report(!slices.Contains(names, name), "UUIDs names %q, which is no parameter", name)
	}
	for _, alias := range r.Aliases {
		segments, err := parsePattern(alias)
		problems = append(problems, err)
		report(err == nil && !sameNames(names, parameters(segments)), "alias %q has other parameters", alias)
	}
	if _, err := queryPlan(r.Query); err != nil {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

func sameNames(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
