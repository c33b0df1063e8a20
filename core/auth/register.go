package auth

import (
	"time"

	"tracedge/core/accounts"
	"tracedge/core/audit"
	"tracedge/core/trace"
	"tracedge/core/web"
)

type registerRequest struct {
	Username      string  `json:"username" min:"1" max:"255"`
	Password      string  `json:"password" max:"72" doc:"8 to 72 bytes with an upper-case and a lower-case letter, a digit and a further character"`
	Email         string  `json:"email" format:"idn-email" max:"255"`
	WorkspaceName *string `json:"workspace_name" max:"255"`
}

// welcomeCredits is the grant of a new account.
const welcomeCredits = 100

// register makes an account: throttle, rules, look-ups, hash, and then the steps of accounts.Directory.Create, where it
// says what a crash between any two of them leaves.
func (s *Service) register(c *web.Call) (any, error) {
	ctx := c.Context()
	if err := s.limits.TakeAddress(ctx, c.Address(), "register", s.config.RegistrationsPerHour, time.Hour); err != nil {
		return nil, err
	}
	req, err := web.Body[registerRequest](c)
	if err != nil {
		return nil, err
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	if err := s.accounts.Free(ctx, req.Username, req.Email); err != nil {
		return nil, err
	}
	hash, err := accounts.HashPassword(req.Password, s.config.BcryptCost)
	if err != nil {
		return nil, err
	}
	n := newAccount(c, req, hash)
	if err := s.accounts.Create(ctx, n); err != nil {
		return nil, err
	}
	trace.FromContext(ctx).SetCaller(n.Account.UserID, "")
	return s.token(n.Account)
}

func (r *registerRequest) check() error {
	if err := accounts.CheckIdentity(r.Username, r.Email); err != nil {
		return err
	}
	if r.WorkspaceName != nil {
		if err := accounts.CheckName("workspace_name", *r.WorkspaceName); err != nil {
			return err
		}
	}
	return accounts.CheckPassword("password", r.Password)
}

func newAccount(c *web.Call, req *registerRequest, hash string) accounts.New {
	now, id, workspace := c.Now(), "user-"+c.NewID(), c.NewID()
	name := req.Username
	if req.WorkspaceName != nil && *req.WorkspaceName != "" {
		name = *req.WorkspaceName
	}
	operation := "registration"
	return accounts.New{
		Account: accounts.Account{
			UserID: id, Username: req.Username, Email: req.Email, Tier: accounts.Basic, Status: accounts.Active,
			WorkspaceID: &workspace, CreatedAt: now, UpdatedAt: now,
		},
		Hash:    hash,
		Credits: welcomeCredits,
		Grant: &accounts.Transaction{
			ID: c.NewID(), UserID: id, Amount: welcomeCredits, Type: "Grant", Description: "Welcome credits",
			OperationType: &operation, OperationID: &id, Time: now, BalanceAfter: welcomeCredits,
		},
		Workspace: &accounts.Workspace{ID: workspace, Name: name, OwnerID: id, CreatedAt: now},
		Event: audit.Event{
			ID: c.NewID(), Type: "User", Action: "register", Resource: "account", Outcome: audit.Success,
			Severity: "Low", UserID: id, SubjectID: id, Time: now,
		},
	}
}
