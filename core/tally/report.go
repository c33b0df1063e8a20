package tally

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"tracedge/core/order"
	"tracedge/core/storage"
)

// Report is what happened in a window of time.
type Report struct {
	Requests   int64
	Errors     int64
	ByKind     map[string]int64
	ByEndpoint map[string]int64
	Samples    []Sample // latest first
}

// The bounds of a report's reading.
const (
	pageSize    = 1000
	maxPages    = 20 // of one shard's counts: an hour of full maps
	readers     = 8  // shards read side by side
	reported    = 20 // samples
	sampleLimit = 50 // samples of one shard
)

// Read sums what the isolates have flushed since a moment.
func Read(ctx context.Context, s *storage.Store, since time.Time) (Report, error) {
	var shares []storage.Partition
	for hour := since.Truncate(time.Hour); !hour.After(s.Now()); hour = hour.Add(time.Hour) {
		for shard := range shards {
			shares = append(shares, partition(hour, shard))
		}
	}
	parts := make([]part, len(shares))
	var wg sync.WaitGroup
	gate := make(chan struct{}, readers)
	for i, p := range shares {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			parts[i] = readPart(ctx, s, p)
		})
	}
	wg.Wait()
	return sum(parts, since)
}

// part is what one shard holds.
type part struct {
	counts  []count
	samples []Sample
	err     error
}

func readPart(ctx context.Context, s *storage.Store, p storage.Partition) part {
	var out part
	page := storage.Page{Limit: pageSize}
	for range maxPages {
		found, err := s.Scan(ctx, "errors_scan_counts", p, p.Prefix("count"), page)
		if err != nil {
			out.err = err
			return out
		}
		for _, rec := range found.Records {
			var n count
			if out.err = rec.Decode(&n); out.err != nil {
				return out
			}
			out.counts = append(out.counts, n)
		}
		if page.After = found.Next; found.Next == "" {
			break
		}
	}
	found, err := s.Scan(ctx, "errors_scan_samples", p, p.Prefix("sample"), storage.Page{Limit: sampleLimit, Reverse: true})
	out.err = err
	for _, rec := range found.Records {
		var v Sample
		if err := rec.Decode(&v); err != nil {
			out.err = err
			return out
		}
		out.samples = append(out.samples, v)
	}
	return out
}

func sum(parts []part, since time.Time) (Report, error) {
	r := Report{ByKind: make(map[string]int64), ByEndpoint: make(map[string]int64)}
	first := since.Truncate(time.Minute).Unix()
	var errs []error
	for _, p := range parts {
		errs = append(errs, p.err)
		for _, n := range p.counts {
			switch {
			case n.Minute < first:
			case n.Kind == "":
				r.Requests += n.N
			default:
				r.Errors += n.N
				r.ByKind[n.Kind] += n.N
				r.ByEndpoint[n.Endpoint] += n.N
			}
		}
		for _, v := range p.samples {
			if !v.Time.Before(since) {
				r.Samples = append(r.Samples, v)
			}
		}
	}
	order.By(r.Samples, func(a, b Sample) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.TraceID, b.TraceID))
	})
	r.Samples = r.Samples[:min(len(r.Samples), reported)]
	return r, errors.Join(errs...)
}
