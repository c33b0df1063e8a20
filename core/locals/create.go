package locals

import (
	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/idem"
	"tracedge/core/identifier"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type createRequest struct {
	Identifiers []identifier.Input `json:"identifiers" opt:"true"`
	Enhanced    []identifier.Input `json:"enhanced_identifiers" opt:"true"` // what older clients send
	Data        *canon.Object      `json:"enriched_data"`
	Metadata    *canon.Object      `json:"metadata"` // what older clients send
}

// data is the main name's unless that is absent or empty.
func (r *createRequest) data() canon.Object {
	switch {
	case r.Data != nil && r.Data.Len() > 0:
		return *r.Data
	case r.Metadata != nil:
		return *r.Metadata
	default:
		return canon.Object{}
	}
}

type createReply struct {
	Success bool        `json:"success"`
	Data    createdItem `json:"data"`
}

type createdItem struct {
	LID    string        `json:"local_id"`
	Status MappingStatus `json:"status"`
}

// create makes a local item. In order, each step one commit:
//
//  1. decide in local/<lid>: the local item, and the row of step 2
//  2. now: user/<caller>: its row in the list, with indexes and sums, and the activity
//
// These are all the storage calls of the request. A crash before 1 leaves nothing. After it the local item is there for
// everybody who asks for it, and the sweep delivers the row. Under an idempotency key a repeat of a run that died has the
// same lid: it finds the local item and answers as that run would have.
func (s *Service) create(c *web.Call) (any, error) {
	req, err := web.Body[createRequest](c)
	if err != nil {
		return nil, err
	}
	identifiers, err := identifier.Read(req.Identifiers, req.Enhanced, s.rules())
	if err != nil {
		return nil, err
	}
	now, caller, lid := c.Now(), c.Caller(), c.StableID("local")
	change := begin(nil, now)
	change.after = Item{
		LID: lid, Owner: caller.UserID, Workspace: caller.WorkspaceID, Status: Active, Created: now, Modified: now, Version: 1,
		State: State{Identifiers: identifiers, Data: req.data(), Sources: []string{c.StableID("source")}},
	}
	reply := createReply{true, createdItem{lid, LocalOnly}}
	rendered, err := c.Idempotency().Render(reply)
	if err != nil {
		return nil, err
	}
	kind, entry := activity.Part(activity.Of(c, activity.CreateLocalItem, lid))
	rows, err := owed(now, []*Item{&change.after}, kind, entry)
	if err != nil {
		return nil, err
	}
	p, send := Partition(lid), sent{caller.UserID, rows, idem.Prepare(c.Idempotency(), rendered, now)}
	wrote := false
	err = s.store.Update(c.Context(), "locals_create_item", p, func(tx *storage.Tx) error {
		exists, err := tx.Exists(itemKey(p))
		if wrote = !exists; exists || err != nil {
			return err
		}
		if err := change.write(tx); err != nil {
			return err
		}
		return send.send(tx)
	}, storage.AssumeAbsent(itemKey(p)))
	if err != nil {
		return nil, err
	}
	if wrote {
		c.Idempotency().Settle()
	}
	return reply, nil
}
