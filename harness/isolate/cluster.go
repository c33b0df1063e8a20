package isolate

import (
	"context"
	"errors"
	"hash/fnv"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/grafana/sobek"
)

// Cluster runs a program in several isolates. Its methods may be called from any
// goroutine.
type Cluster struct {
	program  *Program
	options  Options
	requests []*slot
	objects  []*slot
	calls    CallFunc
	closed   atomic.Bool
	turn     atomic.Uint64 // spreads requests among isolates that are equally busy
}

// The kinds of isolates.
const (
	requestIsolate = "request"
	objectIsolate  = "object"
)

// slot is the place of one isolate, which may be replaced.
type slot struct {
	kind     string
	index    int
	bindings Bindings
	current  atomic.Pointer[isolate]
}

// NewCluster starts the isolates and waits until the worker's global scope has
// been evaluated in each.
func (p *Program) NewCluster(o Options) (*Cluster, error) {
	result := make(chan error, 1)
	c := p.StartCluster(o, func(err error) { result <- err })
	if err := <-result; err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// StartCluster is NewCluster for schedulers that run tasks on the goroutine of
// the caller: ready is called, on an event loop, when the cluster can serve.
func (p *Program) StartCluster(o Options, ready func(error)) *Cluster {
	c := &Cluster{program: p, options: o.withDefaults()}
	c.calls = c.deliver
	if o.WrapCalls != nil {
		c.calls = o.WrapCalls(c.deliver)
	}
	for n := range c.options.Isolates {
		b := c.options.Bindings
		if o.BindingsOf != nil {
			b = o.BindingsOf(n, b)
		}
		c.requests = append(c.requests, &slot{kind: requestIsolate, index: n, bindings: b})
	}
	for n := range c.options.ObjectIsolates {
		c.objects = append(c.objects, &slot{kind: objectIsolate, index: n, bindings: c.options.Bindings})
	}
	all := c.slots()
	var mu sync.Mutex
	var errs []error
	left := len(all)
	for _, s := range all {
		c.start(s, func(err error) {
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
			if left--; left == 0 {
				ready(errors.Join(errs...))
			}
		})
	}
	return c
}

func (c *Cluster) slots() []*slot { return append(append([]*slot(nil), c.requests...), c.objects...) }

// start puts a new isolate into a slot.
func (c *Cluster) start(s *slot, ready func(error)) {
	i := newIsolate(c, s)
	s.current.Store(i)
	i.loop.post(func() {
		err := i.tryBoot(s.bindings)
		if err != nil {
			i.stop(err, nil)
		}
		ready(err)
	})
}

// replace throws an isolate away and starts another in its place. It runs on the
// loop of the isolate.
func (c *Cluster) replace(i *isolate, err error) {
	booted := i.exported != nil
	i.stop(err, func() {
		if c.closed.Load() || !booted {
			return
		}
		c.start(i.slot, func(err error) {
			if err != nil {
				i.uncaught("the isolate could not be restarted: " + err.Error())
			}
		})
	})
}

// home is the index of the isolate that holds an object.
func (c *Cluster) home(key objectKey) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key.class + "\x00" + key.name))
	return int(h.Sum32() % uint32(len(c.objects)))
}

// deliver is the CallFunc that reaches the objects.
func (c *Cluster) deliver(call Call, reply func(Reply)) {
	if len(c.objects) == 0 {
		reply(Reply{Err: &RemoteError{Name: "Error", Message: "no storage for Durable Object class " + call.Class}})
		return
	}
	err := c.objects[c.home(objectKey{call.Class, call.Object})].send(func(i *isolate) { i.objects.deliver(call, reply) })
	if err != nil {
		reply(Reply{Err: asRemote(err)})
	}
}

// leastBusy is the request isolate with the fewest requests in flight.
func (c *Cluster) leastBusy() int {
	n := len(c.requests)
	first := int(c.turn.Add(1) % uint64(n))
	best := first
	for k := 1; k < n; k++ {
		candidate := (first + k) % n
		if c.requests[candidate].current.Load().inFlight.Load() < c.requests[best].current.Load().inFlight.Load() {
			best = candidate
		}
	}
	return best
}

// InFlight is the number of requests and scheduled events that each request
// isolate is working on.
func (c *Cluster) InFlight() []int {
	counts := make([]int, len(c.requests))
	for n, s := range c.requests {
		counts[n] = int(s.current.Load().inFlight.Load())
	}
	return counts
}

// Fetch has the least busy isolate answer a request. The error is an
// [*ExceptionError] when the handler failed, and ctx.Err() when ctx ended first;
// the worker is told through request.signal and goes on. The caller must close
// the body of the response.
func (c *Cluster) Fetch(ctx context.Context, r *http.Request) (*http.Response, error) {
	return c.FetchOn(ctx, c.leastBusy(), r)
}

// FetchOn is Fetch with a choice of the isolate.
func (c *Cluster) FetchOn(ctx context.Context, n int, r *http.Request) (*http.Response, error) {
	fe, err := newFetchEvent(ctx, r)
	if err != nil {
		return nil, err
	}
	type result struct {
		response *http.Response
		err      error
	}
	results := make(chan result, 1)
	fe.reply = func(response *http.Response, err error) { results <- result{response, err} }
	c.dispatch(n, fe)
	select {
	case res := <-results:
		if body, ok := bodyOf(res.response); ok {
			stop := context.AfterFunc(ctx, func() { body.abandon(ctx.Err()) })
			body.done = func() { stop() }
		}
		return res.response, res.err
	case <-ctx.Done():
		fe.leave()
		return nil, ctx.Err()
	}
}

// Dispatch gives a request to an isolate without waiting. done is called once,
// on the event loop, with the response in one piece or an error. leave tells the
// worker that the client has gone away.
func (c *Cluster) Dispatch(n int, r *http.Request, body []byte, done func(*http.Response, error)) (leave func()) {
	fe := &fetchEvent{request: r, body: body, reply: done, whole: true}
	c.dispatch(n, fe)
	return fe.leave
}

func (c *Cluster) dispatch(n int, fe *fetchEvent) {
	err := c.event(n, func(i *isolate) {
		fe.home.Store(i)
		i.serve(fe)
	})
	if err != nil {
		fe.reply(nil, err)
	}
}

// event gives an event to a request isolate, which counts it as in flight.
func (c *Cluster) event(n int, begin func(*isolate)) error {
	for s := c.requests[n]; !c.closed.Load(); {
		i := s.current.Load()
		i.inFlight.Add(1)
		if i.loop.post(func() { begin(i) }) {
			return nil
		}
		i.inFlight.Add(-1)
		if s.current.Load() == i {
			return ErrRestarted
		}
	}
	return ErrClosed
}

// send posts a task to the isolate of a slot.
func (s *slot) send(task func(*isolate)) error {
	for {
		i := s.current.Load()
		if i.loop.post(func() { task(i) }) {
			return nil
		}
		if s.current.Load() == i {
			return ErrRestarted
		}
	}
}

// Scheduled runs the worker's scheduled handler and waits for it.
func (c *Cluster) Scheduled(ctx context.Context, cron string, at time.Time) error {
	done := make(chan error, 1)
	c.DispatchScheduled(c.leastBusy(), cron, at, func(err error) { done <- err })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// DispatchScheduled gives a scheduled event to an isolate without waiting.
func (c *Cluster) DispatchScheduled(n int, cron string, at time.Time, done func(error)) {
	run := func(i *isolate) {
		if i.stopped != nil {
			i.inFlight.Add(-1)
			i.pass(func(moved bool) {
				if moved {
					c.DispatchScheduled(n, cron, at, done)
				} else {
					done(i.stopped)
				}
			})
			return
		}
		ev := i.begin()
		ev.fail = func(err error) {
			if ev.end() {
				done(err)
			}
		}
		controller := i.call("newScheduled", i.rt.ToValue(cron), i.rt.ToValue(at.UnixMilli()))
		ev.handle("scheduled", controller, func(sobek.Value) { ev.fail(nil) })
	}
	if err := c.event(n, run); err != nil {
		done(err)
	}
}
