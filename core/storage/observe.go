package storage

import (
	"context"
	"strings"

	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

// View is records of one partition by key and by range.
type View struct {
	Snapshot
	ranges []observed
}

// Range returns the records under a prefix that was asked for, in key order.
func (v View) Range(prefix Key) []Record { return rangeOf(v.ranges, prefix) }

// Find returns the record under a key that was asked for by itself or lies in a range that was.
func (v View) Find(k Key) (Record, bool) {
	if r, ok := v.Record(k); ok {
		return r, true
	}
	for _, o := range v.ranges {
		if got, covered := o.find(k); covered {
			return got.record, got.exists
		}
	}
	return Record{}, false
}

// Get decodes what Find finds into v and reports whether there is one.
func (v View) Get(k Key, into any) (bool, error) {
	r, ok := v.Find(k)
	if !ok {
		return false, nil
	}
	return true, r.Decode(into)
}

// Decode decodes a record of the view into v.
func (v View) Decode(r Record, into any) error { return r.Decode(into) }

// View reads records of one partition by key, and whole ranges of it. All are of one moment as long as a range fits in a
// page of the back end (1000 records, 4 MiB); the rest of a longer one is of a later moment each. One traced call.
func (s *Store) View(ctx context.Context, op label, p Partition, keys []Key, prefixes ...Key) (View, error) {
	end, err := s.traced(ctx, op, trace.Read, p.Kind())
	if err != nil {
		return View{}, err
	}
	req := wire.ReadRequest{Partition: p.name, Keys: names(keys)}
	for _, prefix := range prefixes {
		req.Scans = append(req.Scans, whole(prefix))
	}
	reply, attempts, err := s.read(ctx, req)
	v := View{Snapshot: s.snapshot(reply.Records)}
	if err == nil {
		v.ranges, err = s.follow(ctx, p, req.Scans, reply.Scans)
	}
	return v, end(attempts, err)
}

// observed is a range as an update or a view has seen it, whole.
type observed struct {
	prefix  Key
	records []Record
}

func whole(prefix Key) wire.Scan { return wire.Scan{Prefix: string(prefix), Limit: wire.MaxScan} }

// follow turns the first pages of ranges into the ranges.
func (s *Store) follow(ctx context.Context, p Partition, asks []wire.Scan, pages []wire.ScanReply) ([]observed, error) {
	out := make([]observed, len(asks))
	for i, ask := range asks {
		page := pages[i]
		o := observed{Key(ask.Prefix), s.records(page.Records)}
		for page.More && len(page.Records) > 0 {
			ask.After = page.Records[len(page.Records)-1].Key
			reply, _, err := s.read(ctx, wire.ReadRequest{Partition: p.name, Scans: []wire.Scan{ask}})
			if err != nil {
				return nil, err
			}
			page = reply.Scans[0]
			o.records = append(o.records, s.records(page.Records)...)
		}
		out[i] = o
	}
	return out, nil
}

func (o observed) find(k Key) (known, bool) {
	if !strings.HasPrefix(string(k), string(o.prefix)) {
		return known{}, false
	}
	for _, r := range o.records {
		if r.Key == k {
			return known{r, true}, true
		}
	}
	return known{}, true
}

func rangeOf(ranges []observed, prefix Key) []Record {
	for _, o := range ranges {
		if o.prefix == prefix {
			return o.records
		}
	}
	return nil
}

// Observed returns the records of a range that Observing named, in key order, as they were before this update.
func (tx *Tx) Observed(prefix Key) []Record { return rangeOf(tx.seen, prefix) }

// Decode decodes a record of Observed or Scan into v.
func (tx *Tx) Decode(r Record, into any) error { return tx.fail(r.Decode(into)) }

// observe is fetch with ranges that do not count as read.
func (tx *Tx) observe(keys []Key, scans []wire.Scan, prefixes []Key) error {
	tx.reads++
	asks := scans[:len(scans):len(scans)]
	for _, prefix := range prefixes {
		asks = append(asks, whole(prefix))
	}
	reply, _, err := tx.store.read(tx.ctx, wire.ReadRequest{Partition: tx.partition.name, Keys: names(keys), Scans: asks})
	if err != nil {
		return tx.fail(err)
	}
	tx.take(keys, scans, reply)
	tx.seen, err = tx.store.follow(tx.ctx, tx.partition, asks[len(scans):], reply.Scans[len(scans):])
	return tx.fail(err)
}
