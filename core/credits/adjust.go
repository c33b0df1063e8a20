package credits

import (
	"context"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/storage"
)

// Adjustment is a change of a balance by an admin.
type Adjustment struct {
	UserID string
	Change Change

	// Once, when set, is until when a repeat under the same transaction id changes nothing.
	Once time.Time

	// Keep writes what else belongs to the commit.
	Keep func(tx *storage.Tx, t accounts.Transaction) error
}

// Adjust changes a balance in one commit of user/<id> with its transaction, and returns that. A repeat of an adjustment that
// was made returns the transaction of the first time and false. A crash before the commit leaves nothing, and after it nothing is
// missing but rows, which the sweep delivers. Errors: 404; those of Apply and of the store.
func Adjust(ctx context.Context, s *storage.Store, a Adjustment) (done accounts.Transaction, first bool, err error) {
	p := accounts.Partition(a.UserID)
	marker := p.Key("adjusted", a.Change.ID)
	reads := append(accounts.BalanceKeys(p), marker)
	err = s.Update(ctx, "credits_apply_change", p, func(tx *storage.Tx) error {
		made, err := tx.Get(marker, &done)
		if first = !made; made || err != nil {
			return err
		}
		if _, ok, err := accounts.GetAccount(tx, a.UserID); err != nil {
			return err
		} else if !ok {
			return accounts.NotFound()
		}
		t, err := Apply(tx, a.UserID, a.Change)
		if err != nil {
			return err
		}
		done = t
		if !a.Once.IsZero() {
			tx.Put(marker, t, storage.Expires(a.Once))
		}
		return a.Keep(tx, t)
	}, storage.Reading(reads...))
	return done, first, err
}
