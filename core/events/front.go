package events

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"tracedge/core/canon"
	"tracedge/core/circuits"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// front is the record eventfront of an item: what public pages show of it, its newest Public events. It is written by each
// commit that adds such an event or changes one, and is the only thing of events that is copied to KV: once a circuit has
// held the item. A Private event is never in it, so neither is anything that is encrypted.
type front struct {
	Events []shown `json:"events"`          // newest first
	Floor  string  `json:"floor,omitempty"` // the newest position that was left out: nothing at it or before it is shown
}

// shown is an event in a front. Its visibility is Public.
type shown struct {
	ID       string        `json:"event_id"`
	Type     Type          `json:"event_type"`
	Source   string        `json:"source"`
	Time     time.Time     `json:"timestamp"`
	Revision int64         `json:"revision,omitempty"`
	Metadata *canon.Object `json:"metadata,omitempty"` // nil is large: it is beside the event
}

// What a front holds: as many events as a page shows of an item, and so much of metadata.
const (
	frontEvents = 100
	frontBytes  = 128 << 10
	frontLarge  = 4 // events with large metadata
)

func frontKey(p storage.Partition) storage.Key { return p.Key("eventfront") }

func (s shown) position() string { return storage.TimeID(s.Time, s.ID) }

// weight is what an event counts for in bytes.
func (s shown) weight() int {
	n := len(s.ID) + len(s.Source) + 150
	if s.Metadata != nil {
		n += len(s.Metadata.String())
	}
	return n
}

// add puts an event into the front, or its newest version in place of the one that is there, and leaves the oldest out
// while there is too much.
func (f *front) add(e Event, metadata canon.Object) {
	if e.Visibility != Public || e.position() <= f.Floor {
		return
	}
	next := shown{e.ID, e.Type, e.Source, e.Time, e.Revision, &metadata}
	if e.Metadata.Beside {
		next.Metadata = nil
	}
	n := 0
	for n < len(f.Events) && f.Events[n].position() > next.position() {
		n++
	}
	if n < len(f.Events) && f.Events[n].ID == e.ID {
		f.Events[n] = next
	} else {
		f.Events = slices.Insert(f.Events, n, next)
	}
	bytes, large := 0, 0
	for n, s := range f.Events {
		bytes += s.weight()
		if s.Metadata == nil {
			large++
		}
		if n == frontEvents || bytes > frontBytes || large > frontLarge {
			f.Floor = s.position()
			f.Events = f.Events[:n]
			return
		}
	}
}

// put writes the front with the commit of what it shows; a nil one is as it was.
func (f *front) put(tx *storage.Tx, h head) error {
	switch {
	case f == nil:
		return nil
	case h.Held:
		return tx.Put(frontKey(tx.Partition()), f, storage.Replicated())
	default:
		return tx.Put(frontKey(tx.Partition()), f)
	}
}

// frontWith is the front of a view with an event that is about to come, or to change; nil when that is not in it.
func frontWith(v storage.View, p storage.Partition, e Event, metadata canon.Object) (*front, error) {
	var f front
	_, err := v.Get(frontKey(p), &f)
	if err != nil || e.Visibility != Public || e.position() <= f.Floor {
		return nil, err
	}
	f.add(e, metadata)
	return &f, nil
}

// What one page reads: frontsAtOnce items with each call of the edge, 4 MiB at most, until there is frontPage of events or
// manyLarge of them had to be asked for their metadata.
const (
	frontsAtOnce = 32
	frontPage    = 2 << 20
)

// PublicEvents are what public pages show of items, each list newest first, at most 100. There may be fewer lists than
// items, but one if there are items: the page ends with the last. They come from the edge, up to a minute old: one call for
// 32 items, and one of the sequencer for each event with large metadata, 11 of them at most.
func (s *Service) PublicEvents(ctx context.Context, dfids []string) ([][]circuits.Event, error) {
	var out [][]circuits.Event
	bytes, large := 0, 0
	for len(out) < len(dfids) {
		some := dfids[len(out):min(len(out)+frontsAtOnce, len(dfids))]
		keys := make([]storage.Key, len(some))
		for i, dfid := range some {
			p, _ := s.items.Partition(dfid) // a circuit holds the item, so it has one
			keys[i] = frontKey(p)
		}
		replicas, err := s.store.ReadEdge(ctx, "events_list_fronts", keys...)
		if err != nil {
			return nil, err
		}
		for i, k := range keys {
			var f front
			if _, err := replicas.Get(k, &f); err != nil {
				return nil, err
			}
			list := make([]circuits.Event, len(f.Events))
			for n, e := range f.Events {
				if e.Metadata == nil {
					large++
				}
				if list[n], err = s.onPage(ctx, some[i], e); err != nil {
					return nil, err
				}
				bytes += e.weight()
			}
			if out = append(out, list); bytes >= frontPage || large >= manyLarge {
				return out, nil
			}
		}
	}
	return out, nil
}

// onPage is an event as pages show it.
func (s *Service) onPage(ctx context.Context, dfid string, e shown) (circuits.Event, error) {
	m := e.Metadata
	if m == nil {
		p, _ := s.items.Partition(dfid)
		whole, err := s.read(ctx, p, Event{
			ID: e.ID, Visibility: Public, Revision: e.Revision, Metadata: Metadata{Beside: true},
		})
		if err != nil {
			return circuits.Event{}, err
		}
		m = &whole
	}
	return circuits.Event{
		ID: e.ID, DFID: dfid, Type: string(e.Type), Source: e.Source, Visibility: string(Public), Time: web.TimeOffset(e.Time),
		Metadata: json.RawMessage(m.String()),
	}, nil
}
