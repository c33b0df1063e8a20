package credits

import (
	"tracedge/core/accounts"
	"tracedge/core/config"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Service holds the routes under which an account sees itself and its credits.
type Service struct {
	store    *storage.Store
	accounts *accounts.Directory
	mode     string
}

// NewService returns the service.
func NewService(s *storage.Store, d *accounts.Directory, c config.Config) *Service {
	mode := "display"
	if c.CreditsEnforced {
		mode = "enforce"
	}
	return &Service{s, d, mode}
}

// Routes are the routes under /users/me, with their aliases.
func (s *Service) Routes() []web.Route {
	me := func(path, doc string, query, response any, h web.Handler) web.Route {
		return web.Route{
			Method: "GET", Pattern: "/users/me" + path, Aliases: []string{"/api/users/me" + path}, Class: web.User,
			Doc: doc, Query: query, Response: response, Handler: h,
		}
	}
	return []web.Route{
		me("/credits/history", "The caller's credit transactions, newest first.", historyQuery{}, historyReply{}, s.history),
		me("/credits/costs", "What operations cost the caller.", nil, costsReply{}, s.costs),
		me("/credits/balance", "The caller's balance.", nil, balanceReply{}, s.balance),
		me("/profile", "The caller's account with the limits of its tier.", nil, profileReply{}, s.profile),
		{
			Method: "GET", Pattern: "/credit/users/current", Class: web.User,
			Doc: "The caller's account, at an older path.", Response: profileReply{}, Handler: s.profile,
		},
	}
}

// account reads the caller's account fresh. Errors: 401 when it is gone.
func (s *Service) account(c *web.Call) (*accounts.Loaded, error) {
	a, err := s.accounts.Get(c.Context(), c.Caller().UserID)
	if err == nil && a == nil {
		err = fault.Unauthorized("Account does not exist")
	}
	return a, err
}

type historyQuery struct {
	web.Page
}

type historyReply struct {
	Transactions []transaction `json:"transactions"`
	Total        int64         `json:"total_credits" doc:"The current balance"`
	NextCursor   *string       `json:"next_cursor"`
}

type transaction struct {
	ID           string         `json:"transaction_id" format:"uuid"`
	Amount       int64          `json:"amount"`
	Type         string         `json:"transaction_type"`
	Description  string         `json:"description"`
	Time         web.TimeOffset `json:"timestamp"`
	BalanceAfter int64          `json:"balance_after"`
}

func (s *Service) history(c *web.Call) (any, error) {
	a, err := s.account(c)
	if err != nil {
		return nil, err
	}
	page := web.Query[historyQuery](c).Page
	list, next, err := ListPage(c, s.store, a.UserID, page)
	if err != nil {
		return nil, err
	}
	reply := historyReply{Transactions: make([]transaction, len(list)), Total: a.Balance.Credits, NextCursor: next}
	for i, t := range list {
		reply.Transactions[i] = transaction{t.ID, t.Amount, t.Type, t.Description, web.TimeOffset(t.Time), t.BalanceAfter}
	}
	return reply, nil
}

// ListPage returns the page of an account's transactions that a call asks for, and the cursor of the next one. The
// position in a cursor is the end of a key below the account, so it selects nothing of another account.
func ListPage(c *web.Call, s *storage.Store, userID string, page web.Page) ([]accounts.Transaction, *string, error) {
	var position string
	var after storage.Key
	if resumed, err := page.Resume(&position); err != nil {
		return nil, nil, err
	} else if resumed && !storage.IsTimeID(position) {
		return nil, nil, fault.BadRequest("cursor", "The cursor is not usable here")
	} else if resumed {
		after = accounts.TransactionPrefix(accounts.Partition(userID)) + storage.Key(position)
	}
	list, next, err := List(c.Context(), s, userID, after, page.Limit)
	if err != nil || next == "" {
		return list, nil, err
	}
	cursor, err := c.Next(string(next[len(accounts.TransactionPrefix(accounts.Partition(userID))):]))
	return list, cursor, err
}

type costsReply struct {
	accounts.Costs
	Tier accounts.Tier `json:"tier"`
	Mode string        `json:"credits_mode"`
}

func (s *Service) costs(c *web.Call) (any, error) {
	a, err := s.account(c)
	if err != nil {
		return nil, err
	}
	return costsReply{a.Tier.Costs(), a.Tier, s.mode}, nil
}

type balanceReply struct {
	Credits   int64          `json:"credits"`
	Tier      accounts.Tier  `json:"tier"`
	UpdatedAt web.TimeOffset `json:"last_updated"`
}

func (s *Service) balance(c *web.Call) (any, error) {
	a, err := s.account(c)
	if err != nil {
		return nil, err
	}
	return balanceReply{a.Balance.Credits, a.Tier, web.TimeOffset(a.Balance.UpdatedAt)}, nil
}

type profileReply struct {
	UserID       string          `json:"user_id"`
	Username     string          `json:"username"`
	Email        string          `json:"email"`
	Tier         accounts.Tier   `json:"tier"`
	Credits      int64           `json:"credits"`
	Status       accounts.Status `json:"status"`
	Admin        bool            `json:"is_admin"`
	CreatedAt    web.TimeOffset  `json:"created_at"`
	Subscription *subscription   `json:"subscription"`
	Limits       profileLimits   `json:"limits"`
}

type subscription struct {
	PlanID    string          `json:"plan_id"`
	Status    string          `json:"status"`
	StartedAt web.TimeOffset  `json:"started_at"`
	ExpiresAt *web.TimeOffset `json:"expires_at"`
	AutoRenew bool            `json:"auto_renew"`
}

// profileLimits are the limits of a tier but for its adapters.
type profileLimits struct {
	MaxItemsPerMonth      *int `json:"max_items_per_month"`
	MaxCircuits           *int `json:"max_circuits"`
	MaxStorageLocations   *int `json:"max_storage_locations"`
	MaxAPIRequestsPerHour *int `json:"max_api_requests_per_hour"`
	MaxWorkspaceMembers   *int `json:"max_workspace_members"`
	PremiumAdapters       bool `json:"can_use_premium_adapters"`
	AuditRetentionDays    int  `json:"max_audit_retention_days"`
	PrioritySupport       bool `json:"priority_support"`
}

func (s *Service) profile(c *web.Call) (any, error) {
	a, err := s.account(c)
	if err != nil {
		return nil, err
	}
	l := a.Tier.Limits()
	return profileReply{
		UserID: a.UserID, Username: a.Username, Email: a.Email, Tier: a.Tier, Credits: a.Balance.Credits, Status: a.Status,
		Admin: a.Admin, CreatedAt: web.TimeOffset(a.CreatedAt), Subscription: subscriptionOf(a.Subscription),
		Limits: profileLimits{
			l.MaxItemsPerMonth, l.MaxCircuits, l.MaxStorageLocations, l.MaxAPIRequestsPerHour, l.MaxWorkspaceMembers,
			l.PremiumAdapters, l.AuditRetentionDays, l.PrioritySupport,
		},
	}, nil
}

func subscriptionOf(v *accounts.Subscription) *subscription {
	if v == nil {
		return nil
	}
	out := &subscription{PlanID: v.PlanID, Status: v.Status, StartedAt: web.TimeOffset(v.StartedAt), AutoRenew: v.AutoRenew}
	if v.ExpiresAt != nil {
		at := web.TimeOffset(*v.ExpiresAt)
		out.ExpiresAt = &at
	}
	return out
}
