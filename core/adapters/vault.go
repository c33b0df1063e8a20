package adapters

import (
	"encoding/base64"
	"errors"

	"tracedge/core/fault"
	"tracedge/core/secret"
)

// masked is how a secret reads, and what keeps the stored one when it is sent back.
const masked = "***"

// vault seals the secrets of configurations. Without a key it opens and stores nothing.
type vault struct{ box *secret.Box }

// errNoKey is why a secret cannot be stored or used.
var errNoKey = errors.New("adapters: SECRETS_KEY is not set")

// place names a secret of a configuration: a sealed text opens in its own place only.
func place(configID, name string) string { return "adapters/" + configID + "/" + name }

func headerName(header string) string { return "custom_headers/" + header }

func (v vault) open(configID, name, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	if v.box == nil {
		return "", errNoKey
	}
	plain, err := v.box.Open(sealed, place(configID, name))
	return string(plain), err
}

// sent is a secret as a request sends it, made ready before the update: what to store, and whether that is needed.
type sent struct {
	keep   bool   // "***": what is stored stays
	sealed string // the new text, "" for none
	same   string // the stored text that holds the same secret, "" when none does
	broken error  // why it could not be sealed
}

// ready prepares a secret. stored is the sealed text as it was read; nothing of this can run inside the update.
func (v vault) ready(configID, name, text, stored string) sent {
	switch {
	case text == masked:
		return sent{keep: true}
	case text == "":
		return sent{}
	case v.box == nil:
		return sent{broken: fault.Unavailable(fault.Other, "Secrets cannot be stored: a setting is missing").Because(errNoKey)}
	}
	var s sent
	if old, err := v.open(configID, name, stored); err == nil && old == text {
		s.same = stored
	}
	s.sealed, s.broken = v.box.Seal([]byte(text), place(configID, name))
	return s
}

// resolve is the sealed text to store in place of the one that is there.
func (s sent) resolve(stored string) (string, error) {
	switch {
	case s.keep, s.same != "" && s.same == stored:
		return stored, nil
	case s.broken != nil:
		return "", s.broken
	}
	return s.sealed, nil
}

// has tells whether there will be a secret.
func (s sent) has(stored string) bool {
	return s.keep && stored != "" || !s.keep && (s.sealed != "" || s.broken != nil)
}

func base64Text(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
