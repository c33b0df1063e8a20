package items

import (
	"context"
	"errors"
	"slices"
	"time"

	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/fault"
	"tracedge/core/identifier"
	"tracedge/core/locals"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type updateRequest struct {
	Data        *canon.Object      `json:"enriched_data"`
	Identifiers []identifier.Input `json:"identifiers" opt:"true"`
	Enhanced    []identifier.Input `json:"enhanced_identifiers" opt:"true"`
}

// edit is a change of an item by its owner.
type edit struct {
	op, owner   string
	data        *canon.Object // nil is not given
	identifiers []identifier.Identifier
	source      string // UUID, for the data
	now         time.Time
	note        activity.Entry
}

// update is I6.
func (s *Service) update(c *web.Call) (any, error) {
	return s.either(c, func(l local) (any, error) {
		if !l.owns {
			return nil, notOwner()
		}
		req, list, err := s.readUpdate(c)
		if err != nil {
			return nil, err
		}
		i, err := s.locals.Edit(c, l.LID, locals.Edit{Data: req.Data, Identifiers: list})
		if err != nil {
			return nil, err
		}
		return i.Response(), nil
	}, func(dfid string) (any, error) { return s.updateItem(c, dfid) })
}

func (s *Service) readUpdate(c *web.Call) (*updateRequest, []identifier.Identifier, error) {
	req, err := web.Body[updateRequest](c)
	if err != nil {
		return nil, nil, err
	}
	list, err := identifier.Read(req.Identifiers, req.Enhanced, s.rules())
	return req, list, err
}

func (s *Service) updateItem(c *web.Call, dfid string) (any, error) {
	a, err := s.own(c, dfid)
	if err != nil {
		return nil, err
	}
	req, list, err := s.readUpdate(c)
	if err != nil {
		return nil, err
	}
	e := edit{
		op: c.Operation(), owner: c.Caller().UserID, data: req.Data, identifiers: list, source: c.StableID("source"),
		now: c.Now(), note: activity.Of(c, activity.UpdateItem, a.Item.DFID),
	}
	if err := a.Item.editable(); err != nil {
		return nil, err
	}
	i, err := s.edit(c.Context(), &a.Item, e)
	if err != nil {
		return nil, err
	}
	return i.Response(), nil
}

// editable refuses a change of an item that has become part of another one. Errors: 409.
func (i *Item) editable() error {
	if i.Status == Merged {
		return fault.Conflict("", "The item has been merged into another one")
	}
	return nil
}

// edit changes an item. In order, each step one commit:
//
//	1  identifier/...: reserve the identifiers that it does not have, canonical ones for it alone
//	D  item/<dfid>: data and identifiers
//	2  now: the reservations become holders, the owner's list and activity
//
// A crash before D leaves reservations, which lapse; after D rows. Errors: 404, 403, 409 for an item that was merged, and
// for a canonical identifier that another Active item of the owner has.
func (s *Service) edit(ctx context.Context, i *Item, e edit) (*Item, error) {
	marks := MarksOf(e.identifiers)
	for tries := s.tries(); ; {
		claims := claimsOf(e.owner, identifier.Without(e.identifiers, i.Identifiers), marks)
		out, err := s.tryEdit(ctx, i.DFID, e, claims, marks)
		var rival *rivalError
		switch {
		case errors.As(err, &rival):
			err = s.yield(ctx, rival)
		case errors.Is(err, storage.ErrFenced):
			e.op = s.store.NewID()
		case !errors.Is(err, errAgain):
			return out, err
		}
		if err != nil && !errors.Is(err, errAgain) && !errors.Is(err, storage.ErrFenced) {
			return nil, err
		}
		if err := tries.next(); err != nil {
			return nil, err
		}
		if i, err = s.repeated(ctx, i.DFID); err != nil {
			return nil, err
		}
	}
}

// yield looks at the items that hold an identifier alone: the 409 if one of them confirms it; else they are taken out of
// the index and nil means that it is worth another try.
func (s *Service) yield(ctx context.Context, rival *rivalError) error {
	items, err := s.readAll(ctx, rival.dfids)
	if err != nil {
		return err
	}
	for n, i := range items {
		if i.holds(rival.claim) {
			return fault.Conflict(identifier.Field, "Another item has the identifier").
				With("identifier", rival.claim.Identifier.String()).With("dfid", i.DFID)
		}
		if i != nil {
			if err := s.drop(ctx, rival.claim, rival.dfids[n]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) tryEdit(ctx context.Context, dfid string, e edit, claims []claim, marks Marks) (_ *Item, err error) {
	op := s.store.BeginAs(Partition(dfid), e.op)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "identifiers_abandon_claim"))
		}
	}()
	for _, c := range claims {
		if c.Class == identifier.Canonical {
			err = reserveSole(ctx, op, c, dfid)
		} else {
			err = reserveBeside(ctx, op, c, dfid)
		}
		if err != nil {
			return nil, err
		}
	}
	var i *Item
	err = op.Decide(ctx, "items_edit_item", func(tx *storage.Tx) error {
		var err error
		if i, err = owned(tx, e.owner); err != nil {
			return err
		}
		if err := i.editable(); err != nil {
			return err
		}
		return i.apply(tx, e, claims, marks)
	}, storage.Reading(Key(op.Home)), storage.Free(storage.WorkClaim))
	if err != nil {
		return nil, err
	}
	if op.Repeated {
		return s.repeated(ctx, dfid)
	}
	return i, op.Release(ctx, "identifiers_spare_claim") // of a decision that wrote nothing
}

// apply makes an edit. It writes nothing when there is nothing to change.
func (i *Item) apply(tx *storage.Tx, e edit, claims []claim, marks Marks) error {
	before, had := i.Identifiers, i.Marks
	for _, id := range identifier.Without(e.identifiers, before) {
		if !slices.ContainsFunc(claims, func(c claim) bool { return identifier.Match(c.Identifier, id) }) {
			return errAgain // it has lost one since it was looked at
		}
	}
	i.addIdentifiers(e.identifiers, marks)
	if e.data == nil && slices.Equal(before, i.Identifiers) {
		return nil
	}
	i.touch(e.now)
	if e.data != nil {
		i.Data = i.Data.Merge(*e.data)
		i.Sources = append(i.Sources, e.source)
	}
	for _, c := range claims {
		c.confirm(tx, i.DFID, "")
	}
	if err := put(tx, i); err != nil {
		return err
	}
	if err := i.tellRecipients(tx, had); err != nil {
		return err
	}
	return owe(tx, e.owner, []*Item{i}, e.note)
}
