package admin

import (
	"tracedge/core/accounts"
	"tracedge/core/adaptertype"
	"tracedge/core/web"
)

// userView is an account as admins see it.
type userView struct {
	ID          string             `json:"user_id"`
	Username    string             `json:"username"`
	Email       string             `json:"email"`
	Tier        accounts.Tier      `json:"tier"`
	Status      accounts.Status    `json:"status"`
	Credits     int64              `json:"credits"`
	CreatedAt   web.TimeZ          `json:"created_at"`
	UpdatedAt   web.TimeZ          `json:"updated_at"`
	LastLogin   *web.TimeZ         `json:"last_login"`
	Admin       bool               `json:"is_admin"`
	WorkspaceID *string            `json:"workspace_id"`
	Limits      accounts.Limits    `json:"limits"`
	Adapters    []adaptertype.Type `json:"available_adapters" opt:"true" doc:"null is what the tier has"`
}

func viewOf(a *accounts.Loaded) userView {
	v := userView{
		ID: a.UserID, Username: a.Username, Email: a.Email, Tier: a.Tier, Status: a.Status, Credits: a.Balance.Credits,
		CreatedAt: web.TimeZ(a.CreatedAt), UpdatedAt: web.TimeZ(a.UpdatedAt), Admin: a.Admin, WorkspaceID: a.WorkspaceID,
		Limits: a.Tier.Limits(), Adapters: a.AvailableAdapters,
	}
	if a.Login != nil {
		at := web.TimeZ(a.Login.At)
		v.LastLogin = &at
	}
	return v
}

type userReply struct {
	Success bool     `json:"success"`
	User    userView `json:"user"`
}

func (s *Service) get(c *web.Call) (any, error) {
	a, err := s.user(c)
	if err != nil {
		return nil, err
	}
	return userReply{true, viewOf(a)}, nil
}
