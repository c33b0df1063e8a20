package breakdown

import (
	"bytes"
	"io"
)

// The sizes of a scanner: what it reads at first, and the longest value that it takes in. They bound its memory.
const (
	firstWindow = 256 << 10
	longest     = 8 << 20
)

// scanner finds JSON objects in a stream of anything: one after another, pretty or compact, as elements of arrays, behind
// or between text. What is neither is counted and passed over, so that a stream always ends with its end.
type scanner struct {
	in     io.Reader
	limit  int    // the longest value that is taken in, in bytes
	window []byte // a part of the stream
	at     int    // the next byte of the window
	done   bool   // the stream has no more than the window
	err    error  // what ended the stream early

	offset, line, lineStart int64 // of the next byte in the stream; the line counts from 1

	open  int  // arrays that the next byte is in, as far as that is known
	quiet bool // the rest of the line is text, or belongs to a broken value: what is wrong in it was counted

	resumed int64 // up to where the stream was gone through for a value that turned out to be broken

	value []byte // what scan has found; valid until the next scan

	text, broken, values int64
	places               []Place // of the first broken ones
}

// maxPlaces is how many broken places are kept.
const maxPlaces = 5

func newScanner(in io.Reader, window, limit int) *scanner {
	return &scanner{in: in, limit: limit, window: make([]byte, 0, window), line: 1}
}

// scan finds the next object. It reports false at the end of the stream; err tells whether that came early.
func (s *scanner) scan() bool {
	for s.at < len(s.window) || s.more() {
		switch c := s.window[s.at]; {
		case c == '\n':
			s.quiet = false
			s.advance(s.at + 1)
		case c == ' ', c == '\t', c == '\r', c == 0x1e: // 0x1e: RFC 7464 puts it in front of each value
			s.advance(s.at + 1)
		case c == '{':
			if s.object() {
				s.values++
				return true
			}
		case s.quiet:
			s.words()
		case c == '[' && s.opensArray():
			s.open++
			s.advance(s.at + 1)
		case s.open > 0 && c == ',':
			s.advance(s.at + 1)
		case s.open > 0 && c == ']':
			s.open--
			s.advance(s.at + 1)
		case s.byteOrderMark():
			s.advance(s.at + 3)
		default:
			s.text++
			s.words()
		}
	}
	return false
}

// object takes in the object that begins at the next byte.
func (s *scanner) object() bool {
	for {
		end, problem := valueEnd(s.window, s.at)
		held := len(s.window)-s.at <= s.limit
		switch {
		case problem == short && held && s.more():
			continue
		case problem == short && held:
			s.fail(s.at, short) // where it begins: where it ends is no news
			s.resume(len(s.window))
			return false
		case problem == short || end-s.at > s.limit:
			s.fail(s.at, tooLong)
			s.passOver()
			return false
		case problem != "":
			s.fail(end, problem)
			s.quiet = true
			s.resume(end)
			return false
		}
		s.value, s.quiet = s.window[s.at:end], false
		s.advance(end)
		return true
	}
}

// resume goes on behind a value that turned out to be broken at an index, or at a line in it that begins like another
// value: one that was cut off takes those behind it for its own. No part of the stream is gone through that way twice.
func (s *scanner) resume(broken int) {
	if s.offset >= s.resumed {
		s.resumed = s.offset + int64(broken-s.at)
		if i := lineOfValue(s.window[s.at:broken]); i >= 0 {
			broken = s.at + i
		}
	}
	s.advance(broken)
}

// lineOfValue returns the index of the first line end behind which a value begins, or -1. No printer begins a line with
// an inner brace.
func lineOfValue(b []byte) int {
	first := -1
	for _, begin := range []string{"\n{", "\n[{"} {
		if i := bytes.Index(b, []byte(begin)); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}

// words passes over text, up to the end of its line or to what may be an object in it.
func (s *scanner) words() {
	s.quiet = true
	s.advance(s.at + 1)
	for {
		rest := s.window[s.at:]
		end := bytes.IndexByte(rest, '\n')
		line := rest
		if end >= 0 {
			line = rest[:end]
		}
		if i := bytes.Index(line, []byte(`{"`)); i >= 0 {
			end = i
		}
		if end >= 0 {
			s.advance(s.at + end)
			return
		}
		keep := 0
		if len(rest) > 0 && rest[len(rest)-1] == '{' {
			keep = 1 // its quote may follow
		}
		if s.advance(len(s.window) - keep); !s.more() {
			s.advance(len(s.window))
			return
		}
	}
}

// passOver passes over a value that is too long to be held, by its brackets and strings alone. It ends early where the
// value cannot go on: at a line end inside a string, or at a line that begins with a brace (no printer puts an inner
// one there).
func (s *scanner) passOver() {
	depth, inString, escaped, lineStart := 0, false, false, false
	for {
		for i, c := range s.window[s.at:] {
			switch {
			case c == '\n' && inString, c == '{' && lineStart:
				s.advance(s.at + i)
				return
			case escaped:
				escaped = false
			case inString:
				escaped, inString = c == '\\', c != '"'
			case c == '"':
				inString = true
			case c == '{' || c == '[':
				depth++
			case c == '}' || c == ']':
				if depth--; depth == 0 {
					s.advance(s.at + i + 1)
					return
				}
			}
			lineStart = c == '\n'
		}
		if s.advance(len(s.window)); !s.more() {
			return
		}
	}
}

// opensArray tells whether the bracket at the next byte opens an array of objects, rather than a line of text.
func (s *scanner) opensArray() bool {
	const enough = 4 << 10 // of white space, to be no text
	for {
		i := space(s.window, s.at+1)
		if i < len(s.window) {
			return s.window[i] == '{' || s.window[i] == ']'
		}
		if i-s.at > enough || !s.more() {
			return true
		}
	}
}

func (s *scanner) byteOrderMark() bool {
	const mark = "\ufeff"
	if s.window[s.at] != mark[0] {
		return false
	}
	for len(s.window)-s.at < len(mark) && s.more() {
		continue
	}
	return bytes.HasPrefix(s.window[s.at:], []byte(mark))
}
