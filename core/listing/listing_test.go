package listing_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/trace"
	"tracedge/core/userrows"
)

// stage is a store with lists. Changes come as they do from elsewhere: as outbox rows.
type stage struct {
	*storage.Store
	lists *listing.Lists
	ctx   context.Context
	span  *trace.Span
}

// calls is how many storage calls the record of the span tells of.
func (s *stage) calls() int { return s.span.Request("", 200, "", "").StorageCalls }

type discard struct{}

func (discard) Log(trace.Record) {}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newStage(t testing.TB) *stage {
	clock := func() time.Time { return start }
	backend := memory.New(memory.Options{Clock: clock})
	s := storage.New(storage.Options{Sequencer: backend, Edge: backend.Edge(), Logger: discard{}, Clock: clock, Random: rand.Reader})
	span := trace.Start(trace.Options{Clock: clock, Random: rand.Reader}, "POST", "")
	span.SetEndpoint("/test")
	return &stage{s, listing.New(s, userrows.New(s)), trace.With(context.Background(), span), span}
}

func (s *stage) send(t testing.TB, changes ...listing.Change) {
	t.Helper()
	err := s.Update(s.ctx, "test_send_change", storage.In("item", "x"), func(tx *storage.Tx) error {
		for _, c := range changes {
			var rows userrows.Change
			rows.Add(listing.Part(c.Rows...))
			rows.Send(tx, "u", storage.Now())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// row is the n-th thing of an account, in a version.
func row(n int, version int64, status listing.Status, index ...string) listing.Row {
	r := listing.Row{
		ID: fmt.Sprintf("DFID-%06d", n), Created: start.Add(time.Duration(n/2) * time.Second), Version: version, // two at a time
		Status: status, Confidence: 1, Index: index, Fresh: version == 1,
	}
	r.Copy = json.RawMessage(fmt.Sprintf(`{"n":%d,"version":%d}`, n, version))
	return r
}

func change(rows ...listing.Row) listing.Change { return listing.Change{Rows: rows} }

// all reads a list page by page.
func (s *stage) all(t testing.TB, f listing.Filter, limit int) (ids []string) {
	t.Helper()
	for after := listing.Position(""); ; {
		rows, next, err := s.lists.Page(s.ctx, "u", f, after, limit)
		if err != nil || len(rows) > limit {
			t.Fatal(len(rows), err)
		}
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		if next == "" {
			return ids
		}
		if !next.Valid() {
			t.Fatalf("position %q", next)
		}
		after = next
	}
}

func (s *stage) sums(t *testing.T) listing.Sums {
	t.Helper()
	sums, err := s.lists.Sum(s.ctx, "u")
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func TestVersions(t *testing.T) {
	a, b := listing.ByKey("a"), listing.ByPair("b", "1")
	first, second, third := row(1, 1, listing.Active, a), row(1, 2, listing.Active, a, b), row(1, 3, listing.Deprecated, b)
	gone := row(1, 4, listing.Deprecated, b)
	gone.Remove(start)
	for name, order := range map[string][]listing.Row{
		"in order": {first, second, third}, "reversed": {third, second, first}, "mixed": {second, third, first},
		"repeated": {first, first, third, second, third},
	} {
		for _, end := range []bool{false, true} {
			s := newStage(t)
			for _, r := range order {
				s.send(t, change(r))
			}
			want := 1
			if end {
				s.send(t, change(gone), change(first), change(third))
				want = 0
			}
			for _, f := range []listing.Filter{{}, {Status: listing.Deprecated}, {Index: b}, {Index: b, Status: listing.Deprecated}} {
				if got := s.all(t, f, 10); len(got) != want {
					t.Errorf("%s, %t, %v: %v", name, end, f, got)
				}
			}
			for _, f := range []listing.Filter{{Status: listing.Active}, {Index: a}, {Index: b, Status: listing.Active}, {Index: listing.ByKey("b")}} {
				if got := s.all(t, f, 10); len(got) != 0 {
					t.Errorf("%s, %t, %v: %v", name, end, f, got)
				}
			}
			sums := s.sums(t)
			if sums.Count[listing.Deprecated] != int64(want) || sums.Count[listing.Active] != 0 || sums.Confidence != float64(want) {
				t.Errorf("%s, %t: %+v", name, end, sums)
			}
		}
	}
}

func TestGoneBeforeItCame(t *testing.T) {
	s := newStage(t)
	gone := row(1, 2, listing.Active)
	gone.Remove(start)
	s.send(t, change(gone), change(row(1, 1, listing.Active)))
	if got := s.all(t, listing.Filter{}, 10); len(got) != 0 || s.sums(t).Count[listing.Active] != 0 {
		t.Error(got)
	}
}

// A page costs the same however many rows there are, and holds them in order.
func TestPages(t *testing.T) {
	for _, n := range []int{0, 1, 49, 50, 51, 1000, 20500} {
		if n > 1000 && testing.Short() {
			continue
		}
		s := newStage(t)
		key := listing.ByKey("lote")
		for at := 0; at < n; {
			var c listing.Change
			for ; at < n && len(c.Rows) < 500; at++ {
				status := listing.Statuses()[at%4]
				c.Rows = append(c.Rows, row(at, 1, status, key))
			}
			s.send(t, c)
		}
		for name, c := range map[string]struct {
			filter listing.Filter
			calls  int
		}{
			"all":            {listing.Filter{}, 1},
			"status":         {listing.Filter{Status: listing.Active}, 2},
			"key":            {listing.Filter{Index: key}, 2},
			"key and status": {listing.Filter{Index: key, Status: listing.Split}, 2},
		} {
			before := s.calls()
			if _, _, err := s.lists.Page(s.ctx, "u", c.filter, "", 50); err != nil {
				t.Fatal(err)
			}
			if got := s.calls() - before; got > c.calls {
				t.Errorf("%d rows, %s: %d calls", n, name, got)
			}
			got := s.all(t, c.filter, 50)
			var want []string
			for i := n - 1; i >= 0; i-- {
				if c.filter.Status == "" || c.filter.Status == listing.Statuses()[i%4] {
					want = append(want, row(i, 1, "").ID)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%d rows, %s: %d rows in pages, want %d in order", n, name, len(got), len(want))
			}
		}
	}
}
