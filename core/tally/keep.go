package tally

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"tracedge/core/storage"
)

// shards spreads the flushes of an hour over partitions: all instances of the world write them.
const shards = 4

// memory is how long counts are kept: the longest window and the hour that it begins in.
const memory = 26 * time.Hour

// partition is where a shard of an hour is counted: errors/<hour>-<shard>.
func partition(hour time.Time, shard int) storage.Partition {
	return storage.In("errors", fmt.Sprintf("%d-%d", hour.Unix(), shard))
}

// countKey names a count: count/<minute>/<kind>/<endpoint>. The zero series is all requests.
func countKey(p storage.Partition, minute int64, s series) storage.Key {
	return p.Key("count", strconv.FormatInt(minute, 10), s.kind, s.endpoint)
}

// count is a stored count with its names, so that a scan needs no parsing of keys.
type count struct {
	Minute   int64  `json:"minute"`
	Kind     string `json:"kind"`
	Endpoint string `json:"endpoint"`
	N        int64  `json:"n"`
}

// Flush brings the counts of an instance to the store: one update for each hour that it counted in. It runs in the
// background. A crash before it loses the counts.
func (c *Counter) Flush(ctx context.Context, s *storage.Store) error {
	counts, samples := c.take()
	shard, now := int(s.Now().UnixMilli()%shards), s.Now()
	hours := make(map[int64][]count)
	for minute, by := range counts {
		hour := time.Unix(minute, 0).UTC().Truncate(time.Hour).Unix()
		for what, n := range by {
			hours[hour] = append(hours[hour], count{minute, what.kind, what.endpoint, n})
		}
	}
	for hour, list := range hours {
		p := partition(time.Unix(hour, 0).UTC(), shard)
		err := s.Update(ctx, "errors_add_counts", p, func(tx *storage.Tx) error {
			for _, n := range list {
				if err := n.add(tx, p, now); err != nil {
					return err
				}
			}
			for i, sample := range samples {
				k := p.Key("sample", storage.Ascending(sample.Time)+"-"+strconv.Itoa(i)+sample.TraceID[:8])
				tx.Put(k, sample, storage.Expires(now.Add(memory)))
			}
			return nil
		}, storage.Reading(keys(p, list)...))
		if err != nil {
			return err
		}
		samples = nil // with the first hour; they carry their own time
	}
	return nil
}

func keys(p storage.Partition, list []count) []storage.Key {
	out := make([]storage.Key, len(list))
	for i, n := range list {
		out[i] = countKey(p, n.Minute, series{n.Kind, n.Endpoint})
	}
	return out
}

func (n count) add(tx *storage.Tx, p storage.Partition, now time.Time) error {
	k := countKey(p, n.Minute, series{n.Kind, n.Endpoint})
	var have count
	if _, err := tx.Get(k, &have); err != nil {
		return err
	}
	n.N += have.N
	return tx.Put(k, n, storage.Expires(now.Add(memory)))
}
