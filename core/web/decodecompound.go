package web

import (
	"fmt"
	"reflect"

	"tracedge/core/fault"
)

// members calls f with each name of the object at the position; f must pass the value.
func (b *binder) members(f func(name string) error) error {
	b.pos = skipSpace(b.data, b.pos+1)
	for b.data[b.pos] != '}' {
		end := stringEnd(b.data, b.pos)
		name := unquote(b.data[b.pos:end])
		b.pos = skipSpace(b.data, end) + 1 // the colon
		if err := f(name); err != nil {
			return err
		}
		b.comma()
	}
	b.pos++
	return nil
}

// comma passes white space and a comma, if there is one.
func (b *binder) comma() {
	b.pos = skipSpace(b.data, b.pos)
	if b.data[b.pos] == ',' {
		b.pos = skipSpace(b.data, b.pos+1)
	}
}

// object stores an object in a struct.
func (b *binder) object(v reflect.Value, at *place) error {
	if b.data[b.pos] != '{' {
		return at.fault(expected("an object"))
	}
	s, err := b.shape(v.Type())
	if err != nil {
		return err
	}
	given := make([]bool, len(s.fields))
	present := make([]bool, len(s.fields))
	err = b.members(func(name string) error {
		i, ok := s.index[name]
		if !ok {
			b.skip()
			return nil
		}
		here := &place{parent: at, name: name}
		if given[i] {
			return fault.Invalid(here.String(), "Given twice")
		}
		given[i] = true
		if s.fields[i].optional && b.data[skipSpace(b.data, b.pos)] == 'n' {
			b.skip()
			return nil
		}
		present[i] = true
		return b.bind(v.FieldByIndex(s.fields[i].index), here)
	})
	if err != nil {
		return err
	}
	for i, f := range s.fields {
		if !f.optional && !present[i] {
			return fault.Invalid((&place{parent: at, name: f.name}).String(), "Required")
		}
	}
	return nil
}

// array stores an array in a slice, which is then not nil.
func (b *binder) array(v reflect.Value, at *place) error {
	if b.data[b.pos] != '[' {
		return at.fault(expected("an array"))
	}
	out := reflect.MakeSlice(v.Type(), 0, 0)
	b.pos = skipSpace(b.data, b.pos+1)
	for b.data[b.pos] != ']' {
		element := reflect.New(v.Type().Elem()).Elem()
		if err := b.bind(element, &place{parent: at, index: out.Len(), element: true}); err != nil {
			return err
		}
		out = reflect.Append(out, element)
		b.comma()
	}
	b.pos++
	v.Set(out)
	return nil
}

// dictionary stores an object in a map. Its names are data: of two equal ones the last counts.
func (b *binder) dictionary(v reflect.Value, at *place) error {
	t := v.Type()
	if t.Key().Kind() != reflect.String {
		return fmt.Errorf("web: a body cannot hold a %s", t)
	}
	if b.data[b.pos] != '{' {
		return at.fault(expected("an object"))
	}
	out := reflect.MakeMap(t)
	err := b.members(func(name string) error {
		value := reflect.New(t.Elem()).Elem()
		free := t.Elem().Kind() == reflect.Interface
		if free && b.data[skipSpace(b.data, b.pos)] == 'n' {
			b.skip() // nil: in free-form JSON null is a value
		} else if err := b.bind(value, &place{parent: at, name: name}); err != nil {
			return err
		}
		out.SetMapIndex(reflect.ValueOf(name).Convert(t.Key()), value)
		return nil
	})
	if err != nil {
		return err
	}
	v.Set(out)
	return nil
}
