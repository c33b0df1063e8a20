package message

import (
	"slices"
	"strings"
)

// Header is header fields by name. Names are kept in canonical form: upper case at the beginning and after each hyphen.
type Header map[string][]string

// Get is the first value of a field, "" when there is none.
func (h Header) Get(name string) string {
	if values := h[canonical(name)]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// Values are all values of a field, in order.
func (h Header) Values(name string) []string { return h[canonical(name)] }

// Set gives a field one value.
func (h Header) Set(name, value string) { h[canonical(name)] = []string{value} }

// Add gives a field one value more.
func (h Header) Add(name, value string) {
	name = canonical(name)
	h[name] = append(h[name], value)
}

// Clone returns a copy, nil for nil.
func (h Header) Clone() Header {
	if h == nil {
		return nil
	}
	c := make(Header, len(h))
	for name, values := range h {
		c[name] = slices.Clone(values)
	}
	return c
}

// canonical is a name in the form that keys have. Names in that form already, most of them, are returned as they are.
func canonical(name string) string {
	upper := true
	for i := range len(name) {
		c := name[i]
		if upper && 'a' <= c && c <= 'z' || !upper && 'A' <= c && c <= 'Z' {
			return recased(name)
		}
		upper = c == '-'
	}
	return name
}

func recased(name string) string {
	b := []byte(strings.ToLower(name))
	upper := true
	for i, c := range b {
		if upper && 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
		upper = c == '-'
	}
	return string(b)
}
