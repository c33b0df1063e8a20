package identifier

import (
	"strings"
	"time"

	"tracedge/core/fault"
	"tracedge/core/web"
)

// Input is an identifier in a request's body. Its texts are not checked by decoding, so that a batch can refuse one
// element and keep the others; Read does it.
type Input struct {
	Namespace  *string    `json:"namespace"` // absent is DefaultNamespace, "" stays ""
	Key        string     `json:"key"`
	Value      string     `json:"value"`
	Class      *string    `json:"id_type"` // in any case; absent is Contextual
	Type       *string    `json:"type"`    // what older clients call id_type
	Scope      *string    `json:"scope"`   // absent is DefaultScope
	Verified   *bool      `json:"verified"`
	VerifiedAt *web.TimeZ `json:"verification_date"`
}

// What an identifier has when a request does not say.
const (
	DefaultNamespace = "generic"
	DefaultScope     = "user"
)

// The fields of requests that hold identifiers.
const (
	Field      = "identifiers"
	AliasField = "enhanced_identifiers" // what older clients call it; used when the other is absent or empty
)

// Read makes identifiers of what a request has under Field or, where that is empty, under AliasField, checked by the
// rules and without repetitions. The result is never nil. Errors: see ReadField.
func Read(list, alias []Input, rules Rules) ([]Identifier, error) {
	if len(list) == 0 {
		return ReadField(AliasField, alias, rules)
	}
	return ReadField(Field, list, rules)
}

// ReadField is Read for one field of another name. Errors: 400 with "field", for an unknown id_type with "provided" and
// "allowed", else with the "code" of the rule.
func ReadField(field string, list []Input, rules Rules) ([]Identifier, error) {
	out := make([]Identifier, len(list))
	for n, in := range list {
		class, err := in.class(at(field, n))
		if err != nil {
			return nil, err
		}
		out[n] = in.identifier(class)
	}
	if err := rules.checkInput(field, list, out); err != nil {
		return nil, err
	}
	return Union(nil, out), nil
}

func (in Input) class(place string) (Class, error) {
	text, name := in.Class, "id_type"
	if text == nil {
		text, name = in.Type, "type"
	}
	if text == nil {
		return Contextual, nil
	}
	for _, c := range []Class{Canonical, Contextual} {
		if strings.EqualFold(*text, string(c)) {
			return c, nil
		}
	}
	return "", fault.BadRequest(place+"."+name, "Unknown value").
		With("provided", *text).With("allowed", []Class{Canonical, Contextual})
}

// identifier is the input as it is kept. Of what belongs to the other class nothing is kept.
func (in Input) identifier(class Class) Identifier {
	i := Identifier{Class: class, Key: in.Key, Value: in.Value}
	if in.Namespace == nil {
		i.Namespace, i.NamespaceDefaulted = DefaultNamespace, true
	} else {
		i.Namespace = *in.Namespace
	}
	switch {
	case class == Contextual && in.Scope != nil:
		i.Scope = *in.Scope
	case class == Contextual:
		i.Scope = DefaultScope
	case in.claimsVerified() && in.VerifiedAt != nil:
		i.Verified, i.VerifiedAt = true, time.Time(*in.VerifiedAt)
	}
	return i
}

func (in Input) claimsVerified() bool { return in.Verified != nil && *in.Verified }
