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
	Event     audit.Event  // of the creation; one without an id is not written
	Bootstrap bool         // also claims to be the first admin: happens once for a deployment

	Also func(*storage.Tx) error // what else the deciding commit holds, nil for nothing
}

// ErrBootstrapped is returned for a bootstrap after the first.
var ErrBootstrapped = errors.New("accounts: the first admin exists")

func bootstrapPartition() storage.Partition { return storage.In("system", "bootstrap") }

// Create makes an account. In order, each step one commit:
//
//  1. claim the username, then the e-mail address (a clash is a 409 with field and releases the other)
//  2. decide in user/<id>: account, credential, balance, grant, audit event, and the rows of step 3
//  3. now: hold the username with the login's copy of the credential, hold the address, list and count the account; after:
//     the workspace
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
	username, email, shard := UsernamePartition(n.Account.Username), EmailPartition(n.Account.Email), Shard(n.Account.UserID)
	return op.Decide(ctx, "accounts_create_user", func(tx *storage.Tx) error { return n.put(tx, username, email, shard) },
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

// Free looks the names of a new account up before its hash is paid for, the username first. The claims decide. Errors: 409
// conflict.
func (d *Directory) Free(ctx context.Context, username, email string) error {
	id, err := d.FindByUsername(ctx, username)
	if err != nil {
		return err
	}
	if id != "" {
		return UsernameTaken()
	}
	if id, err = d.FindByEmail(ctx, email); err != nil {
		return err
	}
	if id != "" {
		return EmailTaken()
	}
	return nil
}

// UsernameTaken is the 409 for a username that has an owner.
func UsernameTaken() error { return fault.Conflict("username", "Username is already taken") }

// EmailTaken is the 409 for an e-mail address that has an owner.
func EmailTaken() error { return fault.Conflict("email", "Email address is already registered") }

// put is the deciding commit. It is pure.
func (n New) put(tx *storage.Tx, username, email, shard storage.Partition) error {
	a := n.Account
	a.Revision = 1
	p := Partition(a.UserID)
	if exists, err := tx.Exists(Key(p)); err != nil {
		return err
	} else if exists {
		return fault.Conflict("user_id", "Account exists")
	}
	credential := Credential{Hash: n.Hash, Version: 1}
	PutAccount(tx, a)
	tx.Put(credentialKey(p), credential)
	PutBalance(tx, p, Balance{Credits: n.Credits, UpdatedAt: a.CreatedAt, Issued: n.Credits})
	if n.Grant != nil {
		PutTransaction(tx, p, *n.Grant)
		ReportTotals(tx, a.UserID)
	}
	if n.Event.ID != "" {
		audit.Put(tx, p, n.Event)
	}
	tx.Send("accounts_index_user", shard, entryOf(a), storage.Now())
	tx.Send("accounts_hold_username", username, credential, storage.Now())
	tx.Send("accounts_hold_email", email, nil, storage.Now())
	if n.Bootstrap {
		tx.Send("accounts_hold_bootstrap", bootstrapPartition(), nil, storage.Now())
	}
	if n.Workspace != nil {
		tx.Send("accounts_add_workspace", workspacePartition(n.Workspace.ID), membership{*n.Workspace, a.UserID, a.CreatedAt})
	}
	if n.Also == nil {
		return nil
	}
	return n.Also(tx)
}
