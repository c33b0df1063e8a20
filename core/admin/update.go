package admin

import (
	"fmt"
	"slices"
	"strings"

	"tracedge/core/accounts"
	"tracedge/core/actions"
	"tracedge/core/adaptertype"
	"tracedge/core/credits"
	"tracedge/core/fault"
	"tracedge/core/notices"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type updateRequest struct {
	Tier         *accounts.Tier     `json:"tier"`
	Status       *accounts.Status   `json:"status"`
	Credits      *int64             `json:"credits"`
	Admin        *bool              `json:"is_admin"`
	Adapters     []adaptertype.Type `json:"available_adapters" opt:"true"` // nil is unchanged, empty is none
	TierAdapters *bool              `json:"use_tier_adapters"`
}

// maxAdapters keeps an account's record small: it is read by every request.
const maxAdapters = 100

func (r *updateRequest) check() error {
	switch {
	case r.Credits != nil && *r.Credits < 0:
		return fault.Invalid("credits", "Must be 0 or more")
	case len(r.Adapters) > maxAdapters:
		return fault.Invalid("available_adapters", "At most 100 entries")
	case r.Adapters != nil && r.TierAdapters != nil && *r.TierAdapters:
		return fault.Invalid("use_tier_adapters", "Excludes available_adapters")
	}
	return nil
}

type updateReply struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
	Changes string `json:"changes"`
}

// updating is one AD4 on its way.
type updating struct {
	*updateRequest
	callerID string
	action   actions.Action
	credit   credits.Change
	account  notices.Notice
	adapters notices.Notice
	changes  string // what the update has found to differ
}

// update changes an account by accounts.Directory.Edit, where it says what a crash leaves. Transaction, notices and audit
// event are part of its commit; the action is a row of it.
func (s *Service) update(c *web.Call) (any, error) {
	id, err := s.named(c)
	if err != nil {
		return nil, err
	}
	req, err := web.Body[updateRequest](c)
	if err != nil {
		return nil, err
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	u := &updating{
		updateRequest: req, callerID: c.Caller().UserID, action: actions.Of(c, actions.UserUpdated),
		account: notice(c, id, notices.AccountUpdated), adapters: notice(c, id, notices.AdaptersUpdated),
	}
	u.action.UserID = &id
	operation := "admin_set"
	u.credit = credits.Change{
		ID: c.StableID("transaction"), Description: "Balance set (Admin: " + u.callerID + ")", OperationType: &operation,
		OperationID: &u.action.ID, Time: c.Now(),
	}
	err = s.accounts.Edit(c.Context(), accounts.Edit{
		UserID: id, ActorID: u.callerID, At: c.Now(), Change: u.change, Keep: u.keep,
	})
	if err != nil {
		return nil, err
	}
	message := "User updated"
	if u.changes == "" {
		message = "Nothing to change"
	}
	return updateReply{true, message, u.changes}, nil
}

// named is the id in the path of an account that exists: step 9 of the order of checks. The commit looks again.
func (s *Service) named(c *web.Call) (string, error) {
	a, err := s.user(c)
	if err != nil {
		return "", err
	}
	return a.UserID, nil
}

// change sets the fields that were sent, and refuses what the guard refuses. It is pure.
func (u *updating) change(a *accounts.Account) error {
	before := *a
	if u.Tier != nil {
		a.Tier = *u.Tier
	}
	if u.Status != nil {
		a.Status = *u.Status
	}
	if u.Admin != nil {
		a.Admin = *u.Admin
	}
	if u.Adapters != nil {
		a.AvailableAdapters = u.Adapters
	}
	if u.TierAdapters != nil && *u.TierAdapters {
		a.AvailableAdapters = nil
	}
	switch {
	case a.UserID == u.callerID && a.Admin != before.Admin:
		return fault.Conflict("is_admin", "Nobody changes their own rights")
	case a.UserID == u.callerID && a.Status != before.Status:
		return fault.Conflict("status", "Nobody changes their own status")
	case a.Admin && a.Status != before.Status && a.Status != accounts.Active:
		return fault.Conflict("status", "The account of an admin stays active")
	}
	return nil
}

// keep writes what belongs to the change. It is pure.
func (u *updating) keep(tx *storage.Tx, before, after accounts.Account) (bool, error) {
	var parts []string
	part := func(name string, from, to any) { parts = append(parts, fmt.Sprintf("%s: %v -> %v", name, from, to)) }
	if before.Tier != after.Tier {
		part("tier", before.Tier, after.Tier)
	}
	if before.Status != after.Status {
		part("status", before.Status, after.Status)
	}
	balance, err := accounts.GetBalance(tx, accounts.Partition(after.UserID))
	if err != nil {
		return false, err
	}
	credited := u.Credits != nil && *u.Credits != balance.Credits
	if credited {
		part("credits", balance.Credits, *u.Credits)
	}
	if before.Admin != after.Admin {
		part("is_admin", before.Admin, after.Admin)
	}
	adapted := (before.AvailableAdapters == nil) != (after.AvailableAdapters == nil) ||
		!slices.Equal(before.AvailableAdapters, after.AvailableAdapters)
	if adapted {
		part("adapters", named(before.AvailableAdapters), named(after.AvailableAdapters))
	}
	u.changes = strings.Join(parts, ", ")
	if u.changes == "" {
		return false, nil
	}
	if credited {
		change := u.credit
		change.Amount, change.Type = *u.Credits-balance.Credits, kindOf(*u.Credits-balance.Credits)
		if _, err := credits.Apply(tx, after.UserID, change); err != nil {
			return false, err
		}
	}
	return true, u.tell(tx, after, adapted)
}

// tell writes the action and the notices.
func (u *updating) tell(tx *storage.Tx, after accounts.Account, adapted bool) error {
	action := u.action
	action.Details = map[string]any{"username": after.Username, "changes": u.changes}
	if err := action.Put(tx); err != nil {
		return err
	}
	if err := notices.Put(tx, u.account.With("changes", u.changes)); err != nil || !adapted {
		return err
	}
	return notices.Put(tx, u.adapters.With("adapters", after.AvailableAdapters))
}

// named is a list of adapters in words.
func named(list []adaptertype.Type) string {
	if list == nil {
		return "tier defaults"
	}
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = string(t)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// kindOf is the type of the transaction of an amount.
func kindOf(amount int64) string {
	if amount < 0 {
		return credits.Penalty
	}
	return credits.Grant
}
