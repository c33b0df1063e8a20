package storagetest

import (
	"fmt"
	"slices"
	"strings"

	"tracedge/core/storage/wire"
)

// scanEdges: a page that ends exactly at the limit or the end says rightly whether more follows; after need not exist.
func scanEdges(l *lab) {
	l.fill("s/b", "s/d", "s/f", "t/a", "r/z")
	for _, tt := range []struct {
		scan wire.Scan
		want string
		more bool
	}{
		{wire.Scan{Prefix: "s/", Limit: 1}, "[s/b]", true},
		{wire.Scan{Prefix: "s/", Limit: 2}, "[s/b s/d]", true},
		{wire.Scan{Prefix: "s/", Limit: 3}, "[s/b s/d s/f]", false},
		{wire.Scan{Prefix: "s/", Limit: 1000}, "[s/b s/d s/f]", false},
		{wire.Scan{Prefix: "s/", Limit: 2, After: "s/b"}, "[s/d s/f]", false},
		{wire.Scan{Prefix: "s/", Limit: 2, After: "s/c"}, "[s/d s/f]", false},
		{wire.Scan{Prefix: "s/", Limit: 1, After: "s/a"}, "[s/b]", true},
		{wire.Scan{Prefix: "s/", Limit: 2, After: "s/f"}, "[]", false},
		{wire.Scan{Prefix: "s/", Limit: 3, Reverse: true}, "[s/f s/d s/b]", false},
		{wire.Scan{Prefix: "s/", Limit: 2, Reverse: true}, "[s/f s/d]", true},
		{wire.Scan{Prefix: "s/", Limit: 2, After: "s/f", Reverse: true}, "[s/d s/b]", false},
		{wire.Scan{Prefix: "s/", Limit: 1, After: "s/e", Reverse: true}, "[s/d]", true},
		{wire.Scan{Prefix: "s/", Limit: 2, After: "s/b", Reverse: true}, "[]", false},
		{wire.Scan{Prefix: "s/", Limit: 2, After: "s/~", Reverse: true}, "[s/f s/d]", true},
		{wire.Scan{Prefix: "s/d", Limit: 2}, "[s/d]", false},
		{wire.Scan{Prefix: "s/d", Limit: 2, Reverse: true}, "[s/d]", false},
		{wire.Scan{Limit: 10}, "[r/z s/b s/d s/f t/a]", false},
		{wire.Scan{Limit: 1, Reverse: true}, "[t/a]", true},
	} {
		page := l.scan(tt.scan)
		if got := fmt.Sprint(l.rests(page.Records)); got != tt.want || page.More != tt.more {
			l.Errorf("scan %+v lists %s, more %t, want %s, %t", tt.scan, got, page.More, tt.want, tt.more)
		}
	}
}

// scanOrder: order is that of bytes over the whole alphabet of keys, and a prefix is no pattern.
func scanOrder(l *lab) {
	var keys []string
	for c := byte(0x21); c <= 0x7E; c++ {
		keys = append(keys, "o/"+string(c), "o/x"+string(c), "o/"+string(c)+"x")
	}
	keys = append(keys, "o/xxx", "o/a/b", "o/a/b/c", "o/a//")
	slices.Sort(keys)
	keys = slices.Compact(keys)
	l.fill(keys...)
	l.bothWays("o/", 50, keys)
	for _, prefix := range []string{"o/%", "o/_", "o/*", "o/?", "o/[", "o/~", "o/!", "o/X", "o/x", "o/a/", "o/\\", "o/'", "o/\""} {
		below := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !strings.HasPrefix(k, prefix) })
		l.bothWays(prefix, 3, below)
	}
}

// scanNothing: an empty page is a page.
func scanNothing(l *lab) {
	empty := func(s wire.Scan) {
		l.Helper()
		if page := l.scan(s); page.Count != 0 || page.More {
			l.Fatalf("scan %+v of nothing is answered %+v", s, page)
		}
	}
	empty(wire.Scan{Limit: 10}) // a partition that was never written
	empty(wire.Scan{Prefix: "a/", After: "a/b", Limit: 10, Reverse: true})
	l.fill("b/1")
	empty(wire.Scan{Prefix: "a/", Limit: 10})
	empty(wire.Scan{Prefix: "c/", Limit: 10, Reverse: true})
	l.delete("b/1")
	empty(wire.Scan{Limit: 1})
	empty(wire.Scan{Limit: 1000, Reverse: true})
}
