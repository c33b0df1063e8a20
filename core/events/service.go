package events

import (
	"errors"
	"io"

	"tracedge/core/canon"
	"tracedge/core/config"
	"tracedge/core/fault"
	"tracedge/core/secret"
	"tracedge/core/storage"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// Service holds what the routes of events work with.
type Service struct {
	store    *storage.Store
	items    Items
	circuits Circuits
	box      *secret.Box // under SECRETS_KEY; nil without one: private events are refused
}

// Options are what the service is built on; all are needed.
type Options struct {
	Config   config.Config
	Store    *storage.Store
	Rows     *userrows.Rows
	Items    Items
	Circuits Circuits
	Random   io.Reader // source of nonces; must be secure
}

// New returns the service and registers what its rows do.
func New(o Options) *Service {
	o.Store.Handle("eventrefs_confirm_home", storage.Handler{Apply: applyConfirmation, Reads: confirmationReads})
	o.Store.Handle("events_put_feed", storage.Handler{Apply: applyCircuitFeed, Reads: circuitFeedReads})
	o.Store.Handle("localevents_finish_move", storage.Handler{Claims: true, Apply: finishMove})
	o.Rows.Handle(feedPart, userrows.Handler{Apply: applyFeed, Reads: feedReads})
	s := &Service{store: o.Store, items: o.Items, circuits: o.Circuits}
	if o.Config.SecretsKey != nil {
		s.box = secret.Derived(o.Config.SecretsKey, "tracedge event metadata", o.Random)
	}
	return s
}

// Routes are the routes of /api/events, and of the timeline of items.
func (s *Service) Routes() []web.Route {
	const all = "/api/events"
	list := func(path, doc string, query any, h web.Handler) web.Route {
		return web.Route{
			Method: "GET", Pattern: all + path, Class: web.User, Doc: doc, Query: query, Response: []response{}, Handler: h,
		}
	}
	id := []string{"event_id"}
	return []web.Route{
		list("", "Events by item, circuit, type, visibility and time, newest first.", searchQuery{}, s.search),
		{
			Method: "POST", Pattern: all, Class: web.User, Doc: "Add an event to an item; an equal one is returned instead.",
			Request: createRequest{}, Response: createReply{}, Handler: s.create,
			Failures: []web.Failure{{Status: 404, Doc: "No such item"}},
		},
		{
			Method: "POST", Pattern: all + "/local", Class: web.User, Doc: "Note an event that belongs to no item yet.",
			Request: localRequest{}, Response: localReply{}, Handler: s.createLocal,
		},
		{
			Method: "GET", Pattern: all + "/local/:local_event_id", UUIDs: []string{"local_event_id"}, Class: web.User,
			Doc: "One local event of the caller.", Response: localReply{}, Handler: s.getLocal,
		},
		list("/item/:dfid", "The events of an item, newest first.", pageQuery{}, s.ofItem),
		list("/type/:event_type", "The caller's feed, of one type.", pageQuery{}, s.ofType),
		list("/visibility/:visibility", "The caller's feed, of one visibility.", pageQuery{}, s.ofVisibility),
		list("/timeline", "The caller's feed between two times.", timelineQuery{}, s.timeline),
		list("/public", "The public events of the caller's feed.", pageQuery{}, s.public),
		list("/private", "The caller's own private events.", pageQuery{}, s.private),
		{
			Method: "GET", Pattern: all + "/:event_id", UUIDs: id, Class: web.User, Doc: "One event.",
			Response: response{}, Handler: s.get,
		},
		{
			Method: "POST", Pattern: all + "/:event_id/metadata", UUIDs: id, Class: web.User,
			Doc: "Add metadata to an event; the former metadata is kept.", Request: canon.Object{}, Response: response{},
			Handler: s.amend,
		},
		later("/api/items/:dfid/timeline"),
		later("/api/items/:dfid/timeline/:sequence"),
		later("/api/timeline/indexing-progress/:network"),
	}
}

// later is a route of the timeline, which this build does not offer yet.
func later(path string) web.Route {
	return web.Route{
		Method: "GET", Pattern: path, Class: web.User, Doc: "Not offered by this build (501).",
		Handler: notOffered, Failures: []web.Failure{{Status: 501, Doc: "Always"}},
	}
}

func notOffered(*web.Call) (any, error) { return nil, fault.NotOffered() }

// errMoved ends an update whose grounds have changed since they were read: they are read again.
var errMoved = errors.New("events: changed meanwhile")

// moved is the fault of a change that found no quiet moment.
func moved(cause error) error {
	return fault.Unavailable(fault.LockTimeout, "The record is being changed by others, try again").Because(cause)
}

func noEvent() error { return fault.NotFound("Event not found") }
func noItem() error  { return fault.NotFound("Item not found") }
