package isolate

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

// toJSON serializes a value for storage or for a message. What does not come
// back from JSON as it was is a TypeError that names use and the type.
func (i *isolate) toJSON(v sobek.Value, use string) string {
	e := jsonEncoder{isolate: i, use: use}
	e.value(v, 0)
	return e.out.String()
}

// maxDepth bounds the nesting of values; cycles end there.
const maxDepth = 200

type jsonEncoder struct {
	isolate *isolate
	use     string
	out     strings.Builder
}

func (e *jsonEncoder) refuse(what string) {
	panic(e.isolate.rt.NewTypeError(unemulated(what + " in " + e.use)))
}

func (e *jsonEncoder) value(v sobek.Value, depth int) {
	switch v := v.(type) {
	case nil:
		e.refuse("undefined")
	case sobek.String:
		quote(&e.out, v.String())
	case *sobek.Symbol:
		e.refuse("a Symbol")
	case *sobek.Object:
		if depth >= maxDepth {
			e.refuse("a cyclic or very deep object")
		}
		e.object(v, depth+1)
	default:
		e.primitive(v)
	}
}

func (e *jsonEncoder) primitive(v sobek.Value) {
	switch {
	case sobek.IsUndefined(v):
		e.refuse("undefined")
	case sobek.IsBigInt(v):
		e.refuse("a BigInt")
	case sobek.IsNumber(v):
		if f := v.ToFloat(); math.IsNaN(f) || math.IsInf(f, 0) {
			e.refuse(v.String())
		}
		e.out.WriteString(v.String())
	default: // null, true, false
		e.out.WriteString(v.String())
	}
}

func (e *jsonEncoder) object(obj *sobek.Object, depth int) {
	switch proto := obj.Prototype(); {
	case obj.ClassName() == "Array":
		e.out.WriteByte('[')
		n := obj.Get("length").ToInteger()
		for k := range n {
			if k > 0 {
				e.out.WriteByte(',')
			}
			e.value(obj.Get(strconv.FormatInt(k, 10)), depth)
		}
		e.out.WriteByte(']')
	case obj.ClassName() == "Object" && (proto == nil || proto == e.isolate.plain):
		e.out.WriteByte('{')
		for k, key := range obj.Keys() {
			if k > 0 {
				e.out.WriteByte(',')
			}
			quote(&e.out, key)
			e.out.WriteByte(':')
			e.value(obj.Get(key), depth)
		}
		e.out.WriteByte('}')
	default:
		if _, ok := sobek.AssertFunction(obj); ok {
			e.refuse("a function")
		}
		e.refuse("an object of class " + className(obj))
	}
}

func className(obj *sobek.Object) string {
	if proto := obj.Prototype(); proto != nil {
		if class, ok := proto.Get("constructor").(*sobek.Object); ok {
			if name := class.Get("name"); name != nil && name.String() != "" {
				return name.String()
			}
		}
	}
	return obj.ClassName()
}

// quote writes a JSON string with as few escapes as JSON allows.
func quote(b *strings.Builder, s string) {
	const hexDigits = "0123456789abcdef"
	b.WriteByte('"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b.WriteString(s[start:i])
		start = i + 1
		switch c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		default:
			b.WriteString(`\u00`)
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	b.WriteString(s[start:])
	b.WriteByte('"')
}

// fromJSON is the inverse of toJSON.
func (i *isolate) fromJSON(text string) sobek.Value {
	if strings.HasPrefix(text, `"`) { // most values are strings, and large ones
		if !strings.Contains(text, `\`) {
			return i.rt.ToValue(text[1 : len(text)-1])
		}
		var s string
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			return i.rt.ToValue(s)
		}
	}
	return i.parse(sobek.FunctionCall{Arguments: []sobek.Value{i.rt.ToValue(text)}})
}

// Value is one argument or result of a call to a Durable Object, free of any
// runtime.
type Value struct {
	Kind ValueKind
	// Text is a string, or the JSON of a value.
	Text  string
	Bytes []byte
}

// ValueKind says what a Value holds.
type ValueKind uint8

// The kinds of values. Objects, arrays, numbers, booleans and null travel as
// JSON; bytes only occur in fetch calls.
const (
	Undefined ValueKind = iota
	String
	JSON
	Bytes
)

func (i *isolate) export(v sobek.Value) Value {
	switch v := v.(type) {
	case nil:
		return Value{}
	case sobek.String:
		return Value{Kind: String, Text: v.String()}
	}
	if sobek.IsUndefined(v) {
		return Value{}
	}
	if b, ok := gojs.Bytes(v); ok {
		return Value{Kind: Bytes, Bytes: append([]byte{}, b...)}
	}
	return Value{Kind: JSON, Text: i.toJSON(v, "a call to a Durable Object")}
}

func (i *isolate) load(v Value) sobek.Value {
	switch v.Kind {
	case String:
		return i.rt.ToValue(v.Text)
	case JSON:
		return i.fromJSON(v.Text)
	case Bytes:
		return i.bytes(append([]byte(nil), v.Bytes...))
	}
	return sobek.Undefined()
}
