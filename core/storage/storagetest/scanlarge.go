package storagetest

import (
	"fmt"
	"slices"
	"strings"

	"tracedge/core/storage/wire"
)

// scanThousands: pages join without gap or repetition over more keys than fit in a few of the largest.
func scanThousands(l *lab) {
	keys := make([]string, 2600)
	for i := range keys {
		keys[i] = fmt.Sprintf("list/%d", i*7919%10007) // distinct; byte order is not the order of the numbers
	}
	l.fill(keys...)
	l.fill("lis", "list", "list.", "list0", "lisu/1")
	for _, limit := range []int{1000, 333, 2600 / 4} {
		l.bothWays("list/", limit, keys)
	}
	tens := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !strings.HasPrefix(k, "list/10") })
	l.bothWays("list/10", 5, tens)
}

// scanPageBytes: a page ends when its documents exceed the limit, and the next one goes on behind it.
func scanPageBytes(l *lab) {
	doc := `"` + strings.Repeat("m", 1<<20-2) + `"`
	var keys []string
	for i := range 11 {
		keys = append(keys, fmt.Sprintf("m/%02d", i))
		l.put(keys[i], doc)
	}
	l.bothWays("m/", 1000, keys)
	l.bothWays("m/", 3, keys)
	scan := wire.Scan{Prefix: "m/", Limit: 1000}
	page := l.scan(scan)
	if !page.More {
		l.Fatalf("11 MiB come as one page of %d records", page.Count)
	}
	// The page is a range like any other: it ends with its last record.
	req := wire.CommitRequest{Ranges: []wire.Range{l.rangeOf(scan, page)}}
	l.put("m/99", `1`)
	l.apply(wire.CommitRequest{Ranges: req.Ranges, Puts: []wire.Put{{Key: l.key("x"), Doc: `1`}}})
	l.put("m/00", `1`)
	l.conflict(req, l.key("m/"))
}

// readManyAtOnce: keys and several listings in one call, each answered in its place.
func readManyAtOnce(l *lab) {
	l.fill("a/1", "a/2", "b/1", "k")
	reply, err := l.tryRead(wire.ReadRequest{
		Keys: []string{l.key("k"), l.key("missing"), l.key("b/1")},
		Scans: []wire.Scan{
			{Prefix: l.key("b/"), Limit: 5},
			{Prefix: l.key("none/"), Limit: 5},
			{Prefix: l.key("a/"), Limit: 1, Reverse: true},
		},
	})
	if err != nil || !reply.OK || len(reply.Scans) != 3 {
		l.Fatalf("read is answered %+v, %v", reply, err)
	}
	got := slices.Sorted(slices.Values(l.rests(reply.Records)))
	for _, page := range reply.Scans {
		got = append(got, fmt.Sprint(l.rests(page.Records), page.Count, page.More))
	}
	if want := `["b/1" "k" "[b/1] 1 false" "[] 0 false" "[a/2] 1 true"]`; fmt.Sprintf("%q", got) != want {
		l.Fatalf("read lists %q, want %s", got, want)
	}
	if reply, err := l.tryRead(wire.ReadRequest{}); err != nil || !reply.OK || len(reply.Records)+len(reply.Scans) != 0 {
		l.Fatalf("a read of nothing is answered %+v, %v", reply, err)
	}
}
