package adapters

import (
	"time"

	"tracedge/core/adaptertype"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/userrows"
)

// Upload is content to be stored with an adapter: what a change of an item queues.
type Upload struct {
	ID            string                 `json:"outbox_id"` // UUID, drawn before the update
	DFID          string                 `json:"dfid"`
	Type          adaptertype.Type       `json:"adapter_type"` // not none
	Content       string                 `json:"-"`            // UTF-8, of any length; kept in the item's partition
	TriggeredBy   storagehistory.Trigger `json:"triggered_by"`
	TriggeredByID *string                `json:"triggered_by_id"` // circuit id
	UserID        string                 `json:"user_id"`         // who causes it: their counts, and their refund
	OwnerID       string                 `json:"owner_id"`        // of the item: whose statistics a record counts in
	QueuedAt      time.Time              `json:"queued_at"`       // in whole milliseconds
	Charge        *Charge                `json:"charge,omitempty"`
	Metadata      map[string]any         `json:"metadata,omitempty"` // of the record, beside what the adapter adds
}

// Charge is what was paid for an upload, to be refunded once if it fails for good. The operation is that of the charge.
type Charge struct {
	Amount        int64  `json:"amount"` // more than 0
	OperationType string `json:"operation_type"`
	OperationID   string `json:"operation_id"`
	RefundID      string `json:"refund_id"` // UUID of the refund's transaction, drawn before the update
}

// Queue stores an upload with the commit of tx, which changes item/<dfid>: the content, the entry that shows it as pending,
// the outbox row that carries it out after the response, and the counts.
//
//	err := s.store.Update(ctx, "items_create_item", storagehistory.Partition(dfid), func(tx *storage.Tx) error {
//		...
//		return adapters.Queue(tx, upload)
//	}, storage.AssumeAbsent(upload.Absent())) // saves a call
//
// A crash before the commit queues nothing. After it the row is carried out until it is done or has failed for good; each
// of the two is one commit in item/<dfid>, see perform. An adapter that is not implemented, not configured or not
// reachable never fails the change: the upload stays pending.
func Queue(tx *storage.Tx, u Upload) error {
	if err := tx.PutLong(u.contentKey(), u.Content); err != nil {
		return err
	}
	if err := tx.Put(u.entryKey(), u.entry()); err != nil {
		return err
	}
	if err := tx.SendOut("adapters_upload_content", u); err != nil {
		return err
	}
	return u.count(tx, storagehistory.Change{Type: u.Type, Pending: 1})
}

// Absent is the key that Queue reads, under which there is nothing yet.
func (u Upload) Absent() storage.Key { return u.contentKey() }

func (u Upload) partition() storage.Partition { return storagehistory.Partition(u.DFID) }
func (u Upload) entryKey() storage.Key        { return storagehistory.PendingKey(u.partition(), u.entry()) }
func (u Upload) contentKey() storage.Key      { return storagehistory.ContentKey(u.partition(), u.ID) }

// entry shows the upload while it is not done.
func (u Upload) entry() storagehistory.Upload {
	return storagehistory.Upload{
		ID: u.ID, Type: u.Type, TriggeredBy: u.TriggeredBy, TriggeredByID: u.TriggeredByID, UserID: u.UserID,
		QueuedAt: u.QueuedAt, Status: storagehistory.Queued,
	}
}

// count brings a change to the counts of who caused the upload, with further parts for the same account, and to those of
// all.
func (u Upload) count(tx *storage.Tx, c storagehistory.Change, more ...func() (string, any)) error {
	var change userrows.Change
	change.Add(c.Part())
	for _, part := range more {
		change.Add(part())
	}
	if err := change.Send(tx, u.UserID); err != nil {
		return err
	}
	return c.SendTotal(tx, u.shard())
}

// shard spreads uploads over the sums of all accounts.
func (u Upload) shard() byte {
	if u.ID == "" {
		return 0
	}
	return u.ID[len(u.ID)-1]
}
