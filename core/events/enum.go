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

// Allowed are the texts that name a type in requests.
func (Type) Allowed() []string { return spelled(types()) }

// UnmarshalText reads a type in any case. Another text is a 400.
func (t *Type) UnmarshalText(text []byte) (err error) {
	*t, err = named("", string(text), types())
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

// Allowed are the texts that name a visibility in requests.
func (Visibility) Allowed() []string { return spelled(visibilities()) }

// UnmarshalText reads a visibility in any case. Another text is a 400.
func (v *Visibility) UnmarshalText(text []byte) (err error) {
	*v, err = named("", string(text), visibilities())
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

func spelled[E ~string](all []E) []string {
	out := make([]string, len(all))
	for i, e := range all {
		out[i] = strings.ToLower(string(e))
	}
	return out
}
