package circuititems

import (
	"fmt"

	"tracedge/core/activity"
	"tracedge/core/circuits/roles"
	"tracedge/core/events"
	"tracedge/core/fault"
	"tracedge/core/items"
	"tracedge/core/web"
)

type eventsRequest struct {
	IDs  []string `json:"local_event_ids"`
	DFID string   `json:"dfid"`
}

type eventsReply struct {
	Success      bool          `json:"success"`
	CircuitID    string        `json:"circuit_id"`
	Pushed       int           `json:"events_pushed"`
	Deduplicated int           `json:"events_deduplicated"`
	Events       []movedEvent  `json:"events"`
	Failed       []failedEvent `json:"failed"`
}

type movedEvent struct {
	LocalID      string  `json:"local_event_id"`
	EventID      string  `json:"event_id"`
	DFID         string  `json:"dfid"`
	Deduplicated bool    `json:"was_deduplicated"`
	OriginalID   *string `json:"original_event_id"`
}

type failedEvent struct {
	LocalID string `json:"local_event_id"`
	Error   string `json:"error"`
}

// maxEvents is how many events one request may push.
const maxEvents = 500

// pushEvents is PU4 (section 6): events one after the other, each moved by an operation of its own, see events.Move. A
// crash leaves whole events; those that have moved are deduplicated with themselves when the request comes again.
func (s *Service) pushEvents(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	m := newMove(c, id, c.Operation(), "", Push, activity.PushLocalEvents)
	req, failure := web.Body[eventsRequest](c)
	x := subject{kind: Push}
	if failure == nil && items.Named(req.DFID) {
		x.dfid = req.DFID
	}
	sc, err := s.sceneOf(c.Context(), m, x)
	if err != nil {
		return nil, err
	}
	if err := sc.Change(roles.Push); err != nil {
		return nil, err
	}
	if failure != nil {
		return nil, failure
	}
	if len(req.IDs) > maxEvents {
		return nil, fault.Invalid("local_event_ids", "At most 500 events")
	}
	if x.dfid == "" {
		return nil, noItem()
	}
	item, err := s.items.Read(c.Context(), x.dfid)
	if err != nil {
		return nil, err
	}
	if item == nil || item.OwnerID != m.Requester && sc.held == nil {
		return nil, noItem()
	}
	m.entry.ResourceID = item.DFID
	reply := eventsReply{Success: true, CircuitID: id, Events: []movedEvent{}, Failed: []failedEvent{}}
	seen := make(map[string]bool)
	for n, text := range req.IDs {
		localID, ok := web.ParseUUID(text)
		if !ok {
			reply.Failed = append(reply.Failed, failedEvent{text, "Event not found"})
			continue
		}
		if seen[localID] {
			continue
		}
		seen[localID] = true
		got, err := s.events.Move(c.Context(), events.Move{
			Op: c.KeyedID(fmt.Sprintf("move-%d", n)), LocalID: localID, UserID: m.Requester, CircuitID: id, Item: item, Entry: m.entry, Now: m.now,
		})
		if f := fault.From(err); f != nil && f.Kind == fault.Missing {
			reply.Failed = append(reply.Failed, failedEvent{localID, f.Message})
			continue
		} else if err != nil {
			return nil, err
		}
		e := movedEvent{LocalID: localID, EventID: got.EventID, DFID: item.DFID, Deduplicated: got.Deduplicated}
		if got.Deduplicated {
			e.OriginalID = &got.EventID
			reply.Deduplicated++
		} else {
			reply.Pushed++
		}
		reply.Events = append(reply.Events, e)
	}
	return reply, nil
}
