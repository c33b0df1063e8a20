package server

import (
	"context"
	"sync"
	"time"

	"tracedge/harness/server/cron"
)

// longestEvent is how long a scheduled event may take, as at the edge.
const longestEvent = 15 * time.Minute

// longestSleep bounds one wait for a schedule. The system's clock may be set
// meanwhile, and a computer may sleep.
const longestSleep = time.Minute

// events are the schedules of a server that run.
type events struct {
	stop func() // no event begins after it
	done chan struct{}
}

// schedule runs the scheduled handler by every expression until ctx is done. An
// event under way goes on until work is done.
func (s *Server) schedule(ctx, work context.Context) *events {
	ctx, stop := context.WithCancel(ctx)
	e := &events{stop: stop, done: make(chan struct{})}
	var wg sync.WaitGroup
	for _, schedule := range s.schedules {
		wg.Go(func() { s.follow(ctx, work, schedule) })
	}
	go func() {
		wg.Wait()
		stop()
		close(e.done)
	}()
	return e
}

// wait returns when no event is under way any more, or with the error of ctx.
func (e *events) wait(ctx context.Context) error {
	select {
	case <-e.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// follow runs the events of one schedule, one after the other: an event that is
// due while the one before still runs does not take place.
func (s *Server) follow(ctx, work context.Context, schedule cron.Schedule) {
	for {
		due := schedule.Next(time.Now())
		if !sleepUntil(ctx, due) {
			return
		}
		if err := s.scheduled(work, schedule.String(), due); err != nil {
			s.log.Printf("scheduled event %q of %s failed: %v", schedule, due.Format(time.RFC3339), err)
		}
	}
}

// scheduled runs one event.
func (s *Server) scheduled(ctx context.Context, expression string, at time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, longestEvent)
	defer cancel()
	return s.worker.Scheduled(ctx, expression, at)
}

// sleepUntil returns true when the clock reads t, false when ctx is done before.
func sleepUntil(ctx context.Context, t time.Time) bool {
	for {
		wait := time.Until(t)
		if wait <= 0 {
			return ctx.Err() == nil
		}
		timer := time.NewTimer(min(wait, longestSleep))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
	}
}
