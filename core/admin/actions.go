package admin

import (
	"tracedge/core/actions"
	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type actionsQuery struct {
	web.Page `limit:"100" lenient:"true"`
	AdminID  string `query:"admin_id" lenient:"true"`
}

type actionsReply struct {
	Success    bool     `json:"success"`
	Actions    []action `json:"actions"`
	Count      int      `json:"count"`
	NextCursor *string  `json:"next_cursor"`
}

type action struct {
	ID         string         `json:"action_id"`
	AdminID    string         `json:"admin_user_id"`
	Type       actions.Type   `json:"action_type"`
	UserID     *string        `json:"target_user_id"`
	ResourceID *string        `json:"target_resource_id"`
	Details    map[string]any `json:"details"`
	Time       web.TimeZ      `json:"timestamp"`
	Address    *string        `json:"ip_address"`
}

// listActions reads the log from the sequencer.
func (s *Service) listActions(c *web.Call) (any, error) {
	q := web.Query[actionsQuery](c)
	position, err := resume(q.Page)
	if err != nil {
		return nil, err
	}
	list, next, err := s.actions.List(c.Context(), q.AdminID, position, q.Limit)
	if err != nil {
		return nil, err
	}
	reply := actionsReply{Success: true, Actions: make([]action, len(list)), Count: len(list)}
	for i, a := range list {
		reply.Actions[i] = action{a.ID, a.AdminID, a.Type, a.UserID, a.ResourceID, a.Details, web.TimeZ(a.Time), a.Address}
	}
	if next != "" {
		reply.NextCursor, err = c.Next(next)
	}
	return reply, err
}

// resume is where a page begins that is ordered by time and id, "" for the first.
func resume(page web.Page) (position string, err error) {
	if resumed, err := page.Resume(&position); err != nil || !resumed {
		return "", err
	}
	if !storage.IsTimeID(position) {
		return "", fault.BadRequest("cursor", "The cursor is not usable here")
	}
	return position, nil
}
