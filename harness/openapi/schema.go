package openapi

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"tracedge/core/web"
)

// integer is every integer of the API: within what each JSON reader keeps exactly.
func integer() object {
	const most = 1<<53 - 1
	return object{{"type", "integer"}, {"format", "int64"}, {"minimum", int64(-most)}, {"maximum", int64(most)}}
}

func typed(name string) object            { return object{{"type", name}} }
func formatted(format string) object      { return object{{"type", "string"}, {"format", format}} }
func ref(kind, name string) object        { return object{{"$ref", "#/components/" + kind + "/" + name}} }
func is[T any](pointer reflect.Type) bool { return pointer.Implements(reflect.TypeFor[T]()) }

// value is the schema of a declared value: that of its type, one of several for a OneOf, anything for nil.
func (b *builder) value(v any) object {
	if several, ok := v.(web.OneOf); ok {
		var any list
		for _, one := range several {
			any = append(any, b.value(one))
		}
		return object{{"anyOf", any}}
	}
	if v == nil {
		return nil
	}
	return b.schema(reflect.TypeOf(v))
}

// schema is the schema of a type. A pointer is what it points to or null.
func (b *builder) schema(t reflect.Type) object {
	if t.Kind() == reflect.Pointer {
		return nullable(b.schema(t.Elem()))
	}
	switch t {
	case reflect.TypeFor[web.JSSafe]():
		beyond := object{{"type", "string"}, {"pattern", "^-?[0-9]{1,19}$"}}
		return object{{"description", "A decimal string beyond 2^53-1"}, {"anyOf", list{integer(), beyond}}}
	case reflect.TypeFor[web.Secs]():
		return integer().set("description", "Unix seconds")
	case reflect.TypeFor[web.TimeZ](), reflect.TypeFor[time.Time]():
		return b.moment("Z$")
	case reflect.TypeFor[web.TimeOffset]():
		return b.moment(`\+00:00$`)
	case reflect.TypeFor[json.RawMessage]():
		return nil
	case reflect.TypeFor[json.Number]():
		return typed("number")
	}
	switch pointer := reflect.PointerTo(t); {
	case is[web.Formed](pointer):
		return b.value(reflect.New(t).Interface().(web.Formed).Form())
	case is[web.Enum](pointer):
		allowed := reflect.New(t).Interface().(web.Enum).Allowed()
		spelled := b.input && is[encoding.TextUnmarshaler](pointer)
		return b.component(t, func() object { return enum(allowed, spelled) })
	case is[json.Marshaler](pointer), is[json.Unmarshaler](pointer):
		return nil
	case is[encoding.TextMarshaler](pointer), is[encoding.TextUnmarshaler](pointer):
		return typed("string")
	}
	switch t.Kind() {
	case reflect.Bool:
		return typed("boolean")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return integer()
	case reflect.Float64:
		return typed("number").set("format", "double")
	case reflect.String:
		return typed("string")
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return formatted("byte")
		}
		return typed("array").set("items", b.schema(t.Elem()))
	case reflect.Map:
		return typed("object").set("additionalProperties", b.schema(t.Elem()))
	case reflect.Struct:
		if t.Name() == "" {
			return b.object(t)
		}
		return b.component(t, func() object { return b.object(t) })
	}
	return nil
}

// enum is one of the allowed texts, of which prefix-<name> stands for all with the prefix. A type that reads its own text
// takes other spellings too.
func enum(allowed []string, spelled bool) object {
	if spelled {
		return typed("string").set("description", "One of "+strings.Join(allowed, ", ")+"; other spellings are taken too")
	}
	var fixed []string
	var open list
	for _, text := range allowed {
		if prefix, _, ok := strings.Cut(text, "<"); ok {
			open = append(open, typed("string").set("pattern", "^"+prefix+"."))
		} else {
			fixed = append(fixed, text)
		}
	}
	s := typed("string").set("enum", texts(fixed))
	if open == nil {
		return s
	}
	return object{{"anyOf", append(list{s}, open...)}}
}

// moment is a time. As output it ends with the name of its zone.
func (b *builder) moment(end string) object {
	if b.input {
		return formatted("date-time")
	}
	return formatted("date-time").set("pattern", end)
}

// nullable is a schema or null.
func nullable(s object) object {
	any, _ := s.get("anyOf").(list)
	switch kind := s.get("type").(type) {
	case string:
		s = s.set("type", list{kind, "null"})
		if enum, ok := s.get("enum").(list); ok {
			s = s.set("enum", append(enum[:len(enum):len(enum)], nil))
		}
	default:
		if any != nil {
			return s.set("anyOf", append(any[:len(any):len(any)], typed("null")))
		}
		if s.get("$ref") != nil {
			return object{{"anyOf", list{s, typed("null")}}}
		}
	}
	return s // or anything, which null is
}
