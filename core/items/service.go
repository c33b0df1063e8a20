package items

import (
	"tracedge/core/accounts"
	"tracedge/core/config"
	"tracedge/core/credits"
	"tracedge/core/dfid"
	"tracedge/core/identifier"
	"tracedge/core/listing"
	"tracedge/core/locals"
	"tracedge/core/storage"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// Service holds what the routes of /api/items work with.
type Service struct {
	store    *storage.Store
	accounts *accounts.Directory
	lists    *listing.Lists
	locals   *locals.Service
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
	Locals   *locals.Service
	Holds    *credits.Holds
}

// New returns the service and registers what its outbox rows do.
func New(o Options) *Service {
	o.Store.Handle("identifiers_confirm_claim", storage.Handler{Claims: true, Apply: applyConfirmation})
	o.Store.Handle("identifiers_release_claim", storage.Handler{Apply: applyRelease})
	o.Store.Handle("items_finish_merge", storage.Handler{Claims: true, Apply: finishMerge, Reads: readsItem})
	o.Store.Handle("items_insert_item", storage.Handler{Apply: insertItem, Reads: insertsItem})
	o.Store.Handle("pending_delete_item", storage.Handler{Apply: applyPendingDelete})
	register(o.Rows)
	return &Service{
		store: o.Store, accounts: o.Accounts, lists: o.Lists, locals: o.Locals, holds: o.Holds, level: o.Config.IdentifierStrictness,
		sequence: dfid.NewSequence(o.Store, int64(o.Config.FirstSequence)),
	}
}

// readsItem and insertsItem are what rows of this package read in an item's partition.
func readsItem(r storage.Row) (reading, absent []storage.Key) {
	p, err := storage.ParsePartition(r.Target)
	if err != nil {
		return nil, nil // the row fails when it is delivered
	}
	return []storage.Key{Key(p)}, nil
}

func insertsItem(r storage.Row) (reading, absent []storage.Key) {
	absent, reading = readsItem(r)
	return reading, absent
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
			Method: "POST", Pattern: all + "/batch", Class: web.User, Doc: "Create items, or add to them, one after the other.",
			Request: batchRequest{}, Response: batchReply{}, Handler: s.batch,
		},
		{
			Method: "PUT", Pattern: one, Class: web.User, Doc: "Add data and identifiers to an item.",
			Request: updateRequest{}, Response: listing.Response{}, Handler: s.update,
		},
		{
			Method: "DELETE", Pattern: one, Class: web.User, Doc: "Deprecate an item; nothing is erased.",
			Response: messageReply{}, Handler: s.remove,
		},
		{
			Method: "PUT", Pattern: one + "/deprecate", Class: web.User, Doc: "Deprecate an item and show it.",
			Response: listing.Response{}, Handler: s.deprecate,
		},
		{
			Method: "POST", Pattern: one + "/merge", Class: web.User, Doc: "Merge another item into this one.",
			Request: "", Response: listing.Response{}, Handler: s.merge,
		},
		{
			Method: "POST", Pattern: one + "/split", Class: web.User, Doc: "Make an item of some identifiers of this one.",
			Request: splitRequest{}, Response: splitReply{}, Handler: s.split,
		},
		{
			Method: "GET", Pattern: one + "/storage-history", Class: web.User, Envelope: true,
			Doc: "Where an item's content is stored.", Query: pageQuery{}, Response: historyReply{}, Handler: s.history,
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
			Method: "GET", Pattern: all + "/shared-to/:user_id", Class: web.User, Doc: "What others share with the caller.",
			Query: pageQuery{}, Response: []sharedToReply{}, Handler: s.sharedTo,
		},
		{
			Method: "GET", Pattern: all + "/identifier/:key/:value", Class: web.User,
			Doc:   "The items with an identifier that the caller owns or that are shared with it.",
			Query: pageQuery{}, Response: []listing.Response{}, Handler: s.byIdentifier,
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
