// Package admin holds the routes under which admins manage accounts and credits and see what admins did.
//
// What they change is committed in the account's own partition, with the transaction, the notice and the audit event; the
// action reaches the log, and the account its place in lists and counts, before the answer. What they read is current: it
// comes from the sequencer.
package admin

import (
	"tracedge/core/accounts"
	"tracedge/core/actions"
	"tracedge/core/config"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Service holds what the routes of /api/admin work with.
type Service struct {
	config   config.Config
	store    *storage.Store
	accounts *accounts.Directory
	actions  *actions.Log
}

// Options are what the service is built on; all are needed.
type Options struct {
	Config   config.Config
	Store    *storage.Store
	Accounts *accounts.Directory
	Actions  *actions.Log
}

// New returns the service.
func New(o Options) *Service { return &Service{o.Config, o.Store, o.Accounts, o.Actions} }

// Routes are the routes of the package.
func (s *Service) Routes() []web.Route {
	const users, one = "/api/admin/users", "/api/admin/users/:user_id"
	admin := func(r web.Route) web.Route {
		r.Class, r.Envelope = web.Admin, true
		return r
	}
	return []web.Route{
		admin(web.Route{
			Method: "POST", Pattern: users, Doc: "Create an account.",
			Request: createRequest{}, Response: createReply{}, Handler: s.create,
			Failures: []web.Failure{{Status: 409, Doc: "The username or the address is taken"}},
		}),
		admin(web.Route{
			Method: "GET", Pattern: users, Doc: "Accounts of every status, newest first.",
			Query: listQuery{}, Response: listReply{}, Handler: s.list,
		}),
		admin(web.Route{
			Method: "POST", Pattern: users + "/credits/bulk-grant", Doc: "Change the balances of many accounts by one amount.",
			Request: bulkRequest{}, Response: bulkReply{}, Handler: s.bulkGrant,
		}),
		admin(web.Route{
			Method: "GET", Pattern: one, Doc: "One account.",
			Response: userReply{}, Handler: s.get,
		}),
		admin(web.Route{
			Method: "PUT", Pattern: one, Doc: "Change tier, status, balance, rights or adapters of an account.",
			Request: updateRequest{}, Response: updateReply{}, Handler: s.update,
			Failures: []web.Failure{{Status: 409, Doc: "An admin is protected, or the balance cannot be that"}},
		}),
		admin(web.Route{
			Method: "PUT", Pattern: one + "/freeze", Doc: "Suspend an account.",
			Response: messageReply{}, Handler: s.freeze,
			Failures: []web.Failure{{Status: 409, Doc: "The account is an admin's"}},
		}),
		admin(web.Route{
			Method: "PUT", Pattern: one + "/unfreeze", Doc: "Make an account active again.",
			Response: messageReply{}, Handler: s.unfreeze,
		}),
		admin(web.Route{
			Method: "POST", Pattern: one + "/credits", Doc: "Add to or take from the balance of an account.",
			Request: adjustRequest{}, Response: adjustReply{}, Handler: s.adjust,
		}),
		admin(web.Route{
			Method: "GET", Pattern: one + "/credits/history", Doc: "The credit transactions of an account, newest first.",
			Query: historyQuery{}, Response: historyReply{}, Handler: s.history,
		}),
		admin(web.Route{
			Method: "GET", Pattern: "/api/admin/dashboard/stats", Doc: "Numbers of accounts and credits.",
			Response: statsReply{}, Handler: s.stats,
		}),
		admin(web.Route{
			Method: "GET", Pattern: "/api/admin/actions", Doc: "What admins did, newest first.",
			Query: actionsQuery{}, Response: actionsReply{}, Handler: s.listActions,
		}),
	}
}

type messageReply struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

// isUserID reports whether a text can be the id of an account. Any other names none, however long it is.
func isUserID(text string) bool {
	if len(text) < 1 || len(text) > 64 {
		return false
	}
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return true
}

// userID is the id in the path. Errors: 404 for what cannot be one.
func userID(c *web.Call) (string, error) {
	id := c.Path("user_id")
	if !isUserID(id) {
		return "", accounts.NotFound()
	}
	return id, nil
}

// user reads the account that the path names. Errors: 404.
func (s *Service) user(c *web.Call) (*accounts.Loaded, error) {
	id, err := userID(c)
	if err != nil {
		return nil, err
	}
	a, err := s.accounts.Get(c.Context(), id)
	if err == nil && a == nil {
		err = accounts.NotFound()
	}
	return a, err
}
