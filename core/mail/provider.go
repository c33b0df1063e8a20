package mail

import (
	"context"
	"encoding/json"
	"time"

	"tracedge/core/config"
	"tracedge/core/platform"
)

// provider makes a mail into a request of one provider's interface: its address and its body.
type provider struct {
	endpoint string
	key      string
	body     func(from config.Mail, m Message) any
}

// provider is the configured one, or nil.
func (s *Sender) provider() *provider {
	c := s.config
	var p provider
	switch {
	case c.MailerSendKey != "":
		p = provider{"https://api.mailersend.com/v1/email", c.MailerSendKey, mailerSend}
	case c.SendGridKey != "":
		p = provider{"https://api.sendgrid.com/v3/mail/send", c.SendGridKey, sendGrid}
	default:
		return nil
	}
	if c.Endpoint != "" {
		p.endpoint = c.Endpoint
	}
	return &p
}

// post hands the mail over and returns the provider's status.
func (s *Sender) post(ctx context.Context, m Message) (int, error) {
	p := s.provider()
	body, err := json.Marshal(p.body(s.config, m))
	if err != nil {
		return 0, err
	}
	reply, err := s.fetcher.Fetch(ctx, platform.FetchRequest{
		Method: "POST", URL: p.endpoint, Body: string(body), Timeout: 10 * time.Second,
		Headers: [][2]string{{"Authorization", "Bearer " + p.key}, {"Content-Type", "application/json"}},
	})
	return reply.Status, err
}

type address struct {
	Email string `json:"email"`
	Name  string `json:"name,omitempty"`
}

// mailerSend is the body of POST /v1/email.
func mailerSend(c config.Mail, m Message) any {
	return struct {
		From    address   `json:"from"`
		To      []address `json:"to"`
		Subject string    `json:"subject"`
		Text    string    `json:"text"`
	}{address{c.FromEmail, c.FromName}, []address{{Email: m.To}}, m.Subject, m.Text}
}

// sendGrid is the body of POST /v3/mail/send.
func sendGrid(c config.Mail, m Message) any {
	type content struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	type recipients struct {
		To []address `json:"to"`
	}
	return struct {
		From             address      `json:"from"`
		Personalizations []recipients `json:"personalizations"`
		Subject          string       `json:"subject"`
		Content          []content    `json:"content"`
	}{address{c.FromEmail, c.FromName}, []recipients{{To: []address{{Email: m.To}}}}, m.Subject,
		[]content{{"text/plain", m.Text}}}
}
