package postactions

import (
	"strings"

	"tracedge/core/fault"
)

// Fields are what a request says of a webhook; nil is not sent.
type Fields struct {
	Name, URL            *string
	Method               *Method
	Headers              map[string]string
	Auth                 *Auth
	Credentials, Signing *string
	Enabled              *bool
}

// Change is fields made ready for an update: checked as far as they go by themselves, their secrets sealed.
type Change struct {
	fields      Fields
	vault       Vault
	circuit, id string
	values      map[string]string // sealed, by name and value of a header
	credentials sealed
	signing     sealed
	broken      error // why secrets cannot be sealed
}

// sealed is a secret as a request sends it.
type sealed struct {
	sent, keep bool
	secret     Secret
}

// Prepare checks the fields of a webhook and seals their secrets. Own are names of hosts of this deployment. Errors: 400
// webhook_url_refused, then 422 with field, in the order of the contract.
func (v Vault) Prepare(f Fields, circuitID, webhookID string, own ...string) (*Change, error) {
	if err := f.check(own); err != nil {
		return nil, err
	}
	c := &Change{fields: f, vault: v, circuit: circuitID, id: webhookID, values: map[string]string{}}
	c.credentials, c.signing = c.prepare("auth_credentials", f.Credentials), c.prepare("signing_secret", f.Signing)
	for name, value := range f.Headers {
		c.Seal(name, value)
	}
	return c, nil
}

func (c *Change) prepare(name string, text *string) sealed {
	switch {
	case text == nil:
		return sealed{}
	case *text == Masked:
		return sealed{sent: true, keep: true}
	case *text == "":
		return sealed{sent: true}
	}
	doc, err := c.vault.seal(c.circuit, c.id, name, *text)
	if err != nil {
		c.broken = err
		doc = Masked // for the rules: there will be one
	}
	return sealed{sent: true, secret: Secret{doc, strings.Contains(*text, ":")}}
}

// Seal makes the value of a header ready to be kept as a secret.
func (c *Change) Seal(name, value string) {
	if doc, err := c.vault.seal(c.circuit, c.id, "headers/"+name, value); err == nil {
		c.values[name+":"+value] = doc
	}
}

// UnsealedError names headers that are stored in the clear and become secrets by the change: seal them and apply it again.
type UnsealedError struct{ Headers map[string]string }

func (e *UnsealedError) Error() string { return "postactions: headers become secrets" }

// Apply is a webhook, the zero value for a new one, with what the change says of it. Errors: 422 with field; and, through
// Storable, what keeps its secrets from being stored.
func (c *Change) Apply(w Webhook) (Webhook, error) {
	f := c.fields
	w.ID = c.id
	set(&w.Name, f.Name)
	set(&w.URL, f.URL)
	set(&w.Method, f.Method)
	set(&w.Auth, f.Auth)
	set(&w.Enabled, f.Enabled)
	c.credentials.apply(&w.Credentials)
	c.signing.apply(&w.Signing)
	switch {
	case w.Auth != None && w.Auth != CustomHeader && !w.Credentials.Set():
		return w, fault.Invalid("auth_credentials", "This auth_type needs it")
	case w.Auth == BasicAuth && !w.Credentials.Basic:
		return w, fault.Invalid("auth_credentials", "BasicAuth needs user and password with a colon between")
	}
	w.Headers = c.headers(w)
	return w, nil
}

// headers are those of the webhook after the change. A value that is to be a secret and is not sealed yet stays in the
// clear here; Storable refuses it.
func (c *Change) headers(w Webhook) map[string]Header {
	out := make(map[string]Header, len(w.Headers)+len(c.fields.Headers))
	if c.fields.Headers == nil {
		for name, h := range w.Headers {
			if h.Sealed == "" && SecretHeader(name, w.Auth) {
				h = c.secret(name, h.Plain)
			}
			out[name] = h
		}
		return out
	}
	for name, value := range c.fields.Headers {
		old, stored := w.Headers[name]
		isSecret := SecretHeader(name, w.Auth)
		switch {
		case value == Masked && stored && old.Sealed != "":
			out[name] = old
		case value == Masked && stored && isSecret:
			out[name] = c.secret(name, old.Plain)
		case value == Masked && isSecret: // keeps what is not there
		case isSecret:
			out[name] = c.secret(name, value)
		default:
			out[name] = Header{Plain: value}
		}
	}
	return out
}

func (c *Change) secret(name, value string) Header {
	if doc, ok := c.values[name+":"+value]; ok {
		return Header{Sealed: doc}
	}
	return Header{Plain: value}
}

// Storable refuses what cannot be stored: without SECRETS_KEY a 503, and an *UnsealedError.
func (c *Change) Storable(w Webhook) error {
	if c.broken != nil {
		return c.broken
	}
	open := map[string]string{}
	for name, h := range w.Headers {
		if h.Sealed == "" && SecretHeader(name, w.Auth) {
			open[name] = h.Plain
		}
	}
	if len(open) == 0 {
		return nil
	}
	if c.vault.box == nil {
		return fault.Unavailable(fault.Other, "Secrets cannot be stored: a setting is missing").Because(errNoKey)
	}
	return &UnsealedError{open}
}

// Same tells whether two webhooks are the same. A secret that was sent is another one.
func (w Webhook) Same(o Webhook) bool {
	if len(w.Headers) != len(o.Headers) {
		return false
	}
	for name, h := range w.Headers {
		if other, ok := o.Headers[name]; !ok || h != other {
			return false
		}
	}
	return w.Name == o.Name && w.URL == o.URL && w.Method == o.Method && w.Auth == o.Auth && w.Enabled == o.Enabled &&
		w.Credentials == o.Credentials && w.Signing == o.Signing
}

func (s sealed) apply(to *Secret) {
	if s.sent && !s.keep {
		*to = s.secret
	}
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
