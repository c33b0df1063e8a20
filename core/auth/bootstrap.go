package auth

import (
	"context"
	"errors"

	"tracedge/core/accounts"
	"tracedge/core/audit"
	"tracedge/core/trace"
)

// Bootstrap creates the first admin from the BOOTSTRAP_ADMIN_* settings when there is none yet. It happens once for a
// deployment, however many instances try: the account's operation also claims the right to be the first. Values that
// break the rules of registration create nothing; a record says so.
func (s *Service) Bootstrap(ctx context.Context, log trace.Logger) error {
	b := s.config.Bootstrap
	if b.Username == "" && b.Password == "" && b.Email == "" {
		return nil
	}
	done, err := s.accounts.Bootstrapped(ctx)
	if done || err != nil {
		return err
	}
	err = accounts.CheckIdentity(b.Username, b.Email)
	if err == nil {
		err = accounts.CheckPassword("password", b.Password)
	}
	if err != nil {
		bootstrapNotice(ctx, log, "The BOOTSTRAP_ADMIN_* settings break the rules of registration; no admin was created")
		return nil
	}
	hash, err := accounts.HashPassword(b.Password, s.config.BcryptCost)
	if err != nil {
		return err
	}
	err = s.accounts.Create(ctx, s.firstAdmin(hash))
	switch {
	case errors.Is(err, accounts.ErrBootstrapped):
		return nil
	case err != nil:
		bootstrapNotice(ctx, log, "The first admin could not be created; it is tried again")
		return err
	}
	return nil
}

func (s *Service) firstAdmin(hash string) accounts.New {
	now, id, workspace := s.store.Now(), "user-"+s.store.NewID(), s.store.NewID()
	b := s.config.Bootstrap
	return accounts.New{
		Bootstrap: true,
		Hash:      hash,
		Account: accounts.Account{
			UserID: id, Username: b.Username, Email: b.Email, Tier: accounts.AdminTier, Status: accounts.Active,
			Admin: true, WorkspaceID: &workspace, CreatedAt: now, UpdatedAt: now,
		},
		Workspace: &accounts.Workspace{ID: workspace, Name: b.Username, OwnerID: id, CreatedAt: now},
		Event: audit.Event{
			ID: s.store.NewID(), Type: "System", Action: "bootstrap", Resource: "account", Outcome: audit.Success,
			Severity: "High", UserID: id, SubjectID: id, Time: now,
		},
	}
}

func bootstrapNotice(ctx context.Context, log trace.Logger, message string) {
	if span := trace.FromContext(ctx); span != nil {
		n := span.Notice("warn", "bootstrap", message)
		n.Setting = "BOOTSTRAP_ADMIN_USERNAME, BOOTSTRAP_ADMIN_PASSWORD, BOOTSTRAP_ADMIN_EMAIL"
		log.Log(n)
	}
}
