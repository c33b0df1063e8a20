package simulate

import (
	"slices"
	"testing"
	"time"
)

// Time only moves when nothing is left to do, fibers wait in it, and what is due
// first runs first.
func TestScheduler(t *testing.T) {
	s := newScheduler(epoch, stream(1, "test"))
	var got []string
	note := func(what string) { got = append(got, what+" "+s.now.Sub(epoch).String()) }
	s.Go(func() {
		s.Sleep(2 * time.Second)
		note("slept")
		s.wait(func(wake func()) { s.AfterFunc(time.Second, wake) })
		note("woken")
		s.Sleep(time.Hour)
		note("never")
	})
	stop := s.AfterFunc(time.Second, func() { note("stopped") })
	s.AfterFunc(1500*time.Millisecond, func() { note("timer") })
	stop()
	s.Run(epoch.Add(time.Minute))
	if want := []string{"timer 1.5s", "slept 2s", "woken 3s"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if s.now != epoch.Add(time.Minute) {
		t.Errorf("the clock reads %s", s.now)
	}
	s.stopAll()
	if len(s.fibers.waiting) != 0 {
		t.Error("a fiber still waits")
	}
}

// A queue keeps its order whatever the scheduler draws.
func TestQueue(t *testing.T) {
	s := newScheduler(epoch, stream(1, "test"))
	a, b := s.Queue("a"), s.Queue("b")
	var got []int
	for n := range 20 {
		a.Post(func() { got = append(got, n) })
		b.Post(func() {})
	}
	s.Run(epoch)
	if !slices.IsSorted(got) || len(got) != 20 {
		t.Errorf("the order is %v", got)
	}
	a.Close()
	if a.Post(func() {}) {
		t.Error("a closed queue takes tasks")
	}
}
