package items

import (
	"context"
	"errors"

	"tracedge/core/accounts"
	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/identifier"
	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type decisionRequest struct {
	Action      string             `json:"action"`
	Identifiers []identifier.Input `json:"new_identifiers" opt:"true"`
	Data        *canon.Object      `json:"new_enriched_data"`
}

type decisionReply struct {
	Success  bool              `json:"success"`
	Item     *listing.Response `json:"item"`
	Message  string            `json:"message"`
	Resolved bool              `json:"resolved"`
}

func approved(i *Item) decisionReply {
	r := i.Response()
	return decisionReply{true, &r, "Item approved", true}
}

// resolution is a pending item that a creation resolves.
type resolution struct {
	home  storage.Partition
	id    string
	entry activity.Entry
}

// remove has the pending item removed, with the commit that decides the creation: behind the response, so that a repeat
// under an idempotency key finds one of the two.
func (r *resolution) remove(tx *storage.Tx) {
	tx.Send("pending_delete_item", r.home, r.id, storage.Now(), storage.Behind())
}

func applyPendingDelete(tx *storage.Tx, r storage.Row) error {
	var id string
	if err := r.Decode(&id); err != nil {
		return err
	}
	v, known, err := getPending(tx, id)
	if err != nil || !known {
		return err
	}
	v.remove(tx)
	return nil
}

// decide is I24.
func (s *Service) decide(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	home := accounts.Partition(c.Caller().UserID)
	found, err := s.store.Read(c.Context(), "pending_check_item", home, pendingKey(home, id))
	if err != nil {
		return nil, err
	}
	if _, ok := found.Record(pendingKey(home, id)); !ok {
		return nil, noPending()
	}
	req, err := web.Body[decisionRequest](c)
	if err != nil {
		return nil, err
	}
	switch req.Action {
	case "approve":
		return s.approve(c, id)
	case "reject":
		return s.reject(c, id)
	case "modify":
		return s.modify(c, id, req)
	default:
		return nil, fault.BadRequest("action", "Unknown value").With("provided", req.Action).
			With("allowed", []string{"approve", "reject", "modify"})
	}
}

func beingResolved() error { return fault.Conflict("", "The pending item is being resolved") }

// reject removes a pending item. One commit in user/<caller>.
func (s *Service) reject(c *web.Call, id string) (any, error) {
	reply := decisionReply{true, nil, "Item rejected", true}
	e, kept := activity.Of(c, activity.RejectPending, id), idem.Prepare(c.Idempotency(), web.Rendered{}, c.Now())
	return s.change(c, id, reply, func(tx *storage.Tx, v Pending) error {
		v.remove(tx)
		activity.Put(tx, e)
		return keep(tx, kept, reply)
	})
}

// modify replaces what a pending item wants, without looking at it again. One commit in user/<caller>.
func (s *Service) modify(c *web.Call, id string, req *decisionRequest) (any, error) {
	list, err := identifier.ReadField("new_identifiers", req.Identifiers, s.rules())
	if err != nil {
		return nil, err
	}
	now := c.Now()
	reply := decisionReply{true, nil, "Item modified", true}
	e, kept := activity.Of(c, activity.ModifyPending, id), idem.Prepare(c.Idempotency(), web.Rendered{}, now)
	return s.change(c, id, reply, func(tx *storage.Tx, v Pending) error {
		v.Identifiers, v.Data, v.UpdatedAt = list, req.Data, now
		v.put(tx)
		activity.Put(tx, e)
		return keep(tx, kept, reply)
	})
}

// change changes a pending item that no approval has.
func (s *Service) change(c *web.Call, id string, reply decisionReply, do func(*storage.Tx, Pending) error) (any, error) {
	home, now, op := accounts.Partition(c.Caller().UserID), c.Now(), c.Operation()
	err := s.store.Update(c.Context(), "pending_update_item", home, func(tx *storage.Tx) error {
		v, known, err := getPending(tx, id)
		if err != nil {
			return err
		}
		if !known {
			return noPending()
		}
		if v.Lock != nil && v.Lock.Op != op && now.Before(v.Lock.Until) {
			return beingResolved()
		}
		return do(tx, v)
	}, storage.Reading(pendingKey(home, id)))
	if err != nil {
		return nil, err
	}
	c.Idempotency().Settle()
	return reply, nil
}

// approve carries a pending request out. In order, each step one commit:
//
//  1. user/<caller>: the lock, with the operation, and later with the dfid once it is drawn
//  2. "create or resolve" under that operation; its D in item/<dfid> stores the row that removes the pending item
//  3. in conflict still: user/<caller> with the new reason, without the lock
//
// A crash between 1 and D leaves the lock, which lapses after a minute; the next approval goes on with the same operation
// and dfid. A crash after D leaves the row; an approval before it was delivered finds that the operation has decided and
// removes the pending item.
func (s *Service) approve(c *web.Call, id string) (any, error) {
	v, err := s.lock(c, id)
	if err != nil {
		return nil, err
	}
	ctx, home := c.Context(), accounts.Partition(v.UserID)
	cr := newCreation(c, v.Lock.Op, wanted{v.Identifiers, v.Data, v.Source}, "")
	cr.kept = idem.Prepare(c.Idempotency(), web.Rendered{}, c.Now())
	cr.resumes = v.Lock.DFID
	cr.pending = &resolution{home, id, activity.Of(c, activity.ApprovePending, id)}
	cr.drawn = func(ctx context.Context, dfid string) error { return s.noteDraw(ctx, home, id, v.Lock.Op, dfid) }
	item, reason, err := s.resolve(ctx, &cr)
	switch {
	case err != nil:
		if !errors.Is(err, storage.ErrUnknownOutcome) {
			err = errors.Join(err, s.unlock(ctx, home, id, v.Lock.Op))
		}
		return nil, err
	case reason != nil:
		return s.retry(c, id, reason)
	}
	if cr.decided {
		c.Idempotency().Settle()
	}
	if cr.repeated { // its rows may still be on their way
		err = s.clear(ctx, home, id, v.Lock.Op)
	}
	return approved(item), err
}
