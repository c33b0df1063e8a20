// Package activity keeps what each user did, with the audit event that says the same: the side records of a change
// (contract of items, section 16). They live in user/<caller> and are written by one commit there, together with the
// rows of the user's lists where the change has such.
package activity

import (
	"time"

	"tracedge/core/accounts"
	"tracedge/core/audit"
	"tracedge/core/storage"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// Entry is the record user/<id>/activity/<time>-<activity id>.
type Entry struct {
	ID          string    `json:"activity_id"` // UUID
	UserID      string    `json:"user_id"`
	WorkspaceID *string   `json:"workspace_id"`
	Time        time.Time `json:"timestamp"`
	Type        Type      `json:"activity_type"`
	Category    Category  `json:"category"`
	Resource    Resource  `json:"resource_type"`
	ResourceID  string    `json:"resource_id"`
	Action      string    `json:"action"`
	Description string    `json:"description"`
	Success     bool      `json:"success"`

	// Access says that rights have changed hands: the audit event is then of type Access and severity Medium.
	Access bool `json:"access,omitempty"`
}

// Kind is what a kind of change says of itself.
type Kind struct {
	Type        Type
	Category    Category
	Resource    Resource
	Action      string
	Description string
}

// Of is the entry of the change that a call makes to a resource. A repeat of an interrupted call makes the same entry.
func Of(c *web.Call, k Kind, resourceID string) Entry { return OfNth(c, k, resourceID, "") }

// OfNth is Of for a call that makes several changes, told apart by a text that a repeat has too.
func OfNth(c *web.Call, k Kind, resourceID, nth string) Entry {
	return Entry{
		ID: c.StableID("activity" + nth), UserID: c.Caller().UserID, WorkspaceID: c.Caller().WorkspaceID, Time: c.Now(),
		Type: k.Type, Category: k.Category, Resource: k.Resource, ResourceID: resourceID,
		Action: k.Action, Description: k.Description, Success: true,
	}
}

// Failed is the entry of a change that was not made as asked.
func (e Entry) Failed() Entry {
	e.Success = false
	return e
}

// partKind names the parts of this package.
const partKind = "activity"

// Register has activities applied that other commits owe.
func Register(rows *userrows.Rows) {
	rows.Handle(partKind, userrows.Handler{Apply: func(tx *storage.Tx, part userrows.Part) error {
		var e Entry
		if err := part.Decode(&e); err != nil {
			return err
		}
		return Put(tx, e)
	}})
}

// Part is the entry as a part of a change: change.Add(activity.Part(entry)).
func Part(e Entry) (string, any) { return partKind, e }

// Put writes the entry and its audit event within an update of user/<user id>.
func Put(tx *storage.Tx, e Entry) error {
	p := accounts.Partition(e.UserID)
	if err := tx.Put(p.Key("activity", storage.TimeID(e.Time, e.ID)), e); err != nil {
		return err
	}
	return audit.Put(tx, p, e.audited())
}

// Send stores the entry with a commit in another partition that has no other row for the user; it follows the reply.
func Send(tx *storage.Tx, e Entry) error {
	var c userrows.Change
	c.Add(Part(e))
	return c.Send(tx, e.UserID)
}

func (e Entry) audited() audit.Event {
	outcome := audit.Success
	if !e.Success {
		outcome = audit.Failure
	}
	kind, severity := "Data", "Low"
	if e.Access {
		kind, severity = "Access", "Medium"
	}
	return audit.Event{
		ID: e.ID, Type: kind, Action: e.Action, Resource: e.Resource.audited(), Outcome: outcome, Severity: severity,
		UserID: e.UserID, SubjectID: e.ResourceID, Time: e.Time,
	}
}
