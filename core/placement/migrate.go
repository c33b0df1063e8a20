package placement

import (
	"errors"
	"slices"

	"tracedge/core/adaptertype"
	"tracedge/core/circuits"
	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/items"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/web"
)

type migrateRequest struct {
	Target    adaptertype.Type `json:"target_adapter_type"`
	CircuitID string           `json:"circuit_id" format:"uuid"`
	UserID    *string          `json:"user_id" doc:"The caller"`
}

type migrateReply struct {
	Success   bool             `json:"success"`
	Message   string           `json:"message"`
	DFID      string           `json:"dfid"`
	Target    adaptertype.Type `json:"target_adapter"`
	CircuitID string           `json:"circuit_id"`
	Status    string           `json:"status"` // pending
	OutboxID  string           `json:"outbox_id"`
	Note      string           `json:"note"`
}

// migrate is SH3. In order, each step one commit:
//
//	1  reads: the item and its places, the circuit, the account, the adapter
//	2  user/<caller>: hold the price
//	D  item/<dfid>: the places again, the upload with its outbox row, the audit event
//	3  now: the hold is settled, the response under an idempotency key
//	4  after the response: the upload, see adapters.Queue
//
// A crash before D leaves a hold at most, which lapses with a refund in one commit. After D everything that is missing is a
// row, and a repeat under the same key finds that it has been decided. An upload that fails for good refunds the price. The
// facts of the circuit are those of step 1: a removal that is committed later counts as later.
func (s *Service) migrate(c *web.Call) (any, error) {
	m, err := s.ask(c)
	if err != nil {
		return nil, err
	}
	if r := c.Idempotency(); r != nil && r.Resumed { // an earlier run may have decided
		decided, err := s.Store.Finish(c.Context(), m.partition, c.Operation())
		switch {
		case err != nil:
			return nil, err
		case decided:
			return nil, web.Processed()
		}
	}
	if err := s.check(c, m); err != nil {
		return nil, err
	}
	reply, err := s.queue(c, m, c.Operation())
	if errors.Is(err, storage.ErrFenced) { // too slow: the hold was taken away, so take it again
		reply, err = s.queue(c, m, s.Store.NewID())
	}
	if err != nil {
		return nil, err
	}
	c.Idempotency().Settle()
	return reply, nil
}

// migration is one that is asked for.
type migration struct {
	partition storage.Partition
	items.Access
	places    storagehistory.Places
	target    adaptertype.Type
	circuitID string
	limit     *int // of adapter types, nil for none
}

// ask reads the item and what is wanted. Errors: 404; those of the body; 403 for somebody else as the one who acts; 404 for
// a local item, which no circuit holds.
func (s *Service) ask(c *web.Call) (*migration, error) {
	user, ctx := c.Caller().UserID, c.Context()
	dfid, err := s.Items.Find(ctx, c.Path("dfid"), user)
	if err != nil {
		return nil, err
	}
	m := new(migration)
	if dfid != "" {
		if !items.Named(dfid) {
			return nil, items.NotFound()
		}
		m.partition = storagehistory.Partition(dfid)
		keys, ranges := items.Reads(m.partition, user)
		v, err := s.Store.View(ctx, "storage_check_item", m.partition, keys, append(ranges, storagehistory.PlaceViews(m.partition)...)...)
		if err != nil {
			return nil, err
		}
		if m.Access, err = s.Items.Judge(ctx, m.partition, v, user); err != nil {
			return nil, err
		}
		if !m.See {
			return nil, items.NotFound()
		}
		if m.places, err = storagehistory.PlacesOf(m.partition, v); err != nil {
			return nil, err
		}
	}
	req, err := web.Body[migrateRequest](c)
	if err != nil {
		return nil, err
	}
	circuitID, ok := web.ParseUUID(req.CircuitID)
	switch {
	case req.Target == adaptertype.None:
		return nil, fault.Invalid("target_adapter_type", "Must be an adapter")
	case !ok:
		return nil, fault.Invalid("circuit_id", "Not a UUID")
	case req.UserID != nil && *req.UserID != user && *req.UserID != c.Caller().Username:
		return nil, fault.Forbidden("You act for yourself only").With("field", "user_id")
	case !m.See: // a local item
		return nil, notHeld()
	}
	m.target, m.circuitID = req.Target, circuitID
	return m, nil
}

func notHeld() error {
	return fault.NotFound("The circuit does not hold the item").With("field", "circuit_id")
}

// check is everything that refuses a migration before anything is charged, in the order of the contract. Errors: 404, 403,
// 409, 501, 503.
func (s *Service) check(c *web.Call, m *migration) error {
	standing, holds, err := circuits.CheckHolding(c.Context(), s.Store, m.circuitID, m.Item.DFID, circuits.ViewerOf(c))
	if err == nil {
		err = standing.See()
	}
	switch {
	case err != nil:
		return err
	case !holds:
		return notHeld()
	}
	if !m.Write {
		if err := standing.Right(roles.ManagePermissions); err != nil {
			return err
		}
	}
	a, err := s.Accounts.Get(c.Context(), c.Caller().UserID)
	switch {
	case err != nil:
		return err
	case a == nil:
		return fault.Unauthorized("Account does not exist")
	case !slices.Contains(a.AllowedAdapters(), m.target):
		return fault.Forbidden("The adapter is not available to the account").With("adapter_type", m.target).
			With("available_adapters", a.AllowedAdapters())
	case m.places.Has(m.target):
		return stored(m.target)
	}
	if err := s.Adapters.Configured(c.Context(), m.target); err != nil {
		return err
	}
	if s.Config.LimitsEnforced {
		m.limit = a.Tier.Limits().MaxStorageLocations
	}
	return m.within(m.places)
}

func stored(t adaptertype.Type) error {
	return fault.Conflict("target_adapter_type", "The item is stored there, or on its way").With("adapter_type", t)
}

// within refuses one adapter type more than the tier allows. Errors: 403 tier_limit_exceeded.
func (m *migration) within(p storagehistory.Places) error {
	if m.limit == nil || p.Count() < *m.limit {
		return nil
	}
	return fault.Forbidden("The tier allows no more storage locations of an item").With("code", "tier_limit_exceeded").
		With("limit_name", "max_storage_locations").With("limit", *m.limit).With("current", p.Count())
}
