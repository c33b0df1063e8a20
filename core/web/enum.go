package web

import (
	"encoding"
	"errors"
	"reflect"
	"slices"

	"tracedge/core/fault"
)

// Enum is a string type with a closed set of values. A query key or body field of such a type takes exactly these; other
// text is refused with "provided" and "allowed". A type that takes values in other spellings also has UnmarshalText,
// which then decides alone; Allowed still fills the answer.
type Enum interface{ Allowed() []string }

// mismatch is a value that does not fit its field.
type mismatch struct {
	message  string
	provided string
	allowed  []string
}

func (m *mismatch) Error() string { return m.message }

func expected(what string) error { return &mismatch{message: "Expected " + what} }

func unknown(e Enum, provided string) error {
	return &mismatch{message: "Unknown value", provided: provided, allowed: e.Allowed()}
}

// asFault makes a value's error the fault of a field: of the status of the place (400 in a query, 422 in a body), or the
// one that the type itself chose.
func asFault(err error, make func(field, message string) *fault.Error, field string) error {
	var f *fault.Error
	if errors.As(err, &f) {
		if _, named := f.Extra["field"]; !named && field != "" {
			f = f.With("field", field)
		}
		return f
	}
	var m *mismatch
	if !errors.As(err, &m) {
		return err
	}
	f = make(field, m.message)
	if m.allowed != nil {
		f = f.With("provided", m.provided).With("allowed", m.allowed)
	}
	return f
}

// setString stores text in a value of string kind, checking it if the type is an enum.
func setString(v reflect.Value, text string) error {
	if e, ok := v.Addr().Interface().(Enum); ok && !slices.Contains(e.Allowed(), text) {
		return unknown(e, text)
	}
	v.SetString(text)
	return nil
}

// unmarshalText lets a type read its own text. What it says about a text that it refuses stays inside, unless it is a
// fault.
func unmarshalText(u encoding.TextUnmarshaler, text string) error {
	err := own(u.UnmarshalText([]byte(text)))
	if e, ok := u.(Enum); ok && err == errMalformed {
		return unknown(e, text)
	}
	return err
}

var errMalformed = &mismatch{message: "Malformed value"}

// Misfit is an error by which a type that reads itself tells a client what is wrong with a value.
type Misfit interface {
	error
	Misfit() string
}

// own keeps the errors that are meant for clients and replaces all others.
func own(err error) error {
	var f *fault.Error
	var m *mismatch
	var said Misfit
	switch {
	case err == nil || errors.As(err, &f) || errors.As(err, &m):
		return err
	case errors.As(err, &said):
		return &mismatch{message: said.Misfit()}
	default:
		return errMalformed
	}
}
