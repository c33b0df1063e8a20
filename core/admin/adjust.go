package admin

import (
	"time"

	"tracedge/core/accounts"
	"tracedge/core/actions"
	"tracedge/core/credits"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/notices"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type adjustRequest struct {
	Amount        int64   `json:"amount"`
	Reason        string  `json:"reason"`
	OperationType *string `json:"operation_type"`
}

// The bounds of texts, in bytes.
const (
	maxReason        = 1024
	maxOperationType = 255
)

func (r *adjustRequest) check() error {
	if len(r.Reason) > maxReason {
		return fault.Invalid("reason", "Must be at most 1024 bytes")
	}
	if r.OperationType != nil && len(*r.OperationType) > maxOperationType {
		return fault.Invalid("operation_type", "Must be at most 255 bytes")
	}
	return nil
}

type adjustReply struct {
	Success       bool    `json:"success"`
	Message       string  `json:"message"`
	Amount        int64   `json:"amount"`
	NewBalance    int64   `json:"new_balance"`
	TransactionID *string `json:"transaction_id"` // null when nothing was written
}

// keyMemory is how long an idempotency key is known (conventions, section 9).
const keyMemory = 24 * time.Hour

// adjust changes a balance by credits.Adjust: one commit in user/<id> with transaction, notice, audit event, and rows for
// the action, the totals and the response. A run that was interrupted after the commit is recognised by the transaction,
// whose id follows from the key.
func (s *Service) adjust(c *web.Call) (any, error) {
	a, err := s.user(c)
	if err != nil {
		return nil, err
	}
	req, err := web.Body[adjustRequest](c)
	if err != nil {
		return nil, err
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	if req.Amount == 0 {
		return adjustReply{true, "Nothing to change", 0, a.Balance.Credits, nil}, nil
	}
	key, action := c.Idempotency(), actions.Of(c, actions.CreditsAdjusted)
	action.UserID = &a.UserID
	action.Details["amount"], action.Details["reason"] = req.Amount, req.Reason
	tell := notice(c, a.UserID, notices.CreditsAdjusted).With("amount", req.Amount).With("reason", req.Reason)
	kept := idem.Prepare(key, web.Rendered{}, c.Now())
	do := credits.Adjustment{UserID: a.UserID, Change: req.change(c, action.ID)}
	if key != nil {
		do.Once = c.Now().Add(keyMemory)
	}
	do.Keep = func(tx *storage.Tx, t accounts.Transaction) error {
		if err := action.Put(tx); err != nil {
			return err
		}
		if err := notices.Put(tx, tell.With("new_balance", t.BalanceAfter)); err != nil {
			return err
		}
		rendered, err := key.Render(adjusted(t))
		if err != nil {
			return err
		}
		return kept.With(rendered).Put(tx)
	}
	t, first, err := credits.Adjust(c.Context(), s.store, do)
	if err != nil {
		return nil, err
	}
	if first { // otherwise the response of the first run may still be on its way
		key.Settle()
	}
	return adjusted(t), nil
}

func (r *adjustRequest) change(c *web.Call, actionID string) credits.Change {
	return credits.Change{
		ID: c.StableID("transaction"), Amount: r.Amount, Type: kindOf(r.Amount),
		Description: described(r.Reason, c), OperationType: r.OperationType, OperationID: &actionID, Time: c.Now(),
	}
}

func described(reason string, c *web.Call) string {
	return reason + " (Admin: " + c.Caller().UserID + ")"
}

func adjusted(t accounts.Transaction) adjustReply {
	return adjustReply{true, "Credits adjusted", t.Amount, t.BalanceAfter, &t.ID}
}
