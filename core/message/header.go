package message

import "slices"

// Field is one header field.
type Field struct{ Name, Value string }

// Header is header fields in their order. Names have no case. A request has about a dozen: those are found in a list before a
// name is hashed, and nothing is allocated for each.
type Header []Field

// Get is the first value of a field, "" when there is none.
func (h Header) Get(name string) string {
	if i := h.find(name); i >= 0 {
		return h[i].Value
	}
	return ""
}

// Values are all values of a field, in order.
func (h Header) Values(name string) []string {
	var values []string
	for _, f := range h {
		if same(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// Set gives a field one value.
func (h *Header) Set(name, value string) {
	if h.find(name) >= 0 {
		h.Replace(Header{{name, value}})
		return
	}
	h.Add(name, value)
}

// Add gives a field one value more.
func (h *Header) Add(name, value string) { *h = append(*h, Field{name, value}) }

// Replace puts fields in the place of those that have their names.
func (h *Header) Replace(by Header) {
	if len(by) == 0 {
		return
	}
	*h = append(slices.DeleteFunc(*h, func(f Field) bool { return by.find(f.Name) >= 0 }), by...)
}

// Clone returns a copy, nil for nil.
func (h Header) Clone() Header { return slices.Clone(h) }

func (h Header) find(name string) int {
	for i, f := range h {
		if same(f.Name, name) {
			return i
		}
	}
	return -1
}

// same compares names: letters of ASCII have no case, and names have no others.
func same(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if x, y := a[i], b[i]; x != y && lower(x) != lower(y) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
