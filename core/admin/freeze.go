package admin

import (
	"tracedge/core/accounts"
	"tracedge/core/actions"
	"tracedge/core/fault"
	"tracedge/core/notices"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// freezeReason is what the holder of a frozen account is told.
const freezeReason = "Suspended by an administrator"

// freeze suspends an account, whatever its status is. An account that is suspended stays as it is, and nothing is written.
func (s *Service) freeze(c *web.Call) (any, error) {
	told := func(c *web.Call, id string) notices.Notice {
		return notice(c, id, notices.AccountFrozen).With("reason", freezeReason)
	}
	return s.setStatus(c, accounts.Suspended, "frozen", told, func(a accounts.Account) error {
		if a.Admin {
			return fault.Conflict("", "The account of an admin cannot be frozen")
		}
		return nil
	})
}

// unfreeze makes an account active, whatever its status is.
func (s *Service) unfreeze(c *web.Call) (any, error) {
	told := func(c *web.Call, id string) notices.Notice { return notice(c, id, notices.AccountUnfrozen) }
	return s.setStatus(c, accounts.Active, "unfrozen", told, func(accounts.Account) error { return nil })
}

// setStatus changes the status by accounts.Directory.Edit, where it says what a crash leaves.
func (s *Service) setStatus(c *web.Call, to accounts.Status, word string, told func(*web.Call, string) notices.Notice,
	guard func(accounts.Account) error) (any, error) {
	id, err := userID(c)
	if err != nil {
		return nil, err
	}
	tell, action := told(c, id), actions.Of(c, actions.UserSuspended)
	action.UserID = &id
	var message string
	err = s.accounts.Edit(c.Context(), accounts.Edit{
		UserID: id, ActorID: c.Caller().UserID, At: c.Now(),
		Change: func(a *accounts.Account) error {
			err := guard(*a)
			a.Status = to
			return err
		},
		Keep: func(tx *storage.Tx, before, after accounts.Account) (bool, error) {
			if before.Status == after.Status {
				message = "User was " + word + " already"
				return false, nil
			}
			message = "User " + word
			done := action
			done.Type = typeOf(before.Status, after.Status)
			done.Details = map[string]any{"username": after.Username, "action": word, "previous_status": before.Status}
			if err := done.Put(tx); err != nil {
				return false, err
			}
			return true, notices.Put(tx, tell)
		},
	})
	if err != nil {
		return nil, err
	}
	return messageReply{true, message}, nil
}

// typeOf names the action that changes a status.
func typeOf(from, to accounts.Status) actions.Type {
	switch {
	case to != accounts.Active:
		return actions.UserSuspended
	case from == accounts.Banned:
		return actions.UserUnbanned
	default:
		return actions.UserUnsuspended
	}
}
