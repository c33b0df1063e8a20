package whatwg

import (
	"strings"
	"unicode/utf8"
)

// An encodeSet reports for an ASCII byte whether it is percent-encoded. Bytes
// from 0x7F up always are.
type encodeSet func(c byte) bool

func c0Control(c byte) bool { return c < 0x20 }

func setOf(base encodeSet, extra string) encodeSet {
	var table [128]bool
	for c := range table {
		table[c] = base(byte(c)) || strings.IndexByte(extra, byte(c)) >= 0
	}
	return func(c byte) bool { return table[c] }
}

// The percent-encode sets of the URL Standard.
var (
	fragmentSet     = setOf(c0Control, " \"<>`")
	querySet        = setOf(c0Control, " \"#<>")
	specialQuerySet = setOf(querySet, "'")
	pathSet         = setOf(querySet, "?^`{}")
	userinfoSet     = setOf(pathSet, "/:;=@[\\]|")
)

const upperHex = "0123456789ABCDEF"

// percentEncode encodes the UTF-8 bytes of s that are in set.
func percentEncode(s string, set encodeSet) string {
	encoded := func(c byte) bool { return c >= 0x7F || set(c) }
	n := 0
	for i := range len(s) {
		if encoded(s[i]) {
			n++
		}
	}
	if n == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 2*n)
	for i := range len(s) {
		writePercent(&b, s[i], encoded(s[i]))
	}
	return b.String()
}

func writePercent(b *strings.Builder, c byte, encode bool) {
	if !encode {
		b.WriteByte(c)
		return
	}
	b.WriteByte('%')
	b.WriteByte(upperHex[c>>4])
	b.WriteByte(upperHex[c&15])
}

// percentDecode decodes the escapes of s and leaves malformed ones alone.
func percentDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := hexDigit(s[i+1]), hexDigit(s[i+2])
			if hi >= 0 && lo >= 0 {
				b.WriteByte(byte(hi<<4 | lo))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
