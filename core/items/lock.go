package items

import (
	"context"

	"tracedge/core/accounts"
	"tracedge/core/activity"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// lock takes a pending item for an approval and returns it as it stands then. The lock of an approval that was interrupted
// is taken over with its operation and dfid. Errors: 404; 409 while another approval runs.
func (s *Service) lock(c *web.Call, id string) (v Pending, err error) {
	home, now, op := accounts.Partition(c.Caller().UserID), c.Now(), c.Operation()
	err = s.store.Update(c.Context(), "pending_lock_item", home, func(tx *storage.Tx) error {
		var known bool
		if v, known, err = getPending(tx, id); err != nil {
			return err
		}
		if !known {
			return noPending()
		}
		switch {
		case v.Lock == nil:
			v.Lock = &lock{Op: op}
		case v.Lock.Op != op && now.Before(v.Lock.Until):
			return beingResolved()
		}
		v.Lock.Until = now.Add(lockLife)
		v.put(tx)
		return nil
	}, storage.Reading(pendingKey(home, id)))
	return v, err
}

// withLock changes a pending item that an operation still has.
func withLock(tx *storage.Tx, id, op string, do func(*storage.Tx, Pending) error) error {
	v, known, err := getPending(tx, id)
	if err != nil || !known || v.Lock == nil || v.Lock.Op != op {
		return err
	}
	return do(tx, v)
}

// noteDraw keeps the dfid that was drawn for an approval, before anything else knows it.
func (s *Service) noteDraw(ctx context.Context, home storage.Partition, id, op, dfid string) error {
	return s.store.Update(ctx, "pending_note_draw", home, func(tx *storage.Tx) error {
		return withLock(tx, id, op, func(tx *storage.Tx, v Pending) error {
			v.Lock.DFID = dfid
			v.put(tx)
			return nil
		})
	}, storage.Reading(pendingKey(home, id)))
}

// unlock ends an approval that has failed without a decision.
func (s *Service) unlock(ctx context.Context, home storage.Partition, id, op string) error {
	return s.store.Update(ctx, "pending_unlock_item", home, func(tx *storage.Tx) error {
		return withLock(tx, id, op, func(tx *storage.Tx, v Pending) error {
			v.Lock = nil
			v.put(tx)
			return nil
		})
	}, storage.Reading(pendingKey(home, id)))
}

// clear removes a pending item whose approval has decided. Mostly the row of the decision has done it.
func (s *Service) clear(ctx context.Context, home storage.Partition, id, op string) error {
	return s.store.Update(ctx, "pending_clear_item", home, func(tx *storage.Tx) error {
		return withLock(tx, id, op, func(tx *storage.Tx, v Pending) error {
			v.remove(tx)
			return nil
		})
	}, storage.Reading(pendingKey(home, id)))
}

// retry keeps a pending item whose approval is in conflict still: more urgent, for the reason that there is now.
func (s *Service) retry(c *web.Call, id string, r *Reason) (any, error) {
	home, now := accounts.Partition(c.Caller().UserID), c.Now()
	e := activity.Of(c, activity.ApprovePending, id).Failed()
	err := s.store.Update(c.Context(), "pending_retry_item", home, func(tx *storage.Tx) error {
		v, known, err := getPending(tx, id)
		if err != nil || !known {
			return err
		}
		v.remove(tx)
		priority := min(v.Priority+1, critical)
		v.because(r)
		v.Priority, v.Retries, v.UpdatedAt, v.Lock = priority, v.Retries+1, now, nil
		v.put(tx)
		return activity.Put(tx, e)
	}, storage.Reading(pendingKey(home, id)))
	return decisionReply{true, nil, "Still in conflict: " + r.Name, false}, err
}
