package keys

import (
	"io"
	"sync"

	"tracedge/core/accounts"
	"tracedge/core/config"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Service holds what the routes of /api/api-keys and the quotas work with.
type Service struct {
	store    *storage.Store
	accounts *accounts.Directory
	config   config.Config
	random   io.Reader

	grants sync.Map // *web.Call -> *Grant, while the call runs
}

// Options are what the service is built on; all are needed.
type Options struct {
	Config   config.Config
	Store    *storage.Store
	Accounts *accounts.Directory
	Random   io.Reader // source of the texts of keys; must be secure
}

// New returns the service and registers what its outbox rows do.
func New(o Options) *Service {
	o.Store.Handle("keys_hold_key", storage.Handler{Claims: true, Apply: holdKey})
	o.Store.Handle("keys_note_change", storage.Handler{Apply: noteChange})
	return &Service{store: o.Store, accounts: o.Accounts, config: o.Config, random: o.Random}
}

// Routes are the routes of /api/api-keys.
func (s *Service) Routes() []web.Route {
	const all, one = "/api/api-keys", "/api/api-keys/:key_id"
	id := []string{"key_id"}
	return []web.Route{
		{
			Method: "POST", Pattern: all, Class: web.JWT, Doc: "Create an API key; its text is shown once.",
			Request:  createRequest{Name: "Scanner", Organization: Producer, Permissions: &Permissions{Read: true, Write: true, Custom: map[string]bool{}}},
			Response: createReply{}, Handler: s.create,
		},
		{
			Method: "GET", Pattern: all, Class: web.JWT, Doc: "The caller's API keys, oldest first.",
			Query: listQuery{}, Response: []listed{}, Handler: s.list,
		},
		{
			Method: "GET", Pattern: one, UUIDs: id, Class: web.JWT, Doc: "One API key of the caller.",
			Response: metadata{}, Handler: s.get,
		},
		{
			Method: "PATCH", Pattern: one, UUIDs: id, Class: web.JWT, Doc: "Change, pause or resume an API key.",
			Request: updateRequest{}, Response: metadata{}, Handler: s.update,
			Failures: []web.Failure{{Status: 409, Doc: "A revoked key stays revoked"}},
		},
		{
			Method: "DELETE", Pattern: one, UUIDs: id, Class: web.JWT, Doc: "Delete an API key and its usage.",
			Handler: s.remove,
		},
		{
			Method: "POST", Pattern: one + "/revoke", UUIDs: id, Class: web.JWT, Doc: "Revoke an API key for good.",
			Response: metadata{}, Handler: s.revoke,
		},
		{
			Method: "GET", Pattern: one + "/usage", UUIDs: id, Class: web.JWT, Doc: "How an API key was used, by day.",
			Query: usageQuery{}, Response: usageReply{}, Handler: s.usage,
		},
	}
}
