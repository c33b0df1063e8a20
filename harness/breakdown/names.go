package breakdown

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what is kept of texts in the input, which anybody may have written.
const (
	longestName = 200  // runes
	maxNames    = 1000 // distinct names of one count
)

// others is the name under which names are counted that are one too many.
const others = "(others)"

// names keeps one copy of each text that repeats: endpoints, kinds, labels. Its size is bounded; beyond it, texts are
// copied each time.
type names map[string]string

func (n names) of(b []byte) string {
	if s, known := n[string(b)]; known {
		return s
	}
	s := printable(string(b))
	if len(n) < 8*maxNames && len(b) <= 4*longestName {
		n[string(b)] = s
	}
	return s
}

// printable bounds a text and replaces in it what a terminal or a table could take for something else.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= longestName {
		return s
	}
	return string([]rune(s)[:longestName-1]) + "…"
}
