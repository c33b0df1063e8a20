package storage

import (
	"context"

	"tracedge/core/storage/wire"
	"tracedge/core/trace"
)

// Read returns the current records of one partition under the keys, all of one moment. One call of the sequencer.
func (s *Store) Read(ctx context.Context, op label, p Partition, keys ...Key) (Snapshot, error) {
	end, err := s.traced(ctx, op, trace.Read, p.Kind())
	if err != nil {
		return Snapshot{}, err
	}
	reply, attempts, err := s.read(ctx, wire.ReadRequest{Partition: p.name, Keys: names(keys)})
	return s.snapshot(reply.Records), end(attempts, err)
}

// Scan returns the current records of one partition under a prefix in key order. One call of the sequencer.
func (s *Store) Scan(ctx context.Context, op label, p Partition, prefix Key, page Page) (Listing, error) {
	end, err := s.traced(ctx, op, trace.Scan, p.Kind())
	if err != nil {
		return Listing{}, err
	}
	reply, attempts, err := s.read(ctx, wire.ReadRequest{Partition: p.name, Scans: []wire.Scan{Span{prefix, page}.ask()}})
	if err = end(attempts, err); err != nil {
		return Listing{}, err
	}
	return s.listing(reply.Scans[0]), nil
}

func (s *Store) listing(r wire.ScanReply) Listing {
	l := Listing{Records: s.records(r.Records)}
	if r.More && len(l.Records) > 0 {
		l.Next = l.Records[len(l.Records)-1].Key
	}
	return l
}

// ReadEdge returns the replicas under the keys, up to a minute old, absences included. At most 100 keys.
func (s *Store) ReadEdge(ctx context.Context, op label, keys ...Key) (Snapshot, error) {
	end, err := s.traced(ctx, op, trace.EdgeRead, "edge")
	if err != nil {
		return Snapshot{}, err
	}
	reply, attempts, err := retry(ctx, s, func(ctx context.Context) (wire.EdgeReply, error) {
		return s.edge.Get(ctx, wire.EdgeGetRequest{Keys: names(keys)})
	})
	return s.snapshot(reply.Records), end(attempts, err)
}

// ScanEdge returns a page of the replicas under a prefix, up to a minute old, and the cursor of the next page, "" when
// there is none. The prefix may span partitions.
func (s *Store) ScanEdge(ctx context.Context, op label, prefix Key, cursor string, limit int) ([]Record, string, error) {
	end, err := s.traced(ctx, op, trace.EdgeScan, "edge")
	if err != nil {
		return nil, "", err
	}
	reply, attempts, err := retry(ctx, s, func(ctx context.Context) (wire.EdgeReply, error) {
		return s.edge.Scan(ctx, wire.EdgeScanRequest{Prefix: string(prefix), Cursor: cursor, Limit: limit})
	})
	return s.records(reply.Records), reply.Cursor, end(attempts, err)
}

func names(keys []Key) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = string(k)
	}
	return out
}
