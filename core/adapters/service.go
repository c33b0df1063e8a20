package adapters

import (
	"io"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/config"
	"tracedge/core/platform"
	"tracedge/core/secret"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/trace"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// Service holds the configurations of adapters and what is done with them.
type Service struct {
	store    *storage.Store
	accounts *accounts.Directory
	config   config.Config
	fetcher  platform.Fetcher
	logger   trace.Logger
	clock    func() time.Time
	counts   *storagehistory.Counts
	vault    vault
	turns    turns
	probes   probes
}

// Options are what the service is built on; all are needed.
type Options struct {
	Config   config.Config
	Store    *storage.Store
	Accounts *accounts.Directory
	Fetcher  platform.Fetcher
	Logger   trace.Logger
	Clock    func() time.Time
	Random   io.Reader // source of nonces
	Rows     *userrows.Rows
	Counts   *storagehistory.Counts
}

// New returns the service and registers what becomes of uploads.
func New(o Options) *Service {
	s := &Service{
		store: o.Store, accounts: o.Accounts, config: o.Config, fetcher: o.Fetcher, logger: o.Logger, clock: o.Clock, counts: o.Counts,
	}
	o.Store.Handle("adapters_upload_content", storage.Handler{Perform: s.perform})
	registerRefund(o.Rows)
	if o.Config.SecretsKey != nil {
		s.vault.box = secret.Derived(o.Config.SecretsKey, "tracedge adapter secrets", o.Random)
	}
	return s
}

// remote is how a remote service fails a route.
var remote = []web.Failure{{Status: 501, Doc: "No implementation of the adapter"}, {Status: 502, Doc: "The service of the adapter failed"}}

// Routes are the routes of /api/admin/adapters and /api/adapters.
func (s *Service) Routes() []web.Route {
	const all, one = "/api/admin/adapters", "/api/admin/adapters/:config_id"
	id := []string{"config_id"}
	return []web.Route{
		{
			Method: "GET", Pattern: all, Class: web.Admin, Envelope: true, Doc: "Adapter configurations, newest first.",
			Query: listQuery{}, Response: listReply{}, Handler: s.list,
		},
		{
			Method: "POST", Pattern: all, Class: web.Admin, Envelope: true, Doc: "Create an adapter configuration.",
			Request: createRequest{}, Response: configReply{}, Handler: s.create,
			Failures: []web.Failure{{Status: 409, Doc: "The name is taken, or there are 100 already"}},
		},
		{
			Method: "GET", Pattern: one, UUIDs: id, Class: web.Admin, Envelope: true, Doc: "One adapter configuration.",
			Response: oneReply{}, Handler: s.get,
		},
		{
			Method: "PUT", Pattern: one, UUIDs: id, Class: web.Admin, Envelope: true, Doc: "Change an adapter configuration.",
			Request: updateRequest{}, Response: configReply{}, Handler: s.update,
			Failures: []web.Failure{{Status: 409, Doc: "The name is taken, or the default would become inactive"}},
		},
		{
			Method: "DELETE", Pattern: one, UUIDs: id, Class: web.Admin, Envelope: true,
			Doc: "Delete an adapter configuration that is not the default.", Response: messageReply{}, Handler: s.remove,
			Failures: []web.Failure{{Status: 409, Doc: "It is the default"}},
		},
		{
			Method: "POST", Pattern: one + "/set-default", UUIDs: id, Class: web.Admin, Envelope: true,
			Doc: "Make an adapter configuration the default.", Response: messageReply{}, Handler: s.setDefault,
		},
		{
			Method: "GET", Pattern: "/api/adapters", Class: web.User, Envelope: true, Doc: "The adapters that the caller may use.",
			Response: allowedReply{}, Handler: s.allowed,
		},
		{
			Method: "POST", Pattern: "/api/adapters/select", Class: web.User, Envelope: true, Doc: "Choose the caller's default adapter.",
			Request: selectRequest{}, Response: selectReply{}, Handler: s.choose,
		},
		{
			Method: "GET", Pattern: "/api/adapters/templates", Class: web.User, Envelope: true, Doc: "What each adapter is good for.",
			Response: templatesReply{}, Handler: s.templates,
		},
		{
			Method: "GET", Pattern: "/api/adapters/:adapter_type/status", Class: web.User, Envelope: true,
			Doc: "Whether an adapter answers, and the caller's uploads to it.", Response: statusReply{}, Handler: s.status,
			Failures: remote,
		},
		{
			Method: "GET", Pattern: "/api/adapters/:adapter_type/health", Class: web.User, Envelope: true,
			Doc: "Whether an adapter answers; the result is kept.", Response: healthReply{}, Handler: s.health,
			Failures: remote,
		},
	}
}
