package events

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"tracedge/core/canon"
	"tracedge/core/digest"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// head is the record eventhead of an item: what every change of its events rests on and moves.
type head struct {
	Clock    int64  `json:"clock"`          // grows with each change of any event
	Count    int64  `json:"count"`          // of events
	Version  int64  `json:"version"`        // of the last snapshot, 0 when there is none
	Snapshot string `json:"snapshot"`       // its id
	Item     string `json:"item"`           // its state of the item
	Held     bool   `json:"held,omitempty"` // by a circuit, now or once: only then can a page show the item
}

// Snapshot is the record snapshot/<version> of an item. The state that its id is the hash of is not stored once more: the
// events of the item with Added up to Clock are its events, each with the metadata that it had at that moment (its own, or
// that of the first revision that was replaced later), and the item is the record snapshotitem/<Item>.
type Snapshot struct {
	Version   int64           `json:"version"` // from 1
	ID        string          `json:"snapshot_id"`
	Parent    string          `json:"parent_hash,omitempty"`
	Time      time.Time       `json:"timestamp"`
	CreatedBy string          `json:"created_by"`
	Operation json.RawMessage `json:"operation"`
	EventID   string          `json:"trigger_event_id"`
	EventType Type            `json:"trigger_event_type"`
	Clock     int64           `json:"clock"`
	Item      string          `json:"item"`
}

// link is what an event adds to the chain of an item's snapshots.
type link struct {
	head     head
	snapshot Snapshot
	item     *canon.Value // when it is not that of the last snapshot
	event    Event
	front    *front // nil when it is as it was
}

// chain works out the snapshot of an event that is about to be added on some grounds, and notes it in the event, and with
// it the front of the item. It reads
// on when the item has more events than a page.
func (s *Service) chain(ctx context.Context, p storage.Partition, g grounds, e *Event, metadata canon.Object) (link, error) {
	h := head{
		Clock: g.head.Clock + 1, Count: g.head.Count + 1, Version: g.head.Version + 1,
		Item: digest.OfText(g.standing.State.String()), Held: g.head.Held || e.ByCircuit,
	}
	e.Added, e.Changed = h.Clock, h.Clock
	snap := Snapshot{
		Version: h.Version, Parent: g.head.Snapshot, Time: e.Time, CreatedBy: e.Source,
		Operation: operation(*e, metadata), EventID: e.ID, EventType: e.Type, Clock: h.Clock, Item: h.Item,
	}
	trigger := eventState(*e, metadata)
	var version [8]byte
	binary.LittleEndian.PutUint64(version[:], uint64(snap.Version))
	sum := digest.NewStream()
	sum.Add("item", e.DFID, string(version[:]), snap.Parent)
	sum.Add(`{"dfid":`, canon.Text(e.DFID).String(), `,"event_count":`, fmt.Sprint(h.Count), `,"events":[`)
	written, here := 0, itemEventKey(p, e.position())
	add := func(text string) {
		if written > 0 {
			sum.Add(",")
		}
		sum.Add(text)
		written++
	}
	var page *front
	if e.Visibility == Public || h.Held != g.head.Held {
		page = new(front)
	}
	placed := false
	err := s.each(ctx, p, g.events, func(k storage.Key, other Event, m canon.Object) {
		if !placed && k > here {
			add(trigger)
			placed = true
		}
		add(eventState(other, m))
		if page != nil {
			page.add(other, m)
		}
	})
	if err != nil {
		return link{}, err
	}
	if !placed {
		add(trigger)
	}
	if int64(written) != h.Count {
		return link{}, errMoved
	}
	at, err := web.TimeOffset(snap.Time).MarshalText()
	if err != nil {
		return link{}, err
	}
	sum.Add(`],"item":`, g.standing.State.String(), `,"trigger_event":`, trigger, `}`, string(snap.Operation), string(at))
	snap.ID = sum.Sum()
	h.Snapshot, e.SnapshotID = snap.ID, snap.ID
	if page != nil {
		page.add(*e, metadata)
	}
	if id := circuitOf(metadata); e.ByCircuit && id != "" {
		e.Feeds = []string{id}
	}
	l := link{head: h, snapshot: snap, event: *e, front: page}
	if h.Item != g.head.Item {
		l.item = &g.standing.State
	}
	return l, nil
}

// put writes the link and the front, and tells circuits, within an update that has found the grounds unchanged.
func (l link) put(tx *storage.Tx) error {
	p := tx.Partition()
	if l.item != nil {
		tx.Put(p.Key("snapshotitem", l.head.Item), *l.item)
	}
	tx.Put(p.Key("snapshot", fmt.Sprintf("%016x", l.snapshot.Version)), l.snapshot)
	l.front.put(tx, l.head)
	l.event.tellCircuits(tx, nil)
	return tx.Put(headKey(p), l.head)
}

// each goes through the events of an item in order of time, with their metadata, empty where it is private.
func (s *Service) each(ctx context.Context, p storage.Partition, page storage.Listing, f func(storage.Key, Event, canon.Object)) error {
	for {
		for _, rec := range page.Records {
			var e Event
			if err := rec.Decode(&e); err != nil {
				return err
			}
			var m canon.Object
			if !e.private() {
				var err error
				if m, err = s.read(ctx, p, e); err != nil {
					return err
				}
			}
			f(rec.Key, e, m)
		}
		if page.Next == "" {
			return nil
		}
		var err error
		page, err = s.store.Scan(ctx, "events_scan_more", p, itemEventPrefix(p), storage.Page{After: page.Next, Limit: 1000})
		if err != nil {
			return err
		}
	}
}

// eventState is an event in the state of a snapshot: canonical JSON, without the metadata of a private one.
func eventState(e Event, metadata canon.Object) string {
	o := canon.Of("event_id", canon.Text(e.ID)).With("event_type", canon.Text(string(e.Type))).
		With("timestamp", canon.Text(web.TimeZ(e.Time).String())).With("source", canon.Text(e.Source))
	if !e.private() {
		o = o.With("metadata", metadata.Value())
	}
	return o.String()
}

// operation is what the event means for the item, in canonical JSON. The names of private metadata stay private too.
func operation(e Event, metadata canon.Object) json.RawMessage {
	tagged := func(tag string) canon.Object { return canon.Of("type", canon.Text(tag)) }
	enriched := func(fields ...string) canon.Object {
		list := make([]canon.Value, len(fields))
		for i, f := range fields {
			list[i] = canon.Text(f)
		}
		return tagged("ItemEnriched").With("fields", canon.Array(list))
	}
	var o canon.Object
	switch e.Type {
	case Created:
		o = tagged("ItemCreated")
	case Enriched, Updated:
		if e.private() {
			o = enriched()
		} else {
			o = enriched(metadata.Names()...)
		}
	case StatusChanged:
		o = enriched("status")
	case Merged:
		o = enriched("merged")
	case Split:
		o = enriched("split")
	case PulledFrom:
		o = enriched("pulled_from_circuit")
	case PushedToCircuit:
		circuit, _ := metadata.Get("circuit_id")
		if text, ok := circuit.Text(); !ok || text == "" || e.private() {
			circuit = canon.Text("unknown")
		}
		o = tagged("ItemPushedToCircuit").With("circuit_id", circuit)
	}
	return json.RawMessage(o.String())
}
