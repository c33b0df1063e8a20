package web

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// CheckRequests tells which request types of the table Body could not decode: a field without a json tag, two fields of
// one name, a type without a JSON form. It is for tests, so that no start of the program pays for it.
func (t *Table) CheckRequests() error {
	var problems []error
	for _, e := range t.entries {
		if e.route.Request == nil {
			continue
		}
		if err := decodable(reflect.TypeOf(e.route.Request), make(map[reflect.Type]bool)); err != nil {
			problems = append(problems, fmt.Errorf("%s %s: %w", e.route.Method, e.route.Pattern, err))
		}
	}
	return errors.Join(problems...)
}

// decodable walks a type as the binder would; seen ends recursion.
func decodable(t reflect.Type, seen map[reflect.Type]bool) error {
	p := reflect.PointerTo(t)
	reads := p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
	if reads || seen[t] {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float64:
		return nil
	case reflect.Pointer, reflect.Slice:
		return decodable(t.Elem(), seen)
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return nil
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return decodable(t.Elem(), seen)
		}
	case reflect.Struct:
		var b binder
		s, err := b.shape(t)
		if err != nil {
			return err
		}
		var problems []error
		for _, f := range s.fields {
			if err := decodable(t.FieldByIndex(f.index).Type, seen); err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", f.name, err))
			}
		}
		return errors.Join(problems...)
	}
	return fmt.Errorf("web: a body cannot hold a %s", t)
}
