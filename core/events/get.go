package events

import (
	"context"

	"tracedge/core/canon"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// place is where a reference leads: the partition of an event and its record there.
type place struct {
	home storage.Partition
	key  storage.Key
	item bool
}

func (s *Service) place(eventID string, r reference) place {
	if r.DFID == "" {
		p := localHome(r.LocalID)
		return place{p, localEventKey(p), false}
	}
	p, _ := s.items.Partition(r.DFID) // an event is there, so it has one
	return place{p, itemEventKey(p, storage.TimeID(r.Time, eventID)), true}
}

// found is an event as its own partition has it, with what the asking user is to it.
type found struct {
	Event
	at       place
	standing Standing // of its item
	head     head     // of its item
	view     storage.View
}

// findByID reads an event that a user may see: its reference, then its home. What changes it rests on more. Errors: 404.
func (s *Service) findByID(ctx context.Context, eventID, userID string, change bool) (*found, error) {
	refs, err := s.store.Read(ctx, "eventrefs_get_home", referenceHome(eventID), referenceKey(eventID))
	if err != nil {
		return nil, err
	}
	var r reference
	if known, err := refs.Get(referenceKey(eventID), &r); err != nil {
		return nil, err
	} else if !known {
		return nil, noEvent()
	}
	f, err := s.at(ctx, s.place(eventID, r), userID, change)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return nil, noEvent()
	}
	may, err := s.viewer(userID).admitted(ctx, f.Event)
	if err == nil && (!may || f.Source != userID && !f.standing.MaySee) {
		err = noEvent()
	}
	return f, err
}

// at reads an event at its home, nil when it is not there. The user's standing is not judged.
func (s *Service) at(ctx context.Context, at place, userID string, change bool) (*found, error) {
	f := &found{at: at}
	keys, ranges := []storage.Key{at.key}, []storage.Key(nil)
	if at.item {
		keys, ranges = s.items.Reads(at.home, userID)
		keys = append(keys, at.key, headKey(at.home))
		if change {
			keys = append(keys, frontKey(at.home))
		}
	}
	var err error
	if f.view, err = s.store.View(ctx, "events_get_event", at.home, keys, ranges...); err != nil {
		return nil, err
	}
	if known, err := f.view.Get(at.key, &f.Event); err != nil || !known {
		return nil, err
	}
	if at.item {
		if f.standing, err = s.items.Judge(ctx, at.home, f.view, userID); err != nil {
			return nil, err
		}
		if _, err = f.view.Get(headKey(at.home), &f.head); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (s *Service) get(c *web.Call) (any, error) {
	id, err := c.PathUUID("event_id")
	if err != nil {
		return nil, err
	}
	f, err := s.findByID(c.Context(), id, c.Caller().UserID, false)
	if err != nil {
		return nil, err
	}
	metadata, err := s.metadata(c.Context(), f)
	if err != nil {
		return nil, err
	}
	return f.response(metadata), nil
}

func (s *Service) metadata(ctx context.Context, f *found) (canon.Object, error) {
	return s.read(ctx, f.at.home, f.Event)
}
