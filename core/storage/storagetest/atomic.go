package storagetest

import (
	"fmt"

	"tracedge/core/storage/wire"
)

// failedCommitChangesNothing: one part that is refused keeps all others from being applied.
func failedCommitChangesNothing(l *lab) {
	v := l.apply(wire.CommitRequest{Puts: []wire.Put{
		{Key: l.key("a"), Doc: `1`}, {Key: l.key("b"), Doc: `1`}, {Key: l.key("n"), Doc: `5`},
	}})
	writes := func(n int64) wire.CommitRequest {
		least := int64(0)
		return wire.CommitRequest{
			Puts:    []wire.Put{{Key: l.key("a"), Doc: `2`}, {Key: l.key("new"), Doc: `2`}},
			Deletes: []string{l.key("b")},
			Adds:    []wire.Add{{Key: l.key("m"), N: 1}, {Key: l.key("n"), N: n, Min: &least}},
		}
	}
	moved := writes(1)
	moved.Reads = []wire.KeyVersion{{Key: l.key("n"), Version: v - 1}}
	l.conflict(moved, l.key("n"))
	ranged := writes(1)
	ranged.Ranges = []wire.Range{{Prefix: l.key("a"), Count: 2, Max: v}}
	l.conflict(ranged, l.key("a"))
	if reply := l.commit(writes(-6)); reply.Error != wire.Bound || reply.Key != l.key("n") || reply.Value != 5 {
		l.Fatalf("commit beyond a bound is answered %+v", reply)
	}
	page := l.scan(wire.Scan{Limit: 10})
	if got := l.rests(page.Records); fmt.Sprint(got) != "[a b n]" || page.Max != v || page.Records[0].Version != v {
		l.Fatalf("refused commits left %+v, want the records of version %d", page.Records, v)
	}
	l.apply(writes(1))
	if got := l.rests(l.scan(wire.Scan{Limit: 10}).Records); fmt.Sprint(got) != "[a m n new]" {
		l.Fatalf("the commit left %q", got)
	}
}

// readsAreOfOneMoment: what one commit wrote is seen together or not at all.
func readsAreOfOneMoment(l *lab) {
	rounds := 200
	if l.back.Slow {
		rounds = 30
	}
	pair := func(i int) wire.CommitRequest {
		doc := fmt.Sprint(i)
		return wire.CommitRequest{Puts: []wire.Put{{Key: l.key("p/a"), Doc: doc}, {Key: l.key("p/b"), Doc: doc}}}
	}
	l.apply(pair(0))
	done := make(chan struct{})
	var writing error
	go func() {
		defer close(done)
		for i := 1; i <= rounds && writing == nil; i++ {
			var reply wire.CommitReply
			if reply, writing = l.tryCommit(pair(i)); writing == nil && !reply.OK {
				writing = fmt.Errorf("commit is answered %+v", reply)
			}
		}
	}()
	last := int64(0)
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		reply, err := l.tryRead(wire.ReadRequest{
			Keys:  []string{l.key("p/b"), l.key("p/a")},
			Scans: []wire.Scan{{Prefix: l.key("p/"), Limit: 10}},
		})
		if err != nil || len(reply.Records) != 2 || len(reply.Scans) != 1 || reply.Scans[0].Count != 2 {
			l.Fatalf("read is answered %+v, %v", reply, err)
		}
		for _, r := range append(reply.Records, reply.Scans[0].Records...) {
			if r.Version != reply.Records[0].Version || r.Doc != reply.Records[0].Doc || r.Version < last {
				l.Fatalf("one read, after one of version %d, shows %+v", last, reply)
			}
		}
		last = reply.Records[0].Version
	}
	if writing != nil {
		l.Fatal(writing)
	}
	l.want("p/a", fmt.Sprint(rounds))
}
