package items

import (
	"tracedge/core/accounts"
	"tracedge/core/config"
	"tracedge/core/credits"
	"tracedge/core/dfid"
	"tracedge/core/identifier"
	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// Service holds what the routes of /api/items work with.
type Service struct {
	store    *storage.Store
	accounts *accounts.Directory
	lists    *listing.Lists
	sequence *dfid.Sequence
	holds    *credits.Holds
	level    identifier.Level

	Circuits Circuits // nil while no circuits are offered
}

// Options are what the service is built on; all are needed.
type Options struct {
	Config   config.Config
	Store    *storage.Store
	Accounts *accounts.Directory
	Rows     *userrows.Rows
	Lists    *listing.Lists
	Holds    *credits.Holds
}

// New returns the service and registers what its outbox rows do.
func New(o Options) *Service {
	o.Store.Handle("identifiers_confirm_claim", storage.Handler{Claims: true, Apply: applyConfirmation})
	o.Store.Handle("identifiers_release_claim", storage.Handler{Apply: applyRelease})
	o.Store.Handle("pending_delete_item", storage.Handler{Apply: applyPendingDelete})
	register(o.Rows)
	return &Service{
		store: o.Store, accounts: o.Accounts, lists: o.Lists, holds: o.Holds, level: o.Config.IdentifierStrictness,
		sequence: dfid.NewSequence(o.Store, int64(o.Config.FirstSequence)),
	}
}

// Routes are the routes of /api/items that this package serves.
func (s *Service) Routes() []web.Route {
	const all, one, pending = "/api/items", "/api/items/:dfid", "/api/items/pending"
	id := []string{"id"}
	return []web.Route{
		{
			Method: "POST", Pattern: all, Class: web.User, Doc: "Create an item, or add to the one that its identifiers lead to.",
			Request: createRequest{}, Response: listing.Response{}, Handler: s.create,
		},
		{
			Method: "GET", Pattern: all, Class: web.User, Doc: "The caller's items and local items, newest first.",
			Query: listQuery{}, Response: []listing.Response{}, Handler: s.list,
		},
		{
			Method: "GET", Pattern: all + "/search", Class: web.User, Doc: "The same under another path.",
			Query: listQuery{}, Response: []listing.Response{}, Handler: s.list,
		},
		{
			Method: "GET", Pattern: all + "/stats", Class: web.User, Doc: "How many items of each status the caller has.",
			Response: statsReply{}, Handler: s.stats,
		},
		{
			Method: "GET", Pattern: one, Class: web.User, Doc: "One item.", Response: listing.Response{}, Handler: s.get,
		},
		{
			Method: "POST", Pattern: one + "/share", Class: web.User, Doc: "Let another user read an item.",
			Request: shareRequest{}, Response: shareReply{}, Handler: s.share,
		},
		{
			Method: "GET", Pattern: one + "/shared-with/:user_id", Class: web.User, Doc: "Whether an item is shared with a user.",
			Response: sharedWithReply{}, Handler: s.sharedWith,
		},
		{
			Method: "GET", Pattern: pending, Class: web.User, Doc: "Requests that wait for a decision, most urgent first.",
			Query: pendingQuery{}, Response: []pendingResponse{}, Handler: s.listPending,
		},
		{
			Method: "GET", Pattern: pending + "/:id", UUIDs: id, Class: web.User, Doc: "One request that waits for a decision.",
			Response: pendingResponse{}, Handler: s.getPending,
		},
		{
			Method: "POST", Pattern: pending + "/:id/resolve", UUIDs: id, Class: web.User, Envelope: true,
			Doc: "Approve, reject or change a request that waits.", Request: decisionRequest{}, Response: decisionReply{},
			Handler: s.decide,
		},
	}
}

// rules are how strictly identifiers are checked where a blank one is refused.
func (s *Service) rules() identifier.Rules { return identifier.Rules{Level: s.level} }
