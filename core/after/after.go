// Package after runs work that follows a response: delivering what a commit promised, counting, touching. It is queued
// while the request runs and done before the instance takes another one, so none of it delays a client.
package after

import (
	"context"
	"sync"
)

// Group collects the work of one request. The zero value is ready.
type Group struct {
	mu    sync.Mutex
	tasks []task
}

type task struct {
	ctx  context.Context
	name string
	run  func(context.Context) error
}

type contextKey struct{}

// With returns a context whose work goes to g.
func With(ctx context.Context, g *Group) context.Context {
	return context.WithValue(ctx, contextKey{}, g)
}

// Do queues work under a name for records. It runs in ctx, so under the same span, but goes on when the client goes away.
// Without a group in ctx it runs at once, so that nothing is ever dropped; its error is then returned.
func Do(ctx context.Context, name string, run func(context.Context) error) error {
	ctx = context.WithoutCancel(ctx)
	g, _ := ctx.Value(contextKey{}).(*Group)
	if g == nil {
		return run(ctx)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tasks = append(g.tasks, task{ctx, name, run})
	return nil
}

// Empty reports whether nothing is queued.
func (g *Group) Empty() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.tasks) == 0
}

// Run does the queued work in order, including work queued meanwhile. A failure or panic goes to report and does not
// stop the rest.
func (g *Group) Run(report func(ctx context.Context, name string, err error)) {
	for {
		g.mu.Lock()
		tasks := g.tasks
		g.tasks = nil
		g.mu.Unlock()
		if len(tasks) == 0 {
			return
		}
		for _, t := range tasks {
			if err := t.guarded(); err != nil {
				report(t.ctx, t.name, err)
			}
		}
	}
}

// PanicError is what a task panicked with.
type PanicError struct{ Value any }

func (PanicError) Error() string { return "panic in background work" }

func (t task) guarded() (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = PanicError{v}
		}
	}()
	return t.run(t.ctx)
}
