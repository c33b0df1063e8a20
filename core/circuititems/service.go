package circuititems

import (
	"tracedge/core/accounts"
	"tracedge/core/config"
	"tracedge/core/credits"
	"tracedge/core/events"
	"tracedge/core/identifier"
	"tracedge/core/items"
	"tracedge/core/locals"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Service holds what the routes of items in circuits work with.
type Service struct {
	store    *storage.Store
	accounts *accounts.Directory
	items    *items.Service
	locals   *locals.Service
	events   *events.Service
	holds    *credits.Holds
	level    identifier.Level
	charges  bool // CREDITS_MODE=enforce
	limits   bool // LIMITS_MODE=enforce
}

// Options are what the service is built on; all are needed.
type Options struct {
	Config   config.Config
	Store    *storage.Store
	Accounts *accounts.Directory
	Items    *items.Service
	Locals   *locals.Service
	Events   *events.Service
	Holds    *credits.Holds
}

// New returns the service and registers what its outbox rows do.
func New(o Options) *Service {
	s := &Service{
		store: o.Store, accounts: o.Accounts, items: o.Items, locals: o.Locals, events: o.Events, holds: o.Holds,
		level: o.Config.IdentifierStrictness, charges: o.Config.CreditsEnforced, limits: o.Config.LimitsEnforced,
	}
	o.Store.Handle("circuits_apply_push", storage.Handler{Perform: s.applyHalf})
	o.Store.Handle("circuits_put_reference", storage.Handler{Apply: applyReference})
	o.Store.Handle("circuits_set_holder", storage.Handler{Apply: applyHolder, Reads: holderReads})
	o.Store.Handle("circuits_apply_rows", storage.Handler{Apply: s.applyLanded, Reads: landedReads})
	o.Store.Handle("fingerprints_confirm_claim", storage.Handler{Claims: true, Apply: applyFingerprint})
	o.Store.Handle("circuits_drop_layer", storage.Handler{Apply: applyDrop, Reads: dropReads})
	return s
}

const (
	prefix = "/api/circuits"
	one    = prefix + "/:id"
)

// Routes are the routes of items in circuits, operations and approvals.
func (s *Service) Routes() []web.Route {
	id := []string{"id"}
	return []web.Route{
		{
			Method: "POST", Pattern: one + "/push/:dfid", UUIDs: id, Class: web.User, Doc: "Push an item into a circuit.",
			Response: operationView{}, Handler: s.push,
		},
		{
			Method: "POST", Pattern: one + "/push/batch", UUIDs: id, Class: web.User, Doc: "Push items into a circuit, one after the other.",
			Request: batchRequest{}, Response: batchReply{}, Handler: s.batch,
		},
		{
			Method: "POST", Pattern: one + "/push-events", UUIDs: id, Class: web.User, Envelope: true,
			Doc: "Push local events to an item.", Request: eventsRequest{}, Response: eventsReply{}, Handler: s.pushEvents,
		},
		{
			Method: "POST", Pattern: one + "/push-local", UUIDs: id, Class: web.User, Envelope: true,
			Doc:     "Push a local item: it becomes an item, or adds to the one that it leads to.",
			Request: localRequest{}, Response: localReply{}, Handler: s.pushLocal,
		},
		{
			Method: "POST", Pattern: one + "/pull/:dfid", UUIDs: id, Class: web.User, Doc: "Pull an item out of a circuit.",
			Response: pullReply{}, Handler: s.pull,
		},
		{
			Method: "GET", Pattern: one + "/operations", UUIDs: id, Class: web.User, Doc: "The operations of a circuit, newest first.",
			Query: pageQuery{}, Response: []operationView{}, Handler: s.operations,
		},
		{
			Method: "GET", Pattern: one + "/operations/pending", UUIDs: id, Class: web.User,
			Doc: "The operations of a circuit that wait for an approval.", Query: pageQuery{}, Response: []operationView{}, Handler: s.waiting,
		},
		{
			Method: "POST", Pattern: prefix + "/operations/:operation_id/approve", UUIDs: []string{"operation_id"}, Class: web.User,
			Doc: "Approve an operation.", Request: approveRequest{}, OptionalBody: true, Response: operationView{}, Handler: s.approve,
		},
		{
			Method: "GET", Pattern: one + "/pending-items", UUIDs: id, Class: web.User, Envelope: true,
			Doc: "The items that wait for an approval, as they would be shown.", Query: pendingQuery{}, Response: pendingReply{}, Handler: s.pendingItems,
		},
		{
			Method: "POST", Pattern: one + "/pending-items/:pending_id/approve", UUIDs: []string{"id", "pending_id"}, Class: web.User, Envelope: true,
			Doc: "Approve a pending item.", Request: decideRequest{}, OptionalBody: true, Response: approvedReply{}, Handler: s.approvePending,
		},
		{
			Method: "POST", Pattern: one + "/pending-items/:pending_id/reject", UUIDs: []string{"id", "pending_id"}, Class: web.User, Envelope: true,
			Doc: "Reject a pending item.", Request: rejectRequest{}, OptionalBody: true, Response: messageReply{}, Handler: s.rejectPending,
		},
		{
			Method: "GET", Pattern: one + "/items", UUIDs: id, Class: web.User, Doc: "The items that a circuit holds, newest first.",
			Query: itemsQuery{}, Response: []heldView{}, Handler: s.listItems,
		},
		{
			Method: "GET", Pattern: one + "/activities", UUIDs: id, Class: web.User, Doc: "What happened in a circuit, newest first.",
			Query: activitiesQuery{}, Response: []activityView{}, Handler: s.listActivities,
		},
	}
}
