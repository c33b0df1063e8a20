package isolate_test

import (
	"container/heap"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

// virtual is a Scheduler on one goroutine whose time only moves when nothing is
// left to do. The next task is drawn by a seed.
type virtual struct {
	now    time.Time
	tasks  []func()
	timers timers
	made   int
	random *rand.Rand
}

type timer struct {
	at      time.Time
	n       int
	f       func()
	stopped bool
}

type timers []*timer

func (h timers) Len() int      { return len(h) }
func (h timers) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h timers) Less(i, j int) bool {
	return h[i].at.Before(h[j].at) || h[i].at.Equal(h[j].at) && h[i].n < h[j].n
}
func (h *timers) Push(x any) { *h = append(*h, x.(*timer)) }
func (h *timers) Pop() any {
	t := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return t
}

func (v *virtual) Now() time.Time { return v.now }

func (v *virtual) AfterFunc(d time.Duration, f func()) func() {
	v.made++
	t := &timer{at: v.now.Add(max(d, 0)), n: v.made, f: f}
	heap.Push(&v.timers, t)
	return func() { t.stopped = true }
}

func (v *virtual) Go(f func()) { v.tasks = append(v.tasks, f) }

func (v *virtual) Queue(string) isolate.Queue { return &virtualQueue{v: v} }

// virtualQueue keeps its tasks in order; the scheduler picks among queues.
type virtualQueue struct {
	v      *virtual
	tasks  []func()
	closed bool
}

func (q *virtualQueue) Post(task func()) bool {
	if q.closed {
		return false
	}
	q.tasks = append(q.tasks, task)
	q.v.tasks = append(q.v.tasks, func() {
		next := q.tasks[0]
		q.tasks = q.tasks[1:]
		next()
	})
	return true
}

func (q *virtualQueue) Close() { q.closed = true }

// run goes on until nothing is left, or for the given time.
func (v *virtual) run(limit time.Duration) {
	end := v.now.Add(limit)
	for {
		for len(v.tasks) > 0 {
			n := v.random.IntN(len(v.tasks))
			task := v.tasks[n]
			v.tasks = append(v.tasks[:n], v.tasks[n+1:]...)
			task()
		}
		if len(v.timers) == 0 || v.timers[0].at.After(end) {
			return
		}
		t := heap.Pop(&v.timers).(*timer)
		if !t.stopped {
			v.now = t.at
			t.f()
		}
	}
}

// bytesOf is a seeded source of random data.
type bytesOf struct{ r *rand.Rand }

func (b bytesOf) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b.r.Uint32())
	}
	return len(p), nil
}

// simulate drives the guest through a day of its life and returns all that can
// be observed.
func simulate(t *testing.T, seed uint64) string {
	t.Helper()
	v := &virtual{now: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), random: rand.New(rand.NewPCG(seed, 1))}
	p, err := guestProgram()
	if err != nil {
		t.Fatal(err)
	}
	log, out := &journal{}, &strings.Builder{}
	ready := errors.New("not ready")
	c := p.StartCluster(isolate.Options{
		Isolates: 2, Scheduler: v, Random: bytesOf{rand.New(rand.NewPCG(seed, 2))}, Console: log.add,
		Bindings: isolate.Bindings{
			Vars: map[string]any{"NAME": "sim"}, KV: map[string]services.KV{"STORE": newKV()},
			Objects: map[string]string{"COUNTER": "Counter"},
			Classes: map[string]services.Objects{"Counter": newObjects()},
		},
	}, func(err error) { ready = err })
	v.run(time.Hour)
	if ready != nil {
		t.Fatal(ready)
	}
	for n := range 12 {
		path := []string{"/hello", "/sleep?for=1h", "/object/a", "/kv/k", "/panic", "/stream?lines=3"}[n%6]
		c.Dispatch(n%2, httptest.NewRequest("GET", path, nil), nil, func(res *http.Response, err error) {
			fmt.Fprintf(out, "%v %s: ", v.now.Sub(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)), path)
			if err != nil {
				fmt.Fprintln(out, err)
				return
			}
			body, _ := io.ReadAll(res.Body)
			fmt.Fprintf(out, "%d %q\n", res.StatusCode, body)
		})
	}
	c.DispatchScheduled(0, "* * * * *", v.now, func(err error) { fmt.Fprintln(out, "scheduled", err) })
	v.run(24 * time.Hour)
	fmt.Fprintln(out, c.HostCalls(), v.now)
	c.Stop()
	v.run(0)
	return out.String() + log.String()
}

// With a scheduler, clocks and random data that repeat, everything repeats, and
// an hour passes in no time.
func TestDeterministic(t *testing.T) {
	first := simulate(t, 1)
	if second := simulate(t, 1); second != first {
		t.Errorf("two runs differ:\n%s\n\n%s", first, second)
	}
	for _, want := range []string{
		`/hello: 200 "hello sim"`, `1h0m0s /sleep?for=1h: 200 "true"`, `/object/a: 200 "a /object/a 2"`, `/kv/k: 200 "<null>"`,
		"/panic: " + isolate.ErrHung.Error(), "scheduled <nil>",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("no %q in\n%s", want, first)
		}
	}
	if simulate(t, 2) == first {
		t.Error("another seed changes nothing")
	}
}
