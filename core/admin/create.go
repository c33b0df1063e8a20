package admin

import (
	"strings"
	"unicode"

	"tracedge/core/accounts"
	"tracedge/core/actions"
	"tracedge/core/credits"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type createRequest struct {
	Username    string        `json:"username"`
	Email       string        `json:"email"`
	Password    string        `json:"password"`
	Tier        accounts.Tier `json:"tier"`
	Credits     *int64        `json:"initial_credits"`
	WorkspaceID *string       `json:"workspace_id"`
}

// maxWorkspaceID keeps the keys of a workspace short, in bytes.
const maxWorkspaceID = 128

func (r *createRequest) check() error {
	if err := accounts.CheckIdentity(r.Username, r.Email); err != nil {
		return err
	}
	if err := accounts.CheckPassword("password", r.Password); err != nil {
		return err
	}
	if id := r.WorkspaceID; id != nil && (*id == "" || len(*id) > maxWorkspaceID || strings.ContainsFunc(*id, unicode.IsControl)) {
		return fault.BadRequest("workspace_id", "Must be 1 to 128 bytes without control characters")
	}
	if r.Credits != nil && *r.Credits < 0 {
		return fault.Invalid("initial_credits", "Must be 0 or more")
	}
	return nil
}

type createReply struct {
	Success  bool   `json:"success"`
	Message  string `json:"message"`
	UserID   string `json:"user_id"`
	Username string `json:"username"`
}

// create makes an account by the steps of accounts.Directory.Create, where it says what a crash between any two of them
// leaves. The response under an idempotency key is a row of the deciding commit; a run that was interrupted after that
// commit is recognised by the account, whose id follows from the key.
func (s *Service) create(c *web.Call) (any, error) {
	req, err := web.Body[createRequest](c)
	if err != nil {
		return nil, err
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	key := c.Idempotency()
	reply := createReply{true, "User created", c.StableID("user"), req.Username}
	if key != nil && key.Resumed {
		if made, err := s.accounts.Get(c.Context(), reply.UserID); made != nil || err != nil {
			return reply, err
		}
	}
	if err := s.accounts.Free(c.Context(), req.Username, req.Email); err != nil {
		return nil, err
	}
	hash, err := accounts.HashPassword(req.Password, s.config.BcryptCost)
	if err != nil {
		return nil, err
	}
	rendered, err := key.Render(reply)
	if err != nil {
		return nil, err
	}
	kept := idem.Prepare(key, rendered, c.Now())
	if err := s.accounts.Create(c.Context(), req.account(c, reply.UserID, hash, kept)); err != nil {
		return nil, err
	}
	key.Settle()
	return reply, nil
}

func (r *createRequest) account(c *web.Call, id, hash string, kept idem.Kept) accounts.New {
	now, workspace := c.Now(), c.NewID()
	if r.WorkspaceID != nil {
		workspace = *r.WorkspaceID
	}
	action := actions.Of(c, actions.UserCreated)
	action.UserID = &id
	action.Details["username"], action.Details["tier"] = r.Username, r.Tier
	n := accounts.New{
		Account: accounts.Account{
			UserID: id, Username: r.Username, Email: r.Email, Tier: r.Tier, Status: accounts.Active, WorkspaceID: &workspace,
			CreatedAt: now, UpdatedAt: now,
		},
		Hash:      hash,
		Workspace: &accounts.Workspace{ID: workspace, Name: r.Username, OwnerID: id, CreatedAt: now},
		Also: func(tx *storage.Tx) error {
			if err := action.Put(tx); err != nil {
				return err
			}
			return kept.Put(tx)
		},
	}
	if r.Credits != nil && *r.Credits > 0 {
		operation := "admin_create"
		n.Credits = *r.Credits
		n.Grant = &accounts.Transaction{
			ID: c.StableID("transaction"), UserID: id, Amount: n.Credits, Type: credits.Grant, Description: "Initial credits",
			OperationType: &operation, OperationID: &id, Time: now, BalanceAfter: n.Credits,
		}
	}
	return n
}
