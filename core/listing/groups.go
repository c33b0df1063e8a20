package listing

import (
	"context"
	"strings"

	"tracedge/core/storage"
)

// LocalSums are what an account has in Active local items.
type LocalSums struct {
	Items  int64 // all of them
	Groups int64 // of items that share a canonical identifier
	Twins  int64 // items in one or more groups
}

// maxScan is the most that one page of a range has.
const maxScan = 1000

// Groups returns up to limit groups in the order of namespace:key and value, beyond the Order of one ("" is the start),
// whether there are more, and the sums. limit is 0 to 999. One call.
func (l *Lists) Groups(ctx context.Context, userID, after string, limit int) ([]Twin, bool, LocalSums, error) {
	p := home(userID)
	page := storage.Page{Limit: limit + 1}
	if after != "" {
		page.After = twinsKey(p, after)
	}
	items, groups, twins := localSumKey(p, "local"), localSumKey(p, "groups"), localSumKey(p, "twins")
	found, pages, err := l.store.Look(ctx, "locals_list_groups", p, []storage.Key{items, groups, twins}, storage.Span{Prefix: twinsPrefix(p), Page: page})
	if err != nil {
		return nil, false, LocalSums{}, err
	}
	var s LocalSums
	for k, into := range map[storage.Key]*int64{items: &s.Items, groups: &s.Groups, twins: &s.Twins} {
		if _, err := found.Get(k, into); err != nil {
			return nil, false, s, err
		}
	}
	out := make([]Twin, 0, limit)
	for _, r := range pages[0].Records[:min(limit, len(pages[0].Records))] {
		var t Twin
		if err := r.Decode(&t); err != nil {
			return nil, false, s, err
		}
		out = append(out, t)
	}
	return out, len(pages[0].Records) > limit || pages[0].Next != "", s, nil
}

// spansPerCall bounds the ranges of one call.
const spansPerCall = 50

// Members returns where the members of groups stand, oldest first. One call for fifty groups, and more for groups of more
// than a thousand.
func (l *Lists) Members(ctx context.Context, userID string, groups []Twin) ([][]Position, error) {
	p := home(userID)
	out := make([][]Position, 0, len(groups))
	for len(groups) > 0 {
		n := min(spansPerCall, len(groups))
		some, err := l.someMembers(ctx, p, groups[:n])
		if err != nil {
			return nil, err
		}
		out, groups = append(out, some...), groups[n:]
	}
	return out, nil
}

func (l *Lists) someMembers(ctx context.Context, p storage.Partition, groups []Twin) ([][]Position, error) {
	out, at := make([][]Position, len(groups)), make([]int, len(groups))
	open := make([]storage.Span, len(groups)) // of the group at
	for n, t := range groups {
		open[n], at[n] = storage.Span{Prefix: indexPrefix(p, t.Name, Active), Page: storage.Page{Limit: maxScan}}, n
	}
	for len(open) > 0 {
		_, pages, err := l.store.Look(ctx, "locals_list_members", p, nil, open...)
		if err != nil {
			return nil, err
		}
		left := 0
		for n, page := range pages {
			for _, r := range page.Records {
				out[at[n]] = append(out[at[n]], Position(r.Key[strings.LastIndexByte(string(r.Key), '/')+1:]))
			}
			if page.Next != "" {
				open[left], at[left] = open[n], at[n]
				open[left].After = page.Next
				left++
			}
		}
		open, at = open[:left], at[:left]
	}
	return out, nil
}

// ID is the id of the row that stands there.
func (p Position) ID() string { return string(p[min(17, len(p)):]) }

// rowsPerCall bounds the rows of one call, which may carry copies.
const rowsPerCall = 200

// Rows reads the rows at positions; those that are not there any more are left out. One call for two hundred.
func (l *Lists) Rows(ctx context.Context, userID string, places []Position) (map[Position]Row, error) {
	out := make(map[Position]Row, len(places))
	for len(places) > 0 {
		n := min(rowsPerCall, len(places))
		rows, err := l.rows(ctx, home(userID), places[:n])
		if err != nil {
			return nil, err
		}
		places = places[n:]
		for _, r := range rows {
			out[r.Position()] = r
		}
	}
	return out, nil
}
