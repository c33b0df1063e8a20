package whatwg

import (
	"strings"

	"tracedge/harness/gojs"
)

// Pair is one name and value of a form, or one header.
type Pair struct{ Name, Value string }

// ParseForm decodes application/x-www-form-urlencoded data.
func ParseForm(s string) []Pair {
	var pairs []Pair
	for part := range strings.SplitSeq(s, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, Pair{formDecode(name), formDecode(value)})
	}
	return pairs
}

func formDecode(s string) string {
	return gojs.ReplaceInvalidUTF8(percentDecode(strings.ReplaceAll(s, "+", " ")))
}

// EncodeForm is the inverse of ParseForm.
func EncodeForm(pairs []Pair) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		formEncode(&b, p.Name)
		b.WriteByte('=')
		formEncode(&b, p.Value)
	}
	return b.String()
}

func formEncode(b *strings.Builder, s string) {
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('+')
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', strings.IndexByte("*-._", c) >= 0:
			b.WriteByte(c)
		default:
			writePercent(b, c, true)
		}
	}
}
