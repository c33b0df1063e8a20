package gojs

import (
	"strings"
	"unicode/utf8"
)

const (
	byteOrderMark = "\uFEFF"
	replacement   = "\uFFFD"
)

// DecodeUTF8 decodes as new TextDecoder("utf-8") does: a leading byte order mark
// is dropped, and each maximal part of an ill-formed sequence becomes U+FFFD.
// Every string on its way from Go to JavaScript is decoded so.
func DecodeUTF8(b []byte) string {
	s := string(b)
	return ReplaceInvalidUTF8(strings.TrimPrefix(s, byteOrderMark))
}

// ReplaceInvalidUTF8 replaces ill-formed sequences as the Encoding Standard
// asks: "\xE2\x82" is one replacement character (the beginning of a sequence),
// "\xFF\xFE" are two.
func ReplaceInvalidUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var out strings.Builder
	out.Grow(len(s) + len(replacement))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError || n > 1 {
			out.WriteString(s[i : i+n])
			i += n
			continue
		}
		out.WriteString(replacement)
		i += maximalSubpart(s[i:])
	}
	return out.String()
}

// maximalSubpart is the length of the ill-formed beginning of s that stands for
// one replacement character: the longest prefix that could have begun a
// well-formed sequence, or one byte.
func maximalSubpart(s string) int {
	need, low, high := 0, byte(0x80), byte(0xBF)
	switch c := s[0]; {
	case c >= 0xC2 && c <= 0xDF:
		need = 1
	case c >= 0xE0 && c <= 0xEF:
		need = 2
		switch c {
		case 0xE0:
			low = 0xA0
		case 0xED:
			high = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		need = 3
		switch c {
		case 0xF0:
			low = 0x90
		case 0xF4:
			high = 0x8F
		}
	}
	n := 1
	for n <= need && n < len(s) && s[n] >= low && s[n] <= high {
		n++
		low, high = 0x80, 0xBF
	}
	return n
}
