package placement

import (
	"errors"

	"tracedge/core/adapters"
	"tracedge/core/audit"
	"tracedge/core/circuititems"
	"tracedge/core/credits"
	"tracedge/core/idem"
	"tracedge/core/items"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/web"
)

// queue is steps 2 and D under an operation, the id of which is that of the upload and of the charge.
func (s *Service) queue(c *web.Call, m *migration, id string) (_ any, err error) {
	ctx, user, now := c.Context(), c.Caller().UserID, c.Now()
	op := s.Store.BeginAs(m.partition, id)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Holds.Release(ctx, op))
		}
	}()
	reply := migrateReply{
		true, "Migration queued", m.Item.DFID, m.target, m.circuitID, string(storagehistory.Queued), op.ID,
		"The record follows when the upload is done; it becomes the primary location",
	}
	rendered, err := c.Idempotency().Render(reply)
	if err != nil {
		return nil, err
	}
	kept := idem.Prepare(c.Idempotency(), rendered, now)
	paid, err := s.Holds.Migrate(ctx, op, user, now)
	if err != nil {
		return nil, err
	}
	upload := adapters.Upload{
		ID: op.ID, DFID: m.Item.DFID, Type: m.target, TriggeredBy: storagehistory.Migration, TriggeredByID: &m.circuitID,
		UserID: user, OwnerID: m.Item.OwnerID, QueuedAt: now, Charge: s.charge(op.ID, paid),
	}
	event := audit.Event{
		ID: c.StableID("event"), Type: "Data", Action: "storage_migrate", Resource: "item", Outcome: audit.Success, Severity: "Medium",
		UserID: user, SubjectID: m.Item.DFID, Time: now,
		Details: map[string]any{"adapter_type": m.target, "circuit_id": m.circuitID, "outbox_id": op.ID},
	}
	err = op.Decide(ctx, "storage_add_migration", func(tx *storage.Tx) error {
		if err := m.again(tx, &upload); err != nil {
			return err
		}
		if err := adapters.Queue(tx, upload); err != nil {
			return err
		}
		if err := s.Holds.SettleMigration(tx, user); err != nil {
			return err
		}
		audit.Put(tx, op.Home, event)
		return kept.Put(tx)
	}, storage.Reading(items.Key(op.Home)), storage.Scanning(storagehistory.PlaceRanges(op.Home)...), storage.AssumeAbsent(upload.Absent()))
	switch {
	case err != nil:
		return nil, err
	case op.Repeated:
		return nil, processed(c, op)
	}
	return reply, nil
}

// again is what the commit itself looks at, and the content of the upload: the item as the commit finds it. Errors: 404,
// 409, 403.
func (m *migration) again(tx *storage.Tx, u *adapters.Upload) error {
	places, err := storagehistory.PlacesIn(tx)
	if err != nil {
		return err
	}
	i, err := items.Lookup(tx)
	switch {
	case err != nil:
		return err
	case i == nil:
		return items.NotFound()
	case places.Has(m.target):
		return stored(m.target)
	}
	if err := m.within(places); err != nil {
		return err
	}
	u.Content, err = circuititems.Content(i)
	return err
}

// charge is what the upload gives back if it fails for good; nil for nothing.
func (s *Service) charge(op string, paid int64) *adapters.Charge {
	if paid == 0 {
		return nil
	}
	return &adapters.Charge{
		Amount: paid, OperationType: credits.StorageMigration().Type, OperationID: op, RefundID: s.Store.NewID(),
	}
}
