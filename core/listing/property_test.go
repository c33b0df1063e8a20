package listing_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tracedge/core/listing"
)

// TestListIsItsLatestRows sends rows of random things in random versions and order, and reads pages of any size with any
// filter: what they hold is what the latest version of each thing says, in order, each once, and so are the sums.
func TestListIsItsLatestRows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newStage(t)
		indexes := []string{listing.ByKey("a"), listing.ByKey("b"), listing.ByPair("a", "1")}
		latest := map[int]listing.Row{}
		var sent []listing.Row
		for range rapid.IntRange(0, 40).Draw(rt, "rows") {
			n, version := rapid.IntRange(0, 8).Draw(rt, "thing"), rapid.Int64Range(1, 5).Draw(rt, "version")
			i := slices.IndexFunc(sent, func(r listing.Row) bool { return r.ID == row(n, 1, "").ID && r.Version == version })
			if i >= 0 {
				s.send(t, change(sent[i])) // a row comes again
				continue
			}
			r := row(n, version, rapid.SampledFrom(listing.Statuses()).Draw(rt, "status"), rapid.SliceOfNDistinct(rapid.SampledFrom(indexes), 0, 3, rapid.ID).Draw(rt, "index")...)
			if rapid.IntRange(0, 5).Draw(rt, "gone") == 0 && version > 1 {
				r.Remove(start)
			}
			sent = append(sent, r)
			s.send(t, change(r))
			if latest[n].Version < version {
				latest[n] = r
			}
		}
		f := listing.Filter{
			Status: rapid.SampledFrom(append(listing.Statuses(), "")).Draw(rt, "by status"),
			Index:  rapid.SampledFrom(append(indexes, "")).Draw(rt, "by index"),
		}
		var want []listing.Row
		count := map[listing.Status]int64{}
		for _, r := range latest {
			if r.Gone {
				continue
			}
			count[r.Status]++
			if (f.Status == "" || r.Status == f.Status) && (f.Index == "" || slices.Contains(r.Index, f.Index)) {
				want = append(want, r)
			}
		}
		slices.SortFunc(want, func(a, b listing.Row) int {
			if a.Position() > b.Position() {
				return -1
			}
			return 1
		})
		ids := []string{}
		for _, r := range want {
			ids = append(ids, r.ID)
		}
		if got := s.all(t, f, rapid.IntRange(1, 10).Draw(rt, "limit")); fmt.Sprint(got) != fmt.Sprint(ids) {
			rt.Fatalf("%+v: %v, want %v", f, got, ids)
		}
		sums := s.sums(t)
		for _, status := range listing.Statuses() {
			if sums.Count[status] != count[status] {
				rt.Fatalf("%s: %d, want %d", status, sums.Count[status], count[status])
			}
		}
	})
}
