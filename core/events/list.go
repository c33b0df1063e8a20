package events

import (
	"context"

	"tracedge/core/accounts"
	"tracedge/core/canon"
	"tracedge/core/circuits"
	"tracedge/core/storage"
	"tracedge/core/web"
)

func (s *Service) search(c *web.Call) (any, error) {
	q := web.Query[searchQuery](c)
	f := filter{from: q.From, to: q.To}
	if q.Type != nil {
		f.kind = Type(*q.Type)
	}
	if q.Visibility != nil {
		f.visibility = Visibility(*q.Visibility)
	}
	if q.Circuit != nil {
		f.circuit = string(*q.Circuit)
		if member, err := s.circuits.Member(c.Context(), f.circuit, c.Caller().UserID); err != nil || !member {
			return []response{}, err
		}
	}
	switch {
	case q.DFID != nil:
		return s.listItem(c, *q.DFID, f, q.Page)
	case q.Circuit != nil:
		return s.listCircuit(c, f, q.Page)
	}
	return s.listFeed(c, f, q.Page)
}

func (s *Service) ofItem(c *web.Call) (any, error) {
	return s.listItem(c, c.Path("dfid"), filter{}, web.Query[pageQuery](c).Page)
}

func (s *Service) ofType(c *web.Call) (any, error) {
	t, err := named("event_type", c.Path("event_type"), types())
	if err != nil {
		return nil, err
	}
	return s.listFeed(c, filter{kind: t}, web.Query[pageQuery](c).Page)
}

func (s *Service) ofVisibility(c *web.Call) (any, error) {
	v, err := named("visibility", c.Path("visibility"), visibilities())
	if err != nil {
		return nil, err
	}
	return s.listFeed(c, filter{visibility: v}, web.Query[pageQuery](c).Page)
}

func (s *Service) timeline(c *web.Call) (any, error) {
	q := web.Query[timelineQuery](c)
	var f filter
	for _, bound := range []struct {
		field string
		given *int64
		into  **moment
	}{{"start_date", q.Start, &f.from}, {"end_date", q.End, &f.to}} {
		if bound.given == nil {
			continue
		}
		at, err := second(bound.field, *bound.given)
		if err != nil {
			return nil, err
		}
		*bound.into = &at
	}
	if f.from == nil || f.to == nil { // half a bound is none
		f.from, f.to = nil, nil
	}
	if q.Type != nil {
		f.kind = Type(*q.Type)
	}
	if q.Visibility != nil {
		f.visibility = Visibility(*q.Visibility)
	}
	return s.listFeed(c, f, q.Page)
}

func (s *Service) public(c *web.Call) (any, error) {
	return s.listFeed(c, filter{visibility: Public}, web.Query[pageQuery](c).Page)
}

func (s *Service) private(c *web.Call) (any, error) {
	return s.listFeed(c, filter{visibility: Private, source: c.Caller().UserID}, web.Query[pageQuery](c).Page)
}

// listFeed is a page of the caller's feed. One call of the sequencer, or two with a filter: the places in the index and
// then the rows. Events whose metadata is too large for a feed cost two more each, and a page ends after a few of them.
func (s *Service) listFeed(c *web.Call, f filter, page web.Page) (any, error) {
	after, err := resume(page)
	if err != nil || page.Limit == 0 || f.empty() {
		return []response{}, err
	}
	rows, next, err := s.feed(c.Context(), c.Caller().UserID, f, f.start(after), page.Limit)
	if err != nil {
		return nil, err
	}
	return s.show(c, rows, next, f, page.Limit, func(ctx context.Context, e Event) (Event, canon.Object, bool, error) {
		if !e.Metadata.Away {
			m, err := s.read(ctx, storage.Partition{}, e)
			return e, m, true, err
		}
		return s.fetch(ctx, e)
	})
}

// listItem is a page of an item's events, none when the caller may not see it. Two calls of the sequencer.
func (s *Service) listItem(c *web.Call, dfid string, f filter, page web.Page) (any, error) {
	after, err := resume(page)
	p, named := s.items.Partition(dfid)
	if err != nil || page.Limit == 0 || f.empty() || !named {
		return []response{}, err
	}
	userID := c.Caller().UserID
	keys, ranges := s.items.Reads(p, userID)
	v, err := s.store.View(c.Context(), "events_check_item", p, keys, ranges...)
	if err != nil {
		return nil, err
	}
	if standing, err := s.items.Judge(c.Context(), p, v, userID); err != nil || !standing.MaySee {
		return []response{}, err
	}
	span := storage.Page{Limit: page.Limit, Reverse: true}
	if f.narrow() {
		span.Limit = scanned
	}
	if start := f.start(after); start != "" {
		span.After = itemEventKey(p, start)
	}
	found, err := s.store.Scan(c.Context(), "events_list_item", p, itemEventPrefix(p), span)
	if err != nil {
		return nil, err
	}
	rows, err := decode(found.Records)
	if err != nil {
		return nil, err
	}
	return s.show(c, rows, found.Next != "", f, page.Limit, func(ctx context.Context, e Event) (Event, canon.Object, bool, error) {
		m, err := s.read(ctx, p, e)
		return e, m, true, err
	})
}

// scanned is how many events of an item one page looks at for those that a filter chooses.
const scanned = 1000

// manyLarge is after how many events with large metadata a page ends.
const manyLarge = 8

// show makes a page of rows: those that the filter chooses and whose visibility admits the caller, with their metadata.
// more tells whether there are rows behind them. The next page begins behind the last row that was looked at.
func (s *Service) show(c *web.Call, rows []Event, more bool, f filter, limit int,
	complete func(context.Context, Event) (Event, canon.Object, bool, error)) (any, error) {
	out, large, last := []response{}, 0, ""
	viewer := s.viewer(c.Caller().UserID)
	if f.circuit != "" {
		viewer.member[f.circuit] = true // or there would be no list
	}
	for _, e := range rows {
		if f.early(e.position()) {
			return out, nil
		}
		if len(out) == limit || large == manyLarge {
			more = true
			break
		}
		last = e.position()
		if !f.fits(e) {
			continue
		}
		if may, err := viewer.admitted(c.Context(), e); err != nil {
			return nil, err
		} else if !may {
			continue
		}
		if e.Metadata.Away || e.Metadata.Beside {
			large++
		}
		whole, metadata, there, err := complete(c.Context(), e)
		if err != nil {
			return nil, err
		}
		if there && (f.circuit == "" || whole.names(f.circuit, metadata)) {
			out = append(out, whole.response(metadata))
		}
	}
	if more && last != "" {
		if _, err := c.Next(last); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// feed reads rows of an account's feed before a position, newest first, and whether there are more.
func (s *Service) feed(ctx context.Context, userID string, f filter, before string, limit int) ([]Event, bool, error) {
	p := accounts.Partition(userID)
	return feedRows(p, f, before, limit, func(prefix storage.Key, page storage.Page) (storage.Listing, error) {
		return s.store.Scan(ctx, "events_list_feed", p, prefix, page)
	}, func(keys []storage.Key) (storage.Snapshot, error) {
		return s.store.Read(ctx, "events_list_rows", p, keys...)
	})
}

// circuitFeed is feed for the circuit of the filter.
func (s *Service) circuitFeed(ctx context.Context, f filter, before string, limit int) ([]Event, bool, error) {
	p := circuits.Partition(f.circuit)
	return feedRows(p, f, before, limit, func(prefix storage.Key, page storage.Page) (storage.Listing, error) {
		return s.store.Scan(ctx, "events_list_circuit", p, prefix, page)
	}, func(keys []storage.Key) (storage.Snapshot, error) {
		return s.store.Read(ctx, "events_list_named", p, keys...)
	})
}

// feedRows reads rows of a feed by what scans it and what reads the rows that an index names.
func feedRows(p storage.Partition, f filter, before string, limit int,
	scan func(storage.Key, storage.Page) (storage.Listing, error),
	read func([]storage.Key) (storage.Snapshot, error)) ([]Event, bool, error) {
	prefix := feedPrefix(p)
	index := f.index()
	if index != "" {
		prefix = indexPrefix(p, index)
	}
	page := storage.Page{Limit: limit, Reverse: true}
	if before != "" {
		page.After = prefix + storage.Key(before)
	}
	found, err := scan(prefix, page)
	if err != nil || index == "" || len(found.Records) == 0 {
		rows, decodeErr := decode(found.Records)
		if err == nil {
			err = decodeErr
		}
		return rows, found.Next != "", err
	}
	keys := make([]storage.Key, len(found.Records))
	for i, rec := range found.Records {
		keys[i] = feedPrefix(p) + rec.Key[len(prefix):]
	}
	records, err := read(keys)
	if err != nil {
		return nil, false, err
	}
	rows := make([]Event, 0, len(keys))
	for _, k := range keys {
		var e Event
		if known, err := records.Get(k, &e); err != nil {
			return nil, false, err
		} else if known {
			rows = append(rows, e)
		}
	}
	return rows, found.Next != "", nil
}

// fetch reads the event itself behind a row of a feed, and whether it is there.
func (s *Service) fetch(ctx context.Context, row Event) (Event, canon.Object, bool, error) {
	at := s.place(row.ID, reference{DFID: row.DFID, Time: row.Time})
	if row.Local {
		at = s.place(row.ID, reference{LocalID: row.LocalID})
	}
	records, err := s.store.Read(ctx, "events_get_listed", at.home, at.key)
	if err != nil {
		return row, canon.Object{}, false, err
	}
	var e Event
	if known, err := records.Get(at.key, &e); err != nil || !known {
		return row, canon.Object{}, false, err
	}
	m, err := s.read(ctx, at.home, e)
	return e, m, true, err
}

func decode(records []storage.Record) ([]Event, error) {
	out := make([]Event, len(records))
	for i, rec := range records {
		if err := rec.Decode(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
