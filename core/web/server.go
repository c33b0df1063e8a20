package web

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"time"

	"tracedge/core/message"
	"tracedge/core/trace"
)

// Options are what a server is built on. Table, Authenticator, Logger, Clock and Random are needed.
type Options struct {
	Table         *Table
	Authenticator Authenticator
	Logger        trace.Logger
	Clock         func() time.Time
	Random        io.Reader // source of ids
	Version       string    // of the program, for records

	// TrustedProxies may name the client's address in X-Forwarded-For and X-Real-IP. See ParseProxies.
	TrustedProxies []netip.Prefix

	// Quota is step 6, after authorisation and before anything is looked at: it counts the call and refuses it with 429
	// or 402. Nil is no quota. It is asked for authenticated calls only.
	Quota func(c *Call) error

	// Idempotency keeps the keys of section 9. Nil keeps none: the header is checked and has no effect.
	Idempotency Idempotency

	// Unconfigured names required settings that are missing. While there are any, only routes marked Always answer.
	Unconfigured []string
}

// New returns the server of a table. It logs each missing setting once.
func New(o Options) (*Server, error) {
	switch {
	case o.Table == nil:
		return nil, errors.New("web: no table")
	case o.Authenticator == nil:
		return nil, errors.New("web: no authenticator")
	case o.Logger == nil, o.Clock == nil, o.Random == nil:
		return nil, errors.New("web: logger, clock and random are needed")
	}
	s := &Server{Options: o, ids: trace.Ids(o.Random)}
	s.handle = s.recovered(s.traced(s.headed(s.shared(s.answered(s.process)))))
	s.reportUnconfigured()
	return s, nil
}

// Server is a table behind its middleware.
type Server struct {
	Options
	ids    io.Reader // of spans
	handle step
}

// step is a middleware's view of what follows it: a call in, a finished response out.
type step func(c *Call) response

// Serve answers one request. The context ends when the client goes away.
func (s *Server) Serve(ctx context.Context, r *message.Request) message.Response {
	c := &Call{server: s, ctx: ctx, request: r, header: make(message.Header, 0, 12)}
	return s.handle(c).message(c)
}

// log writes a record. A logger that panics does not fail the request.
func (s *Server) log(r trace.Record) {
	defer func() { _ = recover() }()
	s.Logger.Log(r)
}
