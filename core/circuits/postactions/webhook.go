package postactions

import (
	"errors"
	"strings"
	"time"

	"tracedge/core/storage"
)

// Method is how a webhook is asked.
type Method string

// The methods.
const (
	Post  Method = "Post"
	Put   Method = "Put"
	Patch Method = "Patch"
)

// MethodChoice is a method as a request names it.
type MethodChoice Method

// UnmarshalText reads a method in any case.
func (m *MethodChoice) UnmarshalText(text []byte) error {
	for _, known := range []Method{Post, Put, Patch} {
		if len(text) == len(known) && strings.EqualFold(string(text), string(known)) {
			*m = MethodChoice(known)
			return nil
		}
	}
	return errors.New("postactions: unknown method")
}

// Allowed are the values of a method.
func (MethodChoice) Allowed() []string { return []string{"POST", "PUT", "PATCH"} }

// Auth is how a request to a webhook is authorised.
type Auth string

// The ways.
const (
	None         Auth = "None"
	BearerToken  Auth = "BearerToken"
	APIKey       Auth = "ApiKey"
	BasicAuth    Auth = "BasicAuth"
	CustomHeader Auth = "CustomHeader"
)

// Allowed are the values of an auth type.
func (Auth) Allowed() []string {
	return []string{string(None), string(BearerToken), string(APIKey), string(BasicAuth), string(CustomHeader)}
}

// Webhook is the record webhook/<id>.
type Webhook struct {
	ID          string            `json:"id"` // UUID
	Name        string            `json:"name"`
	URL         string            `json:"url"`
	Method      Method            `json:"method"`
	Headers     map[string]Header `json:"headers,omitempty"`
	Auth        Auth              `json:"auth_type"`
	Credentials Secret            `json:"credentials"`
	Signing     Secret            `json:"signing"`
	Enabled     bool              `json:"enabled"`
	CreatedAt   time.Time         `json:"created_at"`
	UpdatedAt   time.Time         `json:"updated_at"`
}

// Header is the value of a header: in the clear, or sealed. One that was sealed stays so whatever becomes of the webhook,
// until another value is sent: a secret does not become readable by changing what stands around it.
type Header struct {
	Plain  string `json:"plain,omitempty"`
	Sealed string `json:"sealed,omitempty"`
}

// Secret is a sealed text, empty for none.
type Secret struct {
	Sealed string `json:"sealed,omitempty"`
	Basic  bool   `json:"basic,omitempty"` // it has a colon, as BasicAuth needs it
}

// Set tells whether there is one.
func (s Secret) Set() bool { return s.Sealed != "" }

// WebhookKey is where a webhook is kept, and WebhookRows the range of all.
func WebhookKey(p storage.Partition, id string) storage.Key { return p.Key("webhook", id) }

// WebhookRows is the range of all webhooks of a circuit.
func WebhookRows(p storage.Partition) storage.Key { return p.Prefix("webhook") }

// GetWebhook reads a webhook, nil for none.
func GetWebhook[R Rows](rows R, p storage.Partition, id string) (*Webhook, error) {
	var w Webhook
	ok, err := rows.Get(WebhookKey(p, id), &w)
	if !ok || err != nil {
		return nil, err
	}
	return &w, nil
}

// SecretHeader tells whether the value of a header is a secret.
func SecretHeader(name string, a Auth) bool {
	if a == CustomHeader {
		return true
	}
	for _, known := range []string{"Authorization", "Cookie", "X-API-Key"} {
		if strings.EqualFold(name, known) {
			return true
		}
	}
	return false
}
