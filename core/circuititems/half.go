package circuititems

import (
	"context"
	"errors"

	"tracedge/core/activity"
	"tracedge/core/adapters"
	"tracedge/core/canon"
	"tracedge/core/credits"
	"tracedge/core/digest"
	"tracedge/core/events"
	"tracedge/core/items"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/userrows"
)

// ground is what an item's partition holds before a commit that moves the item.
type ground struct {
	p      storage.Partition
	view   storage.View
	keys   []storage.Key // of it, that the commit rests on
	item   *items.Item   // nil for none
	layers []items.Layer
}

// groundKeys are what a commit that moves an item looks at.
func groundKeys(p storage.Partition, circuitID string, more ...storage.Key) (keys, ranges []storage.Key) {
	keys = append(events.HappeningReads(p), items.Key(p), holderKey(p, circuitID), holderGoneKey(p, circuitID))
	return append(keys, more...), []storage.Key{items.Key(p).Parts(), items.LayerPrefix(p), p.Prefix("pendinglayer")}
}

func groundOf(p storage.Partition, v storage.View, keys []storage.Key) (*ground, error) {
	g := &ground{p: p, view: v, keys: keys}
	var i items.Item
	ok, err := v.GetLong(items.Key(p), &i)
	if err != nil {
		return nil, err
	}
	if ok {
		g.item = &i
	}
	g.layers, err = items.LayersIn(p, v)
	return g, err
}

// holds tells whether the circuit holds the item, by the item's own rows.
func (g *ground) holds(circuitID string) (bool, error) {
	return g.view.Get(holderKey(g.p, circuitID), new(holder))
}

// layer is the layer of a source for a circuit, empty for none.
func (g *ground) layer(circuitID, source string) items.Layer {
	for _, l := range g.layers {
		if l.CircuitID == circuitID && l.Source == source {
			return l
		}
	}
	return items.Layer{}
}

// rest has an update rest on the ground; where that has moved it runs no second time.
func (g *ground) rest(fn func(*storage.Tx) error) (func(*storage.Tx) error, storage.UpdateOption) {
	first := true
	return func(tx *storage.Tx) error {
		if !first {
			return storage.ErrStale
		}
		first = false
		return fn(tx)
	}, storage.Given(g.view, g.keys...)
}

// setHolder has the item of tx name a holder, or not any more, unless there is newer word.
func setHolder(tx *storage.Tx, circuitID string, stamp int64, holds bool) error {
	p := tx.Partition()
	k, goneKey := holderKey(p, circuitID), holderGoneKey(p, circuitID)
	var had holder
	var was gone
	known, err := tx.Get(k, &had)
	if err != nil {
		return err
	}
	left, err := tx.Get(goneKey, &was)
	if err != nil {
		return err
	}
	if known && had.Stamp > stamp || left && was.Stamp > stamp || holds && left && was.Stamp == stamp {
		return nil
	}
	if holds {
		tx.Delete(goneKey)
		return tx.Put(k, holder{circuitID, stamp})
	}
	tx.Delete(k)
	return tx.Put(goneKey, gone{stamp}, storage.Expires(tx.Now().Add(lateness)))
}

func applyHolder(tx *storage.Tx, r storage.Row) error {
	var h holder
	if err := r.Decode(&h); err != nil {
		return err
	}
	return setHolder(tx, h.CircuitID, h.Stamp, true)
}

func holderReads(r storage.Row) (reading, absent []storage.Key) {
	var h holder
	p, err := storage.ParsePartition(r.Target)
	if err != nil || r.Decode(&h) != nil {
		return nil, nil // the row fails when it is delivered
	}
	return []storage.Key{holderKey(p, h.CircuitID), holderGoneKey(p, h.CircuitID)}, nil
}

// Content is what an adapter stores of an item, whoever asks for it: its own record, without layers and without private
// events.
func Content(i *items.Item) (string, error) {
	state, err := events.StateOf(i)
	if err != nil {
		return "", err
	}
	return canon.Of("dfid", canon.Text(i.DFID)).With("item", state).String(), nil
}

// queued is an upload, ready for the commit: nil where the content is stored already.
type queued struct {
	adapters.Upload
}

// queue makes the upload of an item ready. The view must have the newest record of the adapter type.
func (u *upload) queue(v storage.View, p storage.Partition, i *items.Item, circuitID, op string, at events.Happening) (*queued, error) {
	if u == nil {
		return nil, nil
	}
	text, err := Content(i)
	if err != nil {
		return nil, err
	}
	var newest struct {
		Hash string `json:"content_hash"`
	}
	if ok, err := v.Get(storagehistory.NewestKey(p, u.Type), &newest); err != nil || ok && newest.Hash == digest.OfText(text) {
		return nil, err
	}
	q := adapters.Upload{
		ID: u.RefundID, DFID: i.DFID, Type: u.Type, Content: text, TriggeredBy: u.Trigger, TriggeredByID: &circuitID,
		UserID: u.UserID, OwnerID: i.OwnerID, QueuedAt: at.Time,
	}
	if u.Token {
		q.Metadata = map[string]any{"new_token": true}
	}
	if u.Amount > 0 {
		q.Charge = &adapters.Charge{Amount: u.Amount, OperationType: credits.PremiumAdapter().Type, OperationID: op, RefundID: u.RefundID}
	}
	return &queued{q}, nil
}

// put queues the upload with a commit in the item, or gives back what was paid for one that is not needed.
func (s *Service) put(tx *storage.Tx, u *upload, q *queued, op string) error {
	switch {
	case q != nil:
		return adapters.Queue(tx, q.Upload)
	case u != nil && u.Amount > 0:
		return s.holds.Refund(tx, u.UserID, op, credits.PremiumAdapter())
	}
	return nil
}

// applyHalf carries a row of a circuit to its item: one commit there, once. The event's snapshot is worked out before it,
// on what the commit then verifies; where that has moved, again.
func (s *Service) applyHalf(ctx context.Context, r storage.Row) error {
	var h half
	if err := r.Decode(&h); err != nil {
		return err
	}
	p := items.Partition(h.DFID)
	pull := h.Event.Type == events.PulledFrom
	source := h.Event.Source
	layerKey, partKey := items.LayerKey(p, h.CircuitID, source), items.PendingLayerKey(p, h.Op)
	asked := askedKey(p, h.CircuitID, source)
	return s.store.Again(ctx, func() error {
		more := []storage.Key{layerKey, partKey, asked}
		if h.Upload != nil {
			more = append(more, storagehistory.NewestKey(p, h.Upload.Type))
		}
		keys, ranges := groundKeys(p, h.CircuitID, more...)
		v, err := s.store.View(ctx, "circuits_read_item", p, keys, ranges...)
		if err != nil {
			return err
		}
		g, err := groundOf(p, v, keys)
		if err != nil {
			return err
		}
		if g.item == nil {
			return errors.New("circuititems: a circuit holds an item that is missing")
		}
		event, err := s.events.Draft(ctx, p, v, g.item, h.Event)
		if err != nil {
			return err
		}
		queued, err := h.Upload.queue(v, p, g.item, h.CircuitID, h.Op, h.Event)
		if err != nil {
			return err
		}
		var part partOf
		waits, err := v.GetLong(partKey, &part)
		if err != nil {
			return err
		}
		merged := g.layer(h.CircuitID, source).Merge(part.Layer)
		var waited string
		if _, err := v.Get(asked, &waited); err != nil {
			return err
		}
		fn, given := g.rest(func(tx *storage.Tx) error {
			if err := setHolder(tx, h.CircuitID, h.Stamp, !pull); err != nil {
				return err
			}
			if waits {
				tx.PutLong(layerKey, merged)
				tx.DeleteLong(partKey)
			}
			tx.Put(decidedKey(p, h.Op), true, storage.Expires(tx.Now().Add(lateness)))
			if waited == h.Op {
				tx.Delete(asked)
			}
			if err := event.Put(tx); err != nil {
				return err
			}
			if err := s.put(tx, h.Upload, queued, h.Op); err != nil {
				return err
			}
			return h.tell(tx, g.item, event)
		})
		absent := append(event.Absent(p), decidedKey(p, h.Op))
		if queued != nil {
			absent = append(absent, queued.Absent())
		}
		return s.store.Once(ctx, "circuits_move_item", p, r, fn, given, storage.AssumeAbsent(absent...))
	})
}

// decidedKey marks in an item that an operation has been decided: from then on nothing is added to its pending part.
func decidedKey(p storage.Partition, op string) storage.Key { return p.Key("layerdecided", op) }

// tell sends the accounts what the item half owes them: feeds, the share of a pull, the activity.
func (h *half) tell(tx *storage.Tx, i *items.Item, event events.Drafted) error {
	changes, order := map[string]*userrows.Change{}, []string(nil)
	of := func(userID string) *userrows.Change {
		if changes[userID] == nil {
			changes[userID] = new(userrows.Change)
			order = append(order, userID)
		}
		return changes[userID]
	}
	for _, userID := range event.Audience() {
		of(userID).Add(event.Part())
	}
	if h.Activity != nil {
		of(h.Activity.UserID).Add(activity.Part(*h.Activity))
	}
	if h.Share != nil && h.Share.UserID != i.OwnerID {
		v := items.NewShare(i, h.Share.UserID, h.Share.Permissions, h.Event.Time, h.Share.Drawn, h.Share.Source)
		tx.Put(v.ShareKey(tx.Partition()), v)
		of(h.Share.UserID).Add(items.Received(i, v))
		if !hasText(i.Recipients, h.Share.UserID) {
			i.Recipients = append(i.Recipients, h.Share.UserID)
			if err := items.Put(tx, i); err != nil {
				return err
			}
		}
	}
	for _, userID := range order {
		if err := changes[userID].Send(tx, userID, storage.Now()); err != nil {
			return err
		}
	}
	return nil
}

func hasText(list []string, text string) bool {
	for _, have := range list {
		if have == text {
			return true
		}
	}
	return false
}
