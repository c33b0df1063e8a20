package keys

import (
	"time"

	"tracedge/core/accounts"
	"tracedge/core/credits"
	"tracedge/core/fault"
	"tracedge/core/status"
	"tracedge/core/storage"
	"tracedge/core/trace"
	"tracedge/core/web"
)

// apiRequest is the operation_type of the charge for a request admitted by a key.
const apiRequest = "api_request"

// takeAccount counts a request for its account and charges it, where the settings enforce these. Both are one commit in
// user/<id>, so a request that is refused for one of them is not counted for the other. Errors: 429, 402.
func (s *Service) takeAccount(c *web.Call, now time.Time) error {
	who := c.Caller()
	tier := accounts.Tier(who.Tier)
	var limit *int
	if s.config.LimitsEnforced {
		limit = tier.Limits().MaxAPIRequestsPerHour
	}
	var cost int64
	if s.config.CreditsEnforced && who.Credential == web.ByKey {
		cost = int64(tier.Costs().APIRequest)
	}
	charge := s.charge(c, cost, now)
	ctx, p := c.Context(), accounts.Partition(who.UserID)
	if limit == nil {
		if cost == 0 {
			return nil
		}
		return s.store.Update(ctx, "keys_charge_request", p, charge)
	}
	w := window{p}
	snapshot, err := s.store.Read(ctx, "limits_read_quota", p, w.total(), w.hint())
	if err != nil {
		return err
	}
	k, err := w.known(snapshot)
	if err != nil {
		return unusable(err)
	}
	err = s.admit(ctx, w, k, int64(*limit), now, func(most int64, renewed *hint) error {
		return s.store.Update(ctx, "limits_take_quota", p, func(tx *storage.Tx) error {
			if renewed != nil {
				tx.Put(w.hint(), renewed, storage.Expires(now.Add(hintMemory)))
			}
			if err := charge(tx); err != nil {
				return err
			}
			return w.add(tx, now, most)
		})
	})
	return unusable(err)
}

// charge is the part of an update of user/<id> that takes the cost of a request from the balance. Errors: 402.
func (s *Service) charge(c *web.Call, cost int64, now time.Time) func(*storage.Tx) error {
	if cost == 0 {
		return func(*storage.Tx) error { return nil }
	}
	userID := c.Caller().UserID
	operation, id := apiRequest, trace.FromContext(c.Context()).TraceID
	change := credits.Change{
		ID: c.NewID(), Amount: -cost, Type: credits.Consumption, Description: "API request",
		OperationType: &operation, OperationID: &id, Time: now,
	}
	return func(tx *storage.Tx) error {
		b, err := accounts.GetBalance(tx, accounts.Partition(userID))
		if err != nil {
			return err
		}
		if b.Credits < cost {
			return fault.New(fault.InsufficientCredits, status.PaymentRequired, "Not enough credits for the request").
				With("operation", apiRequest).With("required", cost).With("balance", b.Credits)
		}
		_, err = credits.Apply(tx, userID, change)
		return err
	}
}
