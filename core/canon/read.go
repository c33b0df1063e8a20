package canon

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"tracedge/core/order"
)

// Misfit is what is wrong with JSON that has no canonical form, in words for whoever sent it.
type Misfit struct{ Message string }

func (m *Misfit) Error() string { return m.Message }

// Misfit is the message; the decoder of bodies shows it.
func (m *Misfit) Misfit() string { return m.Message }

var errMalformed = &Misfit{"Expected one JSON value"}

// reader moves through JSON that is known to be valid.
type reader struct {
	data []byte
	pos  int
}

// member is a name of an object with the text of its value.
type member struct {
	name  string
	value Value
}

func (r *reader) space() byte {
	for r.data[r.pos] == ' ' || r.data[r.pos] == '\t' || r.data[r.pos] == '\n' || r.data[r.pos] == '\r' {
		r.pos++
	}
	return r.data[r.pos]
}

// token passes a literal or a number.
func (r *reader) token() []byte {
	from := r.pos
	for r.pos < len(r.data) && strings.IndexByte(" \t\n\r,]}", r.data[r.pos]) < 0 {
		r.pos++
	}
	return r.data[from:r.pos]
}

// text passes a string and returns it with its quotes.
func (r *reader) text() []byte {
	from := r.pos
	for r.pos++; r.data[r.pos] != '"'; r.pos++ {
		if r.data[r.pos] == '\\' {
			r.pos++
		}
	}
	r.pos++
	return r.data[from:r.pos]
}

// value passes a value and appends its canonical text.
func (r *reader) value(dst []byte) ([]byte, error) {
	switch r.space() {
	case '{':
		return r.nested(dst)
	case '[':
		return r.array(dst)
	case '"':
		return appendText(dst, unquote(r.text())), nil
	case 't', 'f', 'n':
		return append(dst, r.token()...), nil
	default:
		return appendNumber(dst, string(r.token()))
	}
}

func (r *reader) array(dst []byte) ([]byte, error) {
	r.pos++
	dst = append(dst, '[')
	for first := true; r.space() != ']'; first = false {
		if !first {
			r.pos++ // the comma
			dst = append(dst, ',')
		}
		var err error
		if dst, err = r.value(dst); err != nil {
			return dst, err
		}
	}
	r.pos++
	return append(dst, ']'), nil
}

// span is where in a text the member of a name stands.
type span struct {
	name     string
	from, to int
}

// nested passes an object inside a value. Names mostly come in order; only where they do not is the text arranged anew.
func (r *reader) nested(dst []byte) ([]byte, error) {
	start := len(dst)
	dst = append(dst, '{')
	var list []span
	ordered := true
	err := r.members(func(name string) (err error) {
		if len(list) > 0 {
			ordered = ordered && list[len(list)-1].name < name
			dst = append(dst, ',')
		}
		from := len(dst)
		dst, err = r.value(append(appendText(dst, name), ':'))
		list = append(list, span{name, from - start, len(dst) - start})
		return err
	})
	if err != nil || ordered {
		return append(dst, '}'), err
	}
	text := slices.Clone(dst[start:])
	order.By(list, func(a, b span) int { return strings.Compare(a.name, b.name) })
	dst = append(dst[:start], '{')
	for i, m := range list {
		if i+1 < len(list) && list[i+1].name == m.name {
			continue
		}
		if len(dst) > start+1 {
			dst = append(dst, ',')
		}
		dst = append(dst, text[m.from:m.to]...)
	}
	return append(dst, '}'), nil
}

// members passes an object and calls f with each name; f must pass the value.
func (r *reader) members(f func(name string) error) error {
	r.pos++
	for first := true; r.space() != '}'; first = false {
		if !first {
			r.pos++ // the comma
			r.space()
		}
		name := unquote(r.text())
		r.space()
		r.pos++ // the colon
		if err := f(name); err != nil {
			return err
		}
	}
	r.pos++
	return nil
}

// object passes an object and returns its members in the order of their names, the last of equal ones.
func (r *reader) object() ([]member, error) {
	var list []member
	err := r.members(func(name string) error {
		text, err := r.value(nil)
		list = append(list, member{name, Value{string(text)}.plain()})
		return err
	})
	if err != nil {
		return nil, err
	}
	return inOrder(list), nil
}

func inOrder(list []member) []member {
	byName := func(a, b member) int { return strings.Compare(a.name, b.name) }
	if !slices.IsSortedFunc(list, byName) {
		order.By(list, byName)
	}
	kept := list[:0]
	for i, m := range list {
		if i+1 == len(list) || list[i+1].name != m.name {
			kept = append(kept, m)
		}
	}
	return kept
}

func appendObject(dst []byte, list []member) []byte {
	dst = append(dst, '{')
	for i, m := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, m.name), ':')
		dst = append(dst, m.value.String()...)
	}
	return append(dst, '}')
}

// begin checks the syntax once, for all the readers that rely on it.
func begin(doc []byte) (*reader, byte, error) {
	if !json.Valid(doc) {
		return nil, 0, errMalformed
	}
	r := &reader{data: doc}
	return r, bytes.TrimLeft(doc, " \t\r\n")[0], nil
}
