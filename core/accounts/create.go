package accounts

import (
	"context"
	"errors"

	"tracedge/core/audit"
	"tracedge/core/fault"
	"tracedge/core/storage"
)

// New is an account to be made. Every id in it was drawn by the caller.
type New struct {
	Account   Account
	Hash      string
	Credits   int64        // initial balance
	Grant     *Transaction // tells of the initial balance; nil when it is 0
	Workspace *Workspace   // the workspace it joins, made when unknown
	Event     audit.Event
	Bootstrap bool // also claims to be the first admin: happens once for a deployment
}

// ErrBootstrapped is returned for a bootstrap after the first.
var ErrBootstrapped = errors.New("accounts: the first admin exists")

func bootstrapPartition() storage.Partition { return storage.In("system", "bootstrap") }

// Create makes an account. In order, each step one commit:
//
//  1. claim the username, then the e-mail address (a clash is a 409 with field and releases the other)
//  2. decide in user/<id>: account, credential, balance, grant, audit event, and the rows of step 3
//  3. now: hold the username with the login's copy of the credential, hold the address; after: the workspace
//
// A crash before 2 leaves reservations, which lapse after a minute or when somebody meets them. A crash after 2 leaves
// rows; whoever meets a reservation delivers them first, so the account can log in at once. Errors: 409 conflict, and
// those of the store.
func (d *Directory) Create(ctx context.Context, n New) error {
	err := d.create(ctx, n)
	if errors.Is(err, storage.ErrFenced) { // too slow: the claims went to nobody or to somebody, so ask again
		err = d.create(ctx, n)
	}
	return err
}

func (d *Directory) create(ctx context.Context, n New) (err error) {
	op := d.store.Begin(Partition(n.Account.UserID))
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "accounts_release_names"))
		}
	}()
	if err := d.claim(ctx, op, n); err != nil {
		return err
	}
	username, email := UsernamePartition(n.Account.Username), EmailPartition(n.Account.Email)
	return op.Decide(ctx, "accounts_create_user", func(tx *storage.Tx) error { return n.put(tx, username, email) },
		storage.AssumeAbsent(Key(op.Home)))
}

func (d *Directory) claim(ctx context.Context, op *storage.Operation, n New) error {
	var held *storage.HeldError
	mine := owner{n.Account.UserID}
	if n.Bootstrap {
		err := op.Claim(ctx, "accounts_claim_bootstrap", bootstrapPartition(), ownerClaim, mine)
		if errors.As(err, &held) {
			return ErrBootstrapped
		}
		if err != nil {
			return err
		}
	}
	err := op.Claim(ctx, "accounts_claim_username", UsernamePartition(n.Account.Username), ownerClaim, mine)
	if errors.As(err, &held) {
		return UsernameTaken()
	}
	if err != nil {
		return err
	}
	err = op.Claim(ctx, "accounts_claim_email", EmailPartition(n.Account.Email), ownerClaim, mine)
	if errors.As(err, &held) {
		return EmailTaken()
	}
	return err
}

// UsernameTaken is the 409 for a username that has an owner.
func UsernameTaken() error { return fault.Conflict("username", "Username is already taken") }

// EmailTaken is the 409 for an e-mail address that has an owner.
func EmailTaken() error { return fault.Conflict("email", "Email address is already registered") }

// put is the deciding commit. It is pure.
func (n New) put(tx *storage.Tx, username, email storage.Partition) error {
	a := n.Account
	p := Partition(a.UserID)
	if exists, err := tx.Exists(Key(p)); err != nil {
		return err
	} else if exists {
		return fault.Conflict("user_id", "Account exists")
	}
	credential := Credential{Hash: n.Hash, Version: 1}
	PutAccount(tx, a)
	tx.Put(credentialKey(p), credential)
	PutBalance(tx, p, Balance{n.Credits, a.CreatedAt})
	if n.Grant != nil {
		PutTransaction(tx, p, *n.Grant)
	}
	audit.Put(tx, p, n.Event)
	tx.Send("accounts_hold_username", username, credential, storage.Now())
	tx.Send("accounts_hold_email", email, nil, storage.Now())
	if n.Bootstrap {
		tx.Send("accounts_hold_bootstrap", bootstrapPartition(), nil, storage.Now())
	}
	if n.Workspace != nil {
		tx.Send("accounts_add_workspace", workspacePartition(n.Workspace.ID), membership{*n.Workspace, a.UserID, a.CreatedAt})
	}
	return nil
}
