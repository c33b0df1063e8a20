package postactions

import (
	"errors"
	"io"

	"tracedge/core/fault"
	"tracedge/core/secret"
)

// Masked is how a secret reads, and what keeps the stored one when it is sent back.
const Masked = "***"

// Vault seals the secrets of webhooks. Without a key it stores nothing.
type Vault struct{ box *secret.Box }

// NewVault returns a vault under SECRETS_KEY, nil for none.
func NewVault(key []byte, random io.Reader) Vault {
	if key == nil {
		return Vault{}
	}
	return Vault{secret.Derived(key, "tracedge webhook secrets", random)}
}

var errNoKey = errors.New("postactions: SECRETS_KEY is not set")

// seal encrypts a secret of a webhook; it opens in its own place only. Errors: 503 without a key.
func (v Vault) seal(circuitID, webhookID, name, text string) (string, error) {
	if v.box == nil {
		return "", fault.Unavailable(fault.Other, "Secrets cannot be stored: a setting is missing").Because(errNoKey)
	}
	return v.box.Seal([]byte(text), "circuit/"+circuitID+"/webhook/"+webhookID+"/"+name)
}
