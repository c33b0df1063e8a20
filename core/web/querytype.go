package web

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"

	"tracedge/core/fault"
)

// queryType is what a route's query struct declares.
type queryType struct {
	typ  reflect.Type
	keys []queryKey
	page *pageField // nil when the query has no page
}

// queryKey is one key: a field, or one of a page's.
type queryKey struct {
	name     string
	index    int // of the field; -1 for the keys of a page
	fallback string
	has      bool // there is a fallback
	lenient  bool
	required bool
}

// queryPlan reads the declaration; nil for nil. The error says what is wrong with it.
func queryPlan(query any) (*queryType, error) {
	if query == nil {
		return nil, nil
	}
	q := &queryType{typ: reflect.TypeOf(query)}
	if q.typ.Kind() != reflect.Struct {
		return nil, fmt.Errorf("query type %s is not a struct", q.typ)
	}
	for i := range q.typ.NumField() {
		if err := q.addField(q.typ.Field(i), i); err != nil {
			return nil, fmt.Errorf("query field %s.%s: %w", q.typ, q.typ.Field(i).Name, err)
		}
	}
	return q, nil
}

func (q *queryType) addField(f reflect.StructField, index int) error {
	if f.Type == reflect.TypeFor[Page]() {
		return q.addPage(f, index)
	}
	k := queryKey{name: f.Tag.Get("query"), index: index}
	k.fallback, k.has = f.Tag.Lookup("default")
	k.lenient = f.Tag.Get("lenient") == "true"
	k.required = f.Tag.Get("required") == "true"
	if k.name == "" || !f.IsExported() {
		return fmt.Errorf("it has no query tag")
	}
	probe := reflect.New(f.Type).Elem()
	if !textual(f.Type) {
		return fmt.Errorf("a query cannot hold a %s", f.Type)
	}
	if k.has {
		if err := setText(probe, k.fallback); err != nil {
			return fmt.Errorf("default %q does not fit", k.fallback)
		}
	}
	return q.addKey(k)
}

func (q *queryType) addKey(k queryKey) error {
	if q.key(k.name) != nil {
		return fmt.Errorf("key %q is declared twice", k.name)
	}
	q.keys = append(q.keys, k)
	return nil
}

func (q *queryType) key(name string) *queryKey {
	for i := range q.keys {
		if q.keys[i].name == name {
			return &q.keys[i]
		}
	}
	return nil
}

// bind fills a new value of the type from the call's known pairs and returns a pointer to it.
func (q *queryType) bind(c *Call) (any, error) {
	out := reflect.New(q.typ)
	for _, k := range q.keys {
		if k.index < 0 {
			continue
		}
		if err := k.set(out.Elem().Field(k.index), c); err != nil {
			return nil, err
		}
	}
	if q.page != nil {
		if err := q.page.bind(out.Elem().Field(q.page.index).Addr().Interface().(*Page), c); err != nil {
			return nil, err
		}
	}
	return out.Interface(), nil
}

func (k queryKey) set(v reflect.Value, c *Call) error {
	text, sent := c.value(k.name)
	if sent {
		err := setText(v, text)
		if err == nil {
			return nil
		}
		if !k.lenient {
			return asFault(err, fault.BadRequest, k.name)
		}
		v.SetZero()
	} else if k.required {
		return fault.BadRequest(k.name, "Required")
	}
	if k.has {
		return setText(v, k.fallback)
	}
	return nil
}

// textual tells whether setText knows the type.
func textual(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return true
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64:
		return true
	default:
		return false
	}
}

// setText stores the text of a query value. The error is a *mismatch, or a fault of the type's own.
func setText(v reflect.Value, text string) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return unmarshalText(u, text)
	}
	switch v.Kind() {
	case reflect.String:
		return setString(v, text)
	case reflect.Bool:
		if text != "true" && text != "false" {
			return expected("true or false")
		}
		v.SetBool(text == "true")
		return nil
	default:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || text[0] == '+' || n > maxInteger || n < -maxInteger {
			return expected("an integer")
		}
		v.SetInt(n)
		return nil
	}
}
