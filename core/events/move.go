package events

import (
	"context"
	"time"

	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/items"
	"tracedge/core/storage"
	"tracedge/core/userrows"
)

// A local event can be pushed to an item. Its partition then keeps
//
//	claim/move    the claim of an operation that moves it, which decides in the item
//	moved         where it is now
//
// and the event itself no more.

const moveClaim = "move"

func movedKey(p storage.Partition) storage.Key { return p.Key("moved") }

// forward is the record of an event that has moved.
type forward struct {
	DFID    string `json:"dfid"`
	EventID string `json:"event_id"`
	Source  string `json:"source"`
	Op      string `json:"op"` // that has moved it
}

// Move is a push of a local event of a user to an item.
type Move struct {
	Op        string // id of the operation
	LocalID   string // UUID
	UserID    string
	CircuitID string
	Item      *items.Item
	Entry     activity.Entry
	Now       time.Time
}

// Moved is what has become of it: the event of the item, which is another one that says the same, or was there before.
type Moved struct {
	EventID      string
	Deduplicated bool
}

// Move pushes a local event (items, section 8, R2). In order, each step one commit:
//
//	1  localevent/<id>: the claim, which names the item
//	D  item/<dfid>: the event under its new hash, the dedupe key, what public pages show
//	2  now: eventref/<event id> the new home, localevent/<id> the mark, feeds of accounts and of the circuit
//
// A crash before D leaves a claim, which lapses; the event is as it was. After D the rows bring the rest, and until then
// the local event reads as moved. A repeat finds the mark, or the dedupe key. Errors: 404 for one that the user has not made.
func (s *Service) Move(ctx context.Context, m Move) (out Moved, err error) {
	home, p := localHome(m.LocalID), items.Partition(m.Item.DFID)
	err = s.store.Again(ctx, func() error {
		v, err := s.store.View(ctx, "localevents_read_move", home, []storage.Key{localEventKey(home), movedKey(home)})
		if err != nil {
			return err
		}
		var gone forward
		if known, err := v.Get(movedKey(home), &gone); err != nil {
			return err
		} else if known {
			if gone.Source != m.UserID || gone.DFID != m.Item.DFID {
				return noEvent()
			}
			out = Moved{gone.EventID, gone.Op != m.Op}
			return nil
		}
		var e Event
		if known, err := v.Get(localEventKey(home), &e); err != nil {
			return err
		} else if !known || e.Source != m.UserID {
			return noEvent()
		}
		metadata, err := s.read(ctx, home, e)
		if err != nil {
			return err
		}
		out, err = s.moveTo(ctx, m, p, e, metadata)
		return err
	})
	return out, err
}

// moveTo is one attempt.
func (s *Service) moveTo(ctx context.Context, m Move, p storage.Partition, e Event, metadata canon.Object) (out Moved, err error) {
	hash := canon.ContentHash(m.Item.DFID, string(e.Type), e.Source, metadata)
	keys := []storage.Key{headKey(p), dedupeKey(p, hash), frontKey(p)}
	v, err := s.store.View(ctx, "events_read_move", p, keys)
	if err != nil {
		return out, err
	}
	var position string
	if known, err := v.Get(dedupeKey(p, hash), &position); err != nil {
		return out, err
	} else if known {
		out = Moved{position[len(position)-36:], true}
		if out.EventID == e.ID { // it has moved, and the mark has not arrived
			ours, err := s.store.Finish(ctx, p, m.Op)
			out.Deduplicated = !ours
			return out, err
		}
		return out, nil
	}
	var h head
	if _, err := v.Get(headKey(p), &h); err != nil {
		return out, err
	}
	before := e.Revision
	h.Clock, h.Count = h.Clock+1, h.Count+1
	e.DFID, e.Local, e.PushedTo, e.DedupeKey, e.ContentHash = m.Item.DFID, false, m.CircuitID, hash, hash
	e.Added, e.Changed, e.Revision = h.Clock, h.Clock, e.Revision+1
	var l large
	if e.Metadata, l, err = s.seal(e, metadata); err != nil {
		return out, err
	}
	if e.Feeds, err = s.feedsOf(ctx, e, metadata); err != nil {
		return out, err
	}
	page, err := frontWith(v, p, e, metadata)
	if err != nil {
		return out, err
	}
	op := s.store.BeginAs(p, m.Op)
	home := localHome(m.LocalID)
	err = op.ClaimIf(ctx, "localevents_claim_move", home, moveClaim, m.Item.DFID, func(tx *storage.Tx) error {
		var now Event
		if known, err := tx.Get(localEventKey(home), &now); err != nil {
			return err
		} else if !known || now.Revision != before {
			return storage.ErrStale
		}
		return nil
	}, storage.Reading(localEventKey(home)))
	if err != nil {
		return out, err
	}
	first := true
	err = op.Decide(ctx, "events_move_event", func(tx *storage.Tx) error {
		if !first {
			return storage.ErrStale
		}
		first = false
		tx.Put(itemEventKey(p, e.position()), e)
		tx.Put(dedupeKey(p, hash), e.position())
		tx.Put(headKey(p), h)
		putLarge(tx, e, l)
		page.put(tx, h)
		e.tellCircuits(tx, nil)
		for _, userID := range audience(e, m.Item.OwnerID) {
			var rows userrows.Change
			rows.Add(e.part())
			if userID == m.UserID {
				rows.Add(activity.Part(m.Entry))
			}
			rows.Send(tx, userID, storage.Now())
		}
		r := reference{DFID: e.DFID, Time: e.Time, Version: 1, Sure: true}
		tx.Send("eventrefs_confirm_home", referenceHome(e.ID), confirmation{e.ID, r}, storage.Now())
		return tx.Send("localevents_finish_move", home, forward{e.DFID, e.ID, e.Source, m.Op}, storage.Now())
	}, storage.Given(v, keys...), storage.AssumeAbsent(largeKey(p, e)))
	if err == nil && op.Repeated {
		err = op.Finish(ctx)
	}
	if err != nil {
		_ = op.Release(ctx, "localevents_release_move")
	}
	return Moved{e.ID, false}, err
}

// finishMove is the end of a move at the local event.
func finishMove(tx *storage.Tx, r storage.Row) error {
	var m forward
	if err := r.Decode(&m); err != nil {
		return err
	}
	if err := tx.Spend(moveClaim, r.Op); err != nil {
		return err
	}
	p := tx.Partition()
	tx.Put(movedKey(p), m)
	return tx.Delete(localEventKey(p))
}

// moves tells whether an operation has moved a local event whose mark has not arrived yet, by the claim in a view.
func (s *Service) moves(ctx context.Context, v storage.Snapshot, p storage.Partition) (bool, error) {
	var c storage.Claim
	if known, err := v.Get(storage.ClaimKey(p, moveClaim), &c); err != nil || !known {
		return false, err
	}
	home, err := storage.ParsePartition(c.Home)
	if err != nil {
		return false, err
	}
	return s.store.Decided(ctx, home, c.Op)
}
