package circuits

import (
	"time"

	"tracedge/core/circuits/postactions"
	"tracedge/core/web"
)

// createWebhook and updateWebhook are the bodies of WH3 and WH5.
type createWebhook struct {
	Name string `json:"name"`
	URL  string `json:"url"`
	webhookFields
}

type updateWebhook struct {
	Name *string `json:"name"`
	URL  *string `json:"url"`
	webhookFields
}

type webhookFields struct {
	Method      *postactions.MethodChoice `json:"method"`
	Headers     map[string]string         `json:"headers" opt:"true"`
	Auth        *postactions.Auth         `json:"auth_type"`
	Credentials *string                   `json:"auth_credentials"`
	Signing     *string                   `json:"signing_secret"`
	Enabled     *bool                     `json:"enabled"`
}

func (b *createWebhook) fields() postactions.Fields { return b.webhookFields.with(&b.Name, &b.URL) }
func (b *updateWebhook) fields() postactions.Fields { return b.webhookFields.with(b.Name, b.URL) }

func (f *webhookFields) with(name, url *string) postactions.Fields {
	return postactions.Fields{
		Name: name, URL: url, Method: (*postactions.Method)(f.Method), Headers: f.Headers, Auth: f.Auth, Credentials: f.Credentials, Signing: f.Signing,
		Enabled: f.Enabled,
	}
}

// webhookView is WebhookConfig of the contract: without secrets.
type webhookView struct {
	ID          string             `json:"id"`
	Name        string             `json:"name"`
	URL         string             `json:"url"`
	Method      postactions.Method `json:"method"`
	Headers     map[string]string  `json:"headers"`
	Auth        postactions.Auth   `json:"auth_type"`
	Credentials *string            `json:"auth_credentials"`
	Signing     *string            `json:"signing_secret"`
	Enabled     bool               `json:"enabled"`
	Retries     retryView          `json:"retry_config"`
	CreatedAt   web.TimeZ          `json:"created_at"`
	UpdatedAt   web.TimeZ          `json:"updated_at"`
}

// retryView is how deliveries are tried again; it is the same for all.
type retryView struct {
	Max        int     `json:"max_retries"`
	InitialMS  int     `json:"initial_delay_ms"`
	MaxMS      int     `json:"max_delay_ms"`
	Multiplier float64 `json:"backoff_multiplier"`
}

type webhookReply struct {
	messageReply
	Data webhookView `json:"data"`
}

type oneWebhook struct {
	Success bool        `json:"success"`
	Data    webhookView `json:"data"`
}

func viewOfWebhook(w postactions.Webhook) webhookView {
	v := webhookView{
		ID: w.ID, Name: w.Name, URL: w.URL, Method: w.Method, Headers: make(map[string]string, len(w.Headers)), Auth: w.Auth,
		Credentials: masked(w.Credentials), Signing: masked(w.Signing), Enabled: w.Enabled, Retries: retryView{3, 1000, 30000, 2},
		CreatedAt: web.TimeZ(w.CreatedAt), UpdatedAt: web.TimeZ(w.UpdatedAt),
	}
	for name, h := range w.Headers {
		v.Headers[name] = h.Plain
		if h.Sealed != "" {
			v.Headers[name] = postactions.Masked
		}
	}
	return v
}

func masked(s postactions.Secret) *string {
	if !s.Set() {
		return nil
	}
	text := postactions.Masked
	return &text
}

// later is a time of a change after another one, whatever the clocks say.
func later(at, before time.Time) time.Time {
	if at.After(before) {
		return at
	}
	return before.Add(time.Millisecond)
}
