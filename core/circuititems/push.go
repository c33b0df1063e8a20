package circuititems

import (
	"context"
	"errors"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/activity"
	"tracedge/core/adaptertype"
	"tracedge/core/circuits"
	"tracedge/core/circuits/roles"
	"tracedge/core/credits"
	"tracedge/core/events"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/items"
	"tracedge/core/locals"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/web"
)

// move is a push or a pull of an item, with the ids that were drawn for it.
type move struct {
	Operation
	who   circuits.Viewer
	now   time.Time
	entry activity.Entry
	drawn struct{ share, source string }

	account *accounts.Loaded // of the requester, where it is needed

	// render makes the response that is kept with the change; nil keeps none.
	render func(*Operation) (idem.Kept, error)
}

// newMove is the move that a call makes; nth tells apart several of one call.
func newMove(c *web.Call, circuitID, op, nth string, kind Type, k activity.Kind) *move {
	m := &move{who: circuits.ViewerOf(c), now: c.Now(), entry: activity.OfNth(c, k, "", nth)}
	m.Operation = Operation{
		ID: op, CircuitID: circuitID, Type: kind, Requester: c.Caller().UserID, Workspace: c.Caller().WorkspaceID, Time: m.now,
		Metadata: map[string]any{}, EventID: c.StableID("event" + nth), RefundID: c.StableID("refund" + nth),
	}
	m.drawn.share, m.drawn.source = c.StableID("share"+nth), c.StableID("source"+nth)
	return m
}

// keep has the response of the call kept with the change.
func (m *move) keep(c *web.Call, reply func(*Operation) any) {
	kept := idem.Prepare(c.Idempotency(), web.Rendered{}, m.now)
	m.render = func(o *Operation) (idem.Kept, error) {
		rendered, err := c.Idempotency().Render(reply(o))
		return kept.With(rendered), err
	}
}

// operationView is OpR of the contract.
type operationView struct {
	ID        string         `json:"operation_id"`
	CircuitID string         `json:"circuit_id"`
	DFID      string         `json:"dfid"`
	Type      Type           `json:"operation_type"`
	Requester string         `json:"requester_id"`
	Time      web.Secs       `json:"timestamp"`
	Status    Status         `json:"status"`
	Metadata  map[string]any `json:"metadata"`
}

func (o *Operation) view() operationView {
	return operationView{o.ID, o.CircuitID, o.DFID, o.Type, o.Requester, web.Secs(o.Time), o.Status, o.Metadata}
}

// push is PU1.
func (s *Service) push(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	m := newMove(c, id, c.Operation(), "", Push, activity.PushItem)
	m.keep(c, func(o *Operation) any { return o.view() })
	o, wrote, err := s.pushItem(c.Context(), m, c.Path("dfid"))
	if err != nil {
		return nil, err
	}
	if wrote {
		c.Idempotency().Settle()
	}
	return o.view(), nil
}

// itemOf is the dfid that a path names: a local item stands for the item that it has become. Errors: 404; 409
// not_tokenised.
func (s *Service) itemOf(ctx context.Context, text, userID string) (string, error) {
	lid, local := locals.LID(text)
	if !local {
		if !items.Named(text) {
			return "", noItem()
		}
		return text, nil
	}
	dfid, err := s.locals.Mapped(ctx, lid, userID)
	if err == nil && dfid == "" {
		err = conflict("not_tokenised", "The local item has not become an item; use push-local")
	}
	return dfid, err
}

// pushItem pushes an item that has a DFID (section 4.1). In order:
//
//  1. circuit/<id>, item/<dfid>: reads
//  2. user/<requester>: the hold, where credits are enforced
//     D  circuit/<id>: the operation is completed, or waits
//  3. now: item/<dfid> the item half; user/<requester> the hold is settled; with approval the reference
//  4. after: publication, notices, activity
//
// A crash before D leaves a hold, which lapses with a refund. A crash between D and 3: the circuit lists the item, and
// holder and event come with the row. It reports whether this run has written something: a Pending operation of the same
// requester for the item is returned as it is.
//
// Errors: in the order of section 4.1; web.Processed.
func (s *Service) pushItem(ctx context.Context, m *move, text string) (*Operation, bool, error) {
	p := circuits.Partition(m.CircuitID)
	dfid, missing := s.itemOf(ctx, text, m.Requester)
	x := subject{dfid: dfid, kind: Push}
	keys, ranges := x.reads(p, m.Requester)
	v, err := s.store.View(ctx, "circuits_read_context", p, keys, ranges...)
	if err != nil {
		return nil, false, err
	}
	sc, err := look(v, p, m.who, x, m.now)
	if err != nil {
		return nil, false, err
	}
	if err := sc.Change(roles.Push); err != nil {
		return nil, false, err
	}
	if missing != nil {
		return nil, false, missing
	}
	m.DFID, m.entry.ResourceID = dfid, dfid
	if err := s.pushable(ctx, m, sc); err != nil {
		return nil, false, err
	}
	op := s.store.BeginAs(p, m.ID)
	if sc.pending == "" {
		if err := s.charge(ctx, op, m, sc); err != nil {
			return nil, false, errors.Join(err, op.Release(ctx, "circuits_release_charge"))
		}
	}
	return s.decidePush(ctx, op, m, x)
}

// pushable tells whether the requester may push the item. Errors: 404; 403 item_not_pushable, adapter_not_allowed; 409
// item_not_active.
func (s *Service) pushable(ctx context.Context, m *move, sc *scene) error {
	a, err := s.items.Access(ctx, m.DFID, m.Requester)
	switch {
	case err != nil:
		return err
	case !a.See && sc.held == nil:
		return noItem()
	case !a.Push && sc.held == nil:
		return forbidden("item_not_pushable", "You may not push this item")
	}
	if !a.See { // the circuit has it, and the item does not say so yet
		item, err := s.items.Read(ctx, m.DFID)
		if err != nil {
			return err
		}
		if item == nil {
			return noItem()
		}
		a.Item = *item
	}
	m.named(a.Item.Identifiers)
	if a.Item.Status != items.Active {
		return notActive(m.DFID, a.Item.Status)
	}
	if err := s.admit(ctx, m, sc); err != nil {
		return err
	}
	return s.roomFor(ctx, m, sc, m.DFID)
}

// roomFor tests the number of places where an item is stored, for one that is there and would be uploaded to another one
// (section 2.3). Errors: 403 tier_limit_exceeded.
func (s *Service) roomFor(ctx context.Context, m *move, sc *scene, dfid string) error {
	if !s.limits || m.account == nil {
		return nil
	}
	most := m.account.Tier.Limits().MaxStorageLocations
	if most == nil {
		return nil
	}
	p := items.Partition(dfid)
	v, err := s.store.View(ctx, "circuits_check_places", p, nil, storagehistory.PlaceViews(p)...)
	if err != nil {
		return err
	}
	places, err := storagehistory.PlacesOf(p, v)
	if err != nil || places.Has(sc.adapter) || places.Count() < *most {
		return err
	}
	return forbidden("tier_limit_exceeded", "The tier allows no more places for an item").
		With("limit_name", "max_storage_locations").With("limit", *most).With("current", places.Count())
}

// admit tests the access to the circuit's adapter, and reads the requester's account where something rests on it.
func (s *Service) admit(ctx context.Context, m *move, sc *scene) error {
	if sc.adapter == adaptertype.None {
		return nil
	}
	var err error
	if m.account, err = s.accounts.Get(ctx, m.Requester); err != nil {
		return err
	}
	if m.account == nil {
		return fault.Unauthorized("Account does not exist")
	}
	if !sc.mayUse(m.account) {
		return sc.refuseAdapter(m.account)
	}
	return nil
}

// prices are what a move costs that makes no item.
func (s *Service) prices(m *move, sc *scene) []credits.Price {
	prices := []credits.Price{credits.CircuitOperation()}
	if s.charges && m.Type == Push && sc.adapter.Premium() {
		adapter := sc.adapter
		m.Adapter = &adapter
		prices = append(prices, credits.PremiumAdapter())
	}
	return prices
}

func (s *Service) charge(ctx context.Context, op *storage.Operation, m *move, sc *scene) error {
	return s.holds.Charge(ctx, op, m.Requester, m.now, s.prices(m, sc)...)
}

// decidePush is the deciding commit.
func (s *Service) decidePush(ctx context.Context, op *storage.Operation, m *move, x subject) (*Operation, bool, error) {
	p := op.Home
	keys, ranges := x.reads(p, m.Requester)
	var out Operation
	wrote := false
	err := op.Decide(ctx, "circuits_create_push", func(tx *storage.Tx) error {
		wrote = false
		sc, err := look(tx, p, m.who, x, m.now)
		if err != nil {
			return err
		}
		if err := sc.Change(roles.Push); err != nil {
			return err
		}
		if sc.pending != "" {
			_, err := tx.Get(operationKey(p, sc.pending), &out)
			return err
		}
		wrote, out = true, m.Operation
		if sc.Head.Permissions.ApprovePush {
			err = out.wait(tx, sc.Head)
		} else {
			err = s.completePush(tx, sc, &out, m)
		}
		if err != nil {
			return err
		}
		return s.leave(tx, m, &out)
	}, storage.Reading(keys...), storage.Observing(ranges...))
	if err != nil || !wrote && !op.Repeated {
		return &out, false, errors.Join(err, op.Release(ctx, "circuits_return_charge"))
	}
	if op.Repeated {
		return nil, false, s.repeated(ctx, op)
	}
	return &out, true, nil
}

// completePush completes a push that waits for nobody.
func (s *Service) completePush(tx *storage.Tx, sc *scene, o *Operation, m *move) error {
	stamp, err := o.complete(tx, sc.Standing, m.now, o.trigger())
	if err != nil {
		return err
	}
	h := half{
		CircuitID: o.CircuitID, DFID: o.DFID, Op: o.ID, Stamp: stamp,
		Event:  o.happening(sc.Head, events.PushedToCircuit, "push", "", m.now),
		Upload: sc.uploads(o, m.account, storagehistory.CircuitMigration, s.charges),
	}
	return tx.SendOut("circuits_apply_push", h, storage.Now())
}

// leave adds what every deciding commit of a move leaves: the settled hold, the activity, the kept response.
func (s *Service) leave(tx *storage.Tx, m *move, o *Operation) error {
	if s.charges {
		if err := s.holds.Settle(tx, m.Requester); err != nil {
			return err
		}
	}
	if err := activity.Send(tx, m.entry); err != nil {
		return err
	}
	if m.render == nil {
		return nil
	}
	kept, err := m.render(o)
	if err != nil {
		return err
	}
	return kept.Put(tx)
}

// repeated ends a request whose decision an interrupted run of it has made: the rows are delivered, and the response that
// was kept is given again.
func (s *Service) repeated(ctx context.Context, op *storage.Operation) error {
	if err := op.Finish(ctx); err != nil {
		return err
	}
	return web.Processed()
}
