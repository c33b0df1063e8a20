package breakdown

import (
	"bytes"
	"io"
)

// Place is where a value in the input turned out to be broken.
type Place struct {
	Offset  int64  `json:"offset"`     // in bytes, from 0
	Line    int64  `json:"line"`       // from 1
	Column  int64  `json:"column"`     // in bytes, from 1
	Begun   int64  `json:"begun_line"` // in which the value begins, from 1
	Problem string `json:"problem"`
}

// more reads on and keeps what is from the next byte on. The window is filled whole, so that it makes no difference how
// the input arrives. It grows when what is kept leaves little room: the caller needs a longer value. It reports false
// when the stream has no more.
func (s *scanner) more() bool {
	if s.done {
		return false
	}
	kept := s.window[s.at:]
	window := s.window[:cap(s.window)]
	if len(kept) > len(window)/2 {
		window = make([]byte, 2*len(window))
	}
	n := copy(window, kept)
	read, err := fill(s.in, window[n:])
	s.window, s.at = window[:n+read], 0
	if err != nil {
		s.done = true
		if err != io.EOF {
			s.err = err
		}
	}
	return read > 0
}

// fill reads until b is full or the stream ends. Unlike io.ReadFull it keeps the stream's own error.
func fill(in io.Reader, b []byte) (n int, err error) {
	for empty := 0; n < len(b) && err == nil; {
		var read int
		read, err = in.Read(b[n:])
		n += read
		if read > 0 {
			empty = 0
		} else if empty++; empty > 100 && err == nil {
			err = io.ErrNoProgress
		}
	}
	return n, err
}

// advance is done with the window up to an index.
func (s *scanner) advance(to int) {
	passed := s.window[s.at:to]
	if n := bytes.Count(passed, []byte{'\n'}); n > 0 {
		s.line += int64(n)
		s.lineStart = s.offset + int64(bytes.LastIndexByte(passed, '\n')) + 1
	}
	s.offset += int64(len(passed))
	s.at = to
}

// place is where a byte of the window is, which belongs to the value that begins at the next one.
func (s *scanner) place(i int, problem string) Place {
	line, start, offset := s.line, s.lineStart, s.offset+int64(i-s.at)
	ahead := s.window[s.at:i]
	if n := bytes.Count(ahead, []byte{'\n'}); n > 0 {
		line += int64(n)
		start = s.offset + int64(bytes.LastIndexByte(ahead, '\n')) + 1
	}
	return Place{Offset: offset, Line: line, Column: offset - start + 1, Begun: s.line, Problem: problem}
}

// fail counts a broken value, unless it is in a line that was counted already. What ends early or is too long always counts.
func (s *scanner) fail(i int, problem string) {
	if s.quiet && problem != short && problem != tooLong {
		return
	}
	s.broken++
	if len(s.places) < maxPlaces {
		s.places = append(s.places, s.place(i, problem))
	}
}
