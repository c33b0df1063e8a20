package storagetest

import (
	"fmt"
	"time"

	"tracedge/core/storage/wire"
)

// life is a time to live that passes quickly and yet leaves time to look.
func (l *lab) life() time.Duration {
	if l.back.Slow {
		return time.Second
	}
	return 150 * time.Millisecond
}

// expiry: from its time on a record is absent from everything, and its key is free.
func expiry(l *lab) {
	keep := l.put("e/keep", `1`)
	var version int64
	x := l.whileLive(l.life(), func(x int64) {
		version = l.apply(wire.CommitRequest{
			Puts: []wire.Put{{Key: l.key("e/a"), Doc: `1`, Expires: x}, {Key: l.key("e/z"), Doc: `1`, Expires: x + 3_600_000}},
			Adds: []wire.Add{{Key: l.key("e/n"), N: 41, Expires: x}},
		})
	}, func(x int64) error {
		found := l.read("e/a", "e/n", "e/z")
		if r := found["e/a"]; r.Version != version || r.Expires != x {
			return fmt.Errorf("a record to expire at %d is read as %+v", x, r)
		}
		if r := found["e/n"]; r.Doc != `41` || r.Expires != x {
			return fmt.Errorf("a number to expire at %d is read as %+v", x, r)
		}
		if got := fmt.Sprint(l.rests(l.scan(wire.Scan{Prefix: "e/", Limit: 10}).Records)); got != "[e/a e/keep e/n e/z]" {
			return fmt.Errorf("scan before expiry lists %s", got)
		}
		return nil
	})
	l.passes(x)
	if found := l.read("e/a", "e/n", "e/z", "e/keep"); len(found) != 2 || found["e/z"].Expires != x+3_600_000 {
		l.Fatalf("read after expiry returns %+v", found)
	}
	if page := l.scan(wire.Scan{Prefix: "e/", Limit: 2}); fmt.Sprint(l.rests(page.Records)) != "[e/keep e/z]" || page.More {
		l.Fatalf("scan after expiry is answered %+v", page)
	}
	// Versions and bounds see nothing either.
	l.conflict(wire.CommitRequest{Reads: []wire.KeyVersion{
		{Key: l.key("e/a"), Version: version}, {Key: l.key("e/keep"), Version: keep},
	}}, l.key("e/a"))
	zero := int64(0)
	less := wire.Add{Key: l.key("e/n"), N: -1, Min: &zero}
	if reply := l.commit(wire.CommitRequest{Adds: []wire.Add{less}}); reply.Error != wire.Bound || reply.Value != 0 {
		l.Fatalf("subtracting from an expired number is answered %+v", reply)
	}
	// The keys are free, and what is written there does not expire with what was.
	reply := l.commit(wire.CommitRequest{
		Reads: []wire.KeyVersion{{Key: l.key("e/a")}},
		Puts:  []wire.Put{{Key: l.key("e/a"), Doc: `2`}},
		Adds:  []wire.Add{{Key: l.key("e/n"), N: 1}},
	})
	if !reply.OK || reply.Version <= version || len(reply.Sums) != 1 || reply.Sums[0].Value != 1 {
		l.Fatalf("a commit on expired keys is answered %+v", reply)
	}
	for range 3 {
		l.put("other", `1`) // a chance to clean up what has expired
	}
	if found := l.read("e/a", "e/n"); found["e/a"].Doc != `2` || found["e/a"].Expires != 0 || found["e/n"].Doc != `1` {
		l.Fatalf("new records on expired keys are read as %+v", found)
	}
}

// expiryInRange: that a record of a page has expired is a change like its deletion.
func expiryInRange(l *lab) {
	scan := wire.Scan{Prefix: "r/", Limit: 10}
	var page wire.ScanReply
	l.put("r/a", `1`)
	x := l.whileLive(l.life(), func(x int64) {
		l.apply(wire.CommitRequest{Puts: []wire.Put{{Key: l.key("r/b"), Doc: `1`, Expires: x}}})
	}, func(int64) error {
		page = l.scan(scan)
		reply := l.commit(wire.CommitRequest{Ranges: []wire.Range{l.rangeOf(scan, page)}})
		if page.Count != 2 || !reply.OK {
			return fmt.Errorf("page %+v before expiry is answered %+v", page, reply)
		}
		return nil
	})
	l.passes(x)
	l.conflict(wire.CommitRequest{Ranges: []wire.Range{l.rangeOf(scan, page)}}, l.key("r/"))
	page = l.scan(scan)
	l.apply(wire.CommitRequest{
		Ranges: []wire.Range{l.rangeOf(scan, page)},
		Puts:   []wire.Put{{Key: l.key("r/b"), Doc: `2`}},
	})
	l.conflict(wire.CommitRequest{Ranges: []wire.Range{l.rangeOf(scan, page)}}, l.key("r/"))
}

// expiredAtOnce: an expiry in the past makes a write a deletion; an expiry is replaced with its record.
func expiredAtOnce(l *lab) {
	const past = 1
	later := l.now() + 3_600_000
	l.apply(wire.CommitRequest{Puts: []wire.Put{
		{Key: l.key("a"), Doc: `1`}, {Key: l.key("b"), Doc: `1`, Expires: later}, {Key: l.key("n"), Doc: `7`, Expires: later},
	}})
	l.apply(wire.CommitRequest{Puts: []wire.Put{{Key: l.key("a"), Doc: `2`, Expires: past}, {Key: l.key("b"), Doc: `2`}}})
	l.want("a", "")
	if r := l.read("b")["b"]; r.Doc != `2` || r.Expires != 0 {
		l.Fatalf("a record written without expiry is read as %+v", r)
	}
	reply := l.commit(wire.CommitRequest{Adds: []wire.Add{{Key: l.key("n"), N: 1, Expires: past}, {Key: l.key("m"), N: 1, Expires: later}}})
	if !reply.OK || len(reply.Sums) != 2 || reply.Sums[0].Value != 8 {
		l.Fatalf("an addition that expires at once is answered %+v", reply)
	}
	l.want("n", "")
	if r := l.read("m")["m"]; r.Expires != later {
		l.Fatalf("a number to expire at %d is read as %+v", later, r)
	}
	l.add("m", 1, 0, 0)
	if r := l.read("m")["m"]; r.Doc != `2` || r.Expires != 0 {
		l.Fatalf("an addition without expiry leaves %+v", r)
	}
}
