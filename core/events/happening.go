package events

import (
	"context"
	"time"

	"tracedge/core/canon"
	"tracedge/core/items"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Happening is an event that a circuit makes of an item: by a push, a pull or an enrichment. It has no dedupe key, so each
// has its own; the operation that makes it keeps a repeat from making a second one.
type Happening struct {
	ID          string     `json:"event_id"` // UUID
	Type        Type       `json:"event_type"`
	Visibility  Visibility `json:"visibility"`
	Source      string     `json:"source"`
	WorkspaceID *string    `json:"workspace_id"`
	Time        time.Time  `json:"timestamp"`
	Metadata    canon.Object
}

// Drafted is such an event with its snapshot, ready for a commit in the item's partition.
type Drafted struct {
	Event Event
	large large
	link  link
	owner string
	head  head // that it follows
}

// HappeningReads are the records that Draft looks at, beside the item.
func HappeningReads(p storage.Partition) []storage.Key { return []storage.Key{headKey(p)} }

// Draft works out the event on what a view has found; state is the item as the commit will leave it. One call of the
// sequencer more where the item has events.
func (s *Service) Draft(ctx context.Context, p storage.Partition, v storage.View, item *items.Item, h Happening) (Drafted, error) {
	state, err := itemState(item)
	if err != nil {
		return Drafted{}, err
	}
	g := grounds{view: v, standing: Standing{MaySee: true, MayAdd: true, OwnerID: item.OwnerID, State: state}}
	if _, err := v.Get(headKey(p), &g.head); err != nil {
		return Drafted{}, err
	}
	if g.head.Count > 0 {
		if g.events, err = s.store.Scan(ctx, "events_scan_before", p, itemEventPrefix(p), storage.Page{Limit: 1000}); err != nil {
			return Drafted{}, err
		}
	}
	e := Event{
		ID: h.ID, DFID: item.DFID, Type: h.Type, Time: h.Time, Source: h.Source, Visibility: h.Visibility,
		ContentHash: canon.ContentHash(item.DFID, string(h.Type), h.Source, h.Metadata),
		OwnerID:     h.Source, WorkspaceID: h.WorkspaceID, ByCircuit: true,
	}
	e.look(h.Metadata)
	d := Drafted{owner: item.OwnerID, head: g.head}
	if e.Metadata, d.large, err = s.seal(e, h.Metadata); err != nil {
		return d, err
	}
	d.link, err = s.chain(ctx, p, g, &e, h.Metadata)
	d.Event = e
	if err == errMoved {
		err = storage.ErrStale
	}
	return d, err
}

// Put writes the event, and what public pages and the circuit's feed show of it. The commit must rest on the view that the
// draft was made from. Feeds of accounts are the caller's: Audience and Part.
func (d Drafted) Put(tx *storage.Tx) error {
	tx.Put(itemEventKey(tx.Partition(), d.Event.position()), d.Event)
	putLarge(tx, d.Event, d.large)
	if err := d.link.put(tx); err != nil {
		return err
	}
	r := reference{DFID: d.Event.DFID, Time: d.Event.Time, Sure: true}
	return tx.Send("eventrefs_confirm_home", referenceHome(d.Event.ID), confirmation{d.Event.ID, r}, storage.Now())
}

// Audience are the accounts in whose feeds the event stands.
func (d Drafted) Audience() []string { return audience(d.Event, d.owner) }

// Part is the event as a part of a change of one of them.
func (d Drafted) Part() (string, any) { return d.Event.part() }

// Absent are the records that Put makes and nobody has made before.
func (d Drafted) Absent(p storage.Partition) []storage.Key {
	return []storage.Key{largeKey(p, d.Event)}
}

// Raw is an event as pulls and lists of circuits show it: the stored form of the contract.
type Raw struct {
	ID          string       `json:"event_id"`
	DFID        string       `json:"dfid"`
	Type        Type         `json:"event_type"`
	Time        web.TimeZ    `json:"timestamp"`
	Source      string       `json:"source"`
	Metadata    canon.Object `json:"metadata"`
	Encrypted   bool         `json:"is_encrypted"`
	Visibility  Visibility   `json:"visibility"`
	ContentHash string       `json:"content_hash"`
	Local       bool         `json:"is_local"`
	LocalID     string       `json:"local_event_id,omitempty"`
	PushedTo    string       `json:"pushed_to_circuit,omitempty"`
	SnapshotID  string       `json:"snapshot_id,omitempty"`
	SnapshotCID string       `json:"snapshot_cid,omitempty"`
}

// Of are the events of an item that a user who sees it may see, newest first, at most so many. One call, and one for each
// with large metadata and for each circuit whose events are met.
func (s *Service) Of(ctx context.Context, dfid, userID string, most int) ([]Raw, error) {
	p, _ := s.items.Partition(dfid)
	out, viewer := []Raw{}, s.viewer(userID)
	page := storage.Page{Limit: most, Reverse: true}
	for {
		found, err := s.store.Scan(ctx, "events_list_of", p, itemEventPrefix(p), page)
		if err != nil {
			return nil, err
		}
		rows, err := decode(found.Records)
		if err != nil {
			return nil, err
		}
		for _, e := range rows {
			if may, err := viewer.admitted(ctx, e); err != nil {
				return nil, err
			} else if !may {
				continue
			}
			m, err := s.read(ctx, p, e)
			if err != nil {
				return nil, err
			}
			if out = append(out, e.raw(m)); len(out) == most {
				return out, nil
			}
		}
		if page.After = found.Next; page.After == "" {
			return out, nil
		}
	}
}

func (e Event) raw(m canon.Object) Raw {
	return Raw{
		e.ID, e.DFID, e.Type, web.TimeZ(e.Time), e.Source, m, e.private(), e.Visibility, e.ContentHash, e.Local, e.LocalID, e.PushedTo,
		e.SnapshotID, e.SnapshotCID,
	}
}
