package keys

import (
	"context"

	"tracedge/core/abreast"
	"tracedge/core/accounts"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type listQuery struct {
	web.Page
	Inactive bool `query:"include_inactive" default:"false"`
}

// listed is a key in a list.
type listed struct {
	Metadata metadata `json:"metadata"`
}

func (s *Service) get(c *web.Call) (any, error) {
	f, err := s.own(c)
	if err != nil {
		return nil, err
	}
	return f.metadata(), nil
}

// list shows the keys that the list of the owner refers to, as their own partitions have them: one call, and one more
// for each key, side by side. A deleted key whose entry is still there is left out.
func (s *Service) list(c *web.Call) (any, error) {
	q := web.Query[listQuery](c)
	p := accounts.Partition(c.Caller().UserID)
	after, err := position(q.Page, p)
	if err != nil {
		return nil, err
	}
	out := make([]listed, 0)
	if q.Limit == 0 {
		return out, nil
	}
	l := lister{service: s, partition: p, inactive: q.Inactive, after: after}
	got, err := l.take(c.Context(), q.Limit+1) // one more tells whether there is a next page
	if err != nil {
		return nil, err
	}
	for i, f := range got {
		if i == q.Limit {
			if _, err := c.Next(entryEnd(got[i-1].Key)); err != nil {
				return nil, err
			}
			break
		}
		out = append(out, listed{f.metadata()})
	}
	return out, nil
}

// position is where a page begins. A cursor is the end of an entry's key below the caller's own list, so that it selects
// nothing else.
func position(page web.Page, p storage.Partition) (storage.Key, error) {
	var end string
	resumed, err := page.Resume(&end)
	if err != nil || !resumed {
		return "", err
	}
	if !storage.IsTimeID(end) {
		return "", fault.BadRequest("cursor", "The cursor is not usable here")
	}
	return entryKey(p, end), nil
}

// lister goes through a list.
type lister struct {
	service   *Service
	partition storage.Partition
	inactive  bool // list those too
	after     storage.Key
	done      bool
}

// take returns the next n keys, fewer at the end of the list.
func (l *lister) take(ctx context.Context, n int) ([]*found, error) {
	var out []*found
	for len(out) < n && !l.done {
		hashes, err := l.page(ctx, n-len(out))
		if err != nil {
			return nil, err
		}
		some, err := l.service.loadAll(ctx, hashes)
		if err != nil {
			return nil, err
		}
		for _, f := range some {
			if f != nil && (l.inactive || f.stopped == nil) {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// page returns the hashes of up to n entries. Entries noted as inactive are not looked at where they are not wanted; a
// page of them is a large one, since nothing else is read for them.
func (l *lister) page(ctx context.Context, n int) ([]string, error) {
	const most = 1000
	size := n
	if !l.inactive {
		size = most
	}
	page, err := l.service.store.Scan(ctx, "keys_list_keys", l.partition, entryPrefix(l.partition), storage.Page{After: l.after, Limit: size})
	if err != nil {
		return nil, err
	}
	var hashes []string
	for _, r := range page.Records {
		if len(hashes) == n {
			return hashes, nil
		}
		var e entry
		if err := r.Decode(&e); err != nil {
			return nil, err
		}
		l.after = r.Key
		if l.inactive || !e.Inactive {
			hashes = append(hashes, e.Hash)
		}
	}
	l.done = page.Next == ""
	return hashes, nil
}

// loadAll reads keys side by side. A key that is not there is nil.
func (s *Service) loadAll(ctx context.Context, hashes []string) ([]*found, error) {
	out := make([]*found, len(hashes))
	err := abreast.Each(len(hashes), func(i int) (err error) {
		out[i], err = s.fetch(ctx, hashes[i])
		return err
	})
	return out, err
}
