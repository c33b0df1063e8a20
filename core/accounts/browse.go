package accounts

import (
	"context"
	"strings"

	"tracedge/core/abreast"
	"tracedge/core/storage"
)

// Position is where a page of a list begins: after an entry, and after so many matches more.
type Position struct {
	After string `json:"after"` // "" is the beginning
	Skip  int    `json:"skip,omitempty"`
}

// Valid reports whether the position can have come from a list.
func (p Position) Valid() bool {
	const id = 17 // time and hyphen
	return p.Skip >= 0 && (p.After == "" || len(p.After) > id && len(p.After) <= id+maxUserID && p.After[id-1] == '-' &&
		strings.Trim(p.After, "0123456789abcdefghijklmnopqrstuvwxyz-") == "")
}

// maxUserID is the length of the longest user id: user-<uuid>.
const maxUserID = len("user-") + 36

// Listing is a page of accounts.
type Listing struct {
	Accounts []*Loaded
	Next     *Position // nil when there is no further page
	Total    *int64    // all matches; nil where somebody would have to count them
}

// maxExamined bounds the entries that one page looks at. A page that ends there is shorter and has a next one.
const maxExamined = 10_000

// Browse returns a page of the accounts that match, newest first, ties broken by id. What it looks for is in the shards,
// current: an account is found when the request that made or changed it is answered. The accounts themselves are then
// read as they are now, and what does not match any more is left out.
func (d *Directory) Browse(ctx context.Context, f Filter, from Position, limit int) (out Listing, err error) {
	out.Total, err = d.total(ctx, f)
	if err != nil || limit == 0 {
		return out, err
	}
	m := newMerge(d, from.After, from.Skip+limit)
	var page []entry
	skip, last := from.Skip, from.After
	for len(page) < limit {
		e, ok, err := m.next(ctx)
		if err != nil {
			return out, err
		}
		if !ok {
			break
		}
		last = e.position()
		switch {
		case !f.matches(e):
		case skip > 0:
			skip--
		default:
			page = append(page, e)
		}
	}
	if more, err := m.more(ctx); err != nil {
		return out, err
	} else if more {
		out.Next = &Position{last, skip}
	}
	loaded, err := d.loadAll(ctx, page)
	for _, a := range loaded {
		if a != nil && f.matches(entryOf(a.Account)) {
			out.Accounts = append(out.Accounts, a)
		}
	}
	return out, err
}

// merge goes through the entries of all shards, newest first.
type merge struct {
	directory *Directory
	runs      []*run
	chunk     int
	examined  int
}

// run is what is left of a shard.
type run struct {
	shard   storage.Partition
	entries []entry
	after   storage.Key
	done    bool // nothing to fetch
}

func newMerge(d *Directory, after string, want int) *merge {
	m := &merge{directory: d, chunk: min(500, max(16, 2*want/shards))}
	for _, p := range Shards() {
		r := &run{shard: p}
		if after != "" {
			r.after = entryPrefix(p) + storage.Key(after)
		}
		m.runs = append(m.runs, r)
	}
	return m
}

// next returns the newest entry that is left; false at the end, or when enough were looked at.
func (m *merge) next(ctx context.Context) (entry, bool, error) {
	if m.examined == maxExamined {
		return entry{}, false, nil
	}
	r, err := m.newest(ctx)
	if r == nil || err != nil {
		return entry{}, false, err
	}
	e := r.entries[0]
	r.entries = r.entries[1:]
	m.examined++
	return e, true, nil
}

// more reports whether there is an entry left.
func (m *merge) more(ctx context.Context) (bool, error) {
	r, err := m.newest(ctx)
	return r != nil, err
}

// newest is the run that begins with the newest entry, nil when all are at their end.
func (m *merge) newest(ctx context.Context) (best *run, err error) {
	if err := m.fill(ctx); err != nil {
		return nil, err
	}
	for _, r := range m.runs {
		if len(r.entries) > 0 && (best == nil || r.entries[0].position() > best.entries[0].position()) {
			best = r
		}
	}
	return best, nil
}

// fill fetches for the runs that are empty, side by side.
func (m *merge) fill(ctx context.Context) error {
	return abreast.All(len(m.runs), func(i int) error {
		r := m.runs[i]
		if len(r.entries) > 0 || r.done {
			return nil
		}
		return m.directory.fetch(ctx, r, m.chunk)
	})
}

func (d *Directory) fetch(ctx context.Context, r *run, n int) error {
	page, err := d.store.Scan(ctx, "accounts_list_users", r.shard, entryPrefix(r.shard),
		storage.Page{After: r.after, Limit: n, Reverse: true})
	if err != nil {
		return err
	}
	r.entries = make([]entry, len(page.Records))
	for i, rec := range page.Records {
		if err := rec.Decode(&r.entries[i]); err != nil {
			return err
		}
	}
	r.after, r.done = page.Next, page.Next == ""
	return nil
}

// loadAll reads accounts side by side. One that is not there is nil.
func (d *Directory) loadAll(ctx context.Context, entries []entry) ([]*Loaded, error) {
	out := make([]*Loaded, len(entries))
	err := abreast.Each(len(entries), func(i int) (err error) {
		out[i], err = d.Get(ctx, entries[i].UserID)
		return err
	})
	return out, err
}
