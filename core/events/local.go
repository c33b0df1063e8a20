package events

import (
	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

type localRequest struct {
	Type       string        `json:"event_type"`
	Visibility string        `json:"visibility"`
	Metadata   *canon.Object `json:"metadata"`
}

// localReply is a local event.
type localReply struct {
	ID         string       `json:"event_id"`
	LocalID    string       `json:"local_event_id"`
	Type       Type         `json:"event_type"`
	Time       web.Secs     `json:"timestamp"`
	Source     string       `json:"source"`
	Metadata   canon.Object `json:"metadata"`
	Visibility Visibility   `json:"visibility"`
	Local      bool         `json:"is_local"`
}

func (e Event) local(metadata canon.Object) localReply {
	return localReply{e.ID, e.LocalID, e.Type, web.Secs(e.Time), e.Source, metadata, e.Visibility, true}
}

// createLocal notes an event. In order, each step one commit:
//
//  1. eventref/<event id>: the reference, for an hour
//  2. decide in localevent/<id>: the event, the rows of step 3
//  3. now: user/<caller> with feed row, activity, and the response under the request's idempotency key; after the reply:
//     the reference made permanent
//
// A crash before 2 leaves a reference to nothing, which reads as 404 and goes by itself. A crash after 2 leaves the rows,
// which the sweep delivers; the event can be read by its ids at once. A repeat under an idempotency key has the same ids,
// so it finds the event.
func (s *Service) createLocal(c *web.Call) (any, error) {
	req, err := web.Body[localRequest](c)
	if err != nil {
		return nil, err
	}
	e, metadata, err := newEvent(c, req.Type, req.Visibility, req.Metadata)
	if err != nil {
		return nil, err
	}
	e.LocalID, e.Local = c.StableID("local event"), true
	e.DFID = localPrefix + e.LocalID
	e.ContentHash = canon.ContentHash(e.DFID, string(e.Type), e.Source, metadata)
	var l large
	if e.Metadata, l, err = s.seal(e, metadata); err != nil {
		return nil, err
	}
	ref := reference{LocalID: e.LocalID, Time: e.Time}
	if ref.Time, err = s.refer(c.Context(), e.ID, ref); err != nil {
		return nil, err
	}
	e.Time = ref.Time
	reply := e.local(metadata)
	rendered, err := c.Idempotency().Render(reply)
	if err != nil {
		return nil, err
	}
	kept := idem.Prepare(c.Idempotency(), rendered, c.Now())
	var rows userrows.Change
	rows.Add(e.part())
	rows.Add(activity.Part(activity.Of(c, activity.CreateLocalEvent, e.ID)))
	p := localHome(e.LocalID)
	k := localEventKey(p)
	var earlier *Event // of an interrupted run of the same request
	err = s.store.Update(c.Context(), "localevents_create_event", p, func(tx *storage.Tx) error {
		earlier = nil
		var have Event
		if known, err := tx.Get(k, &have); err != nil {
			return err
		} else if known {
			earlier = &have
			return nil
		}
		tx.Put(k, e)
		putLarge(tx, e, l)
		rows.Send(tx, e.Source, storage.Now())
		confirm(tx, e.ID, ref)
		return kept.Put(tx)
	}, storage.AssumeAbsent(k, largeKey(p, e)))
	switch {
	case err != nil:
		return nil, err
	case earlier != nil:
		return earlier.local(metadata), nil
	}
	c.Idempotency().Settle()
	return reply, nil
}

// newEvent is the event that a request asks for, but for what depends on where it goes. Errors: 400 for the type, then
// for the visibility.
func newEvent(c *web.Call, kind, visibility string, metadata *canon.Object) (Event, canon.Object, error) {
	t, err := named("event_type", kind, types())
	if err != nil {
		return Event{}, canon.Object{}, err
	}
	v, err := named("visibility", visibility, visibilities())
	if err != nil {
		return Event{}, canon.Object{}, err
	}
	var m canon.Object
	if metadata != nil {
		m = *metadata
	}
	caller := c.Caller()
	e := Event{
		ID: c.StableID("event"), Type: t, Visibility: v, Time: c.Now(), Source: caller.UserID,
		OwnerID: caller.UserID, WorkspaceID: caller.WorkspaceID,
	}
	e.look(m)
	return e, m, nil
}

// getLocal shows a local event to whoever made it.
func (s *Service) getLocal(c *web.Call) (any, error) {
	id, err := c.PathUUID("local_event_id")
	if err != nil {
		return nil, err
	}
	p := localHome(id)
	found, err := s.store.Read(c.Context(), "localevents_get_local", p, localEventKey(p), storage.ClaimKey(p, moveClaim))
	if err != nil {
		return nil, err
	}
	var e Event
	if known, err := found.Get(localEventKey(p), &e); err != nil {
		return nil, err
	} else if !known || e.Source != c.Caller().UserID {
		return nil, noEvent()
	}
	if gone, err := s.moves(c.Context(), found, p); err != nil {
		return nil, err
	} else if gone {
		return nil, noEvent()
	}
	metadata, err := s.read(c.Context(), p, e)
	if err != nil {
		return nil, err
	}
	return e.local(metadata), nil
}
