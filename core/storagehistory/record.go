package storagehistory

import (
	"time"

	"tracedge/core/adaptertype"
	"tracedge/core/storage"
)

// Trigger is why content was stored.
type Trigger string

// The triggers.
const (
	ItemCreation     Trigger = "item_creation"
	CircuitPush      Trigger = "circuit_push"
	CircuitMigration Trigger = "circuit_migration"
	Migration        Trigger = "migration"
)

// Record is one place where an item's content is stored: a StorageRecord of the contract. It is unique for an item and a
// location.
type Record struct {
	ID            string           `json:"record_id"` // UUID
	Type          adaptertype.Type `json:"adapter_type"`
	Location      Location         `json:"storage_location"`
	StoredAt      time.Time        `json:"stored_at"`
	TriggeredBy   Trigger          `json:"triggered_by"`
	TriggeredByID *string          `json:"triggered_by_id"` // circuit id
	UserID        string           `json:"user_id"`         // who caused it
	EventsRange   *EventsRange     `json:"events_range"`
	Active        bool             `json:"is_active"`
	Metadata      map[string]any   `json:"metadata"`
	ContentHash   string           `json:"content_hash"` // BLAKE3-256 of what was stored, hex
}

// EventsRange is the range of events that the content covers; without an end it goes on.
type EventsRange struct {
	Start time.Time
	End   *time.Time
}

// Status is how an upload stands.
type Status string

// The statuses of uploads that are not done.
const (
	Queued Status = "pending"
	Failed Status = "failed"
)

// Upload is an upload that is not done: queued, or failed for good. The record storage/pending/<end> of its item.
type Upload struct {
	ID            string           `json:"outbox_id"` // UUID
	Type          adaptertype.Type `json:"adapter_type"`
	TriggeredBy   Trigger          `json:"triggered_by"`
	TriggeredByID *string          `json:"triggered_by_id"`
	UserID        string           `json:"user_id"`
	QueuedAt      time.Time        `json:"queued_at"`
	Attempts      int64            `json:"attempts"`
	Status        Status           `json:"status"`
	Reason        string           `json:"last_error,omitempty"` // error_kind of the last attempt
}

// Head is the record storage/head of an item.
type Head struct {
	Primary   *Location        `json:"current_primary"`
	Chosen    bool             `json:"chosen"` // by the owner: newer records leave it
	Last      adaptertype.Type `json:"last"`   // of the newest record
	CreatedAt time.Time        `json:"created_at"`
	UpdatedAt time.Time        `json:"updated_at"`
}

// Partition is where an item lives.
func Partition(dfid string) storage.Partition { return storage.In("item", dfid) }

const area = "storage"

// The keys of an item's history.
func HeadKey(p storage.Partition) storage.Key       { return p.Key(area, "head") }
func RecordPrefix(p storage.Partition) storage.Key  { return p.Prefix(area, "record") }
func PendingPrefix(p storage.Partition) storage.Key { return p.Prefix(area, "pending") }
func PendingKey(p storage.Partition, u Upload) storage.Key {
	return p.Key(area, "pending", storage.TimeID(u.QueuedAt, u.ID))
}
func ContentKey(p storage.Partition, uploadID string) storage.Key {
	return p.Key(area, "content", uploadID)
}
func NewestKey(p storage.Partition, t adaptertype.Type) storage.Key {
	return p.Key(area, "newest", string(t))
}
func recordKey(p storage.Partition, r Record) storage.Key {
	return p.Key(area, "record", storage.TimeID(r.StoredAt, r.ID))
}
func locationKey(p storage.Partition, l Location) storage.Key { return p.Key(area, "at", l.String()) }
