package circuits

import (
	"io"

	"tracedge/core/accounts"
	"tracedge/core/circuits/postactions"
	"tracedge/core/config"
	"tracedge/core/idem"
	"tracedge/core/limits"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Service holds what the routes of /api/circuits work with.
type Service struct {
	store    *storage.Store
	accounts *accounts.Directory
	limits   *limits.Limiter
	idem     *idem.Keys
	gate     *web.Gate
	config   config.Config
	vault    postactions.Vault
	events   Events
}

// Options are what the service is built on; all are needed.
type Options struct {
	Config   config.Config
	Store    *storage.Store
	Accounts *accounts.Directory
	Limits   *limits.Limiter
	Keys     *idem.Keys
	Gate     *web.Gate // comparisons of passwords, those of logins included
	Random   io.Reader // source of nonces
}

// New returns the service and registers what its outbox rows do.
func New(o Options) *Service {
	s := &Service{
		store: o.Store, accounts: o.Accounts, limits: o.Limits, idem: o.Keys, gate: o.Gate, config: o.Config,
		vault: postactions.NewVault(o.Config.SecretsKey, o.Random),
	}
	handle(o.Store)
	postactions.Handle(o.Store)
	o.Store.Handle("circuits_put_publication", storage.Handler{Perform: s.putPublications})
	o.Store.Handle("circuits_drop_publication", storage.Handler{Perform: s.dropPublications})
	return s
}

const (
	prefix = "/api/circuits"
	one    = prefix + "/:id"
)

// Routes are the routes of circuits, their members, roles, requests, public pages, adapters and post-actions.
func (s *Service) Routes() []web.Route {
	routes := append(s.circuitRoutes(), s.memberRoutes()...)
	routes = append(append(routes, s.roleRoutes()...), s.publicRoutes()...)
	return append(append(routes, s.adapterRoutes()...), s.postActionRoutes()...)
}

// of is a route of one circuit for accounts.
func of(method, rest, doc string, request, response any, h web.Handler) web.Route {
	return web.Route{
		Method: method, Pattern: one + rest, Class: web.User, UUIDs: []string{"id"}, Doc: doc,
		Request: request, Response: response, Handler: h,
	}
}

func enveloped(r web.Route) web.Route {
	r.Envelope = true
	return r
}

func paged(r web.Route, query any) web.Route {
	r.Query = query
	return r
}

// bodiless says that the body may be left out.
func bodiless(r web.Route) web.Route {
	r.OptionalBody = true
	return r
}
