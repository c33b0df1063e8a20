package canon

import (
	"iter"
	"slices"
	"strings"
)

// Object is a free-form JSON object: names in byte order, each with its value. It is a value: its methods return new
// objects and change none. The zero value is {}.
type Object struct{ members []member }

// ParseObject reads one JSON object. Errors: *Misfit.
func ParseObject(doc []byte) (Object, error) {
	r, first, err := begin(doc)
	switch {
	case err != nil:
		return Object{}, err
	case first != '{':
		return Object{}, &Misfit{"Expected an object"}
	}
	r.space()
	list, err := r.object()
	return Object{list}, err
}

// Of is an object with one member, to be grown by With.
func Of(name string, v Value) Object { return Object{}.With(name, v) }

// Len is the number of members.
func (o Object) Len() int { return len(o.members) }

// Names are the names in byte order.
func (o Object) Names() []string {
	out := make([]string, len(o.members))
	for i, m := range o.members {
		out[i] = m.name
	}
	return out
}

// All goes through the members in the order of their names.
func (o Object) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for _, m := range o.members {
			if !yield(m.name, m.value) {
				return
			}
		}
	}
}

func (o Object) find(name string) (int, bool) {
	return slices.BinarySearchFunc(o.members, name, func(m member, name string) int { return strings.Compare(m.name, name) })
}

// Get returns the value of a name and whether there is one.
func (o Object) Get(name string) (Value, bool) {
	i, ok := o.find(name)
	if !ok {
		return Value{}, false
	}
	return o.members[i].value, true
}

// With is the object with a member added or replaced.
func (o Object) With(name string, v Value) Object { return o.Merge(Object{[]member{{name, v}}}) }

// Merge is the object with the members of another one added; where both have a name the other's value counts. Nothing
// below the top level is looked into, and null is a value like others.
func (o Object) Merge(with Object) Object {
	if len(with.members) == 0 {
		return o
	}
	return Object{inOrder(slices.Concat(o.members, with.members))}
}

// MergeBy is Merge where join makes the value of a name that both have.
func (o Object) MergeBy(with Object, join func(older, newer Value) Value) Object {
	joined := slices.Clone(with.members)
	for i, m := range joined {
		if older, ok := o.Get(m.name); ok {
			joined[i].value = join(older, m.value)
		}
	}
	return o.Merge(Object{joined})
}

// Equal tells whether two objects are the same JSON.
func (o Object) Equal(p Object) bool { return slices.Equal(o.members, p.members) }

// Value is the object as a value.
func (o Object) Value() Value { return Value{o.String()} }

// String is the canonical text.
func (o Object) String() string { return string(appendObject(nil, o.members)) }

// MarshalJSON writes the canonical text. The standard encoder may escape <, > and & in it, which changes no value.
func (o Object) MarshalJSON() ([]byte, error) { return appendObject(nil, o.members), nil }

// Form says to documents that this is an object of any members.
func (Object) Form() any { return map[string]any{} }

// UnmarshalJSON reads an object.
func (o *Object) UnmarshalJSON(doc []byte) (err error) {
	*o, err = ParseObject(doc)
	return err
}
