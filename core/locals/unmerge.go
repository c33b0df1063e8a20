package locals

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracedge/core/activity"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type unmergeRequest struct {
	LID string `json:"merged_lid"`
}

type unmergeReply struct {
	Success  bool   `json:"success"`
	Restored string `json:"restored_lid"`
	Previous string `json:"previous_master_lid"`
	Item     brief  `json:"restored_item"`
}

func (s *Service) unmerge(c *web.Call) (any, error) {
	req, err := web.Body[unmergeRequest](c)
	if err != nil {
		return nil, err
	}
	lid, ok := web.ParseUUID(req.LID)
	if !ok {
		return nil, fault.BadRequest("merged_lid", "Not a UUID")
	}
	a, err := s.own(c.Context(), lid, c.Caller().UserID)
	if err != nil {
		return nil, err
	}
	if err := mayLeave(a); err != nil {
		if r := c.Idempotency(); r != nil && r.Resumed && a.Status == Active && a.Master != "" { // this request's earlier run
			if err := s.repeated(c, Partition(a.Master), c.Operation()); err != nil {
				return nil, err
			}
		}
		return nil, err
	}
	if err := s.repeated(c, Partition(a.Master), c.Operation()); err != nil {
		return nil, err
	}
	master, err := s.own(c.Context(), a.Master, c.Caller().UserID)
	if err != nil {
		return nil, err
	}
	if err := mayRelease(master); err != nil {
		return nil, err
	}
	reply, err := s.unmergeAs(c, lid, a.Master, c.Operation())
	if errors.Is(err, storage.ErrFenced) {
		reply, err = s.unmergeAs(c, lid, a.Master, c.NewID())
	}
	if err != nil {
		return nil, err
	}
	c.Idempotency().Settle()
	return reply, nil
}

// mayLeave tells whether a local item can be taken out of its master. Errors: 404, 400.
func mayLeave(a Access) error {
	switch {
	case a.Item == nil:
		return NotFound()
	case a.Status != MergedInto:
		return fault.BadRequest("merged_lid", "The local item has not been merged")
	case a.Tokenised():
		return fault.BadRequest("merged_lid", "The local item has become an item")
	}
	return nil
}

// mayRelease tells whether something can be taken out of a master. Errors: 404, 409 with code.
func mayRelease(a Access) error {
	switch {
	case a.Item == nil:
		return NotFound()
	case a.Tokenised():
		return fault.Conflict("", "The master has become an item").With("code", "master_tokenized")
	case a.Status == MergedInto:
		return fault.Conflict("", "The master has been merged itself").With("code", "master_merged")
	}
	return nil
}

// unmergeAs takes a local item out of its master under an operation. In order:
//
//  1. claim the work on both, ascending, one commit each
//  2. decide in local/<master>: the layer of the merged item goes, with the rows of step 3 and the response
//  3. now: local/<merged>: Active, and its claim goes; user/<owner>: the rows of both in its list, the activity
//
// A crash before 2 leaves claims, which lapse. After 2 the item shows MergedInto until its row arrives; whoever wants to
// write to it, and the sweep, deliver that first. Its data is in its own partition throughout.
func (s *Service) unmergeAs(c *web.Call, lid, masterLID, id string) (reply unmergeReply, err error) {
	ctx, home, owner := c.Context(), Partition(masterLID), c.Caller().UserID
	op := s.store.BeginAs(home, id)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "locals_release_unmerge"))
		}
	}()
	claimed := make(map[string]*Item)
	for _, one := range slices.Sorted(slices.Values([]string{lid, masterLID})) {
		i, err := s.claim(ctx, op, one, func(a Access) error {
			if one == masterLID {
				return mayRelease(a)
			}
			if err := mayLeave(a); err != nil {
				return err
			}
			if a.Master != masterLID {
				return fault.Conflict("", "The local item has been merged into another one meanwhile")
			}
			return nil
		}, owner)
		if err != nil {
			return reply, err
		}
		claimed[one] = i
	}
	layers, err := s.layers(ctx, masterLID)
	if err != nil {
		return reply, err
	}
	now := c.Now()
	ch := begin(claimed[masterLID], now)
	ch.takeOff(lid, layers)
	restored := claimed[lid].restored(now)
	reply = unmergeReply{true, lid, masterLID, restored.brief()}
	rendered, err := c.Idempotency().Render(reply)
	if err != nil {
		return reply, err
	}
	kind, entry := activity.Part(activity.Of(c, activity.UnmergeLocalItem, lid))
	owes, err := owed(now, []*Item{&ch.after, &restored}, kind, entry)
	if err != nil {
		return reply, err
	}
	send := sent{owner, owes, idem.Prepare(c.Idempotency(), rendered, now)}
	reading := []storage.Key{itemKey(home), storage.ClaimKey(home, storage.WorkClaim)}
	for _, n := range ch.gone {
		reading = append(reading, layerKey(home, n))
	}
	err = op.Decide(ctx, "locals_drop_layer", func(tx *storage.Tx) error {
		if err := decide(tx, op.ID, &ch); err != nil {
			return err
		}
		tx.Send("locals_restore_item", Partition(lid), finish{masterLID, now}, storage.Now())
		return send.send(tx)
	}, storage.Reading(reading...), storage.Observing(itemKey(home).Parts()))
	if err == nil && op.Repeated {
		err = web.Processed()
	}
	return reply, err
}

// numbered is a layer with its number.
type numbered struct {
	Layer
	n int
}

// layers reads the layers of a local item that has more than its base.
func (s *Service) layers(ctx context.Context, lid string) ([]numbered, error) {
	p := Partition(lid)
	prefix := layerPrefix(p)
	v, err := s.store.View(ctx, "locals_get_layers", p, nil, prefix)
	if err != nil {
		return nil, err
	}
	var out []numbered
	for _, r := range v.Range(prefix) {
		number := strings.TrimPrefix(string(r.Key), string(prefix))
		n, err := strconv.Atoi(number)
		if err != nil {
			continue // a part of a long one
		}
		l := numbered{n: n}
		if _, err := v.GetLong(r.Key, &l.Layer); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// takeOff takes the layer of a merged item off, and folds the others again.
func (c *change) takeOff(lid string, layers []numbered) {
	var left []Layer
	for _, l := range layers {
		if l.Kind == Merged && l.LID == lid {
			c.gone = append(c.gone, l.n)
		} else {
			left = append(left, l.Layer)
		}
	}
	c.after.State = Fold(left)
}

// restored is the item as it is taken out of its master.
func (i *Item) restored(now time.Time) Item {
	out := *i
	out.Status, out.Modified = Active, now
	out.Version++
	return out
}

// restore is step 3 in local/<merged>.
func restore(tx *storage.Tx, r storage.Row) error {
	return finishAs(tx, r, func(i *Item, f finish) bool {
		if i.Status != MergedInto {
			return false
		}
		*i = i.restored(f.Time)
		return true
	})
}
