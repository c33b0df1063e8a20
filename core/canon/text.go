package canon

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// appendText writes a text as a JSON string: only the quote, the backslash and control characters are escaped.
func appendText(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, `\u00`...)
			dst = append(dst, hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, s[from:]...), '"')
}

// unquote reads a valid JSON string, quotes included. Half a surrogate pair and bytes that are not UTF-8 become U+FFFD.
func unquote(raw []byte) string {
	if plain := raw[1 : len(raw)-1]; utf8.Valid(plain) && !bytes.ContainsRune(plain, '\\') {
		return string(plain)
	}
	var text string
	_ = json.Unmarshal(raw, &text) // it is valid
	return text
}
