package events

import (
	"time"

	"tracedge/core/canon"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Event is the record of an event, in an item or as a local event.
type Event struct {
	ID          string     `json:"event_id"` // UUID
	DFID        string     `json:"dfid"`     // LOCAL-EVENT-<id> of a local event
	Type        Type       `json:"event_type"`
	Time        time.Time  `json:"timestamp"`
	Source      string     `json:"source"` // user id of whoever made it
	Metadata    Metadata   `json:"metadata"`
	Visibility  Visibility `json:"visibility"`
	ContentHash string     `json:"content_hash"` // of the metadata as it is now
	Local       bool       `json:"is_local"`
	LocalID     string     `json:"local_event_id,omitempty"`
	PushedTo    string     `json:"pushed_to_circuit,omitempty"`
	SnapshotID  string     `json:"snapshot_id,omitempty"`
	SnapshotCID string     `json:"snapshot_cid,omitempty"`

	DedupeKey   string   `json:"dedupe_key,omitempty"` // the content hash at creation
	Revision    int64    `json:"revision"`             // grows with each change of the metadata
	OwnerID     string   `json:"owner_user_id"`
	WorkspaceID *string  `json:"workspace_id"`
	Circuit     string   `json:"circuit,omitempty"`       // the circuit that the metadata names, where the visibility looks at it
	Recipient   string   `json:"recipient,omitempty"`     // metadata.recipient_id, likewise
	ByCircuit   bool     `json:"by_circuit,omitempty"`    // made by a circuit's route, which owns some of the metadata
	Feeds       []string `json:"circuit_feeds,omitempty"` // circuits in whose feeds the event stands
	Gone        bool     `json:"gone,omitempty"`          // in the feed of a circuit: it is none of its events any more
	Added       int64    `json:"added,omitempty"`         // the item's clock when the event came
	Changed     int64    `json:"changed,omitempty"`       // and when its metadata was last changed
}

const (
	localPrefix = "LOCAL-EVENT-" // of a local event's dfid
	lidPrefix   = "LID-"         // of a local item's dfid
)

// position is where an event stands in lists: by time, ties by id.
func (e Event) position() string { return storage.TimeID(e.Time, e.ID) }

func (e Event) private() bool { return e.Visibility == Private }

// look puts what the visibility looks at beside the metadata.
func (e *Event) look(metadata canon.Object) {
	e.Circuit, e.Recipient = "", ""
	switch e.Visibility {
	case CircuitOnly:
		e.Circuit = circuitOf(metadata)
	case Direct:
		v, _ := metadata.Get("recipient_id")
		e.Recipient, _ = v.Text()
	}
}

// response is an EventResponse.
type response struct {
	ID         string       `json:"event_id"`
	DFID       string       `json:"dfid"`
	Type       Type         `json:"event_type"`
	Time       web.Secs     `json:"timestamp"`
	Source     string       `json:"source"`
	Metadata   canon.Object `json:"metadata"`
	Encrypted  bool         `json:"is_encrypted"`
	Visibility Visibility   `json:"visibility"`
}

func (e Event) response(metadata canon.Object) response {
	return response{e.ID, e.DFID, e.Type, web.Secs(e.Time), e.Source, metadata, e.private(), e.Visibility}
}

// The keys, in the partition of an item or of a local event.
func itemEventKey(p storage.Partition, position string) storage.Key { return p.Key("event", position) }
func itemEventPrefix(p storage.Partition) storage.Key               { return p.Prefix("event") }
func dedupeKey(p storage.Partition, hash string) storage.Key        { return p.Key("eventkey", hash) }
func headKey(p storage.Partition) storage.Key                       { return p.Key("eventhead") }
func localEventKey(p storage.Partition) storage.Key                 { return p.Key("event") }
func localHome(id string) storage.Partition                         { return storage.In("localevent", id) }
