package web

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"tracedge/core/fault"
)

// binder moves through valid JSON and stores its values in Go values by the rules of Body. The standard decoder is not
// used for this because it ignores the case of names, takes the last of two equal names, cannot tell a missing field
// from a zero one, and names fields in errors without their index.
type binder struct {
	data   []byte
	pos    int
	shapes map[reflect.Type]*shape
}

// bind stores the value at the position in v.
func (b *binder) bind(v reflect.Value, at *place) error {
	b.pos = skipSpace(b.data, b.pos)
	isNull := b.data[b.pos] == 'n'
	if v.Kind() == reflect.Pointer {
		if isNull {
			b.skip()
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return b.bind(v.Elem(), at)
	}
	if isNull {
		return fault.Invalid(at.String(), "Required")
	}
	switch u := v.Addr().Interface().(type) {
	case json.Unmarshaler:
		return at.fault(own(u.UnmarshalJSON(b.skip())))
	case encoding.TextUnmarshaler:
		text, err := b.text()
		if err != nil {
			return at.fault(err)
		}
		return at.fault(unmarshalText(u, text))
	}
	switch v.Kind() {
	case reflect.Struct:
		return b.object(v, at)
	case reflect.Slice:
		return b.array(v, at)
	case reflect.Map:
		return b.dictionary(v, at)
	case reflect.Interface:
		return at.fault(b.free(v))
	default:
		return at.fault(b.scalar(v))
	}
}

// skip passes the value at the position and returns its bytes.
func (b *binder) skip() []byte {
	from := skipSpace(b.data, b.pos)
	b.pos = valueEnd(b.data, from)
	return b.data[from:b.pos:b.pos]
}

// text passes the value at the position, which must be a string.
func (b *binder) text() (string, error) {
	raw := b.skip()
	if raw[0] != '"' {
		return "", expected("a string")
	}
	return unquote(raw), nil
}

func unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal(raw, &s) // a valid string
	return s
}

// scalar stores a string, boolean or number.
func (b *binder) scalar(v reflect.Value) error {
	if v.Kind() == reflect.String {
		text, err := b.text()
		if err != nil {
			return err
		}
		return setString(v, text)
	}
	text := string(b.skip())
	switch v.Kind() {
	case reflect.Bool:
		if text != "true" && text != "false" {
			return expected("true or false")
		}
		v.SetBool(text == "true")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := integer(text)
		if err != nil || v.OverflowInt(n) {
			return expected("an integer")
		}
		v.SetInt(n)
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !isNumber(text) {
			return expected("a number")
		}
		v.SetFloat(f)
	default:
		return fmt.Errorf("web: a body cannot hold a %s", v.Type())
	}
	return nil
}

// integer reads a JSON integer within +-(2^53 - 1).
func integer(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !isInteger(text) || n > maxInteger || n < -maxInteger {
		return 0, expected("an integer")
	}
	return n, nil
}

// isNumber tells a JSON number from the other values, in valid JSON.
func isNumber(text string) bool { return text[0] == '-' || text[0] >= '0' && text[0] <= '9' }

// free stores JSON of any form, with numbers as they were written. Of two equal names the last one counts.
func (b *binder) free(v reflect.Value) error {
	d := json.NewDecoder(bytes.NewReader(b.skip()))
	d.UseNumber()
	if v.NumMethod() != 0 {
		return fmt.Errorf("web: a body cannot hold a %s", v.Type())
	}
	return d.Decode(v.Addr().Interface())
}
