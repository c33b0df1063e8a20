package events

import (
	"strings"

	"tracedge/core/fault"
)

// Type says what happened.
type Type string

// The types.
const (
	Created         Type = "Created"
	Enriched        Type = "Enriched"
	Merged          Type = "Merged"
	Split           Type = "Split"
	PushedToCircuit Type = "PushedToCircuit"
	PulledFrom      Type = "PulledFromCircuit"
	Updated         Type = "Updated"
	StatusChanged   Type = "StatusChanged"
)

func types() []Type {
	return []Type{Created, Enriched, Merged, Split, PushedToCircuit, PulledFrom, Updated, StatusChanged}
}

// Allowed are the values.
func (Type) Allowed() []string { return texts(types()) }

// typeName is a type as requests name it.
type typeName Type

// Allowed are the names.
func (typeName) Allowed() []string { return spelled(types()) }

// UnmarshalText reads a type in any case. Another text is a 400.
func (t *typeName) UnmarshalText(text []byte) error {
	v, err := named("", string(text), types())
	*t = typeName(v)
	return err
}

// Visibility says whom an event is shown to.
type Visibility string

// The visibilities. Direct can be stored and neither created nor asked for here.
const (
	Public      Visibility = "Public"
	Private     Visibility = "Private"
	CircuitOnly Visibility = "CircuitOnly"
	Direct      Visibility = "Direct"
)

func visibilities() []Visibility { return []Visibility{Public, Private, CircuitOnly} }

// Allowed are the values.
func (Visibility) Allowed() []string { return append(texts(visibilities()), string(Direct)) }

// visibilityName is a visibility as requests name it.
type visibilityName Visibility

// Allowed are the names.
func (visibilityName) Allowed() []string { return spelled(visibilities()) }

// UnmarshalText reads a visibility in any case. Another text is a 400.
func (v *visibilityName) UnmarshalText(text []byte) error {
	w, err := named("", string(text), visibilities())
	*v = visibilityName(w)
	return err
}

// named finds the value that a text names in any case. Errors: 400 with the field, provided and allowed.
func named[E ~string](field, text string, all []E) (E, error) {
	for _, e := range all {
		if strings.EqualFold(string(e), text) {
			return e, nil
		}
	}
	return "", fault.BadRequest(field, "Unknown value").With("provided", text).With("allowed", spelled(all))
}

func texts[E ~string](all []E) []string {
	out := make([]string, len(all))
	for i, e := range all {
		out[i] = string(e)
	}
	return out
}

func spelled[E ~string](all []E) []string {
	out := texts(all)
	for i, text := range out {
		out[i] = strings.ToLower(text)
	}
	return out
}
