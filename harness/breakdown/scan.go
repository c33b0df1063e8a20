package breakdown

import (
	"bufio"
	"bytes"
	"io"
)

// MaxValue is the longest JSON value that is taken in; a longer one counts as broken. It bounds the memory of a run.
const MaxValue = 8 << 20

// Scanner finds JSON objects in a stream of anything: one after another, pretty or compact, as elements of arrays, with
// lines of text between. It looks at nothing but braces, strings and line ends.
type Scanner struct {
	r      *bufio.Reader
	offset int64 // of the next byte
	value  []byte
	begun  int64 // where value begins
	err    error

	// Text counts lines that are no JSON, Broken values that do not end; Places are where the first of those begin.
	Text, Broken int64
	Places       []int64
}

const maxPlaces = 5

// NewScanner returns a scanner over r.
func NewScanner(r io.Reader) *Scanner {
	return &Scanner{r: bufio.NewReaderSize(r, 1<<20)}
}

// Scan finds the next object. It reports false at the end of the stream; see Err.
func (s *Scanner) Scan() bool {
	for {
		b, err := s.next()
		if err != nil {
			return s.end(err)
		}
		switch b {
		case ' ', '\t', '\r', '\n', ',', ']':
		case '{':
			if s.object() {
				return true
			}
			if s.err != nil {
				return false
			}
		case '[':
			if !s.array() {
				s.line()
			}
		default:
			s.line()
		}
	}
}

// Value is the object that Scan has found; it is valid until the next Scan. Offset is where it begins.
func (s *Scanner) Value() []byte { return s.value }
func (s *Scanner) Offset() int64 { return s.begun }

// Err is what ended the stream early, nil for its end.
func (s *Scanner) Err() error { return s.err }

// Spoil counts the current value as broken: it was no JSON after all.
func (s *Scanner) Spoil() { s.broken(s.begun) }

func (s *Scanner) broken(at int64) {
	s.Broken++
	if len(s.Places) < maxPlaces {
		s.Places = append(s.Places, at)
	}
}

func (s *Scanner) next() (byte, error) {
	b, err := s.r.ReadByte()
	if err == nil {
		s.offset++
	}
	return b, err
}

func (s *Scanner) end(err error) bool {
	if err != io.EOF {
		s.err = err
	}
	return false
}

// object collects an object whose brace has been read. It ends early where it cannot go on: at a line end inside a
// string, at a line that begins with a brace (the next object: no printer puts an inner one there), or when it is too
// long. The rest is then read as if it stood on its own.
func (s *Scanner) object() bool {
	s.begun = s.offset - 1
	s.value = append(s.value[:0], '{')
	depth, inString, escaped, last := 1, false, false, byte('{')
	for depth > 0 {
		b, err := s.next()
		if err != nil {
			s.broken(s.begun)
			return s.end(err)
		}
		switch {
		case escaped:
			escaped = false
		case inString && b == '\n':
			s.broken(s.begun)
			return false
		case inString:
			escaped, inString = b == '\\', b != '"'
		case b == '"':
			inString = true
		case b == '{' && last == '\n':
			s.back()
			s.broken(s.begun)
			return false
		case b == '{':
			depth++
		case b == '}':
			depth--
		}
		s.value = append(s.value, b)
		last = b
		if len(s.value) > MaxValue {
			s.broken(s.begun)
			s.rest()
			return false
		}
	}
	return true
}

func (s *Scanner) back() {
	if s.r.UnreadByte() == nil {
		s.offset--
	}
}

// array tells whether the bracket that was read opens an array of objects, rather than a line of text.
func (s *Scanner) array() bool {
	for n := 1; n <= 64; n++ {
		ahead, err := s.r.Peek(n)
		if len(ahead) < n || err != nil {
			return len(bytes.TrimSpace(ahead)) == 0
		}
		switch c := ahead[n-1]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c == '{' || c == ']'
		}
	}
	return false
}

// line counts a line of text and skips it.
func (s *Scanner) line() {
	s.Text++
	s.rest()
}

// rest skips to the end of the line.
func (s *Scanner) rest() {
	for {
		part, err := s.r.ReadSlice('\n')
		s.offset += int64(len(part))
		if err != bufio.ErrBufferFull {
			return
		}
	}
}
