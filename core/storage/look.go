package storage

import (
	"context"

	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

// Span is a page of a range: the records under a prefix.
type Span struct {
	Prefix Key
	Page
}

// Look returns the current records of one partition under the keys and the pages of the spans, in their order, all of one
// moment. One call of the sequencer.
func (s *Store) Look(ctx context.Context, op label, p Partition, keys []Key, spans ...Span) (Snapshot, []Listing, error) {
	end, err := s.traced(ctx, op, trace.Scan, p.Kind())
	if err != nil {
		return Snapshot{}, nil, err
	}
	req := wire.ReadRequest{Partition: p.name, Keys: names(keys)}
	for _, span := range spans {
		req.Scans = append(req.Scans, span.ask())
	}
	reply, attempts, err := s.read(ctx, req)
	if err = end(attempts, err); err != nil {
		return Snapshot{}, nil, err
	}
	pages := make([]Listing, len(spans))
	for i := range pages {
		pages[i] = s.listing(reply.Scans[i])
	}
	return s.snapshot(reply.Records), pages, nil
}

func (s Span) ask() wire.Scan {
	return wire.Scan{Prefix: string(s.Prefix), After: string(s.After), Limit: s.Limit, Reverse: s.Reverse}
}
