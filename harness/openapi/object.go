package openapi

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// object is the schema of a struct type. As input a field may be left out, or be null, when it is a pointer or tagged
// opt:"true"; as output every field is there, unless it says that it is omitted, and one tagged so may be null.
func (b *builder) object(t reflect.Type) object {
	var properties object
	var required list
	b.fields(t, func(name string, omitted bool, f reflect.StructField, _ int) {
		typ := f.Type
		pointer := typ.Kind() == reflect.Pointer
		optional := omitted
		if b.input {
			optional = pointer || f.Tag.Get("opt") == "true"
		} else if omitted && pointer {
			typ = typ.Elem()
		}
		s := b.schema(typ)
		if !pointer && f.Tag.Get("opt") == "true" {
			s = nullable(s)
		}
		properties = append(properties, member{name, annotate(s, f.Tag)})
		if !optional {
			required = append(required, name)
		}
	})
	out := typed("object").set("properties", properties)
	if required != nil {
		out = append(out, member{"required", required})
	}
	return out
}

// fields calls do with the members of a struct type, which are those of encoding/json; the fields of an embedded struct
// without a name stand beside the others. The index is that of a field of the type itself, -1 for others.
func (b *builder) fields(t reflect.Type, do func(name string, omitted bool, f reflect.StructField, index int)) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-", !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			b.fields(f.Type, func(name string, omitted bool, f reflect.StructField, _ int) { do(name, omitted, f, -1) })
		case f.IsExported():
			if name == "" {
				name = f.Name
			}
			do(name, strings.Contains(options, "omit"), f, i)
		}
	}
}

// bounds are the words for the least and greatest of a type.
func bounds(kind any) (low, high string) {
	if several, ok := kind.(list); ok { // it or null
		kind = several[0]
	}
	switch kind {
	case "string":
		return "minLength", "maxLength"
	case "array":
		return "minItems", "maxItems"
	}
	return "minimum", "maximum"
}

// annotate adds what the tags of a field say to its schema.
func annotate(s object, tag reflect.StructTag) object {
	low, high := bounds(s.get("type"))
	for _, note := range [...][2]string{{"doc", "description"}, {"format", "format"}, {"min", low}, {"max", high}} {
		text, ok := tag.Lookup(note[0])
		if !ok {
			continue
		}
		var value any = text
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			value = n
		}
		s = s.set(note[1], value)
	}
	return s
}

// example is a declared value as an example, nil for a zero value. Members that are nothing are left out.
func (b *builder) example(v any) any {
	r := reflect.ValueOf(v)
	if v == nil || r.IsZero() {
		return nil
	}
	if r.Kind() != reflect.Struct || is[json.Marshaler](r.Type()) {
		return v
	}
	var out object
	b.fields(r.Type(), func(name string, _ bool, _ reflect.StructField, index int) {
		if index >= 0 && !r.Field(index).IsZero() {
			out = append(out, member{name, r.Field(index).Interface()})
		}
	})
	return out
}
