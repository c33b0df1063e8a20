package storagetest

import (
	"slices"
	"strings"

	"tracedge/core/storage/wire"
)

// pages reads a listing to its end and returns the records; each page is checked against the limits.
func (l *lab) pages(s wire.Scan) []wire.Record {
	l.Helper()
	var all []wire.Record
	for {
		page := l.scan(s)
		all = append(all, page.Records...)
		bytes := 0
		for _, r := range page.Records[:max(0, page.Count-1)] {
			bytes += len(r.Doc)
		}
		switch {
		case page.Count > s.Limit || bytes > wire.MaxPage:
			l.Fatalf("a page of limit %d has %d records, %d bytes without the last", s.Limit, page.Count, bytes)
		case !page.More:
			return all
		case page.Count == 0:
			l.Fatalf("an empty page says that more follows")
		case page.Count < s.Limit && bytes+len(page.Records[page.Count-1].Doc) <= wire.MaxPage-wire.MaxDoc:
			l.Fatalf("a page of limit %d ends after %d records and %d bytes", s.Limit, page.Count, bytes)
		}
		s.After = strings.TrimPrefix(page.Records[page.Count-1].Key, l.partition+"/")
	}
}

// bothWays reads a listing forwards and backwards in pages and checks that it is exactly these keys.
func (l *lab) bothWays(prefix string, limit int, want []string) {
	l.Helper()
	want = slices.Sorted(slices.Values(want))
	for _, reverse := range []bool{false, true} {
		got := l.rests(l.pages(wire.Scan{Prefix: prefix, Limit: limit, Reverse: reverse}))
		if !slices.Equal(got, want) {
			l.Fatalf("pages of %d below %q, reverse %t: %d records, want %d: %.300q", limit, prefix, reverse, len(got), len(want), got)
		}
		slices.Reverse(want)
	}
}

// fill puts an empty object under every key.
func (l *lab) fill(rests ...string) {
	l.Helper()
	for batch := range slices.Chunk(rests, 500) {
		var req wire.CommitRequest
		for _, rest := range batch {
			req.Puts = append(req.Puts, wire.Put{Key: l.key(rest), Doc: `{}`})
		}
		l.apply(req)
	}
}
