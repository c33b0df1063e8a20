package isolate

import (
	"sync"
	"time"
)

// Scheduler decides when and where the work of isolates runs. The default, used
// where an option is nil, is real time and goroutines. A simulation supplies one
// that runs everything on one goroutine, in an order it chose.
type Scheduler interface {
	// Now is the time of day.
	Now() time.Time
	// AfterFunc calls f once, d from now, unless stop is called before. f must
	// not block; it posts to a queue.
	AfterFunc(d time.Duration, f func()) (stop func())
	// Go runs f, which may block on a service or the network.
	Go(f func())
	// Queue makes the task queue of one event loop, whose name is for people.
	Queue(name string) Queue
}

// Queue runs the tasks of one event loop: in the order posted, never two at
// once.
type Queue interface {
	// Post adds a task and never blocks. It reports false, and the task does
	// not run, when the queue is closed.
	Post(task func()) bool
	// Close refuses new tasks. Those that were accepted still run.
	Close()
}

// RealTime is the default Scheduler.
func RealTime() Scheduler { return realTime{} }

type realTime struct{}

func (realTime) Now() time.Time { return time.Now() }

func (realTime) AfterFunc(d time.Duration, f func()) func() {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}

func (realTime) Go(f func()) { go f() }

func (realTime) Queue(string) Queue {
	q := &goroutineQueue{}
	q.wake.L = &q.mu
	go q.run()
	return q
}

// goroutineQueue runs its tasks on a goroutine of its own.
type goroutineQueue struct {
	mu     sync.Mutex
	wake   sync.Cond
	tasks  []func()
	closed bool
}

func (q *goroutineQueue) Post(task func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.tasks = append(q.tasks, task)
	q.wake.Signal()
	return true
}

func (q *goroutineQueue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake.Signal()
}

func (q *goroutineQueue) run() {
	var batch []func()
	for {
		q.mu.Lock()
		for len(q.tasks) == 0 && !q.closed {
			q.wake.Wait()
		}
		if len(q.tasks) == 0 {
			q.mu.Unlock()
			return
		}
		batch, q.tasks = q.tasks, batch[:0]
		q.mu.Unlock()
		for i, task := range batch {
			batch[i] = nil
			task()
		}
	}
}
