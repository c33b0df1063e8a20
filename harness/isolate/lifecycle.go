package isolate

import (
	"context"
	"net/http"
)

// Close ends the cluster in good order: no new events; requests, promises given
// to waitUntil and writes of objects may finish until ctx ends.
func (c *Cluster) Close(ctx context.Context) error {
	c.closed.Store(true)
	var err error
	for _, group := range [][]*slot{c.requests, c.objects} { // objects serve until the requests are done
		for _, s := range group {
			i := s.current.Load()
			quiet := make(chan struct{})
			if i.loop.post(func() { i.whenQuiet(func() { close(quiet) }) }) {
				select {
				case <-quiet:
				case <-ctx.Done():
					err = ctx.Err()
				}
			}
		}
	}
	c.Stop()
	return err
}

// Stop ends the cluster at once, as a crash of the machine would: what runs
// fails, and what is not on disk is lost. It does not wait: batches that were on
// their way to storage may still arrive.
func (c *Cluster) Stop() {
	c.closed.Store(true)
	for _, s := range c.slots() {
		i := s.current.Load()
		i.loop.post(func() { i.stop(ErrClosed, nil) })
	}
}

// Restart throws request isolate n away, with all that runs in it, and starts it
// anew.
func (c *Cluster) Restart(n int) { c.restart(c.requests[n]) }

// RestartObjects does the same to isolate n of those that hold objects. Alarms
// and whatever is on disk survive.
func (c *Cluster) RestartObjects(n int) { c.restart(c.objects[n]) }

func (c *Cluster) restart(s *slot) {
	i := s.current.Load()
	i.loop.post(func() { c.replace(i, ErrRestarted) })
}

// EvictObject drops an object from memory unless it is doing something. The
// outcome is passed to done, on an event loop.
func (c *Cluster) EvictObject(class, name string, done func(evicted bool)) {
	key := objectKey{class, name}
	i := c.objects[c.home(key)].current.Load()
	if !i.loop.post(func() {
		o := i.objects.objects[key]
		evict := o != nil && o.idle()
		if evict {
			i.objects.evict(o)
		}
		done(evict)
	}) {
		done(false)
	}
}

// KillPrograms makes the Go programs of request isolate n trap at their next
// step.
func (c *Cluster) KillPrograms(n int) {
	i := c.requests[n].current.Load()
	i.loop.post(func() {
		for _, p := range i.programs {
			if program := p.Value(); program != nil {
				program.Kill()
			}
		}
	})
}

// ProgramMemory passes the sizes in bytes of the linear memories of the Go
// programs of request isolate n to done, on its event loop.
func (c *Cluster) ProgramMemory(n int, done func(sizes []int)) {
	i := c.requests[n].current.Load()
	if !i.loop.post(func() {
		var sizes []int
		for _, p := range i.programs {
			if program := p.Value(); program != nil && !program.Exited() {
				sizes = append(sizes, len(program.Memory()))
			}
		}
		done(sizes)
	}) {
		done(nil)
	}
}

// HostCalls is how often the Go programs of all request isolates have called
// their host, those of isolates that were replaced left out. It is exact when no
// program runs.
func (c *Cluster) HostCalls() uint64 {
	var total uint64
	for _, s := range c.requests {
		total += s.current.Load().hostCalls.Load()
	}
	return total
}

func bodyOf(r *http.Response) (*responseBody, bool) {
	if r == nil {
		return nil, false
	}
	b, ok := r.Body.(*responseBody)
	return b, ok
}
