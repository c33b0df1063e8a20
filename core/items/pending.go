package items

import (
	"time"

	"tracedge/core/accounts"
	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/fault"
	"tracedge/core/identifier"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Pending is a request that waits for a decision of its owner: the record user/<id>/pending/<pending id>. Beside it stands
// pendingix/<reason>/<priority><time>-<pending id>, by which it is listed.
type Pending struct {
	ID          string                  `json:"pending_id"` // UUID
	Identifiers []identifier.Identifier `json:"identifiers"`
	Data        *canon.Object           `json:"enriched_data"`
	Source      string                  `json:"source_entry"`
	CreatedAt   time.Time               `json:"created_at"`
	UpdatedAt   time.Time               `json:"last_updated"`
	Reason      Reason                  `json:"reason"`
	Priority    int                     `json:"priority"` // 1 to 4
	UserID      string                  `json:"user_id"`
	WorkspaceID *string                 `json:"workspace_id"`
	Retries     int                     `json:"retry_count"`
	Manual      bool                    `json:"manual_review_required"`
	Suggested   []Suggestion            `json:"suggested_actions"`
	Metadata    canon.Object            `json:"metadata"`

	Lock *lock `json:"lock,omitempty"` // an approval is running
}

// lock is the approval that has a pending item.
type lock struct {
	Op    string    `json:"op"`
	DFID  string    `json:"dfid"` // drawn for it, "" while there is none
	Until time.Time `json:"until"`
}

// lockLife is how long an approval may take; one that took longer was interrupted.
const lockLife = time.Minute

func pendingKey(p storage.Partition, id string) storage.Key { return p.Key("pending", id) }

func pendingPrefix(p storage.Partition, reason string) storage.Key {
	return p.Prefix("pendingix", reason)
}

func (v Pending) indexKey(p storage.Partition) storage.Key {
	return pendingPrefix(p, v.Reason.Name) + storage.Key(v.position())
}

// position is where it stands in the list: the last of all comes first.
func (v Pending) position() string {
	return string(rune('0'+v.Priority)) + storage.TimeID(v.CreatedAt, v.ID)
}

func (v Pending) put(tx *storage.Tx) {
	p := tx.Partition()
	tx.Put(pendingKey(p, v.ID), v)
	tx.Put(v.indexKey(p), true)
}

func (v Pending) remove(tx *storage.Tx) {
	p := tx.Partition()
	tx.Delete(pendingKey(p, v.ID))
	tx.Delete(v.indexKey(p))
}

func getPending(tx *storage.Tx, id string) (v Pending, ok bool, err error) {
	ok, err = tx.Get(pendingKey(tx.Partition(), id), &v)
	return v, ok, err
}

// hold keeps a request that cannot be carried out for a decision of its owner, and returns the 400 that says so. One
// commit in user/<caller>; a crash before it leaves nothing, and the client has no answer and repeats.
func (s *Service) hold(c *web.Call, want wanted, r *Reason, nth string) error {
	v := Pending{
		ID: c.StableID("pending" + nth), Identifiers: want.identifiers, Data: want.data, Source: want.source, CreatedAt: c.Now(),
		UpdatedAt: c.Now(), UserID: c.Caller().UserID, WorkspaceID: c.Caller().WorkspaceID,
	}
	v.because(r)
	e := activity.OfNth(c, activity.HoldItem, v.ID, nth).Failed()
	err := s.store.Update(c.Context(), "pending_add_item", accounts.Partition(v.UserID), func(tx *storage.Tx) error {
		if _, known, err := getPending(tx, v.ID); err != nil || known {
			return err // an earlier run of the request has kept it
		}
		v.put(tx)
		return activity.Put(tx, e)
	}, storage.AssumeAbsent(pendingKey(accounts.Partition(v.UserID), v.ID)))
	if err != nil {
		return err
	}
	return fault.BadRequest("", "The request waits for your decision").With("pending_id", v.ID).
		With("reason", r.Name).With("reason_details", r.Details)
}

// because sets the reason with what follows from it.
func (v *Pending) because(r *Reason) {
	v.Reason, v.Priority, v.Manual, v.Suggested = *r, r.priority(), r.manual(), r.suggestions()
}

type pendingResponse struct {
	ID          string            `json:"id"`
	Identifiers []identifier.Out  `json:"identifiers"`
	Data        *canon.Object     `json:"enriched_data"`
	Source      string            `json:"source_entry"`
	Reason      string            `json:"reason"`
	Details     *string           `json:"reason_details"`
	Priority    int               `json:"priority"`
	CreatedAt   web.Secs          `json:"created_at"`
	Metadata    map[string]string `json:"metadata"` // values are JSON texts
}

func (v Pending) response() pendingResponse {
	metadata := make(map[string]string)
	for name, value := range v.Metadata.All() {
		metadata[name] = value.String()
	}
	return pendingResponse{
		v.ID, identifier.Outs(v.Identifiers), v.Data, v.Source, v.Reason.Name, v.Reason.Details, v.Priority,
		web.Secs(v.CreatedAt), metadata,
	}
}

func noPending() error { return fault.NotFound("Pending item not found") }

func (s *Service) getPending(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	p := accounts.Partition(c.Caller().UserID)
	found, err := s.store.Read(c.Context(), "pending_get_item", p, pendingKey(p, id))
	if err != nil {
		return nil, err
	}
	var v Pending
	if ok, err := found.Get(pendingKey(p, id), &v); err != nil {
		return nil, err
	} else if !ok {
		return nil, noPending()
	}
	return v.response(), nil
}
