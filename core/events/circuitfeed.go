package events

import (
	"context"
	"slices"

	"tracedge/core/canon"
	"tracedge/core/circuits"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// The feed of a circuit lists the events that were pushed to it, and those that name it in their metadata and were made by
// a member. Its rows are copies like those of accounts. A row that no longer belongs there stays as one that is gone, so
// that a late copy does not bring it back.

// circuitOf is the circuit that metadata names, "" for none.
func circuitOf(metadata canon.Object) string {
	v, _ := metadata.Get("circuit_id")
	text, _ := v.Text()
	id, _ := web.ParseUUID(text)
	return id
}

// names tells whether an event is one of a circuit.
func (e Event) names(circuitID string, metadata canon.Object) bool {
	return e.PushedTo == circuitID || circuitOf(metadata) == circuitID
}

// feedsOf are the circuits in whose feeds an event with this metadata stands. One call of the sequencer where the metadata
// names a circuit that it did not name before.
func (s *Service) feedsOf(ctx context.Context, e Event, metadata canon.Object) ([]string, error) {
	var feeds []string
	if e.PushedTo != "" {
		feeds = append(feeds, e.PushedTo)
	}
	id := circuitOf(metadata)
	if id == "" || id == e.PushedTo {
		return feeds, nil
	}
	if !e.ByCircuit && !slices.Contains(e.Feeds, id) {
		if member, err := s.circuits.Member(ctx, id, e.Source); err != nil || !member {
			return feeds, err
		}
	}
	return append(feeds, id), nil
}

// tellCircuits sends the event to the feeds of its circuits, and word that it is gone to those that it was in. A client
// that made the event finds it there at once; those that circuits make follow the response.
func (e Event) tellCircuits(tx *storage.Tx, former []string) {
	var now []storage.SendOption
	if !e.ByCircuit {
		now = append(now, storage.Now())
	}
	row := e
	row.Metadata = e.Metadata.copied()
	for _, id := range e.Feeds {
		tx.Send("events_put_feed", circuits.Partition(id), row, now...)
	}
	row.Gone, row.Metadata = true, Metadata{}
	for _, id := range former {
		if !slices.Contains(e.Feeds, id) {
			tx.Send("events_put_feed", circuits.Partition(id), row, now...)
		}
	}
}

// applyCircuitFeed puts such a row into the circuit whose partition tx changes, whatever has become of the circuit.
func applyCircuitFeed(tx *storage.Tx, r storage.Row) error {
	var e Event
	if err := r.Decode(&e); err != nil {
		return err
	}
	return putFeed(tx, e)
}

func circuitFeedReads(r storage.Row) (reading, absent []storage.Key) {
	var e Event
	p, err := storage.ParsePartition(r.Target)
	if err != nil || r.Decode(&e) != nil {
		return nil, nil // the row fails when it is applied
	}
	return e.feedReads(p)
}

// manyJudged is after how many items that are not the circuit's a page ends.
const manyJudged = 8

// listCircuit is a page of a circuit's feed for a member: of the events whose item the member may see. Two calls of the
// sequencer, three with a filter, and one or more for each item that the circuit does not hold, 8 of them at most.
func (s *Service) listCircuit(c *web.Call, f filter, page web.Page) (any, error) {
	after, err := resume(page)
	if err != nil || page.Limit == 0 || f.empty() {
		return []response{}, err
	}
	rows, more, err := s.circuitFeed(c.Context(), f, f.start(after), page.Limit)
	if err != nil {
		return nil, err
	}
	seen, n, err := s.seen(c.Context(), c.Caller().UserID, f.circuit, rows)
	if err != nil {
		return nil, err
	}
	return s.show(c, rows[:n], more || n < len(rows), f, page.Limit, func(ctx context.Context, e Event) (Event, canon.Object, bool, error) {
		switch {
		case e.Gone || e.Source != c.Caller().UserID && !seen[e.DFID]:
			return e, canon.Object{}, false, nil
		case e.Metadata.Away:
			return s.fetch(ctx, e)
		}
		m, err := s.read(ctx, storage.Partition{}, e)
		return e, m, true, err
	})
}

// seen tells which items of some rows a member of a circuit may see, and up to which row it has asked.
func (s *Service) seen(ctx context.Context, userID, circuitID string, rows []Event) (map[string]bool, int, error) {
	var dfids []string
	for _, e := range rows {
		if e.Source != userID && !slices.Contains(dfids, e.DFID) {
			dfids = append(dfids, e.DFID)
		}
	}
	if len(dfids) == 0 {
		return nil, len(rows), nil
	}
	seen, err := s.circuits.Holds(ctx, circuitID, dfids)
	if err != nil {
		return nil, 0, err
	}
	judged := map[string]bool{}
	for n, e := range rows {
		if e.Source == userID || seen[e.DFID] || judged[e.DFID] {
			continue
		}
		if len(judged) == manyJudged {
			return seen, n, nil
		}
		judged[e.DFID] = true
		p, named := s.items.Partition(e.DFID)
		if !named {
			continue
		}
		keys, ranges := s.items.Reads(p, userID)
		v, err := s.store.View(ctx, "events_check_listed", p, keys, ranges...)
		if err != nil {
			return nil, 0, err
		}
		standing, err := s.items.Judge(ctx, p, v, userID)
		if err != nil {
			return nil, 0, err
		}
		seen[e.DFID] = standing.MaySee
	}
	return seen, len(rows), nil
}
