package placement

import (
	"tracedge/core/audit"
	"tracedge/core/idem"
	"tracedge/core/items"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/web"
)

type primaryRequest struct {
	Location storagehistory.Location `json:"storage_location"`
}

type primaryReply struct {
	Success   bool                    `json:"success"`
	Message   string                  `json:"message"`
	DFID      string                  `json:"dfid"`
	Requested storagehistory.Location `json:"requested_primary"`
	Current   storagehistory.Location `json:"current_primary"`
	Note      string                  `json:"note"`
}

// choose is SH4: D item/<dfid> the primary location, the audit event; now: the response under an idempotency key. A crash
// before D leaves nothing, one after it the row, which the next run of the request or the sweep delivers. An item never
// changes its owner, so the right that was read holds at D.
func (s *Service) choose(c *web.Call) (any, error) {
	a, err := s.seen(c)
	switch {
	case err != nil:
		return nil, err
	case a.See && !a.Write:
		return nil, items.NotOwner()
	}
	req, err := web.Body[primaryRequest](c)
	if err != nil {
		return nil, err
	}
	if !a.See { // a local item
		return nil, storagehistory.NoRecord()
	}
	dfid, now := a.Item.DFID, c.Now()
	reply := primaryReply{true, "Primary location set", dfid, req.Location, req.Location, "Newer records leave it, until a migration completes"}
	event := audit.Event{
		ID: c.StableID("event"), Type: "Data", Action: "storage_primary", Resource: "item", Outcome: audit.Success, Severity: "Low",
		UserID: c.Caller().UserID, SubjectID: dfid, Details: map[string]any{"storage_location": req.Location.String()}, Time: now,
	}
	key := c.Idempotency()
	kept := idem.Prepare(key, web.Rendered{}, now)
	op := s.Store.BeginAs(storagehistory.Partition(dfid), c.Operation())
	wrote := false
	err = op.Decide(c.Context(), "storage_set_primary", func(tx *storage.Tx) (err error) {
		if reply.Current, wrote, err = storagehistory.Choose(tx, req.Location, now); err != nil || !wrote {
			return err
		}
		rendered, err := key.Render(reply)
		if err != nil {
			return err
		}
		audit.Put(tx, op.Home, event)
		return kept.With(rendered).Put(tx)
	}, storage.Reading(storagehistory.ChooseReads(op.Home, req.Location)...))
	switch {
	case err != nil:
		return nil, err
	case op.Repeated:
		return nil, processed(c, op)
	case wrote:
		key.Settle()
	default:
		reply.Message = "It is the primary location"
	}
	return reply, nil
}

// processed ends a call whose change an interrupted run of the same request has made: its response is given again.
func processed(c *web.Call, op *storage.Operation) error {
	if err := op.Finish(c.Context()); err != nil {
		return err
	}
	return web.Processed()
}
