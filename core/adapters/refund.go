package adapters

import (
	"time"

	"tracedge/core/accounts"
	"tracedge/core/credits"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/userrows"
)

// refundKind names the part that gives a charge back. It comes with the counts, in one commit of the account.
const refundKind = "upload_refund"

type refund struct {
	Charge
	UserID string    `json:"user_id"`
	Time   time.Time `json:"time"`
}

// registerRefund has refunds applied, each once: the commit that sends one ends its upload.
func registerRefund(rows *userrows.Rows) {
	rows.Handle(refundKind, userrows.Handler{Apply: func(tx *storage.Tx, part userrows.Part) error {
		var r refund
		if err := part.Decode(&r); err != nil {
			return err
		}
		if _, ok, err := accounts.GetAccount(tx, r.UserID); err != nil || !ok {
			return err // nobody is left to be given anything
		}
		_, err := credits.Apply(tx, r.UserID, credits.Change{
			ID: r.RefundID, Amount: r.Amount, Type: credits.Refund, Description: "Upload failed",
			OperationType: &r.OperationType, OperationID: &r.OperationID, Time: r.Time,
		})
		return err
	}})
}

// countOwner brings what a record changes to the counts of the item's owner and of all.
func (u Upload) countOwner(tx *storage.Tx, c storagehistory.Change) error {
	var change userrows.Change
	change.Add(c.Part())
	if err := change.Send(tx, u.OwnerID); err != nil {
		return err
	}
	return c.SendTotal(tx, u.shard())
}
