package accounts

import (
	"context"
	"time"

	"tracedge/core/audit"
	"tracedge/core/storage"
)

// TouchEvery is how often the time of a login is written.
const TouchEvery = time.Minute

// Touch keeps the event of a login, and its time at most once in TouchEvery for an account. The first login of an hour also
// moves the account in the count of active ones, by a row of the same commit.
func (d *Directory) Touch(ctx context.Context, userID string, e audit.Event) error {
	p, shard := Partition(userID), Shard(userID)
	return d.store.Update(ctx, "accounts_touch_login", p, func(tx *storage.Tx) error {
		var last Login
		if ok, err := tx.Get(loginKey(p), &last); err != nil {
			return err
		} else if e.Outcome == audit.Success && (!ok || e.Time.Sub(last.At) >= TouchEvery) {
			tx.Put(loginKey(p), Login{e.Time})
			if !ok || hourOf(last.At) != hourOf(e.Time) {
				tx.Send("accounts_index_login", shard, loginNote{userID, e.Time})
			}
		}
		return audit.Put(tx, p, e)
	})
}

// ReplaceHash stores a hash of the same password at a higher cost, if the credential is still the one that was compared.
func (d *Directory) ReplaceHash(ctx context.Context, a Account, old Credential, hash string) error {
	p, name := Partition(a.UserID), UsernamePartition(a.Username)
	return d.store.Update(ctx, "accounts_replace_hash", p, func(tx *storage.Tx) error {
		var have Credential
		if ok, err := tx.Get(credentialKey(p), &have); err != nil || !ok || have != old {
			return err
		}
		return ChangeCredential(tx, p, name, hash)
	})
}

// ChangeCredential sets an account's hash within an update of its partition and sends the copy to its name's partition,
// to be there before the request is answered.
func ChangeCredential(tx *storage.Tx, p, name storage.Partition, hash string) error {
	var c Credential
	if _, err := tx.Get(credentialKey(p), &c); err != nil {
		return err
	}
	c = Credential{Hash: hash, Version: c.Version + 1}
	if err := tx.Put(credentialKey(p), c); err != nil {
		return err
	}
	return tx.Send("accounts_copy_credential", name, c, storage.Now())
}
