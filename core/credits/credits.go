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

// Apply changes the balance of an account within an update of its partition and keeps the transaction. Errors: 409 when
// the balance would fall below 0 or pass 2^53-1.
func Apply(tx *storage.Tx, userID string, c Change) (accounts.Balance, error) {
	p := accounts.Partition(userID)
	b, err := accounts.GetBalance(tx, p)
	if err != nil {
		return b, err
	}
	switch {
	case c.Amount < 0 && b.Credits+c.Amount < 0:
		return b, fault.Conflict("amount", "The balance would fall below 0")
	case c.Amount > 0 && b.Credits > storage.MaxNumber-c.Amount:
		return b, fault.Conflict("amount", "The balance would be too large")
	}
	// Transactions are listed by time, and their order must be that of the commits.
	if !c.Time.After(b.UpdatedAt) {
		c.Time = b.UpdatedAt.Add(time.Microsecond)
	}
	b = accounts.Balance{Credits: b.Credits + c.Amount, UpdatedAt: c.Time}
	if err := accounts.PutBalance(tx, p, b); err != nil {
		return b, err
	}
	return b, accounts.PutTransaction(tx, p, accounts.Transaction{
		ID: c.ID, UserID: userID, Amount: c.Amount, Type: c.Type, Description: c.Description,
		OperationType: c.OperationType, OperationID: c.OperationID, Time: c.Time, BalanceAfter: b.Credits,
	})
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
