// Package placement serves the routes of storage history: where the content of an item is kept outside the service, having
// it stored with another adapter, and which copy is the primary one. What is kept is the business of package
// storagehistory, the upload itself that of package adapters.
package placement

import (
	"tracedge/core/accounts"
	"tracedge/core/adapters"
	"tracedge/core/circuits"
	"tracedge/core/config"
	"tracedge/core/credits"
	"tracedge/core/fault"
	"tracedge/core/items"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/web"
)

// Service holds what the routes work with.
type Service struct{ Options }

// Options are what the service is built on; all are needed.
type Options struct {
	Config   config.Config
	Store    *storage.Store
	Accounts *accounts.Directory
	Items    *items.Service
	Circuits *circuits.Service
	Adapters *adapters.Service
	Counts   *storagehistory.Counts
	Holds    *credits.Holds
}

// New returns the service.
func New(o Options) *Service { return &Service{o} }

// Routes are the routes of /api/storage-history and its public one.
func (s *Service) Routes() []web.Route {
	const one = "/api/storage-history/:dfid"
	refusal := struct {
		DFID string `json:"dfid,omitempty"`
	}{}
	missing := []web.Failure{{Status: 404, Doc: "The item is missing or not to be seen, or it is stored nowhere", Extra: refusal}}
	return []web.Route{
		{
			Method: "GET", Pattern: "/api/storage-history/statistics", Class: web.User, Envelope: true,
			Doc: "How the caller's items are stored; for an admin, all items.", Response: statisticsReply{}, Handler: s.statistics,
		},
		{
			Method: "GET", Pattern: one, Class: web.User, Envelope: true, Doc: "Where an item's content is stored, and what is on its way.",
			Response: historyReply{}, Failures: missing, Fault: named, Handler: s.history,
		},
		{
			Method: "GET", Pattern: one + "/locations", Class: web.User, Envelope: true, Doc: "The locations of an item's content.",
			Response: locationsReply{}, Failures: missing, Fault: named, Handler: s.locations,
		},
		{
			Method: "POST", Pattern: one + "/migrate", Class: web.User, Envelope: true, Doc: "Have an item stored with another adapter.",
			Request: migrateRequest{}, Response: migrateReply{}, Fault: named, Handler: s.migrate,
			Failures: []web.Failure{
				{Status: 404, Doc: "The item or the circuit is missing or not to be seen, or the circuit does not hold the item", Extra: refusal},
				{Status: 409, Doc: "The item is stored there, or on its way"},
				{Status: 501, Doc: "No implementation of the adapter"},
				{Status: 503, Doc: "The adapter has no active configuration", Kinds: []fault.Kind{fault.ExternalError}},
			},
		},
		{
			Method: "POST", Pattern: one + "/primary", Class: web.User, Envelope: true, Doc: "Choose which copy of an item is the primary one.",
			Request: primaryRequest{}, Response: primaryReply{}, Failures: missing, Fault: named, Handler: s.choose,
		},
		{
			Method: "GET", Pattern: "/api/public/storage-history/:dfid", Class: web.Public, Envelope: true,
			Doc: "Where the content of a published item is stored.", Response: publicReply{}, Fault: named, Handler: s.public,
			Failures: []web.Failure{{Status: 404, Doc: "No open circuit publishes the item, or it is stored nowhere", Extra: refusal}},
		},
	}
}

// named has every failure name the item.
func named(c *web.Call, f *fault.Error) *fault.Error {
	if dfid := c.Path("dfid"); dfid != "" {
		return f.With("dfid", dfid)
	}
	return f
}

// seen is the access of the caller to the item that the path names. A local item gives the zero Access: it is stored
// nowhere. Errors: 404 for one that is missing or not to be seen.
func (s *Service) seen(c *web.Call) (items.Access, error) {
	user := c.Caller().UserID
	dfid, err := s.Items.Find(c.Context(), c.Path("dfid"), user)
	if err != nil || dfid == "" {
		return items.Access{}, err
	}
	a, err := s.Items.Access(c.Context(), dfid, user)
	if err == nil && !a.See {
		err = items.NotFound()
	}
	return a, err
}
