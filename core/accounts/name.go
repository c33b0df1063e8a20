package accounts

import (
	"context"

	"tracedge/core/digest"
	"tracedge/core/limits"
	"tracedge/core/storage"
)

// Name is what the partition of a username holds for a login.
type Name struct {
	UserID     string     // "" when nobody owns the name
	Credential Credential // copy; the account's own record decides
	Failures   int64      // failed attempts from the asking address in the window
}

func copyKey(p storage.Partition) storage.Key { return p.Key("login") }

// FailureKey is where a name's partition counts failures from an address in a window.
func FailureKey(p storage.Partition, address string, w limits.Window) storage.Key {
	return w.Key(p, "failures-"+digest.OfText(address)[:32])
}

// FindByName reads everything that a login needs from a name's partition, in one call.
func (d *Directory) FindByName(ctx context.Context, username, address string, w limits.Window) (Name, error) {
	p := UsernamePartition(username)
	failures := FailureKey(p, address, w)
	for {
		found, err := d.store.Read(ctx, "accounts_find_user_by_name", p,
			storage.ClaimKey(p, ownerClaim), copyKey(p), failures)
		if err != nil {
			return Name{}, err
		}
		id, again, err := d.owner(ctx, p, found)
		if err != nil {
			return Name{}, err
		}
		if again {
			continue
		}
		n := Name{UserID: id}
		if _, err := found.Get(copyKey(p), &n.Credential); err != nil {
			return n, err
		}
		_, err = found.Get(failures, &n.Failures)
		return n, err
	}
}

// copyCredential ignores a copy older than what is there.
func copyCredential(tx *storage.Tx, r storage.Row) error {
	p, err := storage.ParsePartition(r.Target)
	if err != nil {
		return err
	}
	var next, have Credential
	if err := r.Decode(&next); err != nil {
		return err
	}
	if ok, err := tx.Get(copyKey(p), &have); err != nil || ok && have.Version >= next.Version {
		return err
	}
	return tx.Put(copyKey(p), next)
}

// holdUsername makes a new account the owner of its username and leaves the copy that logins read.
func holdUsername(tx *storage.Tx, r storage.Row) error {
	p, err := storage.ParsePartition(r.Target)
	if err != nil {
		return err
	}
	var c Credential
	if err := r.Decode(&c); err != nil {
		return err
	}
	if err := tx.Hold(ownerClaim, r.Op); err != nil {
		return err
	}
	return tx.Put(copyKey(p), c)
}

func holdName(tx *storage.Tx, r storage.Row) error { return tx.Hold(ownerClaim, r.Op) }
