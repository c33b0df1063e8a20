// Package notices tells users what happened to them. A notice is committed with the change that it tells of and lives in
// the user's own partition.
package notices

import (
	"maps"
	"time"

	"tracedge/core/storage"
)

// Type is what a notice is about.
type Type string

// The types.
const (
	AccountUpdated  Type = "AccountUpdated"
	AdaptersUpdated Type = "AdaptersUpdated"
	CreditsAdjusted Type = "CreditsAdjusted"
	AccountFrozen   Type = "AccountFrozen"
	AccountUnfrozen Type = "AccountUnfrozen"
	ItemShared      Type = "ItemShared"

	CircuitUpdated      Type = "CircuitUpdated"
	MemberAdded         Type = "MemberAdded"
	MemberRemoved       Type = "MemberRemoved"
	RoleChanged         Type = "RoleChanged"
	JoinRequestReceived Type = "JoinRequestReceived"
	JoinRequestApproved Type = "JoinRequestApproved"
	JoinRequestRejected Type = "JoinRequestRejected"

	ItemPendingApproval         Type = "CircuitItemPendingApproval"
	ItemApproved                Type = "CircuitItemApproved"
	ItemRejected                Type = "CircuitItemRejected"
	CircuitAdapterConfigUpdated Type = "CircuitAdapterConfigUpdated"
)

// Notice is the record user/<id>/notice/<time>-<notice id>.
type Notice struct {
	ID        string         `json:"notice_id"` // UUID
	UserID    string         `json:"user_id"`   // who is told
	Type      Type           `json:"notification_type"`
	Data      map[string]any `json:"data"`
	CreatedAt time.Time      `json:"created_at"`
	Read      bool           `json:"read"`
}

func partition(userID string) storage.Partition { return storage.In("user", userID) }

func key(n Notice) storage.Key {
	return partition(n.UserID).Key("notice", storage.TimeID(n.CreatedAt, n.ID))
}

// Handle registers how a notice comes to a user from another partition.
func Handle(s *storage.Store) {
	s.Handle("notify_add_notice", storage.Handler{Apply: add})
}

// Put keeps a notice with the change that tx makes. From another partition than the user's it travels as a row, which
// follows the response.
func Put(tx *storage.Tx, n Notice) error {
	home := partition(n.UserID)
	if tx.Partition() == home {
		return tx.Put(key(n), n)
	}
	return tx.Send("notify_add_notice", home, n)
}

func add(tx *storage.Tx, r storage.Row) error {
	var n Notice
	if err := r.Decode(&n); err != nil {
		return err
	}
	return tx.Put(key(n), n)
}

// With is the notice with one more of its data.
func (n Notice) With(key string, value any) Notice {
	data := make(map[string]any, len(n.Data)+1)
	maps.Copy(data, n.Data)
	data[key] = value
	n.Data = data
	return n
}
