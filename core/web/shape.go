package web

import (
	"fmt"
	"reflect"
	"strings"
)

// shape is what a struct type takes from an object.
type shape struct {
	fields []field
	index  map[string]int // by name
}

type field struct {
	name     string
	index    []int // through embedded structs
	optional bool
}

// shape is the shape of a struct type, made once per body.
func (b *binder) shape(t reflect.Type) (*shape, error) {
	if s, ok := b.shapes[t]; ok {
		return s, nil
	}
	s := &shape{index: make(map[string]int, t.NumField())}
	if err := s.collect(t, nil); err != nil {
		return nil, err
	}
	if b.shapes == nil {
		b.shapes = make(map[reflect.Type]*shape)
	}
	b.shapes[t] = s
	return s, nil
}

// collect adds the fields of a struct type; those of an embedded struct without a name stand beside the others.
func (s *shape) collect(t reflect.Type, prefix []int) error {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(prefix[:len(prefix):len(prefix)], i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
			continue
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			if err := s.collect(f.Type, at); err != nil {
				return err
			}
			continue
		case name == "" && !f.IsExported():
			continue
		case name == "" || !f.IsExported():
			return fmt.Errorf("web: field %s.%s needs a json tag and a capital letter", t, f.Name)
		}
		if _, twice := s.index[name]; twice {
			return fmt.Errorf("web: %s has two fields %q", t, name)
		}
		s.index[name] = len(s.fields)
		optional := f.Type.Kind() == reflect.Pointer || f.Tag.Get("opt") == "true"
		s.fields = append(s.fields, field{name, at, optional})
	}
	return nil
}
