// Package mail sends mail through a provider's HTTP interface. A mail is an outbox row: committed with what caused it,
// encrypted at rest, sent after the response, erased once it is sent or has expired.
package mail

import (
	"context"
	"time"

	"tracedge/core/config"
	"tracedge/core/fault"
	"tracedge/core/platform"
	"tracedge/core/storage"
	"tracedge/core/trace"
)

// Message is a mail. It has no use after Expires and is then erased unsent.
type Message struct {
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Expires time.Time `json:"expires"`
}

// Sender carries messages to the provider.
type Sender struct {
	config  config.Mail
	fetcher platform.Fetcher
	clock   func() time.Time
	logger  trace.Logger
}

// NewSender registers the rows of mail with the store.
func NewSender(s *storage.Store, c config.Mail, f platform.Fetcher, clock func() time.Time, l trace.Logger) {
	m := &Sender{c, f, clock, l}
	s.Handle("mail_send_message", storage.Handler{Perform: m.perform, GiveUp: time.Hour})
}

// Send stores a message to be sent with the commit of tx. A crash before the commit sends nothing; after it the message
// is sent at least once, unless it expires first.
func Send(tx *storage.Tx, m Message) error {
	return tx.SendOut("mail_send_message", m, storage.Secret())
}

// patience is how long the row waits before it looks for a provider again.
const patience = 5 * time.Minute

func (s *Sender) perform(ctx context.Context, r storage.Row) error {
	var m Message
	if err := r.Decode(&m); err != nil {
		return err
	}
	now := s.clock()
	switch {
	case !now.Before(m.Expires):
		s.notice(ctx, "mail_expired", "Mail expired before it could be sent", "")
		return nil
	case s.provider() == nil:
		s.notice(ctx, "mail_pending", "No mail provider is configured; mail stays pending", "MAILERSEND_API_KEY")
		return storage.Postpone(now.Add(patience), "no provider")
	case s.config.FromEmail == "" || s.config.FrontendURL == "":
		s.notice(ctx, "mail_pending", "Mail is not fully configured; mail stays pending", "FROM_EMAIL, FRONTEND_URL")
		return storage.Postpone(now.Add(patience), "not configured")
	}
	return s.deliver(ctx, m)
}

func (s *Sender) notice(ctx context.Context, event, message, setting string) {
	if span := trace.FromContext(ctx); span != nil {
		n := span.Notice("warn", event, message)
		n.Setting = setting
		s.logger.Log(n)
	}
}

func (s *Sender) deliver(ctx context.Context, m Message) error {
	span, began := trace.FromContext(ctx), s.clock()
	status, err := s.post(ctx, m)
	if span != nil {
		span.AddExternal(s.clock().Sub(began))
	}
	if err == nil && status >= 200 && status < 300 {
		return nil
	}
	s.notice(ctx, "mail_failed", "The mail provider did not take a mail; it is tried again", "")
	return fault.New(fault.ExternalError, 502, "Mail provider failed").Because(err)
}
