package isolate

import (
	"container/heap"
	"time"

	"github.com/grafana/sobek"
)

// drainMicrotasks is a program without code: when it ends, sobek runs the
// microtasks.
var drainMicrotasks = sobek.MustCompile("", "", true)

// loop is the event loop of one isolate. Everything but post must be called from
// one of its tasks.
type loop struct {
	rt        *sobek.Runtime
	scheduler Scheduler
	queue     Queue
	clock     clock
	timers    timerHeap
	nextTimer int64
	quiet     int           // how many of timers are quiet
	armed     func()        // stops the scheduler's timer for the earliest of timers
	armedFor  time.Duration // when that one is due

	// pending counts operations that will post a task when they are done. An
	// isolate with none, and no timers, cannot go on by itself.
	pending int
	// afterTask runs when a task and its microtasks are done.
	afterTask func()
	// broken is told of a panic that left a task or a microtask.
	broken func(any)
}

func newLoop(name string, scheduler Scheduler, running bool) *loop {
	return &loop{
		scheduler: scheduler,
		queue:     scheduler.Queue(name),
		clock:     clock{scheduler: scheduler, origin: scheduler.Now(), running: running},
	}
}

// post adds a macrotask; any goroutine may call it. It reports false when the
// loop is closed.
func (l *loop) post(task func()) bool {
	return l.queue.Post(func() { l.run(task) })
}

// run executes a task: time moves to now, the task runs, then all microtasks.
func (l *loop) run(task func()) {
	defer func() {
		if r := recover(); r != nil && l.broken != nil {
			l.broken(r)
		}
	}()
	l.clock.advance()
	task()
	l.drain()
	if l.afterTask != nil {
		l.afterTask()
	}
}

// drain runs the microtasks. It must not be called with JavaScript on the stack.
func (l *loop) drain() {
	if _, err := l.rt.RunProgram(drainMicrotasks); err != nil {
		panic(err) // uncatchable: the stack overflowed in a promise reaction
	}
}

// begin counts an operation that runs outside the loop. The function it returns
// posts what is to be done with the outcome; any goroutine may call it, once.
func (l *loop) begin() (finish func(task func())) {
	l.pending++
	return func(task func()) {
		l.post(func() {
			l.pending--
			task()
		})
	}
}

// async runs work where it may block, and then the function it returned as a
// task.
func (l *loop) async(work func() (then func())) {
	finish := l.begin()
	l.scheduler.Go(func() {
		var then func()
		defer func() {
			if r := recover(); r != nil {
				then = func() { panic(r) } // breaks the isolate, not the process
			}
			finish(then)
		}()
		then = work()
	})
}

// idle reports whether nothing but an event from outside can make the isolate go
// on.
func (l *loop) idle() bool { return l.pending == 0 && len(l.timers) == l.quiet }

func (l *loop) removed(t *timer) {
	if t.quiet {
		l.quiet--
	}
}

// close ends the loop: no new tasks, no timers.
func (l *loop) close() {
	l.timers, l.quiet = nil, 0
	if l.armed != nil {
		l.armed()
		l.armed = nil
	}
	l.queue.Close()
}

// timer is one entry of the loop's heap, ordered by due time, then age.
type timer struct {
	id    int64
	due   time.Duration // by the loop's clock
	f     func()
	index int
	quiet bool // does not count as a reason to go on
}

// after runs f as a task, delay later by the clock of the loop.
func (l *loop) after(delay time.Duration, f func()) *timer { return l.add(delay, f, false) }

// afterQuietly is after for what does not belong to an event: while nothing but
// such timers is left, the loop is idle.
func (l *loop) afterQuietly(delay time.Duration, f func()) *timer { return l.add(delay, f, true) }

func (l *loop) add(delay time.Duration, f func(), quiet bool) *timer {
	l.nextTimer++
	t := &timer{id: l.nextTimer, due: l.clock.elapsed() + max(delay, 0), f: f, quiet: quiet}
	heap.Push(&l.timers, t)
	if quiet {
		l.quiet++
	}
	l.arm()
	return t
}

// stop cancels t; it may have fired already.
func (l *loop) stop(t *timer) {
	if t.index >= 0 && t.index < len(l.timers) && l.timers[t.index] == t {
		heap.Remove(&l.timers, t.index)
		l.removed(t)
		l.arm()
	}
}

// arm makes the scheduler wake the loop for the earliest timer.
func (l *loop) arm() {
	if len(l.timers) == 0 {
		if l.armed != nil {
			l.armed()
			l.armed = nil
		}
		return
	}
	due := l.timers[0].due
	if l.armed != nil {
		if l.armedFor == due {
			return
		}
		l.armed()
	}
	l.armedFor = due
	l.armed = l.scheduler.AfterFunc(due-l.clock.real(), func() { l.post(l.fire) })
}

// fire runs the earliest timer when it is due and posts itself for the next:
// each timer is a task of its own.
func (l *loop) fire() {
	l.armed = nil
	if len(l.timers) > 0 && l.timers[0].due <= l.clock.elapsed() {
		t := heap.Pop(&l.timers).(*timer)
		l.removed(t)
		t.f()
	}
	l.arm()
}

// AfterFunc implements gojs.Timers.
func (l *loop) AfterFunc(delay time.Duration, f func()) (stop func()) {
	t := l.after(delay, f)
	return func() { l.stop(t) }
}

type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].due != h[j].due {
		return h[i].due < h[j].due
	}
	return h[i].id < h[j].id
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	t.index = -1
	*h = old[:len(old)-1]
	return t
}
