package credits

import (
	"context"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/storage"
)

// StorageMigration is the price of having an item stored with another adapter.
func StorageMigration() Price {
	return Price{"storage_migration", func(c accounts.Costs) int { return c.StorageMigration }}
}

// Migrate holds the price of a migration before the operation decides, and returns it; 0 where credits are not enforced.
// A repeat of the same operation is not charged again and returns what was paid. The decision settles it with
// SettleMigration.
//
// Errors: 402 with operation, required and balance; those of Operation.Claim. Where it fails nothing was written.
func (h *Holds) Migrate(ctx context.Context, op *storage.Operation, userID string, now time.Time) (paid int64, err error) {
	if !h.credits {
		return 0, nil
	}
	p, k := accounts.Partition(userID), holdKey(accounts.Partition(userID), op.ID)
	hold, options := h.hold(op, userID, now, []Price{StorageMigration()}, false)
	fresh := false
	err = op.ClaimIf(ctx, "credits_hold_migration", p, holdName(op.ID), userID, func(tx *storage.Tx) error {
		fresh = true
		if err := hold(tx); err != nil {
			return err
		}
		var v held
		_, err := tx.Get(k, &v)
		paid = v.sum()
		return err
	}, options)
	if err != nil || fresh {
		return paid, err
	}
	found, err := h.store.Read(ctx, "credits_read_hold", p, k)
	if err != nil {
		return 0, err
	}
	var v held
	_, err = found.Get(k, &v)
	return v.sum(), err
}

// sum is what was paid in all.
func (v held) sum() (sum int64) {
	for _, l := range v.Lines {
		sum += l.Amount
	}
	return sum
}

// SettleMigration has the hold of a migration stand for good, with the operation's deciding commit.
func (h *Holds) SettleMigration(tx *storage.Tx, userID string) error {
	if !h.credits {
		return nil
	}
	return h.Settle(tx, userID)
}

// Release gives the hold of an operation back that has failed, with a refund. Where the outcome is unknown it stays until
// the operation's home has been asked.
func (h *Holds) Release(ctx context.Context, op *storage.Operation) error {
	return op.Release(ctx, "credits_release_hold")
}

// done and undone are the descriptions of a charge and of its refund.
func done(operation string) string {
	switch operation {
	case StorageMigration().Type:
		return "Item stored with another adapter"
	case CircuitOperation().Type:
		return "Item moved by a circuit"
	case PremiumAdapter().Type:
		return "Upload to a premium adapter"
	default:
		return "Item created"
	}
}

func undone(operation string) string {
	switch operation {
	case StorageMigration().Type:
		return "Item not stored with another adapter"
	case CircuitOperation().Type:
		return "Item not moved by a circuit"
	case PremiumAdapter().Type:
		return "No upload to a premium adapter"
	default:
		return "Item not created"
	}
}
