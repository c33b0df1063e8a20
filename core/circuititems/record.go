package circuititems

import (
	"time"

	"tracedge/core/adaptertype"
	"tracedge/core/circuits/postactions"
	"tracedge/core/storage"
)

// Type is what an operation does.
type Type string

// The types.
const (
	Push Type = "Push"
	Pull Type = "Pull"
)

// Allowed are the values of a type.
func (Type) Allowed() []string { return []string{string(Push), string(Pull)} }

// Status is how an operation stands.
type Status string

// The statuses that routes set.
const (
	Pending   Status = "Pending"
	Completed Status = "Completed"
	Rejected  Status = "Rejected"
)

// Operation is the record of one.
type Operation struct {
	ID        string         `json:"operation_id"` // UUID
	CircuitID string         `json:"circuit_id"`
	DFID      string         `json:"dfid"`
	Type      Type           `json:"operation_type"`
	Requester string         `json:"requester_id"`
	Time      time.Time      `json:"timestamp"`
	Status    Status         `json:"status"`
	Metadata  map[string]any `json:"metadata"`

	Workspace *string           `json:"workspace_id"`
	NewItem   bool              `json:"new_item,omitempty"` // a push that has minted the DFID
	LID       string            `json:"local_id,omitempty"`
	EventID   string            `json:"event_id"`           // drawn for its completion
	Adapter   *adaptertype.Type `json:"adapter,omitempty"`  // that its charge covers an upload to
	Enriched  int               `json:"enriched,omitempty"` // fields that a push of a local item has added
	RefundID  string            `json:"refund_id"`          // UUID, for an upload that fails

	identifiers []postactions.Identifier // of the item, for deliveries
}

// Held is the record of an item that a circuit holds.
type Held struct {
	DFID        string    `json:"dfid"`
	PushedBy    string    `json:"pushed_by"`
	PushedAt    time.Time `json:"pushed_at"`
	Permissions []string  `json:"permissions"`
	OperationID string    `json:"operation_id"`
	Stamp       int64     `json:"stamp"`
}

// gone is the record itemgone/<dfid> of a circuit and holdergone/<circuit id> of an item.
type gone struct {
	Stamp int64 `json:"stamp"`
}

// holder is the record holder/<circuit id> of an item.
type holder struct {
	CircuitID string `json:"circuit_id"`
	Stamp     int64  `json:"stamp"`
}

// pushed is the record lid/<local id>.
type pushed struct {
	DFID        string `json:"dfid"`
	OperationID string `json:"operation_id"`
}

// Activity is the record of what happened in a circuit.
type Activity struct {
	ID        string    `json:"activity_id"` // ACTIVITY-<YYYYMMDDHHMMSS>-<8 upper-case hex>
	Type      string    `json:"activity_type"`
	CircuitID string    `json:"circuit_id"`
	DFIDs     []string  `json:"item_dfids"`
	UserID    string    `json:"user_id"`
	Time      time.Time `json:"timestamp"`
	Status    string    `json:"status"`
	Affected  int       `json:"items_affected"`
	Enriched  *int      `json:"enrichments_made"`
}

// The keys in the partition of a circuit.
func itemGoneKey(p storage.Partition, dfid string) storage.Key { return p.Key("itemgone", dfid) }
func operationKey(p storage.Partition, id string) storage.Key  { return p.Key("operation", id) }
func lidKey(p storage.Partition, lid string) storage.Key       { return p.Key("lid", lid) }
func itemsAt(p storage.Partition) storage.Key                  { return p.Prefix("itemat") }
func operationsAt(p storage.Partition) storage.Key             { return p.Prefix("operationat") }
func waiting(p storage.Partition) storage.Key                  { return p.Prefix("operationwaits") }
func activities(p storage.Partition) storage.Key               { return p.Prefix("activity") }
func pendingKey(p storage.Partition, dfid, requester string, t Type) storage.Key {
	return p.Key("pending", dfid, requester, string(t))
}

// The keys in the partition of an item.
func holderKey(p storage.Partition, circuitID string) storage.Key { return p.Key("holder", circuitID) }
func holderGoneKey(p storage.Partition, circuitID string) storage.Key {
	return p.Key("holdergone", circuitID)
}

func (o *Operation) position() storage.Key { return storage.Key(storage.TimeID(o.Time, o.ID)) }

func (h *Held) position() storage.Key { return storage.Key(storage.TimeID(h.PushedAt, h.OperationID)) }

// put writes the operation with its places in lists.
func (o *Operation) put(tx *storage.Tx) error {
	p := tx.Partition()
	tx.Put(operationKey(p, o.ID), o)
	tx.Put(operationsAt(p)+o.position(), o)
	mark := pendingKey(p, o.DFID, o.Requester, o.Type)
	if o.Status == Pending {
		tx.Put(mark, o.ID)
		return tx.Put(waiting(p)+o.position(), o)
	}
	tx.Delete(mark)
	return tx.Delete(waiting(p) + o.position())
}

// lateness is how long something gone is remembered: longer than any row is on its way.
const lateness = 30 * 24 * time.Hour
