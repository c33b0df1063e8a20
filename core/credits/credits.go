// Package credits changes and shows balances. A balance and the transaction that changed it are one commit.
package credits

import (
	"context"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/fault"
	"tracedge/core/storage"
)

// The types of a transaction.
const (
	Purchase     = "Purchase"
	Grant        = "Grant"
	Consumption  = "Consumption"
	Refund       = "Refund"
	Subscription = "Subscription"
	Penalty      = "Penalty"
)

// Change is an amount to add to a balance, and what the transaction says. Its id and time were drawn by the caller.
type Change struct {
	ID            string
	Amount        int64 // not 0
	Type          string
	Description   string
	OperationType *string
	OperationID   *string
	Time          time.Time
}

// Apply changes the balance of an account within an update of its partition and keeps the transaction. What all accounts
// together were given or have used follows by a row of the commit. Errors: 409 when the balance would fall below 0 or pass
// 2^53-1.
func Apply(tx *storage.Tx, userID string, c Change) (accounts.Transaction, error) {
	p := accounts.Partition(userID)
	b, err := accounts.GetBalance(tx, p)
	if err != nil {
		return accounts.Transaction{}, err
	}
	switch {
	case c.Amount < 0 && b.Credits+c.Amount < 0:
		return accounts.Transaction{}, fault.Conflict("amount", "The balance would fall below 0")
	case c.Amount > 0 && b.Credits > storage.MaxNumber-c.Amount:
		return accounts.Transaction{}, fault.Conflict("amount", "The balance would be too large")
	}
	// Transactions are listed by time, and their order must be that of the commits.
	if !c.Time.After(b.UpdatedAt) {
		c.Time = b.UpdatedAt.Add(time.Microsecond)
	}
	b.Credits, b.UpdatedAt = b.Credits+c.Amount, c.Time
	if err := count(tx, userID, &b, c); err != nil {
		return accounts.Transaction{}, err
	}
	if err := accounts.PutBalance(tx, p, b); err != nil {
		return accounts.Transaction{}, err
	}
	t := accounts.Transaction{
		ID: c.ID, UserID: userID, Amount: c.Amount, Type: c.Type, Description: c.Description,
		OperationType: c.OperationType, OperationID: c.OperationID, Time: c.Time, BalanceAfter: b.Credits,
	}
	return t, accounts.PutTransaction(tx, p, t)
}

// count adds a change to the account's own totals and has them reported.
func count(tx *storage.Tx, userID string, b *accounts.Balance, c Change) error {
	switch c.Type {
	case Purchase, Grant, Subscription:
		b.Issued += c.Amount
		return accounts.ReportTotals(tx, userID)
	case Consumption:
		b.Consumed -= c.Amount
		return accounts.GatherTotals(tx, userID, b)
	default:
		return nil
	}
}

// List returns a page of an account's transactions, newest first, and the key after which the next page begins.
func List(ctx context.Context, s *storage.Store, userID string, after storage.Key, limit int) ([]accounts.Transaction, storage.Key, error) {
	if limit == 0 {
		return nil, "", nil
	}
	p := accounts.Partition(userID)
	page, err := s.Scan(ctx, "credits_list_transactions", p, accounts.TransactionPrefix(p),
		storage.Page{After: after, Limit: limit, Reverse: true})
	if err != nil {
		return nil, "", err
	}
	out := make([]accounts.Transaction, len(page.Records))
	for i, rec := range page.Records {
		if err := rec.Decode(&out[i]); err != nil {
			return nil, "", err
		}
	}
	return out, page.Next, nil
}
