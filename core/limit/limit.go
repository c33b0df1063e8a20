// Package limit bounds the time of a call without a timer for each.
//
// A timer of Go costs an instance of the module more than the rest of what a call does, and hardly one is ever due. Whoever
// carries a call out and has a cheaper way to keep the time takes the limit off (Split); for all others the context is an
// ordinary one that ends.
package limit

import (
	"context"
	"sync"
	"time"
)

// Context is a context with a limit. The time begins when somebody first waits for its end.
type Context struct {
	context.Context
	limit time.Duration

	once   sync.Once
	timed  context.Context
	cancel context.CancelFunc
}

// With returns ctx with a limit. Stop must follow.
func With(ctx context.Context, limit time.Duration) *Context {
	return &Context{Context: ctx, limit: limit}
}

// Split takes the limit off: the context that With was given, and the limit. 0 is none.
func Split(ctx context.Context) (context.Context, time.Duration) {
	if c, ok := ctx.(*Context); ok {
		return c.Context, c.limit
	}
	return ctx, 0
}

// Done is closed at the limit, or when the context that With was given ends.
func (c *Context) Done() <-chan struct{} { return c.running().Done() }

// Err says why Done is closed.
func (c *Context) Err() error { return c.running().Err() }

// Deadline is when Done is closed at the latest.
func (c *Context) Deadline() (time.Time, bool) { return c.running().Deadline() }

// Stop gives back what Done needed.
func (c *Context) Stop() {
	c.once.Do(func() {}) // from here on nothing is started
	if c.cancel != nil {
		c.cancel()
	}
}

func (c *Context) running() context.Context {
	c.once.Do(func() { c.timed, c.cancel = context.WithTimeout(c.Context, c.limit) })
	if c.timed == nil { // stopped before anybody waited
		return c.Context
	}
	return c.timed
}
