// Package audit is the trail of who did what: events committed with the change that they tell of.
package audit

import (
	"time"

	"tracedge/core/storage"
)

// Event is one entry of the trail. Its texts are the program's own vocabulary; it never holds secrets.
type Event struct {
	ID        string         `json:"event_id"` // UUID, drawn before the update
	Type      string         `json:"event_type"`
	Action    string         `json:"action"`
	Resource  string         `json:"resource"`
	Outcome   string         `json:"outcome"`
	Severity  string         `json:"severity"`
	UserID    string         `json:"user_id,omitempty"` // who acted
	SubjectID string         `json:"resource_id,omitempty"`
	Details   map[string]any `json:"details,omitempty"`
	Time      time.Time      `json:"timestamp"`
}

// The outcomes.
const (
	Success = "Success"
	Failure = "Failure"
	Blocked = "Blocked"
)

// Put adds the event to the trail of a partition, in order of time.
func Put(tx *storage.Tx, p storage.Partition, e Event, opts ...storage.PutOption) error {
	return tx.Put(p.Key("audit", storage.TimeID(e.Time, e.ID)), e, opts...)
}
