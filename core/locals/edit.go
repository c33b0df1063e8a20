package locals

import (
	"errors"

	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/fault"
	"tracedge/core/identifier"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// ErrTokenised is in the chain of an error when the local item has become an item: the request is about that item.
var ErrTokenised = errors.New("locals: it has become an item")

// Edit is what a request wants a local item to have in addition.
type Edit struct {
	Data        *canon.Object // nil is not given: no source entry is recorded then
	Identifiers []identifier.Identifier
}

// Edit adds to a local item of the caller: an edit layer (items, I6). What changes nothing is not written. One commit in
// local/<lid>, with the row for the owner's list. A crash before it leaves nothing; after it the sweep delivers the row.
//
// Errors: 404, 403; 409 for one that is merged; ErrTokenised.
func (s *Service) Edit(c *web.Call, lid string, e Edit) (*Item, error) {
	layer := Layer{Kind: Edited, Time: c.Now(), State: State{Identifiers: e.Identifiers}}
	if e.Data != nil {
		layer.Data, layer.Sources = *e.Data, []string{c.StableID("source")}
	}
	return s.modify(c, lid, activity.UpdateItem, func(ch *change) (bool, error) {
		if ch.before.Status == MergedInto {
			return false, fault.Conflict("", "The item has been merged into another one")
		}
		if e.Data == nil && len(identifier.Union(ch.before.Identifiers, e.Identifiers)) == len(ch.before.Identifiers) && !verifies(ch.before.Identifiers, e.Identifiers) {
			return false, nil
		}
		ch.put(layer)
		return true, nil
	})
}

// verifies tells whether one of the added identifiers takes the place of an unverified one.
func verifies(have, add []identifier.Identifier) bool {
	for n, i := range identifier.Union(have, add) {
		if n < len(have) && i != have[n] {
			return true
		}
	}
	return false
}

// Deprecate sets a local item of the caller aside (items, I7 and I8); again, nothing is written. One commit, as Edit.
//
// Errors: 404, 403; 409 for one that is merged; ErrTokenised.
func (s *Service) Deprecate(c *web.Call, lid string) (*Item, error) {
	return s.modify(c, lid, activity.DeprecateItem, func(ch *change) (bool, error) {
		switch ch.before.Status {
		case Deprecated:
			return false, nil
		case MergedInto:
			return false, fault.Conflict("", "The item has been merged into another one")
		}
		ch.after.Status = Deprecated
		return true, nil
	})
}

// modify changes a local item of the caller by one commit. prepare says what changes, and whether anything does. It
// waits for an operation that has claimed the local item.
func (s *Service) modify(c *web.Call, lid string, kind activity.Kind, prepare func(*change) (bool, error)) (*Item, error) {
	ctx, p := c.Context(), Partition(lid)
	var out *Item
	err := s.store.Again(ctx, func() error {
		a, err := s.own(ctx, lid, c.Caller().UserID)
		if err != nil {
			return err
		}
		if a.Tokenised() {
			return fault.Conflict("", "The local item has become an item").Because(ErrTokenised)
		}
		now := c.Now()
		ch := begin(a.Item, now)
		changes, err := prepare(&ch)
		if err != nil || !changes {
			out = a.Item
			return err
		}
		part, entry := activity.Part(activity.Of(c, kind, DFID(lid)))
		rows, err := owed(now, []*Item{&ch.after}, part, entry)
		if err != nil {
			return err
		}
		out = &ch.after
		send := sent{owner: a.Owner, rows: rows}
		return s.store.Update(ctx, "locals_update_item", p, func(tx *storage.Tx) error {
			if err := ch.write(tx); err != nil {
				return err
			}
			return send.send(tx)
		}, storage.Given(a.view, itemKey(p), storage.ClaimKey(p, storage.WorkClaim)), storage.AssumeAbsent(ch.fresh(p)...), storage.Free(storage.WorkClaim))
	})
	return out, err
}
