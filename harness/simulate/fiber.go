package simulate

import (
	"errors"
	"iter"
	"time"
)

// A fiber is a function that may wait: one step of a client, a KV operation. It
// runs on the scheduler's turn and hands the turn back whenever it waits, so
// that never two things run at once.
type fiber struct {
	next func() (struct{}, bool)
	stop func()
	park func(struct{}) bool
}

// fibers are those that have not ended.
type fibers struct {
	running *fiber
	waiting map[*fiber]struct{}
}

// errStopped ends what still waits when a world ends.
var errStopped = errors.New("simulate: the world has ended")

// start runs f until it first waits.
func (all *fibers) start(f func()) {
	w := &fiber{}
	w.next, w.stop = iter.Pull(func(yield func(struct{}) bool) {
		defer func() {
			if r := recover(); r != nil && r != errStopped { //nolint:errorlint // the very value that wait panics with
				panic(r)
			}
		}()
		w.park = yield
		f()
	})
	all.resume(w)
}

func (all *fibers) resume(w *fiber) {
	before := all.running
	all.running = w
	delete(all.waiting, w)
	_, more := w.next()
	all.running = before
	if more {
		if all.waiting == nil {
			all.waiting = map[*fiber]struct{}{}
		}
		all.waiting[w] = struct{}{}
	}
}

// wait parks the fiber that runs until the function given to begin is called,
// which happens once and on a turn of the scheduler.
func (s *Scheduler) wait(begin func(wake func())) {
	w := s.fibers.running
	if w == nil {
		panic("simulate: only a fiber can wait")
	}
	begin(func() { s.post(func() { s.fibers.resume(w) }) })
	if !w.park(struct{}{}) {
		panic(errStopped)
	}
}

// Sleep lets virtual time pass for the fiber that calls.
func (s *Scheduler) Sleep(d time.Duration) {
	s.wait(func(wake func()) { s.AfterFunc(d, wake) })
}

// stopAll ends all fibers that wait.
func (s *Scheduler) stopAll() {
	for w := range s.fibers.waiting { // the order shows nowhere: nothing runs any more
		w.stop()
	}
	s.fibers.waiting = nil
}
