package accounts

import (
	"context"
	"errors"
	"slices"
	"time"

	"tracedge/core/fault"
	"tracedge/core/storage"
)

// Edit is a change of an account by an admin. Its functions are part of an update of user/<id>: they are pure.
type Edit struct {
	UserID  string
	ActorID string // the admin
	At      time.Time

	// Change makes the change; it is given the account as it stands.
	Change func(*Account) error

	// Keep writes what else belongs to the commit, and reports whether anything has changed at all. When not, it has
	// written nothing.
	Keep func(tx *storage.Tx, before, after Account) (bool, error)
}

// adminLock is the claim in user/<id> that keeps an account's part in administration as it is.
const adminLock = "administers"

// Edit changes an account: one commit in user/<id>, and then a row that brings the lists and counts up to date before the
// answer. A crash before the commit leaves nothing; after it the sweep delivers the row.
//
// An edit after which the account no longer leads is an operation of more steps, so that one that does lead is left, though
// two admins take each other's rights at the same moment:
//
//  1. lock the admin's and the account's part in administration, in order of their ids; look whether the admin still leads
//  2. decide: the commit
//  3. give the locks back
//
// Whoever leads when locked leads until the lock is given back or lapses, and after it has lapsed the commit cannot be
// made any more. A crash before 2 leaves locks that lapse after a minute; after 2 whoever meets them, or the sweep, gives
// them back. Errors: 404; 409; those of the edit's functions and of the store.
func (d *Directory) Edit(ctx context.Context, e Edit) error {
	shard, deposes := Shard(e.UserID), false
	p := Partition(e.UserID)
	err := d.store.Update(ctx, "accounts_update_user", p, func(tx *storage.Tx) (err error) {
		deposes, err = e.put(tx, shard, false)
		return err
	}, storage.Reading(Key(p), balanceKey(p)))
	if err != nil || !deposes {
		return err
	}
	return d.depose(ctx, e, shard)
}

func (d *Directory) depose(ctx context.Context, e Edit, shard storage.Partition) (err error) {
	op := d.store.Begin(Partition(e.UserID))
	defer func() {
		released := op.Release(context.WithoutCancel(ctx), "accounts_unlock_admins")
		if err != nil { // otherwise it is done, and the locks lapse
			err = errors.Join(err, released)
		}
	}()
	for _, id := range slices.Sorted(slices.Values([]string{e.ActorID, e.UserID})) {
		if err := op.Lock(ctx, "accounts_lock_admins", Partition(id), adminLock); err != nil {
			return err
		}
	}
	actor, err := d.Get(ctx, e.ActorID)
	if err != nil {
		return err
	}
	if actor == nil || !actor.Leads() {
		return fault.Conflict("", "The change would leave no active admin who makes it")
	}
	return op.Decide(ctx, "accounts_depose_admin", func(tx *storage.Tx) error {
		_, err := e.put(tx, shard, true)
		return err
	}, storage.Reading(Key(op.Home), balanceKey(op.Home)))
}

// put is the commit. It reports true, and has written nothing, when the account would no longer lead and that is not
// locked.
func (e Edit) put(tx *storage.Tx, shard storage.Partition, locked bool) (deposes bool, err error) {
	before, ok, err := GetAccount(tx, e.UserID)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, NotFound()
	}
	after := before
	if err := e.Change(&after); err != nil {
		return false, err
	}
	if before.Leads() && !after.Leads() && !locked {
		return true, nil
	}
	changed, err := e.Keep(tx, before, after)
	if err != nil || !changed {
		return false, err
	}
	after.UpdatedAt = e.At
	after.Revision++
	PutAccount(tx, after)
	if after.Tier != before.Tier || after.Status != before.Status || after.Admin != before.Admin {
		return false, tx.Send("accounts_index_user", shard, entryOf(after), storage.Now())
	}
	return false, nil
}

// NotFound is the 404 for an account that does not exist.
func NotFound() error { return fault.NotFound("User not found") }
