package storagetest

import (
	"time"

	"tracedge/core/storage/wire"
)

// now is the back end's time in Unix milliseconds: the version of the first commit of a new partition, which nothing can
// have pushed ahead of the clock.
func (l *lab) now() int64 {
	l.Helper()
	fresh := l.partition + "-" + token()
	return l.apply(wire.CommitRequest{Partition: fresh, Puts: []wire.Put{{Key: fresh + "/clock", Doc: `0`}}})
}

// passes waits until the clock is beyond a time.
func (l *lab) passes(ms int64) {
	l.Helper()
	for now := l.now(); now <= ms; now = l.now() {
		if l.back.Advance != nil {
			l.back.Advance(time.Duration(ms-now+1) * time.Millisecond)
		} else {
			time.Sleep(time.Duration(ms-now+10) * time.Millisecond)
		}
	}
}

// whileLive has a case write something that expires at x and look at it before that. Should the time be over before the
// look was, as on a slow machine, what was seen says nothing: then it is done again with more time. check returns what
// it found wrong. The result is the x that was in force.
func (l *lab) whileLive(ttl time.Duration, write func(x int64), check func(x int64) error) int64 {
	l.Helper()
	for ; ttl < 10*time.Minute; ttl *= 2 {
		x := l.now() + ttl.Milliseconds()
		write(x)
		err := check(x)
		if err == nil {
			return x
		}
		if l.now() < x {
			l.Fatal(err)
		}
	}
	l.Fatalf("a look takes longer than %v", ttl)
	return 0
}

// eventually waits until what holds, for a minute at most.
func (l *lab) eventually(what string, holds func() bool) {
	l.Helper()
	for range 1200 {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	l.Fatalf("%s does not come", what)
}
