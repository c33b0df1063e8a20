package admin

import (
	"tracedge/core/accounts"
	"tracedge/core/fault"
	"tracedge/core/web"
)

type listQuery struct {
	web.Page `offset:"true"`
	Username string           `query:"username"` // somewhere in it, case aside
	Email    string           `query:"email"`
	Tier     *accounts.Tier   `query:"tier"`
	Status   *accounts.Status `query:"status"`
	Admin    *bool            `query:"is_admin"`
}

type listReply struct {
	Success    bool       `json:"success"`
	Users      []userView `json:"users"`
	Count      int        `json:"count"` // in this page
	Total      *int64     `json:"total"` // all matches; null where they would have to be counted
	NextCursor *string    `json:"next_cursor"`
}

// list looks in the shards for what matches and reads the accounts that it shows as they are now.
func (s *Service) list(c *web.Call) (any, error) {
	q := web.Query[listQuery](c)
	from := accounts.Position{Skip: q.Offset}
	if resumed, err := q.Resume(&from); err != nil {
		return nil, err
	} else if resumed && !from.Valid() {
		return nil, fault.BadRequest("cursor", "The cursor is not usable here")
	}
	page, err := s.accounts.Browse(c.Context(), accounts.Filter{
		Username: accounts.Fold(q.Username), Email: accounts.Fold(q.Email), Tier: q.Tier, Status: q.Status, Admin: q.Admin,
	}, from, q.Limit)
	if err != nil {
		return nil, err
	}
	reply := listReply{Success: true, Users: make([]userView, len(page.Accounts)), Count: len(page.Accounts), Total: page.Total}
	for i, a := range page.Accounts {
		reply.Users[i] = viewOf(a)
	}
	if page.Next != nil {
		reply.NextCursor, err = c.Next(page.Next)
	}
	return reply, err
}
