package accounts

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"tracedge/core/abreast"
	"tracedge/core/storage"
)

// Counts are the numbers of all accounts.
type Counts struct {
	Total, Admins   int64
	ByTier          map[Tier]int64   // without zeros
	ByStatus        map[Status]int64 // without zeros
	Created, Active int64            // made, and last logged in, since the time asked for; by whole hours
}

// Count sums the numbers of the shards, each of one moment and current: an account counts when the request that made or
// changed it is answered, a login soon after.
func (d *Directory) Count(ctx context.Context, since time.Time) (Counts, error) {
	out := Counts{ByTier: make(map[Tier]int64), ByStatus: make(map[Status]int64)}
	all, err := overShards(func(p storage.Partition) ([]number, error) { return d.numbers(ctx, p) })
	if err != nil {
		return out, err
	}
	first := hourOf(since)
	for _, numbers := range all {
		for _, n := range numbers {
			out.add(n.what, n.value, first)
		}
	}
	maps.DeleteFunc(out.ByTier, func(_ Tier, n int64) bool { return n == 0 })
	maps.DeleteFunc(out.ByStatus, func(_ Status, n int64) bool { return n == 0 })
	return out, nil
}

func (c *Counts) add(what []string, n int64, first string) {
	switch name := what[len(what)-1]; what[0] {
	case totalCount:
		c.Total += n
	case adminCount:
		c.Admins += n
	case tierCount:
		c.ByTier[Tier(name)] += n
	case statusCount:
		c.ByStatus[Status(name)] += n
	case createdCount:
		if name >= first {
			c.Created += n
		}
	case activeCount:
		if name >= first {
			c.Active += n
		}
	}
}

// number is one of a shard, under its name below the shard's prefix.
type number struct {
	what  []string
	value int64
}

func (d *Directory) numbers(ctx context.Context, p storage.Partition) (out []number, err error) {
	prefix, after := countPrefix(p), storage.Key("")
	for {
		page, err := d.store.Scan(ctx, "accounts_count_users", p, prefix, storage.Page{After: after, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			n := number{what: strings.Split(string(r.Key[len(prefix):]), "/")}
			if err := r.Decode(&n.value); err != nil {
				return nil, err
			}
			out = append(out, n)
		}
		if after = page.Next; after == "" {
			return out, nil
		}
	}
}

// overShards works on all shards side by side and returns what it has found in each.
func overShards[T any](work func(storage.Partition) (T, error)) ([]T, error) {
	all := Shards()
	out := make([]T, len(all))
	err := abreast.All(len(all), func(i int) (err error) {
		out[i], err = work(all[i])
		return err
	})
	return out, err
}

// total is how many accounts match a filter, where numbers tell it; nil where somebody would have to count.
func (d *Directory) total(ctx context.Context, f Filter) (*int64, error) {
	if _, ok := f.numbers(shard(0)); !ok {
		return nil, nil
	}
	parts, err := overShards(func(p storage.Partition) (int64, error) { return d.matches(ctx, p, f) })
	if err != nil {
		return nil, err
	}
	var sum int64
	for _, n := range parts {
		sum += n
	}
	return &sum, nil
}

// matches is how many accounts of a shard match such a filter.
func (d *Directory) matches(ctx context.Context, p storage.Partition, f Filter) (sum int64, err error) {
	numbers, _ := f.numbers(p)
	found, err := d.store.Read(ctx, "accounts_count_matches", p, slices.Collect(maps.Keys(numbers))...)
	if err != nil {
		return 0, err
	}
	for k, sign := range numbers {
		var n int64
		if _, err := found.Get(k, &n); err != nil {
			return 0, err
		}
		sum += sign * n
	}
	return sum, nil
}
