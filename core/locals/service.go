package locals

import (
	"context"

	"tracedge/core/config"
	"tracedge/core/identifier"
	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Service holds what the routes of local items work with.
type Service struct {
	store *storage.Store
	lists *listing.Lists
	level identifier.Level

	Items Items // nil while no local item can become an item
}

// Items knows who sees the items that local items have become: package items implements it.
type Items interface {
	Sees(ctx context.Context, dfid, userID string) (bool, error)
}

// Options are what the service is built on; all are needed.
type Options struct {
	Config config.Config
	Store  *storage.Store
	Lists  *listing.Lists
}

// New returns the service and registers what its outbox rows do.
func New(o Options) *Service {
	o.Store.Handle("locals_finish_merge", storage.Handler{Claims: true, Apply: finishMerge, Reads: readsItem})
	o.Store.Handle("locals_restore_item", storage.Handler{Claims: true, Apply: restore, Reads: readsItem})
	o.Store.Handle("locals_finish_mint", storage.Handler{Claims: true, Apply: finishMint, Reads: readsItem})
	return &Service{store: o.Store, lists: o.Lists, level: o.Config.IdentifierStrictness}
}

// readsItem is what the rows of this package read in their target.
func readsItem(r storage.Row) (reading, absent []storage.Key) {
	p, err := storage.ParsePartition(r.Target)
	if err != nil {
		return nil, nil // the row fails when it is delivered
	}
	return []storage.Key{itemKey(p)}, nil
}

// Routes are the routes of local items.
func (s *Service) Routes() []web.Route {
	const all = "/api/items/local"
	return []web.Route{
		{
			Method: "POST", Pattern: all, Class: web.User, Envelope: true, Doc: "Create a local item.",
			Request: createRequest{}, Response: createReply{}, Handler: s.create,
		},
		{
			Method: "POST", Pattern: all + "/merge", Class: web.User, Envelope: true, Doc: "Merge local items into one.",
			Request: mergeRequest{}, Response: mergeReply{}, Handler: s.merge,
			Failures: []web.Failure{{Status: 404, Doc: "One of the local items is missing or not to be seen"}},
		},
		{
			Method: "POST", Pattern: all + "/unmerge", Class: web.User, Envelope: true, Doc: "Take a local item out of the one it was merged into.",
			Request: unmergeRequest{}, Response: unmergeReply{}, Handler: s.unmerge,
			Failures: []web.Failure{{Status: 404, Doc: "The local item is missing or not to be seen"}},
		},
		{
			Method: "GET", Pattern: all + "/duplicates", Class: web.User, Envelope: true, Doc: "Local items that share a canonical identifier.",
			Query: duplicatesQuery{}, Response: duplicatesReply{}, Handler: s.duplicates,
		},
		{
			Method: "POST", Pattern: all + "/organize", Class: web.User, Envelope: true, Doc: "Merge local items that share a canonical identifier.",
			Request: organizeRequest{}, Response: organizeReply{}, Handler: s.organize,
		},
		{
			Method: "GET", Pattern: "/api/items/mapping/:local_id", UUIDs: []string{"local_id"}, Class: web.User, Envelope: true, Doc: "What has become of a local item.",
			Response: mappingReply{}, Handler: s.mapping,
		},
	}
}

// rules are how strictly the identifiers of requests are checked.
func (s *Service) rules() identifier.Rules { return identifier.Rules{Level: s.level} }
