package credits

import (
	"context"
	"encoding/json"
	"slices"
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
	s.Handle("circuits_refund_charge", storage.Handler{Apply: applyRefund, Reads: refundReads})
	s.HandleLapse(holdKind, refundHold)
	return &Holds{s, c.CreditsEnforced, c.LimitsEnforced}
}

const holdKind = "hold"

func holdName(op string) string { return holdKind + "~" + op }

// held is the record user/<id>/hold/<op>.
type held struct {
	Lines []line    `json:"lines,omitempty"` // taken from the balance; none where credits are not enforced
	Month string    `json:"month"`           // of the count of made things, "" where none is made or limits are not enforced
	State holdState `json:"state"`
}

// line is one price that was paid.
type line struct {
	Type     string `json:"operation_type"`
	Amount   int64  `json:"amount"`
	Charge   string `json:"charge"` // ids of the transactions
	Refund   string `json:"refund"`
	Refunded bool   `json:"refunded,omitempty"`
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

// CircuitOperation is the price of moving an item into a circuit or out of it.
func CircuitOperation() Price {
	return Price{"circuit_operation", func(c accounts.Costs) int { return c.CircuitOperation }}
}

// PremiumAdapter is the price of an upload to a premium adapter.
func PremiumAdapter() Price {
	return Price{"premium_adapter_usage", func(c accounts.Costs) int { return c.PremiumAdapter }}
}

// Mint holds the price of a new item before the operation decides, and counts it for the month; with further prices it
// holds the sum. It does nothing where nothing is enforced. A repeat of the same operation is not charged again.
//
// Errors: 402 with operation, required and balance; 403 tier_limit_exceeded with limit_name, limit and current; those of
// Operation.Claim. Where it fails nothing was written.
func (h *Holds) Mint(ctx context.Context, op *storage.Operation, userID string, now time.Time, more ...Price) error {
	if !h.Enforced() {
		return nil
	}
	p := accounts.Partition(userID)
	fn, options := h.hold(op, userID, now, append([]Price{ItemCreation()}, more...), true)
	return op.ClaimIf(ctx, "credits_hold_creation", p, holdName(op.ID), userID, fn, options)
}

// Charge is Mint for prices of what makes no item.
func (h *Holds) Charge(ctx context.Context, op *storage.Operation, userID string, now time.Time, prices ...Price) error {
	if !h.credits || len(prices) == 0 {
		return nil
	}
	p := accounts.Partition(userID)
	fn, options := h.hold(op, userID, now, prices, false)
	return op.ClaimIf(ctx, "circuits_reserve_charge", p, holdName(op.ID), userID, fn, options)
}

// hold is the test of the claim: it takes the prices from the balance.
func (h *Holds) hold(op *storage.Operation, userID string, now time.Time, prices []Price, makes bool) (func(*storage.Tx) error, storage.UpdateOption) {
	p := accounts.Partition(userID)
	k := holdKey(p, op.ID)
	lines := make([]line, len(prices))
	for n, price := range prices {
		lines[n] = line{Type: price.Type, Charge: h.store.NewID(), Refund: h.store.NewID()}
	}
	fn := func(tx *storage.Tx) error {
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
		v = held{State: open}
		if h.credits {
			for n, l := range lines {
				if l.Amount = int64(prices[n].Cost(a.Tier.Costs())); l.Amount > 0 {
					v.Lines = append(v.Lines, l)
				}
			}
			if err := consume(tx, userID, op.ID, v.Lines, now); err != nil {
				return err
			}
		}
		if h.limits && makes {
			v.Month = now.Format("2006-01")
			if err := countMade(tx, p, v.Month, a.Tier); err != nil {
				return err
			}
		}
		return tx.Put(k, v)
	}
	return fn, storage.Reading(append(accounts.BalanceKeys(p), k, monthKey(p, now.Format("2006-01")))...)
}

// Enforced reports whether anything is charged or counted.
func (h *Holds) Enforced() bool { return h.credits || h.limits }

func consume(tx *storage.Tx, userID, op string, lines []line, now time.Time) error {
	if len(lines) == 0 {
		return nil
	}
	b, err := accounts.GetBalance(tx, accounts.Partition(userID))
	if err != nil {
		return err
	}
	var sum int64
	for _, l := range lines {
		sum += l.Amount
	}
	if b.Credits < sum {
		return fault.New(fault.InsufficientCredits, status.PaymentRequired, "Not enough credits").
			With("operation", lines[0].Type).With("required", web.JSSafe(sum)).With("balance", web.JSSafe(b.Credits))
	}
	for _, l := range lines {
		_, err = Apply(tx, userID, Change{
			ID: l.Charge, Amount: -l.Amount, Type: Consumption, Description: done(l.Type), OperationType: &l.Type, OperationID: &op, Time: now,
		})
		if err != nil {
			return err
		}
	}
	return nil
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
	return v.put(tx, k)
}

// refundHold takes a charge back when its reservation lapses.
func refundHold(tx *storage.Tx, c storage.Claim) error {
	p := tx.Partition()
	var v held
	if known, err := tx.Get(holdKey(p, c.Op), &v); err != nil || !known || v.State != open {
		return err
	}
	var userID string
	if err := json.Unmarshal(c.Value, &userID); err != nil {
		return err
	}
	if err := v.refund(tx, userID, c.Op, nil); err != nil {
		return err
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

// refund gives back what was paid, of some types or of all, each once.
func (v *held) refund(tx *storage.Tx, userID, op string, types []string) error {
	for n := range v.Lines {
		l := &v.Lines[n]
		if l.Refunded || types != nil && !slices.Contains(types, l.Type) {
			continue
		}
		l.Refunded = true
		_, err := Apply(tx, userID, Change{
			ID: l.Refund, Amount: l.Amount, Type: Refund, Description: undone(l.Type), OperationType: &l.Type, OperationID: &op, Time: tx.Now(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// refunding is the row circuits_refund_charge.
type refunding struct {
	UserID string   `json:"user_id"`
	Op     string   `json:"op"`    // of the hold
	Types  []string `json:"types"` // operation types that are given back
}

// Refund gives back what an operation that was decided has paid for some prices, with a later commit. A price that was not
// paid, or has been given back, is left.
func (h *Holds) Refund(tx *storage.Tx, userID, op string, prices ...Price) error {
	if !h.credits {
		return nil
	}
	r := refunding{UserID: userID, Op: op}
	for _, p := range prices {
		r.Types = append(r.Types, p.Type)
	}
	return tx.Send("circuits_refund_charge", accounts.Partition(userID), r, storage.Now())
}

func applyRefund(tx *storage.Tx, row storage.Row) error {
	var r refunding
	if err := row.Decode(&r); err != nil {
		return err
	}
	k := holdKey(tx.Partition(), r.Op)
	var v held
	if known, err := tx.Get(k, &v); err != nil || !known || v.State == refunded {
		return err
	}
	if err := v.refund(tx, r.UserID, r.Op, r.Types); err != nil {
		return err
	}
	return v.put(tx, k)
}

// put keeps a hold that has ended. What an operation of a circuit has paid may come back whenever it is rejected, so that
// stays as long as it is not given back.
func (v held) put(tx *storage.Tx, k storage.Key) error {
	for _, l := range v.Lines {
		if v.State == settled && l.Type == CircuitOperation().Type && !l.Refunded {
			return tx.Put(k, v)
		}
	}
	return tx.Put(k, v, storage.Expires(tx.Now().Add(holdMemory)))
}

func refundReads(row storage.Row) (reading, absent []storage.Key) {
	var r refunding
	p, err := storage.ParsePartition(row.Target)
	if err != nil || row.Decode(&r) != nil {
		return nil, nil // the row fails when it is applied
	}
	return append(accounts.BalanceKeys(p), holdKey(p, r.Op)), nil
}
