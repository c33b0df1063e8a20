package circuititems

import (
	"context"

	"tracedge/core/activity"
	"tracedge/core/circuits"
	"tracedge/core/circuits/postactions"
	"tracedge/core/circuits/roles"
	"tracedge/core/credits"
	"tracedge/core/events"
	"tracedge/core/fault"
	"tracedge/core/items"
	"tracedge/core/notices"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/web"
)

type approveRequest struct {
	Approver *string `json:"approver_id"`
}

type decideRequest struct {
	Admin *string `json:"admin_id"`
}

type rejectRequest struct {
	Admin  *string `json:"admin_id"`
	Reason *string `json:"reason"`
}

type messageReply struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

type approvedReply struct {
	Success bool         `json:"success"`
	Message string       `json:"message"`
	Data    approvedView `json:"data"`
}

type approvedView struct {
	CircuitID  string   `json:"circuit_id"`
	DFID       string   `json:"dfid"`
	PushedBy   string   `json:"pushed_by"`
	PushedAt   web.Secs `json:"pushed_at"`
	ApprovedBy string   `json:"approved_by"`
	ApprovedAt web.Secs `json:"approved_at"`
	Status     string   `json:"status"`
}

// maxReason is the length in bytes of why something is rejected.
const maxReason = 1000

// decision is an approval or a rejection on its way.
type decision struct {
	*move
	id     string // of the operation
	refuse error  // of the body; decided on after the rights
	reason *string
	reply  func(*Operation) any
}

func (s *Service) decision(c *web.Call, circuitID, id string, k activity.Kind) *decision {
	d := &decision{move: newMove(c, circuitID, c.Operation(), "", Push, k), id: id}
	d.entry.Access, d.entry.ResourceID = true, id
	return d
}

// by tests who the body says that decides: the caller, by id or name.
func (d *decision) by(c *web.Call, named *string) {
	if named != nil && *named != c.Caller().UserID && *named != c.Caller().Username {
		d.refuse = fault.Forbidden("Only the caller can decide")
	}
}

// approve is OP3.
func (s *Service) approve(c *web.Call) (any, error) {
	id, err := c.PathUUID("operation_id")
	if err != nil {
		return nil, err
	}
	req, failure := web.OptionalBody[approveRequest](c)
	found, err := s.store.Read(c.Context(), "circuits_find_operation", referenceHome(id), referenceKey(id))
	if err != nil {
		return nil, err
	}
	var circuitID string
	if ok, err := found.Get(referenceKey(id), &circuitID); err != nil {
		return nil, err
	} else if !ok {
		return nil, noOperation()
	}
	d := s.decision(c, circuitID, id, activity.ApproveMove)
	if d.refuse = failure; failure == nil {
		d.by(c, req.Approver)
	}
	d.reply = func(o *Operation) any { return o.view() }
	return s.grant(c, d)
}

// approvePending is PI2.
func (s *Service) approvePending(c *web.Call) (any, error) {
	circuitID, id, err := pendingPath(c)
	if err != nil {
		return nil, err
	}
	req, failure := web.OptionalBody[decideRequest](c)
	d := s.decision(c, circuitID, id, activity.ApproveMove)
	if d.refuse = failure; failure == nil {
		d.by(c, req.Admin)
	}
	d.reply = func(o *Operation) any {
		at := d.now
		if o.Type == Pull {
			at = o.Time
		}
		return approvedReply{true, "Approved", approvedView{
			o.CircuitID, o.DFID, o.Requester, web.Secs(at), d.Requester, web.Secs(d.now), "active",
		}}
	}
	return s.grant(c, d)
}

func pendingPath(c *web.Call) (circuitID, id string, err error) {
	if circuitID, err = c.PathUUID("id"); err == nil {
		id, err = c.PathUUID("pending_id")
	}
	return circuitID, id, err
}

// waitingIn is the Pending operation of a decision, for who may decide. Errors: 404; 403; 409 circuit_inactive,
// operation_decided; those of the body.
func waitingIn[R circuits.Rows](d *decision, rows R, p storage.Partition) (*circuits.Standing, *Operation, error) {
	st, err := circuits.Stand(rows, p, d.who, d.now)
	if err != nil {
		return nil, nil, err
	}
	if err := st.Change(roles.ManageMembers); err != nil {
		return nil, nil, err
	}
	var o Operation
	if ok, err := rows.Get(operationKey(p, d.id), &o); err != nil {
		return nil, nil, err
	} else if !ok {
		return nil, nil, noOperation()
	}
	if d.refuse != nil {
		return nil, nil, d.refuse
	}
	if o.Status != Pending {
		return nil, nil, conflict("operation_decided", "The operation has been decided").With("status", o.Status)
	}
	return st, &o, nil
}

// grant approves (section 8.1). Reads first: the operation, the item, the requester's account where the circuit has an
// adapter. D in circuit/<id>: the completion; now: the item half; after: notice, activity. A crash before D leaves the
// operation Pending; after it the rows bring the rest, and nothing is taken from the requester's request again. Of two
// decisions at once the second finds the operation decided.
func (s *Service) grant(c *web.Call, d *decision) (any, error) {
	ctx, p := c.Context(), circuits.Partition(d.CircuitID)
	keys, ranges := circuits.Reads(p, d.who.UserID)
	v, err := s.store.View(ctx, "circuits_read_operation", p, append(keys, operationKey(p, d.id), circuits.AdapterKey(p)), ranges...)
	if err != nil {
		return nil, err
	}
	_, o, err := waitingIn(d, v, p)
	if err != nil {
		return nil, s.decidedBefore(ctx, c, d, err)
	}
	x := subject{dfid: o.DFID, kind: o.Type}
	sc, err := look(v, p, circuits.Viewer{UserID: o.Requester}, x, d.now)
	if err != nil {
		return nil, err
	}
	skip := false
	var named []postactions.Identifier
	if o.Type == Push {
		item, err := s.items.Read(ctx, o.DFID)
		if err != nil {
			return nil, err
		}
		if item == nil || item.Status != items.Active {
			status := items.Deprecated
			if item != nil {
				status = item.Status
			}
			return nil, notActive(o.DFID, status)
		}
		o.named(item.Identifiers)
		named = o.identifiers
		if sc.adapter != "none" {
			if d.account, err = s.accounts.Get(ctx, o.Requester); err != nil {
				return nil, err
			}
			skip = d.account == nil || !sc.mayUse(d.account)
		}
	}
	d.keep(c, d.reply)
	op := s.store.BeginAs(p, d.ID)
	need, _ := x.reads(p, o.Requester)
	var out Operation
	err = op.Decide(ctx, "circuits_approve_operation", func(tx *storage.Tx) error {
		st, o, err := waitingIn(d, tx, p)
		if err != nil {
			return err
		}
		out, out.identifiers = *o, named
		return s.complete(tx, d, st, &out, skip)
	}, storage.Reading(append(append(keys, need...), operationKey(p, d.id))...), storage.Observing(ranges...))
	if err != nil {
		return nil, s.decidedBefore(ctx, c, d, err)
	}
	if op.Repeated {
		return nil, s.repeated(ctx, op)
	}
	c.Idempotency().Settle()
	return d.reply(&out), nil
}

// decidedBefore looks, when a repeat of an interrupted request finds the operation decided, whether it was by that.
func (s *Service) decidedBefore(ctx context.Context, c *web.Call, d *decision, err error) error {
	if r := c.Idempotency(); r == nil || !r.Resumed || fault.From(err).Kind != fault.Conflicting {
		return err
	}
	decided, failure := s.store.Finish(ctx, circuits.Partition(d.CircuitID), d.ID)
	switch {
	case failure != nil:
		return failure
	case decided:
		return web.Processed()
	}
	return err
}

// complete completes an approved operation within its deciding commit.
func (s *Service) complete(tx *storage.Tx, d *decision, st *circuits.Standing, o *Operation, skip bool) error {
	need := roles.Push
	if o.Type == Pull {
		need = roles.Pull
	}
	if may, err := circuits.HasPermission(tx, st.Head, o.Requester, need); err != nil {
		return err
	} else if !may {
		return conflict("requester_not_allowed", "The requester may not do this any more")
	}
	o.Metadata["approved_by"], o.Metadata["approved_at"] = d.Requester, web.TimeZ(d.now)
	var err error
	if o.Type == Pull {
		err = s.completePull(tx, st, o, d.drawn.share, d.drawn.source, d.Requester, d.now)
	} else {
		err = s.completeApproved(tx, d, st, o, skip)
	}
	if err != nil {
		return err
	}
	if err := o.tell(tx, st.Head, o.Requester, notices.ItemApproved, d.now, "approved_by", d.Requester); err != nil {
		return err
	}
	return s.sign(tx, d, o)
}

func (s *Service) completeApproved(tx *storage.Tx, d *decision, st *circuits.Standing, o *Operation, skip bool) error {
	sc, err := look(tx, tx.Partition(), circuits.Viewer{}, subject{}, d.now)
	if err != nil {
		return err
	}
	if skip {
		o.Metadata["upload_skipped"] = sc.adapter
	}
	stamp, err := o.complete(tx, st, d.now, o.trigger(), postactions.ItemApproved)
	if err != nil {
		return err
	}
	trigger := storagehistory.CircuitMigration
	if o.LID != "" {
		trigger = storagehistory.CircuitPush
	}
	h := half{
		CircuitID: o.CircuitID, DFID: o.DFID, Op: o.ID, Stamp: stamp,
		Event: o.happening(st.Head, events.PushedToCircuit, "push", d.Requester, d.now),
	}
	if !skip {
		h.Upload = sc.uploads(o, d.account, trigger, s.charges)
	}
	if h.Upload != nil {
		h.Upload.Token = o.NewItem
	}
	if (h.Upload == nil || h.Upload.Amount == 0) && o.Adapter != nil { // it has paid for another upload, or for none
		if err := s.holds.Refund(tx, o.Requester, o.ID, credits.PremiumAdapter()); err != nil {
			return err
		}
	}
	return tx.SendOut("circuits_apply_push", h, storage.Now())
}

// sign adds what both decisions leave: the activity of who decides, the kept response.
func (s *Service) sign(tx *storage.Tx, d *decision, o *Operation) error {
	if err := activity.Send(tx, d.entry); err != nil {
		return err
	}
	kept, err := d.render(o)
	if err != nil {
		return err
	}
	return kept.Put(tx)
}

// rejectPending is PI3: D in circuit/<id>, then the pending part of the layer goes and the charge is given back. Until the
// part is gone nobody sees it, since only an approval makes it part of the layer.
func (s *Service) rejectPending(c *web.Call) (any, error) {
	circuitID, id, err := pendingPath(c)
	if err != nil {
		return nil, err
	}
	req, failure := web.OptionalBody[rejectRequest](c)
	d := s.decision(c, circuitID, id, activity.RejectMove)
	if d.refuse = failure; failure == nil {
		if req.Reason != nil && len(*req.Reason) > maxReason {
			d.refuse = fault.Invalid("reason", "At most 1000 bytes")
		}
		d.by(c, req.Admin)
		d.reason = req.Reason
	}
	d.reply = func(*Operation) any { return messageReply{true, "Rejected"} }
	d.keep(c, d.reply)
	ctx, p := c.Context(), circuits.Partition(circuitID)
	op := s.store.BeginAs(p, d.ID)
	keys, ranges := circuits.Reads(p, d.who.UserID)
	err = op.Decide(ctx, "circuits_reject_operation", func(tx *storage.Tx) error {
		st, o, err := waitingIn(d, tx, p)
		if err != nil {
			return err
		}
		return s.turnDown(tx, d, st, o)
	}, storage.Reading(append(keys, operationKey(p, d.id))...), storage.Observing(ranges...))
	if err != nil {
		return nil, err
	}
	if op.Repeated {
		return nil, s.repeated(ctx, op)
	}
	c.Idempotency().Settle()
	return d.reply(nil), nil
}

func (s *Service) turnDown(tx *storage.Tx, d *decision, st *circuits.Standing, o *Operation) error {
	o.Status = Rejected
	o.Metadata["rejected_by"], o.Metadata["rejected_at"] = d.Requester, web.TimeZ(d.now)
	var reason any
	if d.reason != nil {
		reason, o.Metadata["rejection_reason"] = *d.reason, *d.reason
	}
	o.put(tx)
	if o.Type == Push {
		if err := tx.Send("circuits_drop_layer", items.Partition(o.DFID), dropped{o.ID, o.CircuitID, o.Requester}, storage.Now()); err != nil {
			return err
		}
	}
	if err := s.holds.Refund(tx, o.Requester, o.ID, credits.CircuitOperation(), credits.PremiumAdapter()); err != nil {
		return err
	}
	err := o.tell(tx, st.Head, o.Requester, notices.ItemRejected, d.now, "rejected_by", d.Requester, "reason", reason)
	if err != nil {
		return err
	}
	return s.sign(tx, d, o)
}

// dropped is the row that takes the pending part of an operation away.
type dropped struct {
	Op        string `json:"op"`
	CircuitID string `json:"circuit_id"`
	Source    string `json:"source"`
}

func applyDrop(tx *storage.Tx, r storage.Row) error {
	var d dropped
	if err := r.Decode(&d); err != nil {
		return err
	}
	p := tx.Partition()
	tx.Put(decidedKey(p, d.Op), true, storage.Expires(tx.Now().Add(lateness)))
	asked := askedKey(p, d.CircuitID, d.Source)
	var waits string
	if ok, err := tx.Get(asked, &waits); err != nil {
		return err
	} else if ok && waits == d.Op {
		tx.Delete(asked)
	}
	k := items.PendingLayerKey(p, d.Op)
	var part partOf
	if ok, err := tx.GetLong(k, &part); err != nil || !ok {
		return err
	}
	for _, claim := range part.Places {
		if err := tx.Send("identifiers_release_claim", items.IndexPartition(claim.Place), claim.Holder); err != nil {
			return err
		}
	}
	return tx.DeleteLong(k)
}

func dropReads(r storage.Row) (reading, absent []storage.Key) {
	var d dropped
	p, err := storage.ParsePartition(r.Target)
	if err != nil || r.Decode(&d) != nil {
		return nil, nil // the row fails when it is delivered
	}
	return []storage.Key{items.PendingLayerKey(p, d.Op), decidedKey(p, d.Op), askedKey(p, d.CircuitID, d.Source)}, nil
}

// partOf is the pending part of a layer with where its identifiers stand in the index.
type partOf struct {
	items.Layer
	Places []placed `json:"places"`
}

type placed struct {
	Place  string      `json:"place"`
	Holder storage.Key `json:"holder"`
}
