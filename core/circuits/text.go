package circuits

import (
	"strings"
	"unicode"

	"tracedge/core/fault"
)

// The bounds of texts, in bytes.
const (
	maxName        = 255
	maxDescription = 4096
	maxMessage     = 2048
	maxRoleName    = 100
	maxColor       = 64
	maxURL         = 2048
	maxEntries     = 100 // of each list of an alias configuration
)

// checkName applies the rules of a name. Errors: 422 with field.
func checkName(field, text string, most int) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fault.Invalid(field, "Must not be blank")
	case len(text) > most:
		return fault.Invalid(field, "Too long").With("max_bytes", most)
	case strings.ContainsFunc(text, unicode.IsControl):
		return fault.Invalid(field, "Must not contain control characters")
	}
	return nil
}

// checkLength bounds a text that may be empty; nil is not sent. Errors: 422 with field.
func checkLength(field string, text *string, most int) error {
	if text != nil && len(*text) > most {
		return fault.Invalid(field, "Too long").With("max_bytes", most)
	}
	return nil
}

// check applies the rules of an alias configuration. Errors: 422 with field.
func (a *AliasConfig) check() error {
	if a == nil {
		return nil
	}
	for _, list := range []struct {
		name    string
		entries []string
	}{
		{"required_canonical", a.Canonical}, {"required_contextual", a.Contextual}, {"allowed_namespaces", a.Namespaces},
	} {
		if len(list.entries) > maxEntries {
			return fault.Invalid("alias_config."+list.name, "At most 100 entries")
		}
		for _, e := range list.entries {
			if err := checkName("alias_config."+list.name, e, maxName); err != nil {
				return err
			}
		}
	}
	return nil
}

// sameWord compares a text with an ASCII word in any case. Letters of other alphabets that fold to ASCII do not count.
func sameWord(text, word string) bool { return len(text) == len(word) && strings.EqualFold(text, word) }
