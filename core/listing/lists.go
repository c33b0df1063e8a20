package listing

import (
	"context"
	"slices"
	"strings"

	"tracedge/core/storage"
	"tracedge/core/userrows"
)

// Lists reads the lists.
type Lists struct{ store *storage.Store }

// New returns the lists of a store and registers what changes of accounts do.
func New(s *storage.Store, rows *userrows.Rows) *Lists {
	rows.Handle(kind, userrows.Handler{
		Apply: func(tx *storage.Tx, part userrows.Part) error {
			var c Change
			if err := part.Decode(&c); err != nil {
				return err
			}
			return Apply(tx, c)
		},
		Reads: func(p storage.Partition, part userrows.Part) (reading, absent []storage.Key) {
			var c Change
			if part.Decode(&c) != nil {
				return nil, nil // the part fails when it is applied
			}
			return c.Reads(p)
		},
	})
	return &Lists{s}
}

// Filter chooses rows; its parts are joined by and.
type Filter struct {
	Status Status // "" for all
	Index  string // ByKey or ByPair, or an index of another package; "" for all
}

// Page returns up to limit rows of an account, newest first, beyond a position ("" is the start), and the position after
// which the next page begins, "" at the end. A page may be shorter than the limit although there are more rows.
//
// One call of the sequencer, or two with a filter: the places of the rows in the index and then the rows. What a row says
// of itself decides once more, in case it has moved between the two.
func (l *Lists) Page(ctx context.Context, userID string, f Filter, after Position, limit int) ([]Row, Position, error) {
	p := home(userID)
	if f == (Filter{}) {
		return l.all(ctx, p, after, limit)
	}
	places, next, err := l.Places(ctx, userID, f, after, limit)
	if err != nil {
		return nil, "", err
	}
	rows, err := l.rows(ctx, p, places)
	return slices.DeleteFunc(rows, func(r Row) bool { return !f.fits(r) }), next, err
}

func (l *Lists) all(ctx context.Context, p storage.Partition, after Position, limit int) ([]Row, Position, error) {
	page := storage.Page{Limit: limit, Reverse: true}
	if after != "" {
		page.After = ownKey(p, after)
	}
	found, err := l.store.Scan(ctx, "items_list_owned", p, ownPrefix(p), page)
	if err != nil {
		return nil, "", err
	}
	rows := make([]Row, len(found.Records))
	for i, r := range found.Records {
		if err := r.Decode(&rows[i]); err != nil {
			return nil, "", err
		}
	}
	if found.Next == "" {
		return rows, "", nil
	}
	return rows, rows[len(rows)-1].Position(), nil
}

// Places returns up to limit positions of the rows that a filter chooses, newest first, beyond a position, and the position
// after which the next page begins, "" at the end. Keys of the account's partition below the other prefixes, which end in
// positions too, are looked at along with them. One call.
func (l *Lists) Places(ctx context.Context, userID string, f Filter, after Position, limit int, others ...storage.Key) ([]Position, Position, error) {
	p := home(userID)
	spans := f.spans(p, after, limit+1)
	for _, prefix := range others {
		spans = append(spans, Newest(prefix, after, limit+1))
	}
	_, pages, err := l.store.Look(ctx, "items_list_index", p, nil, spans...)
	if err != nil {
		return nil, "", err
	}
	places, next := cut(Merge(pages, limit+1), limit)
	return places, next, nil
}

// spans are the pages of an index that hold a page of the list: one for each status.
func (f Filter) spans(p storage.Partition, after Position, limit int) []storage.Span {
	statuses, name := Statuses(), byStatus
	if f.Status != "" {
		statuses = []Status{f.Status}
	}
	if f.Index != "" {
		name = f.Index
	}
	var out []storage.Span
	for _, s := range statuses {
		out = append(out, Newest(indexPrefix(p, name, s), after, limit))
	}
	return out
}

func (f Filter) fits(r Row) bool {
	return (f.Status == "" || f.Status == r.Status) && (f.Index == "" || slices.Contains(r.Index, f.Index))
}

// Newest is the page of a range whose keys end in positions, newest first, beyond a position.
func Newest(prefix storage.Key, after Position, limit int) storage.Span {
	s := storage.Span{Prefix: prefix, Page: storage.Page{Limit: min(limit, 1000), Reverse: true}}
	if after != "" {
		s.After = prefix + storage.Key(after)
	}
	return s
}

// Merge joins pages of ranges whose keys end in positions, read with Newest: the first of all, each once.
func Merge(pages []storage.Listing, limit int) []Position {
	var out []Position
	for _, page := range pages {
		for _, r := range page.Records {
			out = append(out, Position(r.Key[strings.LastIndexByte(string(r.Key), '/')+1:]))
		}
	}
	slices.SortFunc(out, func(a, b Position) int { return strings.Compare(string(b), string(a)) })
	out = slices.Compact(out)
	return out[:min(limit, len(out))]
}

// cut takes the page off a list that may be one longer, and tells where the next page begins.
func cut(places []Position, limit int) ([]Position, Position) {
	if len(places) <= limit {
		return places, ""
	}
	return places[:limit], places[limit-1]
}

// rows reads the rows at the positions; those that are not there are left out.
func (l *Lists) rows(ctx context.Context, p storage.Partition, places []Position) ([]Row, error) {
	if len(places) == 0 {
		return nil, nil
	}
	keys := make([]storage.Key, len(places))
	for i, at := range places {
		keys[i] = ownKey(p, at)
	}
	found, err := l.store.Read(ctx, "items_list_rows", p, keys...)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, 0, len(keys))
	for _, k := range keys {
		var r Row
		if ok, err := found.Get(k, &r); err != nil {
			return nil, err
		} else if ok {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// Sums are what an account owns.
type Sums struct {
	Count      map[Status]int64
	Confidence float64 // the mean, 0 when there is nothing
}

// Sum reads the sums of an account. One call.
func (l *Lists) Sum(ctx context.Context, userID string) (Sums, error) {
	p := home(userID)
	keys := []storage.Key{confidenceKey(p)}
	for _, s := range Statuses() {
		keys = append(keys, countKey(p, s))
	}
	found, err := l.store.Read(ctx, "items_sum_owned", p, keys...)
	if err != nil {
		return Sums{}, err
	}
	out := Sums{Count: make(map[Status]int64)}
	var total, confidence int64
	for _, s := range Statuses() {
		var n int64
		if _, err := found.Get(countKey(p, s), &n); err != nil {
			return out, err
		}
		out.Count[s] = n
		total += n
	}
	if _, err := found.Get(confidenceKey(p), &confidence); err != nil || total == 0 {
		return out, err
	}
	out.Confidence = float64(confidence) / 1e6 / float64(total)
	return out, nil
}
