package auth

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/audit"
	"tracedge/core/digest"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type resetRequest struct {
	Token       string `json:"token" doc:"From the mail: 64 hexadecimal digits"`
	NewPassword string `json:"new_password" max:"72"`
}

// badReset is the refusal of a token. It counts as a failed attempt of the address.
func badReset(message string) error {
	return fault.BadRequest("token", message).Because(errRefusedToken)
}

var errRefusedToken = errors.New("auth: reset token refused")

// resetPassword consumes a token and sets a password. One commit in user/<id>: the token used, the others invalidated,
// the credential, the account with a higher token version, the audit event, and the row that brings the credential's
// copy to the name, delivered before the answer. A crash before it changes nothing; after it the new password holds: a
// login compares with the account's own credential where the copy is behind.
func (s *Service) resetPassword(c *web.Call) (any, error) {
	ctx, address := c.Context(), c.Address()
	if err := s.limits.CheckAddress(ctx, address, s.config.AddressFailures); err != nil {
		return nil, err
	}
	req, err := web.Body[resetRequest](c)
	if err != nil {
		return nil, err
	}
	if err := s.reset(c, req); err != nil {
		if errors.Is(err, errRefusedToken) {
			if err := s.limits.CountFailure(ctx, address, s.config.AddressFailures); err != nil {
				return nil, err
			}
		}
		return nil, err
	}
	return messageReply{"Password has been changed"}, nil
}

func (s *Service) reset(c *web.Call, req *resetRequest) error {
	ctx, now := c.Context(), c.Now()
	text := strings.TrimSpace(req.Token)
	if text == "" {
		return fault.BadRequest("token", "Token is required")
	}
	if err := accounts.CheckPassword("new_password", req.NewPassword); err != nil {
		return err
	}
	secret, err := hex.DecodeString(text)
	if err != nil || len(secret) != 32 || text != strings.ToLower(text) {
		return badReset("Token is not valid")
	}
	token, account, err := s.findToken(ctx, digest.Of(secret))
	switch {
	case err != nil:
		return err
	case token.ID == "":
		return badReset("Token is not valid")
	case !token.usable(now):
		return badReset("Token has expired or was used")
	case account.UserID == "":
		return badReset("Account does not exist")
	}
	hash, err := accounts.HashPassword(req.NewPassword, s.config.BcryptCost)
	if err != nil {
		return err
	}
	event := audit.Event{
		ID: c.NewID(), Type: "Security", Action: "password_reset", Resource: "account", Outcome: audit.Success,
		Severity: "Medium", UserID: token.UserID, SubjectID: token.UserID, Time: now,
	}
	return s.consume(ctx, token, account, hash, event, now)
}

func (s *Service) consume(ctx context.Context, token resetToken, account accounts.Account, hash string, event audit.Event, now time.Time) error {
	p, name := accounts.Partition(token.UserID), accounts.UsernamePartition(account.Username)
	return s.store.Update(ctx, "resets_consume_token", p, func(tx *storage.Tx) error {
		var t resetToken
		if ok, err := tx.Get(token.key(), &t); err != nil {
			return err
		} else if !ok || !t.usable(now) {
			return badReset("Token has expired or was used")
		}
		a, ok, err := accounts.GetAccount(tx, token.UserID)
		if err != nil {
			return err
		}
		if !ok {
			return badReset("Account does not exist")
		}
		if _, err := invalidate(tx, p, now, now); err != nil {
			return err
		}
		t.UsedAt = &now
		t.put(tx)
		a.TokenVersion++
		a.UpdatedAt = now
		accounts.PutAccount(tx, a)
		audit.Put(tx, p, event)
		return accounts.ChangeCredential(tx, p, name, hash)
	})
}
