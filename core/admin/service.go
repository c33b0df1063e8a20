// Package admin holds the routes under which admins manage accounts and credits and see what admins did.
package admin

import (
	"tracedge/core/actions"
	"tracedge/core/web"
)

// Service holds what the routes of /api/admin work with.
type Service struct {
	actions *actions.Log
}

// Options are what the service is built on; all are needed.
type Options struct {
	Actions *actions.Log
}

// New returns the service.
func New(o Options) *Service { return &Service{o.Actions} }

// Routes are the routes of the package.
func (s *Service) Routes() []web.Route {
	return []web.Route{
		{
			Method: "GET", Pattern: "/api/admin/actions", Class: web.Admin, Envelope: true,
			Doc:   "What admins did, newest first.",
			Query: actionsQuery{}, Response: actionsReply{}, Handler: s.listActions,
		},
	}
}
