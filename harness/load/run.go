package load

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Run makes the accounts that the scenario needs, sends its requests on their schedule, and writes a record of each to
// records as it ends (nil for none).
//
// When ctx ends, nothing further is sent: what waits for a place is given up, pauses before repeats are cut short, what is
// in flight is waited for, and the result tells of what was done. Only failures to make the accounts and to write records
// are errors; requests that fail are what a run is for.
func Run(ctx context.Context, c *Client, o Options, records io.Writer) (Result, error) {
	if err := o.Validate(); err != nil {
		return Result{}, err
	}
	s, _ := findScenario(o.Scenario)
	var users []User
	if s.needsUsers {
		var err error
		if users, err = makeUsers(ctx, c, o); err != nil {
			return Result{}, err
		}
	}
	r := newRun(ctx, c, o, records)
	defer r.cancel(nil)
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		r.collect()
	}()
	r.schedule(func() Request { return s.next(users) })
	r.work.Wait()
	close(r.done)
	<-collected
	return r.result(), r.failure
}

// run is the state of a run. Three kinds of goroutines share it: the schedule puts jobs into the queue, workers (as many as
// there are places) take them out and send them, and the collector adds up what is done.
type run struct {
	client  *Client
	options Options
	tally   *tally
	records io.Writer
	start   time.Time

	ctx      context.Context // ends when nothing further is to be sent
	cancel   context.CancelCauseFunc
	work     sync.WaitGroup // workers, and pauses before repeats
	done     chan job
	failure  error        // of writing records; the collector's
	due      atomic.Int64 // jobs scheduled so far
	lag      time.Duration
	complete bool // the schedule came to its end; this and lag are the schedule's

	mu          sync.Mutex // guards what follows
	queue       []job      // due, waiting for a place; oldest first
	busy        int        // places taken
	mostBusy    int
	mostWaiting int
}

// job is a request that is due, or due again, or done.
type job struct {
	request  Request
	traceID  string // of all attempts
	intended time.Time
	attempts []attempt // in the order made; none when it was given up before
}

// attempt is a request that was sent and how that ended.
type attempt struct {
	Answer
	sent, end time.Time
}

// last is the attempt that decides.
func (j job) last() attempt { return j.attempts[len(j.attempts)-1] }

// repeats is the number of attempts beyond the first.
func (j job) repeats() int { return len(j.attempts) - 1 }

// latency counts from when the request was due, whatever it waited for.
func (j job) latency() time.Duration { return j.last().end.Sub(j.intended) }

// service is what the deciding attempt took from when it was sent.
func (j job) service() time.Duration { return j.last().end.Sub(j.last().sent) }

func newRun(ctx context.Context, c *Client, o Options, records io.Writer) *run {
	r := &run{client: c, options: o, records: records, start: time.Now(), tally: newTally(), done: make(chan job, 1024)}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	return r
}

// schedule makes each request when it is due.
func (r *run) schedule(next func() Request) {
	for i := range r.options.requests() {
		intended := r.start.Add(r.options.due(i))
		if !wait(r.ctx, time.Until(intended)) {
			return
		}
		r.lag = max(r.lag, time.Since(intended))
		r.due.Add(1)
		r.enqueue(job{request: next(), traceID: newTraceID(), intended: intended})
	}
	r.complete = true
}

// enqueue gives a job to a worker: a new one while there are places, else the first that is done.
func (r *run) enqueue(j job) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue = append(r.queue, j)
	if r.busy < r.options.Concurrency {
		r.busy++
		r.mostBusy = max(r.mostBusy, r.busy)
		r.work.Go(r.worker)
		return
	}
	r.mostWaiting = max(r.mostWaiting, len(r.queue))
}

// dequeue takes the oldest job, or gives the worker's place back.
func (r *run) dequeue() (job, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.queue) == 0 {
		r.busy--
		return job{}, false
	}
	j := r.queue[0]
	r.queue[0] = job{}
	r.queue = r.queue[1:]
	return j, true
}

func (r *run) worker() {
	for {
		j, ok := r.dequeue()
		switch {
		case !ok:
			return
		case r.ctx.Err() != nil:
			r.done <- j // given up, with the answer that it had, if any
		default:
			r.send(j)
		}
	}
}

// send makes one attempt. It is not interrupted: what was sent gets its answer or its timeout.
func (r *run) send(j job) {
	sent := time.Now()
	a := r.client.Do(context.WithoutCancel(r.ctx), j.request, j.traceID)
	j.attempts = append(j.attempts, attempt{a, sent, time.Now()})
	if !r.options.Retry || !a.repeatable() || j.repeats() == maxRepeats {
		r.done <- j
		return
	}
	// The place is free during the pause: nothing is in flight.
	r.work.Go(func() {
		if wait(r.ctx, pause(len(j.attempts), a.RetryAfter)) {
			r.enqueue(j)
		} else {
			r.done <- j
		}
	})
}

// collect adds up jobs that are done until there are no more, and tells of progress.
func (r *run) collect() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case j, ok := <-r.done:
			if !ok {
				r.progress(PhaseDone)
				return
			}
			r.add(j)
		case <-tick.C:
			r.progress(PhaseRun)
		}
	}
}

func (r *run) add(j job) {
	r.tally.add(j, j.intended.Sub(r.start))
	if len(j.attempts) == 0 || r.records == nil || r.failure != nil {
		return
	}
	if err := j.write(r.records); err != nil {
		r.failure = fmt.Errorf("cannot write the records: %w", err)
		r.cancel(r.failure)
	}
}
