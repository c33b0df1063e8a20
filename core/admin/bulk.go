package admin

import (
	"errors"

	"tracedge/core/accounts"
	"tracedge/core/actions"
	"tracedge/core/audit"
	"tracedge/core/credits"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type bulkRequest struct {
	UserIDs []string `json:"user_ids"`
	Amount  int64    `json:"amount"`
	Reason  string   `json:"reason"`
}

// maxBulk is how many accounts one request may name.
const maxBulk = 200

func (r *bulkRequest) check() error {
	switch {
	case len(r.UserIDs) > maxBulk:
		return fault.Invalid("user_ids", "At most 200 ids")
	case r.Amount == 0:
		return fault.Invalid("amount", "Must not be 0")
	case len(r.Reason) > maxReason:
		return fault.Invalid("reason", "Must be at most 1024 bytes")
	}
	return nil
}

// distinct are the ids in order, each once.
func (r *bulkRequest) distinct() []string {
	seen := make(map[string]bool, len(r.UserIDs))
	var out []string
	for _, id := range r.UserIDs {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

type bulkReply struct {
	Success         bool        `json:"success"` // nobody failed
	Message         string      `json:"message"`
	Successful      []string    `json:"successful"`
	Failed          [][2]string `json:"failed"` // id and text
	TotalUsers      int         `json:"total_users"`
	SuccessfulCount int         `json:"successful_count"`
	FailedCount     int         `json:"failed_count"`
}

// bulkGrant changes balances one after the other, each by a commit of its own, and then keeps the action and the response
// in one commit of the admin's partition.
//
// A crash between any two of them leaves those before it done. A repeat under the same key goes through all of them again:
// transaction ids follow from the key and the account, so nobody is granted twice. Without a key a client has to look.
func (s *Service) bulkGrant(c *web.Call) (any, error) {
	req, err := web.Body[bulkRequest](c)
	if err != nil {
		return nil, err
	}
	if err := req.check(); err != nil {
		return nil, err
	}
	action := actions.Of(c, actions.BulkCreditsGranted)
	action.ID = c.KeyedID("action")
	ids := req.distinct()
	reply := bulkReply{Message: "Credits granted", Successful: []string{}, Failed: [][2]string{}, TotalUsers: len(ids)}
	for _, id := range ids {
		err := s.grant(c, req, id, action.ID)
		if err == nil {
			reply.Successful = append(reply.Successful, id)
			continue
		}
		f := fault.From(err)
		if f.Kind != fault.Missing && f.Kind != fault.Conflicting && f.Kind != fault.LockTimeout {
			return nil, err
		}
		reply.Failed = append(reply.Failed, [2]string{id, f.Message})
	}
	reply.SuccessfulCount, reply.FailedCount = len(reply.Successful), len(reply.Failed)
	reply.Success = reply.FailedCount == 0
	if !reply.Success {
		reply.Message = "Not everybody was granted credits"
	}
	action.Details = map[string]any{
		"amount": req.Amount, "user_count": len(ids), "reason": req.Reason,
		"successful_count": reply.SuccessfulCount, "failed_count": reply.FailedCount,
	}
	key := c.Idempotency()
	rendered, err := key.Render(reply)
	if err != nil {
		return nil, err
	}
	kept := idem.Prepare(key, rendered, c.Now())
	err = s.store.Update(c.Context(), "admin_record_grants", accounts.Partition(c.Caller().UserID), func(tx *storage.Tx) error {
		return errors.Join(action.Put(tx), kept.Put(tx))
	})
	if err != nil {
		return nil, err
	}
	key.Settle()
	return reply, nil
}

// grant changes the balance of one account.
func (s *Service) grant(c *web.Call, req *bulkRequest, id, actionID string) error {
	if !isUserID(id) {
		return accounts.NotFound()
	}
	operation := "bulk_grant"
	event := audit.Event{
		ID: c.KeyedID("event-" + id), Type: "System", Action: operation, Resource: "account", Outcome: audit.Success,
		Severity: "High", UserID: c.Caller().UserID, SubjectID: id, Time: c.Now(),
	}
	do := credits.Adjustment{
		UserID: id,
		Change: credits.Change{
			ID: c.KeyedID("transaction-" + id), Amount: req.Amount, Type: kindOf(req.Amount), Description: described(req.Reason, c),
			OperationType: &operation, OperationID: &actionID, Time: c.Now(),
		},
		Keep: func(tx *storage.Tx, _ accounts.Transaction) error {
			return audit.Put(tx, tx.Partition(), event)
		},
	}
	if c.Idempotency() != nil {
		do.Once = c.Now().Add(keyMemory)
	}
	_, _, err := credits.Adjust(c.Context(), s.store, do)
	return err
}
