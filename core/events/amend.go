package events

import (
	"errors"
	"fmt"
	"time"

	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// revision is the record of former metadata.
type revision struct {
	Number      int64     `json:"revision"`
	Metadata    Metadata  `json:"metadata"`
	ContentHash string    `json:"content_hash"`
	Changed     int64     `json:"changed,omitempty"`  // the item's clock when this metadata came
	Replaced    int64     `json:"replaced,omitempty"` // and when it went
	At          time.Time `json:"replaced_at"`
}

func revisionKey(p storage.Partition, e Event) storage.Key {
	return p.Key("eventrev", e.ID, fmt.Sprintf("%08d", e.Revision))
}

// amend adds metadata to an event of the caller. One deciding commit in the event's own partition: the event, its former
// metadata as a revision, what public pages show of it, and the rows that bring the copies in feeds up to date and the
// activity. A crash before it
// leaves nothing; after it the event shows the new metadata, and the sweep delivers the rows. A repeat under an
// idempotency key finds the mark that the first run's commit left, and changes nothing.
func (s *Service) amend(c *web.Call) (any, error) {
	id, err := c.PathUUID("event_id")
	if err != nil {
		return nil, err
	}
	f, err := s.findByID(c.Context(), id, c.Caller().UserID, true)
	switch {
	case err != nil:
		return nil, err
	case f.Source != c.Caller().UserID:
		return nil, fault.Forbidden("Only the source of an event adds metadata to it")
	}
	more, err := web.Body[canon.Object](c)
	if err != nil {
		return nil, err
	}
	if f.ByCircuit {
		for _, name := range []string{"circuit_id", "requester_id", "operation", "approved_by"} {
			if _, given := more.Get(name); given {
				return nil, fault.Invalid(name, "The circuit's route has set this")
			}
		}
	}
	for attempt, until := 1, s.store.Now().Add(lockBudget); ; attempt++ {
		reply, err := s.merge(c, f, *more)
		switch {
		case err == nil:
			return reply, nil
		case errors.Is(err, errRepeated):
			*more = canon.Object{} // it is there: show it
		case !errors.Is(err, errMoved):
			return nil, err
		case attempt >= maxAttempts || !s.store.Now().Before(until):
			return nil, moved(err)
		}
		at := f.at
		if f, err = s.at(c.Context(), at, c.Caller().UserID, true); err != nil {
			return nil, err
		} else if f == nil {
			return nil, noEvent()
		}
	}
}

// errRepeated ends an amendment that an interrupted run of the same request has made.
var errRepeated = errors.New("events: made by an earlier run")

// merge is one attempt at the deciding commit. It returns errMoved when the event is not what was read any more.
func (s *Service) merge(c *web.Call, f *found, more canon.Object) (any, error) {
	before, err := s.metadata(c.Context(), f)
	if err != nil {
		return nil, err
	}
	after := before.Merge(more)
	if after.Equal(before) {
		return f.response(before), nil
	}
	next := f.Event
	next.Revision++
	next.ContentHash = canon.ContentHash(next.DFID, string(next.Type), next.Source, after)
	next.look(after)
	h := f.head
	if f.at.item {
		h.Clock++
		next.Changed = h.Clock
	}
	var l large
	if next.Metadata, l, err = s.seal(next, after); err != nil {
		return nil, err
	}
	var page *front
	if f.at.item {
		if next.Feeds, err = s.feedsOf(c.Context(), f.Event, after); err != nil {
			return nil, err
		}
		if page, err = frontWith(f.view, f.at.home, next, after); err != nil {
			return nil, err
		}
	}
	reply := next.response(after)
	rendered, err := c.Idempotency().Render(reply)
	if err != nil {
		return nil, err
	}
	kept := idem.Prepare(c.Idempotency(), rendered, c.Now())
	former := revision{f.Revision, f.Metadata, f.ContentHash, f.Changed, next.Changed, c.Now()}
	did := activity.Of(c, activity.AddEventMetadata, f.ID)

	mark := f.at.home.Key("eventop", c.StableID("amendment"))
	grounds := []storage.Key{f.at.key}
	if f.at.item {
		grounds = append(grounds, headKey(f.at.home))
	}
	until := c.Now().Add(24 * time.Hour) // the life of an idempotency key
	first := true
	err = s.store.Update(c.Context(), "events_update_event", f.at.home, func(tx *storage.Tx) error {
		if repeated, err := tx.Exists(mark); err != nil {
			return err
		} else if repeated {
			return errRepeated
		}
		if !first { // the event is not what it was
			return errMoved
		}
		first = false
		if f.at.item {
			tx.Put(headKey(f.at.home), h)
		}
		if c.Idempotency() != nil {
			tx.Put(mark, true, storage.Expires(until))
		}
		tx.Put(revisionKey(f.at.home, f.Event), former)
		tx.Put(f.at.key, next)
		putLarge(tx, next, l)
		page.put(tx, h)
		next.tellCircuits(tx, f.Feeds)
		for _, userID := range audience(next, f.standing.OwnerID) {
			var rows userrows.Change
			rows.Add(next.part())
			if userID == did.UserID {
				rows.Add(activity.Part(did))
			}
			rows.Send(tx, userID, storage.Now())
		}
		return kept.Put(tx)
	}, storage.Given(f.view, grounds...), storage.AssumeAbsent(mark, largeKey(f.at.home, next)))
	if err != nil {
		return nil, err
	}
	c.Idempotency().Settle()
	return reply, nil
}
