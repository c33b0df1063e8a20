package storagetest

import (
	"fmt"
	"strconv"
	"time"

	"tracedge/core/storage/wire"
)

// replicasOfBurst: of many writes in short order the edge may leave some out, but it never goes back, and it ends at the
// last.
func replicasOfBurst(l *lab) {
	const writes = 40
	key := l.index("burst")
	l.putAs("burst", `0`, key)
	l.settle() // so that nobody remembers the key as missing
	done := make(chan struct{})
	var writing error
	go func() {
		defer close(done)
		for i := 1; i <= writes && writing == nil; i++ {
			var reply wire.CommitReply
			reply, writing = l.tryCommit(wire.CommitRequest{
				Puts: []wire.Put{{Key: l.key("burst"), Doc: strconv.Itoa(i), EdgeKey: key}},
			})
			if writing == nil && !reply.OK {
				writing = fmt.Errorf("commit is answered %+v", reply)
			}
		}
	}()
	var seen wire.Record
	last := 0
	look := func() {
		r := l.edge(key)[key]
		n, err := strconv.Atoi(r.Doc)
		if err != nil || r.Version < seen.Version || n < last || (r.Version == seen.Version) != (n == last) && seen.Version != 0 {
			l.Fatalf("the edge shows %+v after %+v", r, seen)
		}
		seen, last = r, n
	}
	for running := true; running; time.Sleep(time.Millisecond) {
		select {
		case <-done:
			running = false
		default:
		}
		look()
	}
	if writing != nil {
		l.Fatal(writing)
	}
	l.settle()
	look()
	if last != writes || seen.Version != l.read("burst")["burst"].Version {
		l.Fatalf("after a burst of %d the edge shows %+v", writes, seen)
	}
}
