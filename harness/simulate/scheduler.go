package simulate

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"tracedge/harness/isolate"
)

// Scheduler runs everything of a world on the goroutine that calls Run. Time
// stands still while there is anything to do, and then jumps to the next timer.
// Which of several tasks comes next is drawn from the seed.
type Scheduler struct {
	now    time.Time
	ready  []func()
	timers timerHeap
	made   int // timers, so that those due at once keep their order
	random *rand.Rand
	fibers fibers
}

var _ isolate.Scheduler = (*Scheduler)(nil)

func newScheduler(start time.Time, random *rand.Rand) *Scheduler {
	return &Scheduler{now: start, random: random}
}

// NewScheduler makes a scheduler without a world around it, for whatever is to
// repeat exactly.
func NewScheduler(start time.Time, seed uint64) *Scheduler {
	return newScheduler(start, stream(seed, "scheduler"))
}

// Now implements isolate.Scheduler.
func (s *Scheduler) Now() time.Time { return s.now }

// AfterFunc implements isolate.Scheduler.
func (s *Scheduler) AfterFunc(d time.Duration, f func()) (stop func()) {
	s.made++
	t := &timer{at: s.now.Add(max(d, 0)), n: s.made, f: f}
	heap.Push(&s.timers, t)
	return func() { t.f = nil }
}

// Go implements isolate.Scheduler. What f does may wait, see [Scheduler.Sleep].
func (s *Scheduler) Go(f func()) { s.post(func() { s.fibers.start(f) }) }

// Queue implements isolate.Scheduler.
func (s *Scheduler) Queue(string) isolate.Queue { return &queue{scheduler: s} }

func (s *Scheduler) post(f func()) { s.ready = append(s.ready, f) }

// Run goes on until nothing is left to do before end, and leaves the clock
// there.
func (s *Scheduler) Run(end time.Time) {
	for {
		for len(s.ready) > 0 {
			n, last := s.random.IntN(len(s.ready)), len(s.ready)-1
			task := s.ready[n]
			s.ready[n], s.ready[last] = s.ready[last], nil
			s.ready = s.ready[:last]
			task()
		}
		if len(s.timers) == 0 || s.timers[0].at.After(end) {
			s.now = end
			return
		}
		if t := heap.Pop(&s.timers).(*timer); t.f != nil {
			s.now = t.at
			t.f()
		}
	}
}

// queue is the task queue of one event loop. It keeps its own order; the
// scheduler draws among queues.
type queue struct {
	scheduler *Scheduler
	tasks     []func()
	closed    bool
}

func (q *queue) Post(task func()) bool {
	if q.closed {
		return false
	}
	q.tasks = append(q.tasks, task)
	q.scheduler.post(func() {
		next := q.tasks[0]
		q.tasks[0] = nil
		q.tasks = q.tasks[1:]
		next()
	})
	return true
}

func (q *queue) Close() { q.closed = true }

type timer struct {
	at time.Time
	n  int
	f  func() // nil when stopped
}

type timerHeap []*timer

func (h timerHeap) Len() int      { return len(h) }
func (h timerHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h timerHeap) Less(i, j int) bool {
	return h[i].at.Before(h[j].at) || h[i].at.Equal(h[j].at) && h[i].n < h[j].n
}
func (h *timerHeap) Push(x any) { *h = append(*h, x.(*timer)) }
func (h *timerHeap) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return t
}
