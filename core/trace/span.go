// Package trace follows a request: its span, the storage calls inside it, and the one record that it ends with.
//
// A span travels in the context. The store refuses a call whose context has none, so nothing can reach data untraced.
package trace

import (
	"context"
	"encoding/hex"
	"io"
	"sync"
	"time"
)

// Span is one request, or one run of background work, under one trace id. Its methods may be called concurrently.
type Span struct {
	TraceID  string // 32 lower-case hex digits
	SpanID   string // 16 lower-case hex digits, the server's own
	ParentID string // the caller's span, "" when the trace begins here
	Sampled  bool
	Method   string
	Cold     bool // first request of its instance

	clock func() time.Time
	start time.Time

	mu       sync.Mutex
	endpoint string
	userID   string
	keyID    string
	calls    []*Call
	external time.Duration
	remote   bool
}

// Options are what a span needs from its surroundings.
type Options struct {
	Clock  func() time.Time
	Random io.Reader // source of ids

	// Arrived is when the request came, before it waited for whoever serves it; zero when nobody knows.
	Arrived time.Time
}

// Start begins a span under the trace of the traceparent header, or under a fresh one.
func Start(o Options, method, traceparent string) *Span {
	s := &Span{Method: method, clock: o.Clock, start: o.Clock()}
	if !o.Arrived.IsZero() && o.Arrived.Before(s.start) {
		s.start = o.Arrived
	}
	var id [24]byte
	if _, err := io.ReadFull(o.Random, id[:]); err != nil {
		id[0], id[16] = 1, 1 // an all-zero id is not valid; a broken source must not fail the request
	}
	s.SpanID = hex.EncodeToString(id[16:])
	if p, ok := ParseParent(traceparent); ok {
		s.TraceID, s.ParentID, s.Sampled = p.TraceID, p.SpanID, p.Sampled
	} else {
		s.TraceID, s.Sampled = hex.EncodeToString(id[:16]), true
	}
	return s
}

// Traceparent is the header that names this span.
func (s *Span) Traceparent() string {
	flags := "-00"
	if s.Sampled {
		flags = "-01"
	}
	return "00-" + s.TraceID + "-" + s.SpanID + flags
}

// SetEndpoint names the route's template, e.g. /api/items/:dfid.
func (s *Span) SetEndpoint(template string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endpoint = template
}

// Endpoint is the template given to SetEndpoint.
func (s *Span) Endpoint() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endpoint
}

// SetCaller names the account, and the API key if one was used; both are ids, never secrets.
func (s *Span) SetCaller(userID, keyID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.userID, s.keyID = userID, keyID
}

// AddExternal counts time spent waiting for a service outside.
func (s *Span) AddExternal(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.external += d
	s.remote = true
}

// Elapsed is the time since the span began. At the edge the clock moves only with I/O, so this counts waiting.
func (s *Span) Elapsed() time.Duration { return s.clock().Sub(s.start) }

type contextKey struct{}

// With returns a context that carries s.
func With(ctx context.Context, s *Span) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}

// FromContext returns the span of ctx, or nil.
func FromContext(ctx context.Context) *Span {
	s, _ := ctx.Value(contextKey{}).(*Span)
	return s
}
