package storagehistory

import (
	"context"
	"strings"
	"time"

	"tracedge/core/abreast"
	"tracedge/core/accounts"
	"tracedge/core/adaptertype"
	"tracedge/core/storage"
)

// Uploads are the counts of uploads to one adapter type.
type Uploads struct {
	Pending, Failed int64
	LastSync        *time.Time
}

// Uploads reads the counts of an account, or those of all accounts for "". One call for an account, one for each shard,
// side by side, for all. They follow an upload within moments.
func (c *Counts) Uploads(ctx context.Context, userID string, t adaptertype.Type) (Uploads, error) {
	var out Uploads
	partitions := counted(userID)
	found, err := inEach(partitions, func(p storage.Partition) (storage.Snapshot, error) {
		return c.store.Read(ctx, "outbox_count_entries", p, countKey(p, "pending", string(t)), countKey(p, "failed", string(t)), syncedKey(p, t))
	})
	if err != nil {
		return out, err
	}
	for i, p := range partitions {
		for key, into := range map[string]*int64{"pending": &out.Pending, "failed": &out.Failed} {
			var n int64
			if _, err := found[i].Get(countKey(p, key, string(t)), &n); err != nil {
				return out, err
			}
			*into += n
		}
		var at time.Time
		if ok, err := found[i].Get(syncedKey(p, t), &at); err != nil {
			return out, err
		} else if ok && (out.LastSync == nil || at.After(*out.LastSync)) {
			out.LastSync = &at
		}
	}
	return out, nil
}

// Statistics are the sums of storage history.
type Statistics struct {
	Items, Records, Migrations int64
	ByType                     map[adaptertype.Type]int64 // records
}

// Statistics reads those of an account, or of all accounts for "". Calls as for Uploads.
func (c *Counts) Statistics(ctx context.Context, userID string) (Statistics, error) {
	out := Statistics{ByType: make(map[adaptertype.Type]int64)}
	partitions := counted(userID)
	found, err := inEach(partitions, func(p storage.Partition) (storage.Listing, error) {
		return c.store.Scan(ctx, "storage_sum_statistics", p, p.Prefix(countArea), storage.Page{Limit: maxCounts})
	})
	if err != nil {
		return out, err
	}
	for i, p := range partitions {
		for _, r := range found[i].Records {
			if err := out.add(strings.TrimPrefix(string(r.Key), string(p.Prefix(countArea))), r); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// maxCounts is more than an account has: four for each adapter type and two.
const maxCounts = 1000

func (s *Statistics) add(name string, r storage.Record) error {
	name, of, _ := strings.Cut(name, "/")
	var n int64
	switch name {
	case "items", "migrations", "records":
		if err := r.Decode(&n); err != nil {
			return err
		}
	}
	switch name {
	case "items":
		s.Items += n
	case "migrations":
		s.Migrations += n
	case "records":
		s.Records += n
		s.ByType[adaptertype.Type(of)] += n
	}
	return nil
}

// counted are the partitions with the counts of an account, or of all.
func counted(userID string) (out []storage.Partition) {
	if userID != "" {
		return []storage.Partition{accounts.Partition(userID)}
	}
	for n := range shards {
		out = append(out, shardPartition(n))
	}
	return out
}

// inEach reads in each partition, side by side.
func inEach[T any](partitions []storage.Partition, read func(storage.Partition) (T, error)) ([]T, error) {
	found := make([]T, len(partitions))
	err := abreast.All(len(partitions), func(i int) (err error) {
		found[i], err = read(partitions[i])
		return err
	})
	return found, err
}
