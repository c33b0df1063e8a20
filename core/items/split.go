package items

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tracedge/core/activity"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/identifier"
	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/web"
)

const splitField = "identifiers_for_new_item"

type splitRequest struct {
	Identifiers []identifier.Input `json:"identifiers_for_new_item"`
}

type splitReply struct {
	Original listing.Response `json:"original_item"`
	New      listing.Response `json:"new_item"`
}

// splitting is a run of I16.
type splitting struct {
	op, owner string
	workspace *string
	original  string // dfid
	take      []identifier.Identifier
	marks     Marks
	now       time.Time
	note      activity.Entry // its resource is filled in
	kept      idem.Kept
}

// split is I16: some identifiers of an item become an item of their own.
func (s *Service) split(c *web.Call) (any, error) {
	return s.either(c, func(local) (any, error) { return nil, fault.BadRequest("", "A local item is not split") },
		func(dfid string) (any, error) { return s.splitItem(c, dfid) })
}

func (s *Service) splitItem(c *web.Call, dfid string) (any, error) {
	a, err := s.own(c, dfid)
	if err != nil {
		return nil, err
	}
	req, err := web.Body[splitRequest](c)
	if err != nil {
		return nil, err
	}
	list, err := identifier.ReadField(splitField, req.Identifiers, identifier.Rules{})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.BadRequest(splitField, "At least one identifier")
	}
	if r := c.Idempotency(); r != nil && r.Resumed { // an earlier run may have decided
		op := s.store.BeginAs(Partition(a.Item.DFID), c.Operation())
		if reply, known, err := s.splitBefore(c.Context(), op); known || err != nil {
			return reply, err
		}
	}
	if a.Item.Status != Active {
		return nil, notActive()
	}
	if err := a.Item.hasAll(list); err != nil {
		return nil, err
	}
	v := splitting{
		op: c.Operation(), owner: c.Caller().UserID, workspace: a.Item.WorkspaceID, original: a.Item.DFID, take: list,
		marks: a.Item.marks(), now: c.Now(), note: activity.Of(c, activity.SplitItem, ""),
		kept: idem.Prepare(c.Idempotency(), web.Rendered{}, c.Now()),
	}
	reply, err := s.divide(c.Context(), v)
	if errors.Is(err, storage.ErrFenced) { // too slow
		v.op = s.store.NewID()
		reply, err = s.divide(c.Context(), v)
	}
	if err != nil {
		return nil, err
	}
	c.Idempotency().Settle()
	return reply, nil
}

// hasAll refuses identifiers that the item does not have. Errors: 400 with field.
func (i *Item) hasAll(list []identifier.Identifier) error {
	for n, id := range list {
		if !identifier.Contains(i.Identifiers, id) {
			return fault.BadRequest(fmt.Sprintf("%s[%d]", splitField, n), "The item does not have this identifier")
		}
	}
	return nil
}

// divide splits. In order, each step one commit:
//
//	1  sequence/dfid: draw
//	2  identifier/...: reserve the identifiers for the new item
//	3  user/<owner>: hold the price
//	D  item/<original>: without them, Split, and a row with the complete new item
//	4  now: item/<new> inserted
//	5  behind that: the identifiers change hands; now: the hold, the list and the activity of the owner
//
// A crash before D leaves reservations and a hold, which lapse. After D the new item exists in full in a row; whoever
// meets one of its identifiers delivers it. The identifiers follow the item, so none leads to an item that is not there.
// Errors: 402, 403, 404, 409.
func (s *Service) divide(ctx context.Context, v splitting) (_ splitReply, err error) {
	dfid, err := s.sequence.Draw(ctx)
	if err != nil {
		return splitReply{}, err
	}
	op := s.store.BeginAs(Partition(v.original), v.op)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "identifiers_keep_claim"))
		}
	}()
	claims := claimsOf(v.owner, v.take, v.marks)
	for _, c := range claims {
		if err := reserveBeside(ctx, op, c, dfid); err != nil {
			return splitReply{}, err
		}
	}
	if err := s.holds.Mint(ctx, op, v.owner, v.now); err != nil {
		return splitReply{}, err
	}
	var reply splitReply
	err = op.Decide(ctx, "items_split_item", func(tx *storage.Tx) error {
		original, err := owned(tx, v.owner)
		switch {
		case err != nil:
			return err
		case original.Status != Active:
			return notActive()
		}
		if err := original.hasAll(v.take); err != nil {
			return err
		}
		s.holds.Settle(tx, v.owner)
		reply, err = v.part(tx, original, dfid, claims)
		return err
	}, storage.Reading(Key(op.Home)), storage.Free(storage.WorkClaim))
	if err == nil && op.Repeated {
		reply, _, err = s.splitBefore(ctx, op)
	}
	return reply, err
}

// part is the deciding commit.
func (v splitting) part(tx *storage.Tx, original *Item, dfid string, claims []claim) (splitReply, error) {
	var reply splitReply
	had := original.marks()
	part := &Item{
		DFID: dfid, Legacy: true, Created: v.now, Modified: v.now, Confidence: 1, Status: Active, OwnerID: v.owner,
		WorkspaceID: v.workspace, Version: 1,
	}
	var take []identifier.Identifier // as the original has them
	for _, id := range original.Identifiers {
		if identifier.Contains(v.take, id) {
			take = append(take, id)
		}
	}
	part.setIdentifiers(take, had)
	if len(original.Sources) > 0 {
		part.Sources = original.Sources[:1]
	}
	original.setIdentifiers(identifier.Without(original.Identifiers, take), had)
	original.Status = Split
	original.touch(v.now)
	if err := put(tx, original); err != nil {
		return reply, err
	}
	tx.Put(splitKey(tx.Partition(), tx.ID()), dfid)
	tx.Send("items_insert_item", Partition(dfid), part, storage.Now())
	for _, c := range claims {
		c.confirm(tx, dfid, original.DFID, storage.Behind())
	}
	for _, c := range original.claims() {
		c.release(tx, original.DFID)
	}
	v.note.ResourceID = dfid
	if err := owe(tx, v.owner, []*Item{original, part}, v.note); err != nil {
		return reply, err
	}
	reply = splitReply{original.Response(), part.Response()}
	return reply, keep(tx, v.kept, reply)
}

// splitKey is where an item keeps which item an operation made of a part of it.
func splitKey(p storage.Partition, op string) storage.Key { return p.Key("split", op) }

// splitBefore is the outcome of a split that an earlier run of the request has decided, if it has.
func (s *Service) splitBefore(ctx context.Context, op *storage.Operation) (reply splitReply, known bool, err error) {
	k := Key(op.Home)
	found, err := s.store.View(ctx, "items_find_split", op.Home, []storage.Key{k, splitKey(op.Home, op.ID)}, k.Parts())
	if err != nil {
		return reply, false, err
	}
	var original Item
	var dfid string
	if known, err := found.Get(splitKey(op.Home, op.ID), &dfid); err != nil || !known {
		return reply, false, err
	}
	if _, err := found.GetLong(k, &original); err != nil {
		return reply, false, err
	}
	part, err := s.repeated(ctx, dfid)
	if err != nil {
		return reply, false, err
	}
	return splitReply{original.Response(), part.Response()}, true, nil
}

// insertItem is the row that brings an item which was split off.
func insertItem(tx *storage.Tx, r storage.Row) error {
	var i Item
	if err := r.Decode(&i); err != nil {
		return err
	}
	if exists, err := tx.Exists(Key(tx.Partition())); err != nil || exists {
		return err
	}
	return put(tx, &i)
}
