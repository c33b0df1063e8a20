package identifier

import (
	"fmt"
	"strings"
	"unicode"

	"tracedge/core/fault"
)

// Level is how strictly identifiers are checked; each level has the checks of those before it.
type Level int

// The levels, see the setting IDENTIFIER_STRICTNESS.
const (
	Basic    Level = iota // sizes and characters
	Registry              // known namespaces, the formats of registries
	Strict                // check digits
)

// ParseLevel reads a level's name; "" is Basic.
func ParseLevel(name string) (Level, bool) {
	switch name {
	case "", "basic":
		return Basic, true
	case "registry":
		return Registry, true
	case "strict":
		return Strict, true
	default:
		return Basic, false
	}
}

// Rules are what is checked of the identifiers of a request.
type Rules struct {
	Level Level

	// Blank lets identifiers with a blank key or value pass, for routes that hold them for a review: see IsBlank. Their
	// registry is not looked at.
	Blank bool
}

// The limits of identifiers. The lengths are UTF-8 bytes.
const (
	MaxNamespace = 255
	MaxKey       = 255
	MaxValue     = 1024
	MaxCount     = 100 // in a request
)

// IsBlank reports whether the key or the value of an identifier has nothing but white space.
func (i Identifier) IsBlank() bool {
	return strings.TrimSpace(i.Key) == "" || strings.TrimSpace(i.Value) == ""
}

// Check applies the rules to identifiers that stand under a field of a request. Errors: 400 with "field" and "code".
func (r Rules) Check(field string, list []Identifier) error { return r.checkInput(field, nil, list) }

// checkInput is Check for identifiers that were made of the inputs, if there are any: at the places of those.
func (r Rules) checkInput(field string, in []Input, list []Identifier) error {
	if len(list) > MaxCount {
		return refuse(field, "too_many", fmt.Sprintf("At most %d identifiers", MaxCount))
	}
	for n, i := range list {
		place := at(field, n)
		if err := r.checkText(place, i); err != nil {
			return err
		}
		if r.Level < Registry || i.IsBlank() {
			continue
		}
		if err := r.checkRegistry(place, i); err != nil {
			return err
		}
		if in != nil && i.Class == Canonical && in[n].claimsVerified() && in[n].VerifiedAt == nil {
			return refuse(place+".verification_date", "missing_verification_date", "A verified identifier needs its date")
		}
	}
	return nil
}

func (r Rules) checkText(place string, i Identifier) error {
	for _, part := range []struct {
		name, text string
		max        int
		needed     bool
	}{
		{"namespace", i.Namespace, MaxNamespace, false},
		{"key", i.Key, MaxKey, true},
		{"value", i.Value, MaxValue, true},
	} {
		here := place + "." + part.name
		switch {
		case part.needed && !r.Blank && strings.TrimSpace(part.text) == "":
			return refuse(here, "blank", "Blank")
		case len(part.text) > part.max:
			return refuse(here, "too_long", fmt.Sprintf("At most %d bytes", part.max))
		case strings.ContainsFunc(part.text, unicode.IsControl):
			return refuse(here, "control_character", "Control characters are not allowed")
		}
	}
	return nil
}

func (r Rules) checkRegistry(place string, i Identifier) error {
	if !KnownNamespace(i.Namespace) {
		return refuse(place+".namespace", "unknown_namespace", "Unknown namespace")
	}
	if i.Class != Canonical {
		return nil
	}
	registry := registryOf(i.Key)
	switch {
	case !registry.form(i.Value):
		return refuse(place+".value", "registry_format", "The value does not follow its registry")
	case r.Level >= Strict && !registry.digits(i.Value):
		return refuse(place+".value", "check_digit", "The check digits do not fit")
	}
	return nil
}

func at(field string, n int) string { return fmt.Sprintf("%s[%d]", field, n) }

// refuse is a 400 that names the rule. The error's "error" stays a human text: "code" is a member of its own.
func refuse(field, code, message string) error {
	return fault.BadRequest(field, message).With("code", code)
}
