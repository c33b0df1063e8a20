package auth

import (
	"context"

	"tracedge/core/accounts"
	"tracedge/core/audit"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/status"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type verifyReply struct {
	Valid       bool    `json:"valid"`
	UserID      string  `json:"user_id"`
	WorkspaceID *string `json:"workspace_id"`
	Username    string  `json:"username"`
	Tier        string  `json:"tier"`
	ExpiresAt   *int64  `json:"expires_at" doc:"Unix seconds; null for a key that never expires"`
}

// refusal is what a refused credential of verify has beside the error.
type refusal struct {
	Valid bool `json:"valid"`
}

// verify tells what the authenticator has found.
func (s *Service) verify(c *web.Call) (any, error) {
	caller := c.Caller()
	reply := verifyReply{
		Valid: true, UserID: caller.UserID, WorkspaceID: caller.WorkspaceID, Username: caller.Username, Tier: caller.Tier,
	}
	if !caller.Expires.IsZero() {
		at := caller.Expires.Unix()
		reply.ExpiresAt = &at
	}
	return reply, nil
}

// refused gives every refused credential of verify the form of that route: 401 with valid false.
func refused(_ *web.Call, f *fault.Error) *fault.Error {
	if f.Kind != fault.Auth && f.Code != "invalid_format" {
		return f
	}
	if f.Status != status.Unauthorized {
		extra, code := f.Extra, f.Code
		f = fault.Unauthorized(f.Message).WithCode(code)
		for k, v := range extra {
			f = f.With(k, v)
		}
	}
	return f.With("valid", false)
}

type profileReply struct {
	UserID      string  `json:"user_id"`
	Username    string  `json:"username"`
	Email       string  `json:"email"`
	CreatedAt   int64   `json:"created_at" doc:"Unix seconds"`
	WorkspaceID *string `json:"workspace_id"`
}

func (s *Service) profile(c *web.Call) (any, error) {
	a, err := s.fresh(c)
	if err != nil {
		return nil, err
	}
	return profileReply{a.UserID, a.Username, a.Email, a.CreatedAt.Unix(), a.WorkspaceID}, nil
}

// refresh issues a token with the workspace and token version of the stored account. The token used stays valid.
func (s *Service) refresh(c *web.Call) (any, error) {
	a, err := s.fresh(c)
	if err != nil {
		return nil, err
	}
	if a.Status != accounts.Active {
		return nil, inactive(a.Status)
	}
	if c.Caller().TokenVersion < a.TokenVersion { // revoked, and the edge does not know yet
		return nil, badToken()
	}
	return s.token(a.Account)
}

// fresh reads the caller's account from the sequencer.
func (s *Service) fresh(c *web.Call) (*accounts.Loaded, error) {
	a, err := s.accounts.Get(c.Context(), c.Caller().UserID)
	if err == nil && a == nil {
		err = fault.Unauthorized("Account does not exist")
	}
	return a, err
}

type logoutReply struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

// logout raises the token version. One commit in user/<id>: the account, the audit event, and the response under the
// request's idempotency key.
func (s *Service) logout(c *web.Call) (any, error) {
	now, id := c.Now(), c.Caller().UserID
	reply := logoutReply{true, "Logged out everywhere"}
	key := c.Idempotency()
	rendered, err := key.Render(reply)
	if err != nil {
		return nil, err
	}
	kept := idem.Prepare(key, rendered, now)
	event := audit.Event{
		ID: c.NewID(), Type: "Security", Action: "token_revoke", Resource: "account", Outcome: audit.Success,
		Severity: "Low", UserID: id, SubjectID: id, Time: now,
	}
	err = s.revoke(c.Context(), id, func(tx *storage.Tx, a *accounts.Account) error {
		a.UpdatedAt = now
		audit.Put(tx, accounts.Partition(id), event)
		return kept.Put(tx)
	})
	if err != nil {
		return nil, err
	}
	key.Settle()
	return reply, nil
}

func (s *Service) revoke(ctx context.Context, id string, change func(*storage.Tx, *accounts.Account) error) error {
	return s.store.Update(ctx, "accounts_revoke_tokens", accounts.Partition(id), func(tx *storage.Tx) error {
		a, ok, err := accounts.GetAccount(tx, id)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Unauthorized("Account does not exist")
		}
		a.TokenVersion++
		if err := change(tx, &a); err != nil {
			return err
		}
		return accounts.PutAccount(tx, a)
	})
}
