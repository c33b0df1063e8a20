package auth

import (
	"context"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/audit"
	"tracedge/core/digest"
	"tracedge/core/fault"
	"tracedge/core/limits"
	"tracedge/core/mail"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type forgotRequest struct {
	Email    *string `json:"email" doc:"When given, username is not used"`
	Username *string `json:"username"`
}

// resetInput is what somebody asked a reset for: one of the two, normalised. It is the payload of the row
// resets_process_request.
type resetInput struct {
	Email    string `json:"email,omitempty"`
	Username string `json:"username,omitempty"`
}

const (
	forgotPerAddress = 20 // requests per hour and address
	forgotWindow     = time.Hour
)

// forgotPassword stores the request and answers the same whether there is an account or not: one commit in
// reset/<hash of input>, the count and the row. What follows happens after the response (processReset).
func (s *Service) forgotPassword(c *web.Call) (any, error) {
	ctx := c.Context()
	if err := s.limits.TakeAddress(ctx, c.Address(), "forgot", forgotPerAddress, forgotWindow); err != nil {
		return nil, err
	}
	req, err := web.Body[forgotRequest](c)
	if err != nil {
		return nil, err
	}
	input := req.normalised()
	if input == (resetInput{}) {
		return nil, fault.BadRequest("email", "Either email or username is required")
	}
	now, limit := c.Now(), s.config.ResetsPerHour
	w := limits.WindowOf(now, forgotWindow)
	p := storage.In("reset", digest.OfText(input.Email+"\n"+input.Username))
	err = s.store.Update(ctx, "outbox_add_entry", p, func(tx *storage.Tx) error {
		if limit > 0 {
			if err := limits.Take(tx, p, "requests", limit, w); err != nil {
				return err
			}
		}
		return tx.SendOut("resets_process_request", input, storage.Secret())
	})
	if err := limits.Refusal(err, limit, now, w); err != nil {
		return nil, err
	}
	return messageReply{"If the account exists, a mail with a reset link is on its way"}, nil
}

// normalised takes the address when it is given, else the username.
func (r *forgotRequest) normalised() resetInput {
	if r.Email != nil {
		if email := accounts.Fold(strings.TrimSpace(*r.Email)); email != "" {
			return resetInput{Email: email}
		}
	}
	if r.Username != nil {
		return resetInput{Username: accounts.Fold(strings.TrimSpace(*r.Username))}
	}
	return resetInput{}
}

// processReset performs the row of a request: when there is an account it issues a token and mails it. In order:
//
//  1. reference resettoken/<hash> -> account, which shows nothing and expires
//  2. decide in user/<id>, once for the row: earlier tokens invalidated, token, audit event, mail row
//
// A crash before 2 leaves a reference to a token that does not exist; the row is tried again with another token. A crash
// after 2 leaves the mail row, which the sweep sends, and this row, which finds that it has been done.
func (s *Service) processReset(ctx context.Context, r storage.Row) error {
	var input resetInput
	if err := r.Decode(&input); err != nil {
		return err
	}
	account, err := s.resetAccount(ctx, input)
	if err != nil || account == nil {
		return err
	}
	var secret [32]byte
	if _, err := io.ReadFull(s.random, secret[:]); err != nil {
		return err
	}
	now := s.store.Now()
	token := resetToken{ID: s.store.NewID(), UserID: account.UserID, Hash: digest.Of(secret[:]), CreatedAt: now, ExpiresAt: now.Add(resetLife)}
	if err := s.putReference(ctx, token); err != nil {
		return err
	}
	letter := s.resetLetter(account.Email, hex.EncodeToString(secret[:]), token.ExpiresAt)
	event := audit.Event{
		ID: s.store.NewID(), Type: "Security", Action: "password_reset_requested", Resource: "account",
		Outcome: audit.Success, Severity: "Medium", UserID: account.UserID, SubjectID: account.UserID, Time: now,
	}
	p := accounts.Partition(account.UserID)
	return s.store.Once(ctx, "resets_create_token", p, r, func(tx *storage.Tx) error {
		issued, err := invalidate(tx, p, now, now.Add(-time.Hour))
		if err != nil || s.config.ResetsPerHour > 0 && issued >= s.config.ResetsPerHour {
			return err
		}
		token.put(tx)
		audit.Put(tx, p, event)
		return mail.Send(tx, letter)
	})
}

func (s *Service) resetAccount(ctx context.Context, in resetInput) (*accounts.Loaded, error) {
	var id string
	var err error
	if in.Email != "" {
		id, err = s.accounts.FindByEmail(ctx, in.Email)
	} else {
		id, err = s.accounts.FindByUsername(ctx, in.Username)
	}
	if err != nil || id == "" {
		return nil, err
	}
	return s.accounts.Get(ctx, id)
}

func (s *Service) resetLetter(to, token string, expires time.Time) mail.Message {
	return mail.Message{
		To:      to,
		Subject: "Reset your password",
		Text: "Somebody, hopefully you, asked to reset the password of your account.\n\n" +
			"Open this link within 30 minutes to set a new one:\n\n" +
			s.config.Mail.FrontendURL + "/reset-password?token=" + token + "\n\n" +
			"If it was not you, ignore this mail: nothing has changed.\n",
		Expires: expires,
	}
}
