// Package endpoints breaks the rule of endpoints. The test serves routed at GET /routed, and nothing else.
package endpoints

import (
	"context"

	"tracedge/core/storage"
	"tracedge/core/web"
)

var p = storage.In("endpoints", "1")

type service struct{ store *storage.Store }

func (s *service) routed(c *web.Call) (any, error) {
	s.find(c.Context())
	return nil, nil
}

func (s *service) find(ctx context.Context) { s.store.Read(ctx, "endpoints_read_thing", p) }

func (s *service) lost(c *web.Call) (any, error) { // want `endpoint: .*lost reaches endpoints_read_thing and belongs to no route`
	s.find(c.Context())
	return nil, nil
}

func (s *service) idle(c *web.Call) (any, error) { return "no storage", nil }

func (s *service) second(c *web.Call) (any, error) { return s.routed(c) } // want `endpoint: .*second reaches endpoints_read_thing`

// A middleware that calls whatever handler comes next does not do what that does.
func around(next web.Handler) web.Handler {
	return func(c *web.Call) (any, error) { return next(c) }
}

func (s *service) table() []web.Handler { return []web.Handler{around(s.routed)} }

var inVariable web.Handler = func(c *web.Call) (any, error) { // want `endpoint: endpoints.init\$1 reaches endpoints_read_variable`
	return store.Read(c.Context(), "endpoints_read_variable", p)
}

var store *storage.Store

func made(s *service) web.Handler {
	return func(c *web.Call) (any, error) { // want `endpoint: endpoints.made\$1 reaches endpoints_read_thing`
		run(func() { s.find(c.Context()) })
		return nil, nil
	}
}

func run(f func()) { f() }

// What run is handed elsewhere does not count for whoever calls it.
func (s *service) other(c *web.Call) (any, error) {
	run(func() {})
	return nil, nil
}
