package config

import (
	"fmt"
	"strings"
)

// positions returns the line of every key, table and array element of a TOML
// document, by paths such as "kv_namespaces[0].binding". The decoder tells the
// lines of syntax errors only, not of values. The text must have been decoded
// without an error.
func positions(text string) map[string]int {
	s := &scanner{text: text, line: 1, lines: map[string]int{}, arrays: map[string]int{}}
	table := ""
	for s.skipSpace("\n"); s.pos < len(s.text); s.skipSpace("\n") {
		if s.text[s.pos] == '[' {
			table = s.header()
		} else {
			s.pair(table)
		}
	}
	return s.lines
}

type scanner struct {
	text      string
	pos, line int
	lines     map[string]int
	arrays    map[string]int // number of tables so far, by path of the array
}

// header reads [a.b] or [[a.b]] and returns the path of the table it opens.
func (s *scanner) header() string {
	line := s.line
	array := strings.HasPrefix(s.text[s.pos:], "[[")
	s.pos++
	if array {
		s.pos++
	}
	path := ""
	parts := s.key(']')
	for i, part := range parts {
		path = join(path, part)
		last := i == len(parts)-1
		if last && array {
			s.arrays[path]++
		}
		if n := s.arrays[path]; n > 0 {
			s.note(path, line)
			path = fmt.Sprintf("%s[%d]", path, n-1)
		}
		s.note(path, line)
	}
	s.pos = min(s.pos+len("]"), len(s.text))
	if array {
		s.pos = min(s.pos+len("]"), len(s.text))
	}
	return path
}

// pair reads key = value inside the table at path.
func (s *scanner) pair(path string) {
	line := s.line
	for _, part := range s.key('=') {
		path = join(path, part)
		s.note(path, line)
	}
	s.pos = min(s.pos+len("="), len(s.text))
	s.value(path)
}

// key reads a dotted key up to the sign end.
func (s *scanner) key(end byte) (parts []string) {
	for s.pos < len(s.text) && s.text[s.pos] != end {
		switch c := s.text[s.pos]; c {
		case ' ', '\t', '.':
			s.pos++
		case '"', '\'':
			from := s.pos + 1
			s.str()
			parts = append(parts, s.text[from:max(from, s.pos-1)])
		default:
			from := s.pos
			for s.pos < len(s.text) && !strings.ContainsRune(" \t.=]\n", rune(s.text[s.pos])) {
				s.pos++
			}
			if s.pos == from {
				s.pos++
				continue
			}
			parts = append(parts, s.text[from:s.pos])
		}
	}
	return parts
}

// value reads the value at path and notes what it holds.
func (s *scanner) value(path string) {
	s.skipSpace("")
	if s.pos >= len(s.text) {
		return
	}
	switch s.text[s.pos] {
	case '"', '\'':
		s.str()
	case '[':
		s.pos++
		for i := 0; s.more(']'); i++ {
			element := fmt.Sprintf("%s[%d]", path, i)
			s.note(element, s.line)
			s.value(element)
		}
	case '{':
		s.pos++
		for s.more('}') {
			s.pair(path)
		}
	default:
		for s.pos++; s.pos < len(s.text) && !strings.ContainsRune(",]}\n#", rune(s.text[s.pos])); s.pos++ {
		}
	}
}

// more skips to the next part of an array or inline table; at its end it reads
// the closing bracket and returns false.
func (s *scanner) more(end byte) bool {
	s.skipSpace("\n,")
	if s.pos < len(s.text) && s.text[s.pos] != end {
		return true
	}
	s.pos = min(s.pos+1, len(s.text))
	return false
}

// str reads a string of any of the four kinds.
func (s *scanner) str() {
	quote := s.text[s.pos : s.pos+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.text[s.pos:], triple) {
		quote = triple
	}
	for s.pos += len(quote); s.pos < len(s.text); s.pos++ {
		switch {
		case s.text[s.pos] == '\\' && quote[0] == '"':
			s.pos++
		case s.text[s.pos] == '\n':
			s.line++
		case strings.HasPrefix(s.text[s.pos:], quote):
			s.pos += len(quote)
			for len(quote) == 3 && s.pos < len(s.text) && s.text[s.pos] == quote[0] {
				s.pos++ // up to two quotes may stand before the closing ones
			}
			return
		}
	}
	s.pos = min(s.pos, len(s.text))
}

// skipSpace moves over white space, comments and the signs in also.
func (s *scanner) skipSpace(also string) {
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '#':
			for s.pos+1 < len(s.text) && s.text[s.pos+1] != '\n' {
				s.pos++
			}
		case c == ' ', c == '\t', c == '\r':
		case strings.IndexByte(also, c) >= 0:
			if c == '\n' {
				s.line++
			}
		default:
			return
		}
	}
}

// note keeps the first line of path.
func (s *scanner) note(path string, line int) {
	if _, ok := s.lines[path]; !ok {
		s.lines[path] = line
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
