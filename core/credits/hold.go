package credits

import (
	"context"
	"encoding/json"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/config"
	"tracedge/core/fault"
	"tracedge/core/status"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Holds charges for things whose making is decided elsewhere: the charge stands exactly when the decision was made.
//
// A hold is the charge together with a reservation of the operation in user/<id>. The operation's deciding commit settles
// it; a reservation that lapses without a decision takes the charge back, in the commit that takes the reservation away.
// That commit follows a fence at the operation's home, so never both happen.
type Holds struct {
	store   *storage.Store
	credits bool // CREDITS_MODE=enforce
	limits  bool // LIMITS_MODE=enforce
}

// NewHolds returns the holds of a store and registers what becomes of them.
func NewHolds(s *storage.Store, c config.Config) *Holds {
	s.Handle("credits_settle_creation", storage.Handler{Claims: true, Apply: settleHold})
	s.HandleLapse(holdKind, refundHold)
	return &Holds{s, c.CreditsEnforced, c.LimitsEnforced}
}

const holdKind = "hold"

func holdName(op string) string { return holdKind + "~" + op }

// held is the record user/<id>/hold/<op>.
type held struct {
	Amount int64     `json:"amount"` // taken from the balance; 0 where credits are not enforced
	Type   string    `json:"operation_type"`
	Month  string    `json:"month"`  // of the count of made things, "" where limits are not enforced
	Charge string    `json:"charge"` // ids of the transactions
	Refund string    `json:"refund"`
	State  holdState `json:"state"`
}

type holdState string

const (
	open     holdState = "open"
	settled  holdState = "settled"
	refunded holdState = "refunded"
)

// holdMemory is how long a hold is remembered after its end: longer than the same operation can come again.
const holdMemory = 7 * 24 * time.Hour

func holdKey(p storage.Partition, op string) storage.Key { return p.Key("hold", op) }

func monthKey(p storage.Partition, month string) storage.Key { return p.Key("minted", month) }

// Price is what is charged for an operation under a tier.
type Price struct {
	Type string // of the operation, in transactions
	Cost func(accounts.Costs) int
}

// ItemCreation is the price of minting a DFID.
func ItemCreation() Price {
	return Price{"item_creation", func(c accounts.Costs) int { return c.ItemCreation }}
}

// Mint holds the price of a new item before the operation decides, and counts it for the month. It does nothing where
// nothing is enforced. A repeat of the same operation is not charged again.
//
// Errors: 402 with operation, required and balance; 403 tier_limit_exceeded with limit_name, limit and current; those of
// Operation.Claim. Where it fails nothing was written.
func (h *Holds) Mint(ctx context.Context, op *storage.Operation, userID string, now time.Time) error {
	if !h.Enforced() {
		return nil
	}
	p, price := accounts.Partition(userID), ItemCreation()
	k := holdKey(p, op.ID)
	charge, refund := h.store.NewID(), h.store.NewID()
	err := op.ClaimIf(ctx, "credits_hold_creation", p, holdName(op.ID), userID, func(tx *storage.Tx) error {
		var v held
		if known, err := tx.Get(k, &v); err != nil || known && v.State != refunded {
			return err // an earlier run of the operation has paid
		}
		a, ok, err := accounts.GetAccount(tx, userID)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Unauthorized("Account does not exist")
		}
		v = held{Type: price.Type, Charge: charge, Refund: refund, State: open}
		if h.credits {
			v.Amount = int64(price.Cost(a.Tier.Costs()))
			if err := consume(tx, userID, op.ID, v, now); err != nil {
				return err
			}
		}
		if h.limits {
			v.Month = now.Format("2006-01")
			if err := countMade(tx, p, v.Month, a.Tier); err != nil {
				return err
			}
		}
		return tx.Put(k, v)
	}, storage.Reading(append(accounts.BalanceKeys(p), k, monthKey(p, now.Format("2006-01")))...))
	return err
}

// Enforced reports whether anything is charged or counted.
func (h *Holds) Enforced() bool { return h.credits || h.limits }

func consume(tx *storage.Tx, userID, op string, v held, now time.Time) error {
	if v.Amount == 0 {
		return nil
	}
	b, err := accounts.GetBalance(tx, accounts.Partition(userID))
	if err != nil {
		return err
	}
	if b.Credits < v.Amount {
		return fault.New(fault.InsufficientCredits, status.PaymentRequired, "Not enough credits").
			With("operation", v.Type).With("required", web.JSSafe(v.Amount)).With("balance", web.JSSafe(b.Credits))
	}
	_, err = Apply(tx, userID, Change{
		ID: v.Charge, Amount: -v.Amount, Type: Consumption, Description: done(v.Type), OperationType: &v.Type,
		OperationID: &op, Time: now,
	})
	return err
}

// countMade adds one to what was made in a month.
func countMade(tx *storage.Tx, p storage.Partition, month string, t accounts.Tier) error {
	var n int64
	if _, err := tx.Get(monthKey(p, month), &n); err != nil {
		return err
	}
	if most := t.Limits().MaxItemsPerMonth; most != nil && n >= int64(*most) {
		return fault.Forbidden("The tier allows no more items this month").With("code", "tier_limit_exceeded").
			With("limit_name", "max_items_per_month").With("limit", *most).With("current", n)
	}
	return tx.Put(monthKey(p, month), n+1)
}

// Settle has the hold of an operation stand for good, with the operation's deciding commit.
func (h *Holds) Settle(tx *storage.Tx, userID string) error {
	if !h.Enforced() {
		return nil
	}
	return tx.Send("credits_settle_creation", accounts.Partition(userID), nil, storage.Now())
}

func settleHold(tx *storage.Tx, r storage.Row) error {
	if err := tx.Spend(holdName(r.Op), r.Op); err != nil {
		return err
	}
	return end(tx, r.Op, settled)
}

// end writes how a hold has ended. One that is not there was never made: nothing was enforced then.
func end(tx *storage.Tx, op string, state holdState) error {
	k := holdKey(tx.Partition(), op)
	var v held
	if known, err := tx.Get(k, &v); err != nil || !known {
		return err
	}
	v.State = state
	return tx.Put(k, v, storage.Expires(tx.Now().Add(holdMemory)))
}

// refundHold takes a charge back when its reservation lapses.
func refundHold(tx *storage.Tx, c storage.Claim) error {
	p := tx.Partition()
	var v held
	if known, err := tx.Get(holdKey(p, c.Op), &v); err != nil || !known || v.State != open {
		return err
	}
	if v.Amount > 0 {
		var userID string
		if err := json.Unmarshal(c.Value, &userID); err != nil {
			return err
		}
		_, err := Apply(tx, userID, Change{
			ID: v.Refund, Amount: v.Amount, Type: Refund, Description: undone(v.Type), OperationType: &v.Type,
			OperationID: &c.Op, Time: tx.Now(),
		})
		if err != nil {
			return err
		}
	}
	if v.Month != "" {
		var n int64
		if _, err := tx.Get(monthKey(p, v.Month), &n); err != nil {
			return err
		}
		tx.Put(monthKey(p, v.Month), max(n-1, 0))
	}
	return end(tx, c.Op, refunded)
}
