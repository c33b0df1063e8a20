package breakdown

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// cursor goes through JSON that valueEnd has accepted, once, from the left. Each method takes the value that comes next,
// whatever its type is; what does not fit reads as nothing. Its zero value stands in front of nothing.
type cursor struct {
	b []byte
	i int
}

// peek is the first byte of the next value.
func (c *cursor) peek() byte {
	if c.i = space(c.b, c.i); c.i == len(c.b) {
		return 0
	}
	return c.b[c.i]
}

// members calls f with the name of each member of an object; f must take the value.
func (c *cursor) members(f func(name []byte)) {
	if c.peek() != '{' {
		c.skip()
		return
	}
	for c.i++; c.peek() != '}'; {
		if c.b[c.i] == ',' {
			c.i++
			c.peek()
		}
		name := c.raw()
		c.peek()
		c.i++ // the colon
		f(name)
	}
	c.i++
}

// elements calls f for each element of an array; f must take it.
func (c *cursor) elements(f func()) {
	if c.peek() != '[' {
		c.skip()
		return
	}
	for c.i++; c.peek() != ']'; {
		if c.b[c.i] == ',' {
			c.i++
		}
		f()
	}
	c.i++
}

// skip takes a value and returns its text.
func (c *cursor) skip() []byte {
	first := c.peek()
	begin := c.i
	switch first {
	case 0:
	case '"':
		c.raw()
	case '{', '[':
		for depth := 0; ; {
			switch c.b[c.i] {
			case '"':
				c.raw()
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			if c.i++; depth == 0 {
				break
			}
		}
	default:
		for c.i < len(c.b) && c.b[c.i] > ' ' && c.b[c.i] != ',' && c.b[c.i] != '}' && c.b[c.i] != ']' {
			c.i++
		}
	}
	return c.b[begin:c.i]
}

// raw takes a string and returns what is between its quotes, escapes and all.
func (c *cursor) raw() []byte {
	c.i++
	begin := c.i
	for {
		switch c.i = plain(c.b, c.i); c.b[c.i] {
		case '"':
			c.i++
			return c.b[begin : c.i-1]
		default: // a backslash: control characters are not in valid strings
			c.i += 2
		}
	}
}

// text takes a string and returns it decoded, or nil. It is a part of the input where it has no escapes.
func (c *cursor) text() []byte {
	if c.peek() != '"' {
		c.skip()
		return nil
	}
	raw := c.raw()
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return unescape(raw)
}

// number takes a number. It reports false for anything else, and for what no float64 holds.
func (c *cursor) number() (float64, bool) {
	if b := c.peek(); b != '-' && (b < '0' || b > '9') {
		c.skip()
		return 0, false
	}
	v, err := strconv.ParseFloat(string(c.skip()), 64)
	return v, err == nil
}

// inner returns a cursor in front of the object or the array that comes next: this one, or one over its text where it is
// written as a string, as some exporters do. Anything else is skipped, and the cursor stands in front of nothing.
func (c *cursor) inner() *cursor {
	switch c.peek() {
	case '{', '[':
		return c
	case '"':
		if b := c.b[c.i+1]; b != '{' && b != '[' {
			break
		}
		text := c.text()
		if end, problem := valueEnd(text, 0); problem == "" && space(text, end) == len(text) {
			return &cursor{b: text}
		}
		return &cursor{}
	}
	c.skip()
	return &cursor{}
}

// unescape decodes the escapes of a string. Halves of a pair that stand alone become U+FFFD.
func unescape(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		switch raw[i] {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := hexRune(raw[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				var low rune
				if i+6 < len(raw) && raw[i+1] == '\\' && raw[i+2] == 'u' {
					low = hexRune(raw[i+3:])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		default: // a quote, a backslash, a slash
			out = append(out, raw[i])
		}
	}
	return out
}

// hexRune is the code of four hex digits.
func hexRune(b []byte) (r rune) {
	for _, c := range b[:4] {
		switch {
		case c >= 'a':
			c -= 'a' - 10
		case c >= 'A':
			c -= 'A' - 10
		default:
			c -= '0'
		}
		r = r<<4 | rune(c)
	}
	return r
}
