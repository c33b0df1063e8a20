package locals

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"tracedge/core/activity"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type mergeReply struct {
	Success bool        `json:"success"`
	Data    mergeResult `json:"data"`
}

type mergeResult struct {
	Master string   `json:"master_lid"`
	Count  int      `json:"merged_count"`
	Lids   []string `json:"merged_lids"`
	Item   brief    `json:"master_item"`
}

func place(field string, n int) string { return field + "[" + strconv.Itoa(n) + "]" }

func (s *Service) merge(c *web.Call) (any, error) {
	req, err := web.Body[mergeRequest](c)
	if err != nil {
		return nil, err
	}
	m, err := req.read(c.Caller().UserID)
	if err != nil {
		return nil, err
	}
	if err := s.repeated(c, Partition(m.master), c.Operation()); err != nil {
		return nil, err
	}
	if err := s.check(c.Context(), m); err != nil {
		return nil, err
	}
	reply, err := s.mergeAs(c, m, c.Operation(), "", true)
	if errors.Is(err, storage.ErrFenced) { // too slow: its claims were taken away, and its operation is no more
		reply, err = s.mergeAs(c, m, c.NewID(), "", true)
	}
	if err != nil {
		return nil, err
	}
	c.Idempotency().Settle()
	return reply, nil
}

// repeated ends a request whose earlier run has decided under an operation: it delivers what that run owes, so that the
// response it has kept is there to be given again. Errors: web.Processed, and those of the store.
func (s *Service) repeated(c *web.Call, home storage.Partition, op string) error {
	if r := c.Idempotency(); r == nil || !r.Resumed {
		return nil
	}
	decided, err := s.store.Finish(c.Context(), home, op)
	if err == nil && decided {
		err = web.Processed()
	}
	return err
}

// check tells whether everything can be merged, in the order of the contract, before anything is claimed.
func (s *Service) check(ctx context.Context, m merging) error {
	all, err := s.all(ctx, append([]string{m.master}, m.lids...), m.owner)
	if err != nil {
		return err
	}
	if err := m.mayReceive(all[0]); err != nil {
		return err
	}
	for n, a := range all[1:] {
		if err := m.mayMerge(n, a); err != nil {
			return err
		}
	}
	return nil
}

// mergeAs merges local items under an operation. In order:
//
//  1. claim the work on the master and on every merged item, ascending, one commit each. Each tests again that the item
//     may take part, and hands over what it says
//  2. decide in local/<master>: a layer for each merged item, the rows of step 3, the response; the master's claim goes
//  3. now: local/<merged>: status, and its claim goes; user/<owner>: the rows of all in its list, the activity
//
// A crash before 2 leaves claims, which lapse: every item is as before. After 2 a merged item still shows Active until
// its row arrives, but its claim names the master, which has the operation: whoever wants to write to it has the row
// delivered first, and so does the sweep. What a merged item says stays with it throughout.
func (s *Service) mergeAs(c *web.Call, m merging, id, nth string, keep bool) (reply mergeReply, err error) {
	ctx, home := c.Context(), Partition(m.master)
	op := s.store.BeginAs(home, id)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "locals_release_work"))
		}
	}()
	claimed := make(map[string]*Item)
	for _, lid := range slices.Sorted(slices.Values(append([]string{m.master}, m.lids...))) {
		i, err := s.claim(ctx, op, lid, func(a Access) error {
			if lid == m.master {
				return m.mayReceive(a)
			}
			return m.mayMerge(slices.Index(m.lids, lid), a)
		}, m.owner)
		if err != nil {
			return reply, err
		}
		claimed[lid] = i
	}
	now := c.Now()
	ch := begin(claimed[m.master], now)
	rows := []*Item{&ch.after}
	for _, lid := range m.lids {
		i := claimed[lid]
		ch.put(Layer{Kind: Merged, Time: now, State: i.State, Op: op.ID, LID: lid, Strategy: m.strategy})
		gone := i.mergedInto(m.master, now)
		rows = append(rows, &gone)
	}
	reply = mergeReply{true, mergeResult{m.master, len(m.lids), m.lids, ch.after.brief()}}
	var kept idem.Kept
	if keep {
		rendered, err := c.Idempotency().Render(reply)
		if err != nil {
			return reply, err
		}
		kept = idem.Prepare(c.Idempotency(), rendered, now)
	}
	kind, entry := activity.Part(activity.OfNth(c, activity.MergeLocalItems, m.master, nth))
	owes, err := owed(now, rows, kind, entry)
	if err != nil {
		return reply, err
	}
	send := sent{m.owner, owes, kept}
	err = op.Decide(ctx, "locals_absorb_item", func(tx *storage.Tx) error {
		if err := decide(tx, op.ID, &ch); err != nil {
			return err
		}
		for _, lid := range m.lids {
			tx.Send("locals_finish_merge", Partition(lid), finish{m.master, now}, storage.Now())
		}
		return send.send(tx)
	}, storage.Reading(itemKey(home), storage.ClaimKey(home, storage.WorkClaim)), storage.AssumeAbsent(ch.fresh(home)...), storage.Observing(itemKey(home).Parts()))
	if err == nil && op.Repeated {
		err = web.Processed()
	}
	return reply, err
}

// claim claims the work on a local item for an operation, if the test lets it, and returns the item as it is from then on.
func (s *Service) claim(ctx context.Context, op *storage.Operation, lid string, test func(Access) error, owner string) (*Item, error) {
	p := Partition(lid)
	var out *Item
	err := op.ClaimIf(ctx, "locals_claim_work", p, storage.WorkClaim, nil, func(tx *storage.Tx) error {
		out = nil
		var i Item
		if ok, err := tx.GetLong(itemKey(p), &i); err != nil || !ok {
			return errors.Join(err, test(Access{}))
		}
		out = &i
		return test(Access{Item: &i, Owns: i.Owner == owner})
	}, storage.Reading(itemKey(p)), storage.Observing(itemKey(p).Parts()))
	if err != nil || out != nil {
		return out, err
	}
	// An earlier run under this operation has the claim already.
	a, err := s.own(ctx, lid, owner)
	if err == nil {
		err = test(a)
	}
	return a.Item, err
}

// decide is the master's part of a deciding commit: the operation's claim must be there, and goes; the change is written.
// The rows that the commit sends keep the sweep informed.
func decide(tx *storage.Tx, op string, ch *change) error {
	k := storage.ClaimKey(tx.Partition(), storage.WorkClaim)
	var c storage.Claim
	if ok, err := tx.Get(k, &c); err != nil {
		return err
	} else if !ok || c.Op != op {
		return fault.Unavailable(fault.LockTimeout, "The local item is being changed by others, try again").Because(storage.ErrFenced)
	}
	if err := ch.write(tx); err != nil {
		return err
	}
	return tx.Delete(k)
}

// mergedInto is the item as a merge leaves it.
func (i *Item) mergedInto(master string, now time.Time) Item {
	out := *i
	out.Status, out.Master, out.Modified = MergedInto, master, now
	out.Version++
	return out
}

// finish is the row of a merge, or of its undoing, for another local item than the master.
type finish struct {
	Master string    `json:"master_lid"`
	Time   time.Time `json:"timestamp"`
}

// finishMerge is step 3 in local/<merged>. No other writer has come between the claim and this.
func finishMerge(tx *storage.Tx, r storage.Row) error {
	return finishAs(tx, r, func(i *Item, f finish) bool {
		if i.Status == MergedInto {
			return false
		}
		*i = i.mergedInto(f.Master, f.Time)
		return true
	})
}

func finishAs(tx *storage.Tx, r storage.Row, apply func(*Item, finish) bool) error {
	var f finish
	if err := r.Decode(&f); err != nil {
		return err
	}
	if err := tx.Spend(storage.WorkClaim, r.Op); err != nil {
		return err
	}
	k := itemKey(tx.Partition())
	var i Item
	if ok, err := tx.GetLong(k, &i); err != nil || !ok || !apply(&i, f) {
		return err
	}
	return tx.PutLong(k, i)
}
