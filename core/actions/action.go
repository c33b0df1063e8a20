// Package actions keeps what admins did. An action is committed with the change that it tells of, and can be listed by
// every admin.
package actions

import (
	"time"

	"tracedge/core/audit"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Type says what was done.
type Type string

// The types of the actions that are written.
const (
	UserCreated        Type = "UserCreated"
	UserUpdated        Type = "UserUpdated"
	UserSuspended      Type = "UserSuspended"
	UserUnsuspended    Type = "UserUnsuspended"
	UserUnbanned       Type = "UserUnbanned"
	CreditsAdjusted    Type = "CreditsAdjusted"
	BulkCreditsGranted Type = "BulkCreditsGranted"
	AdapterCreated     Type = "AdapterCreated"
	AdapterUpdated     Type = "AdapterUpdated"
	AdapterDeleted     Type = "AdapterDeleted"
)

// Action is one deed of an admin. Its texts name things and never hold secrets.
type Action struct {
	ID         string         `json:"action_id"` // UUID
	AdminID    string         `json:"admin_user_id"`
	Type       Type           `json:"action_type"`
	UserID     *string        `json:"target_user_id"`
	ResourceID *string        `json:"target_resource_id"`
	Details    map[string]any `json:"details"`
	Time       time.Time      `json:"timestamp"`
	Address    *string        `json:"ip_address"` // of the client, nil when it is unknown

	event string // id of its audit event
}

// Of is an action of a call's caller, to be completed with its target and details and then put. Its ids are the same in
// every run of a request with an idempotency key. It is made before the update, since it takes the time.
func Of(c *web.Call, t Type) Action {
	a := Action{
		ID: c.StableID("action"), AdminID: c.Caller().UserID, Type: t, Details: map[string]any{}, Time: c.Now(),
		event: c.StableID("action-event"),
	}
	if address := c.Address(); address != "" {
		a.Address = &address
	}
	return a
}

// Put keeps the action with the change that tx makes: its audit event in the partition that tx changes, and a row that
// brings the action to the log before the request is answered.
//
// A crash before the commit leaves nothing; after it the row stands, and the sweep brings it to the log once.
//
//	action := actions.Of(c, actions.AdapterDeleted)
//	action.ResourceID, action.Details["name"] = &id, name
//	err := s.store.Update(ctx, "adapters_delete_config", p, func(tx *storage.Tx) error {
//		...
//		return action.Put(tx)
//	})
func (a Action) Put(tx *storage.Tx) error {
	err := audit.Put(tx, tx.Partition(), audit.Event{
		ID: a.event, Type: "System", Action: string(a.Type), Resource: "admin_action", Outcome: audit.Success,
		Severity: "High", UserID: a.AdminID, SubjectID: a.ID, Details: a.Details, Time: a.Time,
	})
	if err != nil {
		return err
	}
	return tx.Send("admin_record_action", partition(), a, storage.Now())
}
