package whatwg

import (
	"fmt"
	"slices"
	"strings"
)

// Headers is a header list of the Fetch Standard. The zero value is empty.
type Headers struct {
	list []Pair // names in lower case, in the order of insertion
	// Immutable refuses changes, as for the headers of incoming requests.
	Immutable bool
}

// SetCookie is the one name whose values are never combined.
const SetCookie = "set-cookie"

// HeaderName checks a name and returns it in lower case.
func HeaderName(name string) (string, error) {
	lower := true
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		case c >= 'A' && c <= 'Z':
			lower = false
		default:
			return "", fmt.Errorf("invalid header name: %q", name)
		}
	}
	if name == "" {
		return "", fmt.Errorf("invalid header name: %q", name)
	}
	if !lower {
		name = strings.ToLower(name)
	}
	return name, nil
}

// HeaderValue normalizes a value: white space around it goes; a line break or
// zero byte inside is refused.
func HeaderValue(value string) (string, error) {
	value = strings.Trim(value, "\t\n\r ")
	if strings.ContainsAny(value, "\x00\r\n") {
		return "", fmt.Errorf("invalid header value: %q", value)
	}
	return value, nil
}

// Append adds a value under a normalized name.
func (h *Headers) Append(name, value string) {
	h.list = append(h.list, Pair{name, value})
}

// Set replaces the values of a name.
func (h *Headers) Set(name, value string) {
	for i, p := range h.list {
		if p.Name == name {
			h.list[i].Value = value
			tail := slices.DeleteFunc(h.list[i+1:], func(p Pair) bool { return p.Name == name })
			h.list = h.list[:i+1+len(tail)]
			return
		}
	}
	h.Append(name, value)
}

// Delete removes a name.
func (h *Headers) Delete(name string) {
	h.list = slices.DeleteFunc(h.list, func(p Pair) bool { return p.Name == name })
}

// Has reports whether a name is there.
func (h *Headers) Has(name string) bool {
	return slices.ContainsFunc(h.list, func(p Pair) bool { return p.Name == name })
}

// Get returns the values of a name, joined by ", ".
func (h *Headers) Get(name string) (string, bool) {
	values := h.Values(name)
	switch len(values) {
	case 0:
		return "", false
	case 1:
		return values[0], true
	}
	return strings.Join(values, ", "), true
}

// Values returns the values of a name one by one.
func (h *Headers) Values(name string) []string {
	var values []string
	for _, p := range h.list {
		if p.Name == name {
			values = append(values, p.Value)
		}
	}
	return values
}

// Pairs returns the list as it was built.
func (h *Headers) Pairs() []Pair { return h.list }

// Clone copies the list; the copy may be changed.
func (h *Headers) Clone() *Headers { return &Headers{list: slices.Clone(h.list)} }

// Sorted returns the list as iteration shows it: sorted by name, the values of a
// name combined, except set-cookie.
func (h *Headers) Sorted() []Pair {
	sorted := slices.Clone(h.list)
	slices.SortStableFunc(sorted, func(a, b Pair) int { return strings.Compare(a.Name, b.Name) })
	out := sorted[:0]
	for _, p := range sorted {
		if n := len(out); n > 0 && out[n-1].Name == p.Name && p.Name != SetCookie {
			out[n-1].Value += ", " + p.Value
			continue
		}
		out = append(out, p)
	}
	return out
}
