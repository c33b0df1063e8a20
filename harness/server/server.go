// Package server puts a worker on the network: it is the part of the edge
// between a TCP connection and the worker's fetch handler, and the clock behind
// its scheduled handler.
package server

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"tracedge/harness/server/cron"
)

// Worker is what is served: one or many isolates that run the same program. It
// is used by many goroutines at once.
type Worker interface {
	// Fetch answers a request whose URL is absolute. The caller reads and closes
	// the response's body. An error means that the worker has no answer at all;
	// what the program itself goes wrong with is a response.
	Fetch(ctx context.Context, r *http.Request) (*http.Response, error)
	// Scheduled runs the scheduled handler for the expression cron, due at the
	// time at, and returns when it and its waitUntil work are done.
	Scheduled(ctx context.Context, cron string, at time.Time) error
	// Close waits for work that goes on after responses (waitUntil), until ctx
	// is done, and stops the worker.
	Close(ctx context.Context) error
}

// Options says what to serve and how.
type Options struct {
	Worker Worker
	// Crons are the expressions by which the scheduled handler runs.
	Crons []string
	// TestScheduled offers /cdn-cgi/handler/scheduled?cron=..., which runs the
	// scheduled handler at once. Anybody who reaches the server can call it.
	TestScheduled bool
	// Drain is how long requests and events under way may take to finish once the
	// server is told to stop, and then again the work that goes on after them. 0
	// stands for 10 seconds.
	Drain time.Duration
	// Log gets what the server itself has to say; nil for the standard logger.
	Log *log.Logger
}

// Limits of connections. A client has to send its header and body in a bounded
// time, so that idle ones cannot hold all file descriptors.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 60 * time.Second
	writeTimeout      = 120 * time.Second // above any time that a worker takes
	idleTimeout       = 120 * time.Second
	maxHeaderBytes    = 128 << 10 // as the platform
	maxBodyBytes      = 100 << 20 // as the platform; programs have lower limits of their own
	defaultDrain      = 10 * time.Second
)

// Server serves one worker over HTTP and runs its schedules.
type Server struct {
	worker        Worker
	schedules     []cron.Schedule
	testScheduled bool
	drain         time.Duration
	log           *log.Logger
}

// New checks o and returns a server that does nothing yet. A cron expression
// that cannot be read is an error.
func New(o Options) (*Server, error) {
	s := &Server{worker: o.Worker, testScheduled: o.TestScheduled, drain: o.Drain, log: o.Log}
	for _, expression := range o.Crons {
		schedule, err := cron.Parse(expression)
		if err != nil {
			return nil, err
		}
		s.schedules = append(s.schedules, schedule)
	}
	if s.drain == 0 {
		s.drain = defaultDrain
	}
	if s.log == nil {
		s.log = log.Default()
	}
	return s, nil
}

// Serve answers the connections of l and runs the schedules until ctx is done.
// Then it stops in order: no new connections, requests and events under way
// finish, the worker finishes what goes on after responses, the worker is
// closed. It returns nil when nothing was cut off. Serve closes l, and is called
// once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	// Work under way outlives ctx by the time it has to drain.
	work, cutOff := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cutOff(nil)
	web := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          s.log,
		BaseContext:       func(net.Listener) context.Context { return work },
	}
	events := s.schedule(ctx, work)

	served := make(chan error, 1)
	go func() { served <- web.Serve(l) }()
	var failure error
	select {
	case <-ctx.Done():
	case failure = <-served: // the listener broke
		failure = fmt.Errorf("accept connections: %w", failure)
	}

	events.stop()
	patience := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.WithoutCancel(ctx), s.drain)
	}
	drain, cancel := patience()
	defer cancel()
	errs := []error{failure}
	if err := web.Shutdown(drain); err != nil {
		errs = append(errs, fmt.Errorf("requests were still under way after %s", s.drain))
	}
	if err := events.wait(drain); err != nil {
		errs = append(errs, fmt.Errorf("a scheduled event was still under way after %s", s.drain))
	}
	cutOff(errors.New("the server stops"))
	web.Close()
	closing, cancel := patience()
	defer cancel()
	if err := s.worker.Close(closing); err != nil {
		errs = append(errs, fmt.Errorf("stop the worker: %w", err))
	}
	return errors.Join(errs...)
}
