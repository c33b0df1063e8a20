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
	close(r.outcomes)
	<-collected
	return r.result(), r.failure
}

// run is the state of a run. Three kinds of goroutines share it: the schedule puts jobs into the queue, workers (as many as
// there are places) take them out and send them, and the collector adds up how they ended.
type run struct {
	client  *Client
	options Options
	tally   *tally
	records io.Writer
	start   time.Time

	ctx      context.Context // ends when nothing further is to be sent
	cancel   context.CancelCauseFunc
	work     sync.WaitGroup // workers, and pauses before repeats
	outcomes chan outcome
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

// job is a request that is due, or due again.
type job struct {
	request  Request
	traceID  string // of all attempts
	intended time.Time
	refusals []Answer // that earlier attempts got
	refused  time.Time
}

// outcome is how a request ended.
type outcome struct {
	job
	answer    Answer
	sent, end time.Time // of the last attempt
	abandoned bool      // never sent
}

func newRun(ctx context.Context, c *Client, o Options, records io.Writer) *run {
	r := &run{client: c, options: o, records: records, start: time.Now(), tally: newTally(), outcomes: make(chan outcome, 1024)}
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
			r.giveUp(j)
		default:
			r.send(j)
		}
	}
}

// send makes one attempt. It is not interrupted: what was sent gets its answer or its timeout.
func (r *run) send(j job) {
	sent := time.Now()
	a := r.client.Do(context.WithoutCancel(r.ctx), j.request, j.traceID)
	end := time.Now()
	if !r.options.Retry || !a.repeatable() || len(j.refusals) == maxRepeats {
		r.outcomes <- outcome{job: j, answer: a, sent: sent, end: end}
		return
	}
	// The place is free during the pause: nothing is in flight.
	j.refusals, j.refused = append(j.refusals, a), end
	r.work.Go(func() {
		if wait(r.ctx, pause(len(j.refusals), a.RetryAfter)) {
			r.enqueue(j)
		} else {
			r.giveUp(j)
		}
	})
}

// giveUp ends a job that is not sent (again): with the answer that it had, if any.
func (r *run) giveUp(j job) {
	n := len(j.refusals)
	if n == 0 {
		r.outcomes <- outcome{job: j, abandoned: true}
		return
	}
	a := j.refusals[n-1]
	j.refusals = j.refusals[:n-1]
	r.outcomes <- outcome{job: j, answer: a, sent: j.refused, end: j.refused}
}

// collect adds up outcomes until there are no more, and tells of progress.
func (r *run) collect() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case o, ok := <-r.outcomes:
			if !ok {
				r.progress(PhaseDone)
				return
			}
			r.add(o)
		case <-tick.C:
			r.progress(PhaseRun)
		}
	}
}

func (r *run) add(o outcome) {
	r.tally.add(o, o.intended.Sub(r.start))
	if o.abandoned || r.records == nil || r.failure != nil {
		return
	}
	if err := o.write(r.records); err != nil {
		r.failure = fmt.Errorf("cannot write the records: %w", err)
		r.cancel(r.failure)
	}
}
