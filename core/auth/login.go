package auth

import (
	"context"
	"errors"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/after"
	"tracedge/core/audit"
	"tracedge/core/digest"
	"tracedge/core/fault"
	"tracedge/core/limits"
	"tracedge/core/storage"
	"tracedge/core/trace"
	"tracedge/core/web"
)

type loginRequest struct {
	Username string `json:"username"`
	Password string `json:"password" max:"72"`
}

// login compares a password. Before the comparison there is one call of the sequencer, the name's partition with its
// copy of the credential, beside one read at the edge; after it the account itself, which decides.
//
// Nothing is written before the answer but failures, so a crash loses at most the note of a login.
func (s *Service) login(c *web.Call) (any, error) {
	ctx, address := c.Context(), c.Address()
	window := limits.WindowOf(c.Now(), limits.FailureWindow)
	blocked := make(chan error, 1)
	go func() { blocked <- s.limits.CheckAddress(ctx, address, s.config.AddressFailures) }()
	req, name, err := s.lookUp(c, address, window)
	if e := <-blocked; e != nil { // first in the order of checks, whatever the rest says
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	if limit := s.config.LoginFailures; limit > 0 && name.Failures >= int64(limit) {
		return nil, limits.TooMany(limit, c.Now(), window)
	}
	account, match, err := s.compare(ctx, name, req)
	if err != nil {
		return nil, err
	}
	if !match {
		if err := s.countFailure(ctx, c, req.Username, address, window); err != nil {
			return nil, err
		}
		return nil, fault.Unauthorized("Username or password is wrong")
	}
	trace.FromContext(ctx).SetCaller(account.UserID, "")
	if account.Status != accounts.Active {
		s.note(c, account, req.Password, audit.Blocked)
		return nil, inactive(account.Status)
	}
	reply, err := s.token(account.Account)
	if err != nil {
		return nil, err
	}
	s.note(c, account, req.Password, audit.Success)
	return reply, nil
}

// lookUp reads the request and then what the name's partition knows.
func (s *Service) lookUp(c *web.Call, address string, w limits.Window) (*loginRequest, accounts.Name, error) {
	req, err := web.Body[loginRequest](c)
	if err != nil {
		return nil, accounts.Name{}, err
	}
	if len(req.Password) > accounts.MaxPassword {
		return nil, accounts.Name{}, fault.BadRequest("password", "Password must be at most 72 bytes")
	}
	name, err := s.accounts.FindByName(c.Context(), req.Username, address, w)
	return req, name, err
}

// compare compares the password with the name's copy of the credential, or with a hash of nobody, and then reads the
// account, or one that does not exist. Where the copy is behind the account, the account's own credential is compared.
func (s *Service) compare(ctx context.Context, name accounts.Name, req *loginRequest) (*accounts.Loaded, bool, error) {
	id, hash := name.UserID, name.Credential.Hash
	if id == "" || hash == "" {
		hash = accounts.DummyHash(s.config.BcryptCost)
	}
	if id == "" {
		id = "none-" + digest.OfText(accounts.Fold(req.Username))[:16]
	}
	match := accounts.MatchPassword(hash, req.Password)
	account, err := s.accounts.Get(ctx, id)
	if err != nil || account == nil {
		return nil, false, err
	}
	if account.Credential.Hash != hash {
		match = accounts.MatchPassword(account.Credential.Hash, req.Password)
	}
	return account, match, nil
}

// countFailure counts for the name and for the address, before the answer: otherwise guesses could run ahead of it.
func (s *Service) countFailure(ctx context.Context, c *web.Call, username, address string, w limits.Window) error {
	counted := make(chan error, 1)
	go func() { counted <- s.limits.CountFailure(ctx, address, s.config.AddressFailures) }()
	p := accounts.UsernamePartition(username)
	failures := accounts.FailureKey(p, address, w)
	event := loginEvent(c, "", audit.Failure)
	err := s.store.Update(ctx, "limits_count_failure_name", p, func(tx *storage.Tx) error {
		tx.Add(failures, 1, storage.Bounds{}, nil, storage.Expires(w.End))
		return audit.Put(tx, p, event, storage.Expires(event.Time.Add(failureMemory)))
	})
	return errors.Join(err, <-counted)
}

// failureMemory is how long the trail of a failed login is kept; names that nobody owns collect them too.
const failureMemory = 30 * 24 * time.Hour

// note writes after the response that somebody logged in, and a stronger hash if the configured cost has grown.
func (s *Service) note(c *web.Call, a *accounts.Loaded, password, outcome string) {
	event := loginEvent(c, a.UserID, outcome)
	after.Do(c.Context(), "auth_note_login", func(ctx context.Context) error {
		return s.accounts.Touch(ctx, a.UserID, event)
	})
	if outcome != audit.Success || !accounts.WeakHash(a.Credential.Hash, s.config.BcryptCost) {
		return
	}
	after.Do(c.Context(), "auth_replace_hash", func(ctx context.Context) error {
		hash, err := accounts.HashPassword(password, s.config.BcryptCost)
		if err != nil {
			return err
		}
		return s.accounts.ReplaceHash(ctx, a.Account, a.Credential, hash)
	})
}

func loginEvent(c *web.Call, userID, outcome string) audit.Event {
	return audit.Event{
		ID: c.NewID(), Type: "Access", Action: "login", Resource: "session", Outcome: outcome, Severity: "Low",
		UserID: userID, Time: c.Now(),
	}
}
