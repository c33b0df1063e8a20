package canon

import "strings"

// Value is any JSON in its canonical text. The zero value is null. Two values are equal when == says so.
type Value struct{ text string }

// Parse reads one JSON value. Errors: *Misfit.
func Parse(doc []byte) (Value, error) {
	r, _, err := begin(doc)
	if err != nil {
		return Value{}, err
	}
	text, err := r.value(nil)
	if err != nil {
		return Value{}, err
	}
	return Value{string(text)}.plain(), nil
}

// Text is a string as a value.
func Text(s string) Value { return Value{string(appendText(nil, strings.ToValidUTF8(s, "\ufffd")))} }

// Array is a list of values as a value.
func Array(list []Value) Value {
	text := []byte{'['}
	for i, v := range list {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, v.String()...)
	}
	return Value{string(append(text, ']'))}
}

// plain makes null the zero value, so that == compares.
func (v Value) plain() Value {
	if v.text == "null" {
		return Value{}
	}
	return v
}

// String is the canonical text.
func (v Value) String() string {
	if v.text == "" {
		return "null"
	}
	return v.text
}

// IsNull tells null from everything else.
func (v Value) IsNull() bool { return v.text == "" }

// Text is the string that the value is, and whether it is one.
func (v Value) Text() (string, bool) {
	if v.text == "" || v.text[0] != '"' {
		return "", false
	}
	return unquote([]byte(v.text)), true
}

// Array is the list that the value is, and whether it is one.
func (v Value) Array() ([]Value, bool) {
	if v.text == "" || v.text[0] != '[' {
		return nil, false
	}
	r := reader{data: []byte(v.text), pos: 1}
	list := []Value{}
	for r.data[r.pos] != ']' {
		from := r.pos
		r.skip()
		list = append(list, Value{v.text[from:r.pos]}.plain())
		if r.data[r.pos] == ',' {
			r.pos++
		}
	}
	return list, true
}

// Object is the object that the value is, and whether it is one.
func (v Value) Object() (Object, bool) {
	if v.text == "" || v.text[0] != '{' {
		return Object{}, false
	}
	r := reader{data: []byte(v.text), pos: 1}
	var list []member
	for r.data[r.pos] != '}' {
		name := unquote(r.text())
		r.pos++
		from := r.pos
		r.skip()
		list = append(list, member{name, Value{v.text[from:r.pos]}.plain()})
		if r.data[r.pos] == ',' {
			r.pos++
		}
	}
	return Object{list}, true
}

// skip passes a value of a canonical text.
func (r *reader) skip() {
	depth := 0
	for {
		switch c := r.data[r.pos]; c {
		case '"':
			r.text()
		case '{', '[':
			depth++
			r.pos++
		case '}', ']':
			depth--
			r.pos++
		case ',', ':':
			r.pos++
		default:
			for r.pos < len(r.data) && strings.IndexByte(",]}:", r.data[r.pos]) < 0 {
				r.pos++
			}
		}
		if depth == 0 {
			return
		}
	}
}

// MarshalJSON writes the canonical text. The standard encoder may escape <, > and & in it, which changes no value.
func (v Value) MarshalJSON() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalJSON reads any JSON.
func (v *Value) UnmarshalJSON(doc []byte) (err error) {
	*v, err = Parse(doc)
	return err
}
