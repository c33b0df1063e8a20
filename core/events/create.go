package events

import (
	"context"
	"errors"
	"strings"
	"time"

	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

type createRequest struct {
	DFID       string        `json:"dfid"`
	Type       string        `json:"event_type"`
	Visibility string        `json:"visibility"`
	Metadata   *canon.Object `json:"metadata"`
}

type createReply struct {
	response
	Deduplicated bool    `json:"was_deduplicated"`
	OriginalID   *string `json:"original_event_id"`
	ContentHash  string  `json:"content_hash"`
}

func (e Event) created(metadata canon.Object, deduplicated bool) createReply {
	reply := createReply{response: e.response(metadata), Deduplicated: deduplicated, ContentHash: e.ContentHash}
	if deduplicated {
		reply.OriginalID = &e.ID
	}
	return reply
}

func (s *Service) create(c *web.Call) (any, error) {
	req, err := web.Body[createRequest](c)
	if err != nil {
		return nil, err
	}
	e, metadata, err := newEvent(c, req.Type, req.Visibility, req.Metadata)
	if err != nil {
		return nil, err
	}
	switch {
	case strings.HasPrefix(req.DFID, localPrefix), strings.HasPrefix(req.DFID, lidPrefix):
		return nil, fault.Invalid("dfid", "Events without an item are made by POST /api/events/local")
	}
	p, ok := s.items.Partition(req.DFID)
	if !ok {
		return nil, noItem()
	}
	e.DFID = req.DFID
	e.DedupeKey = canon.ContentHash(e.DFID, string(e.Type), e.Source, metadata)
	e.ContentHash = e.DedupeKey
	return s.add(c, p, e, metadata)
}

// lockBudget is how long a change is tried again after others came first, and maxAttempts how often.
const (
	lockBudget  = 2 * time.Second
	maxAttempts = 30
)

// add puts an event into an item. In order, each step one commit:
//
//  1. eventref/<event id>: the reference, for an hour. Not where an equal event is there already.
//  2. decide in item/<dfid>: the event, its dedupe key, its snapshot, the item's front, the rows of step 3
//  3. now: user/<source> with feed row, activity, and the response under the request's idempotency key, and user/<owner>
//     and the circuit that the metadata names, if the source is a member, with their feed rows; after the reply: the
//     reference made permanent
//
// A crash before 2, or a commit that finds an equal event, leaves a reference to nothing, which reads as 404 and goes by
// itself. A crash after 2 leaves the rows, which the sweep delivers; the event can be read at once. A repeat under an
// idempotency key has the same id, so it finds its own event and does not call it a duplicate.
func (s *Service) add(c *web.Call, p storage.Partition, e Event, metadata canon.Object) (any, error) {
	var l large
	referred := false
	for attempt, until := 1, s.store.Now().Add(lockBudget); ; attempt++ {
		g, err := s.survey(c.Context(), p, e)
		if err != nil {
			return nil, err
		}
		if g.equal != nil {
			return s.repeated(c.Context(), p, *g.equal, e.ID)
		}
		if !referred {
			if e.Metadata, l, err = s.seal(e, metadata); err != nil {
				return nil, err
			}
			if e.Feeds, err = s.feedsOf(c.Context(), e, metadata); err != nil {
				return nil, err
			}
			if e.Time, err = s.refer(c.Context(), e.ID, reference{DFID: e.DFID, Time: e.Time}); err != nil {
				return nil, err
			}
			referred = true
		}
		made, err := s.commit(c, p, g, e, metadata, l)
		switch {
		case err == nil:
			return made, nil
		case !errors.Is(err, errMoved):
			return nil, err
		case attempt >= maxAttempts || !s.store.Now().Before(until):
			return nil, moved(err)
		}
	}
}

// grounds are what an item holds before an event is added. The commit verifies all of it but the events, which do not
// change without the head.
type grounds struct {
	view     storage.View
	keys     []storage.Key // of it, without the ranges
	standing Standing
	head     head
	events   storage.Listing // the first page
	equal    *Event
}

// survey reads them: one call for an item's first event, two for others. Errors: 404 for an item that the source may not see, 403 for one that it may not add events to.
func (s *Service) survey(ctx context.Context, p storage.Partition, e Event) (g grounds, err error) {
	keys, ranges := s.items.Reads(p, e.Source)
	g.keys = append(keys, headKey(p), dedupeKey(p, e.DedupeKey))
	if g.view, err = s.store.View(ctx, "events_check_access", p, g.keys, ranges...); err != nil {
		return g, err
	}
	if g.standing, err = s.items.Judge(ctx, p, g.view, e.Source); err != nil {
		return g, err
	}
	switch {
	case !g.standing.MaySee:
		return g, noItem()
	case !g.standing.MayAdd:
		return g, fault.Forbidden("Adding events to this item is not allowed")
	}
	if _, err := g.view.Get(headKey(p), &g.head); err != nil {
		return g, err
	}
	var position string
	if known, err := g.view.Get(dedupeKey(p, e.DedupeKey), &position); err != nil {
		return g, err
	} else if known {
		g.equal, err = s.original(ctx, p, position)
		return g, err
	}
	if g.head.Count > 0 {
		g.events, err = s.store.Scan(ctx, "events_scan_item", p, itemEventPrefix(p), storage.Page{Limit: 1000})
	}
	return g, err
}

// original is the event at a position that a dedupe key names.
func (s *Service) original(ctx context.Context, p storage.Partition, position string) (*Event, error) {
	k := itemEventKey(p, position)
	found, err := s.store.Read(ctx, "events_get_original", p, k)
	if err != nil {
		return nil, err
	}
	var e Event
	if known, err := found.Get(k, &e); err != nil || !known {
		return nil, errors.Join(err, unusable(errors.New("events: a dedupe key without its event")))
	}
	return &e, nil
}

// repeated is the answer when an equal event is there. One with the id that this request draws was made by an earlier run
// of it.
func (s *Service) repeated(ctx context.Context, p storage.Partition, e Event, mine string) (any, error) {
	metadata, err := s.read(ctx, p, e)
	if err != nil {
		return nil, err
	}
	return e.created(metadata, e.ID != mine), nil
}

// commit is step 2. It returns errMoved when the grounds are not what they were.
func (s *Service) commit(c *web.Call, p storage.Partition, g grounds, e Event, metadata canon.Object, l large) (any, error) {
	next, err := s.chain(c.Context(), p, g, &e, metadata)
	if err != nil {
		return nil, err
	}
	reply := e.created(metadata, false)
	rendered, err := c.Idempotency().Render(reply)
	if err != nil {
		return nil, err
	}
	kept := idem.Prepare(c.Idempotency(), rendered, c.Now())
	did := activity.Of(c, activity.CreateEvent, e.ID)
	ref := reference{DFID: e.DFID, Time: e.Time}
	first := true
	err = s.store.Update(c.Context(), "events_add_event", p, func(tx *storage.Tx) error {
		if !first { // the grounds do not hold any more
			return errMoved
		}
		first = false
		tx.Put(itemEventKey(p, e.position()), e)
		tx.Put(dedupeKey(p, e.DedupeKey), e.position())
		putLarge(tx, e, l)
		next.put(tx)
		for _, userID := range audience(e, g.standing.OwnerID) {
			var rows userrows.Change
			rows.Add(e.part())
			if userID == did.UserID {
				rows.Add(activity.Part(did))
			}
			rows.Send(tx, userID, storage.Now())
		}
		confirm(tx, e.ID, ref)
		return kept.Put(tx)
	}, storage.Given(g.view, g.keys...), storage.AssumeAbsent(largeKey(p, e)))
	if err != nil {
		return nil, err
	}
	c.Idempotency().Settle()
	return reply, nil
}
