package circuititems

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"

	"tracedge/core/activity"
	"tracedge/core/circuits/roles"
	"tracedge/core/digest"
	"tracedge/core/events"
	"tracedge/core/idem"
	"tracedge/core/items"
	"tracedge/core/listing"
	"tracedge/core/locals"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/userrows"
)

// mint makes a new item of the local item: steps 1 to 4 of pushLocal.
func (s *Service) mint(ctx context.Context, lp *localPush) (out localReply, err error) {
	if lp.drawn == "" {
		if lp.drawn, err = s.items.Draw(ctx); err != nil {
			return out, err
		}
	}
	dfid := lp.drawn
	op := s.store.BeginAs(items.Partition(dfid), lp.ID)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "circuits_release_mint"))
		}
	}()
	if err = locals.BeginMint(ctx, op, lp.source.Item, locals.Mint{DFID: dfid, CircuitID: lp.CircuitID}); err != nil {
		return out, err
	}
	claims := items.PushClaims(lp.Requester, lp.CircuitID, lp.union, lp.marks, false)
	if err = s.reserve(ctx, op, lp, claims, dfid); err != nil {
		return out, err
	}
	if err = s.hold(ctx, op, lp, lp.scene, true); err != nil {
		return out, err
	}
	sc, err := s.standingNow(ctx, lp, dfid)
	if err != nil {
		return out, err
	}
	item, shares, err := lp.item(dfid)
	if err != nil {
		return out, err
	}
	lp.DFID, lp.NewItem, lp.entry.ResourceID, lp.Enriched = dfid, true, dfid, 0
	lp.Metadata = map[string]any{"local_id": lp.lid, "outcome": newItemCreated}
	direct := !sc.Head.Permissions.ApprovePush
	lp.Status = Pending
	c := &commit{lp: lp, item: item, own: true, fresh: true, claims: claims, op: op, keys: []storage.Key{items.Key(op.Home)}}
	if direct {
		lp.Status, c.stamp = Completed, sc.stamp+1
		c.keys = append(c.keys, holderKey(op.Home, lp.CircuitID), holderGoneKey(op.Home, lp.CircuitID))
		err = s.happen(ctx, c, sc, storage.View{}, lp.happening(sc.Head, events.PushedToCircuit, "push", "", lp.now), true)
	}
	if err != nil {
		return out, err
	}
	for _, v := range shares {
		item.Recipients = append(item.Recipients, v.Recipient)
	}
	out = lp.reply(dfid, newItemCreated, lp.ID, lp.Status)
	if err = c.prepare(out); err != nil {
		return out, err
	}
	err = op.Decide(ctx, "items_mint_item", func(tx *storage.Tx) error {
		if exists, err := tx.Exists(items.Key(op.Home)); err != nil {
			return err
		} else if exists {
			lp.drawn = ""
			return items.ErrAgain
		}
		for _, v := range shares {
			tx.Put(v.ShareKey(op.Home), v)
		}
		return s.write(tx, c)
	}, storage.AssumeAbsent(c.keys...))
	if err != nil {
		return out, err
	}
	if op.Repeated {
		return out, s.repeated(ctx, op)
	}
	lp.call.Idempotency().Settle()
	return out, nil
}

// standingNow is the circuit as it is after all reservations: what D goes by. A right that is withdrawn later counts as
// withdrawn after the push. Errors: step 1 and 6 of section 5.2.
func (s *Service) standingNow(ctx context.Context, lp *localPush, dfid string) (*scene, error) {
	x := subject{dfid: dfid, lid: lp.lid, kind: Push}
	p := lp.scene.p
	keys, ranges := x.reads(p, lp.Requester)
	v, err := s.store.View(ctx, "circuits_read_standing", p, keys, ranges...)
	if err != nil {
		return nil, err
	}
	sc, err := look(v, p, lp.who, x, lp.now)
	if err != nil {
		return nil, err
	}
	if err := sc.Change(roles.Push); err != nil {
		return nil, err
	}
	if sc.adapter != lp.scene.adapter || sc.sponsor != lp.scene.sponsor { // what was tested, and paid, is another one
		return nil, items.ErrAgain
	}
	return sc, nil
}

// item is the new item, with the shares of the local item.
func (lp *localPush) item(dfid string) (*items.Item, []items.Share, error) {
	source := lp.source
	i := &items.Item{
		DFID: dfid, LocalID: &lp.lid, Data: lp.fields, Created: lp.now, Modified: lp.now, Sources: source.Sources, Confidence: 1,
		Status: items.Active, OwnerID: source.Owner, WorkspaceID: source.Workspace, Version: 1,
	}
	i.SetIdentifiers(lp.union, lp.marks)
	raw, err := hex.DecodeString(strings.ReplaceAll(lp.lid, "-", ""))
	if err != nil {
		return nil, nil, err
	}
	i.Aliases = []items.Alias{lp.aliasOf(lp.lid, digest.Of(raw))}
	if lp.fingerprint != "" {
		i.Fingerprint = &lp.fingerprint
	}
	shares := make([]items.Share, len(lp.shares))
	for n, r := range lp.shares {
		if err := r.Decode(&shares[n]); err != nil {
			return nil, nil, err
		}
		shares[n].DFID = dfid
	}
	return i, shares, nil
}

func (lp *localPush) aliasOf(value, evidence string) items.Alias {
	return items.Alias{Scheme: "user:" + lp.Requester, Value: value, IssuerID: lp.Requester, IssuedAt: lp.now, EvidenceHash: evidence}
}

// commit is what D of a push of a local item writes, worked out before it.
type commit struct {
	lp     *localPush
	op     *storage.Operation
	item   *items.Item
	own    bool // the own record changes
	fresh  bool // the item is new
	had    []items.Mark
	layer  *partOf     // that is written, nil for none
	at     storage.Key // of the layer
	claims []items.PushClaim
	stamp  int64 // of the holder, 0 for none
	event  *events.Drafted
	upload *upload
	queued *queued
	row    *landed // for the circuit, nil for none
	paid   bool

	keys []storage.Key // that D looks at
	rows []listing.Row // in the requester's list
	kept idem.Kept
}

// happen works out the event of D, and the upload of a push.
func (s *Service) happen(ctx context.Context, c *commit, sc *scene, v storage.View, h events.Happening, pushes bool) error {
	event, err := s.events.Draft(ctx, c.op.Home, v, c.item, h)
	if err != nil {
		return err
	}
	c.event, c.keys = &event, append(append(c.keys, event.Absent(c.op.Home)...), events.HappeningReads(c.op.Home)...)
	if !pushes {
		return nil
	}
	c.upload = sc.uploads(&c.lp.Operation, c.lp.account, storagehistory.CircuitPush, s.charges)
	if c.upload != nil {
		c.upload.Token = c.fresh
	}
	if c.queued, err = c.upload.queue(v, c.op.Home, c.item, c.lp.CircuitID, c.lp.ID, h); err == nil && c.queued != nil {
		c.keys = append(c.keys, c.queued.Absent())
	}
	return err
}

// prepare makes rows and response ready: what encodes and hashes stands before the update.
func (c *commit) prepare(reply localReply) error {
	lp := c.lp
	if c.own {
		row, err := c.item.Row()
		if err != nil {
			return err
		}
		c.rows = append(c.rows, row)
	}
	if lp.mapped == "" {
		row, err := lp.source.Unlisted(c.item.DFID, lp.now)
		if err != nil {
			return err
		}
		c.rows = append(c.rows, row)
	}
	if c.row == nil && lp.Status != "" {
		c.row = &landed{Operation: lp.Operation, Stamp: c.stamp, Identifiers: c.item.Identifiers}
	}
	rendered, err := lp.call.Idempotency().Render(reply)
	c.kept = idem.Prepare(lp.call.Idempotency(), rendered, lp.now)
	return err
}

// write is D.
func (s *Service) write(tx *storage.Tx, c *commit) error {
	lp, dfid := c.lp, c.item.DFID
	if c.own {
		if err := items.Put(tx, c.item); err != nil {
			return err
		}
		if !c.fresh {
			c.item.TellRecipients(tx, c.had)
		}
	}
	if c.layer != nil {
		tx.PutLong(c.at, c.layer)
	}
	if c.stamp > 0 {
		if err := setHolder(tx, lp.CircuitID, c.stamp, true); err != nil {
			return err
		}
	}
	if c.event != nil {
		if err := c.event.Put(tx); err != nil {
			return err
		}
	}
	if err := s.put(tx, c.upload, c.queued, lp.ID); err != nil {
		return err
	}
	if err := lp.confirm(tx, c.claims, dfid); err != nil {
		return err
	}
	if lp.mapped == "" {
		if err := locals.FinishMint(tx, lp.lid, dfid, lp.now); err != nil {
			return err
		}
	}
	if c.row != nil {
		if err := tx.Send("circuits_apply_rows", lp.scene.p, c.row, storage.Now()); err != nil {
			return err
		}
		if c.row.Operation.Status == Pending {
			tx.Put(askedKey(tx.Partition(), lp.CircuitID, lp.Requester), lp.ID, storage.Expires(lp.now.Add(lateness)))
		}
	}
	if c.paid || c.fresh {
		if err := s.settle(tx, lp.Requester, c.fresh); err != nil {
			return err
		}
	}
	return c.tell(tx)
}

// tell sends the accounts their rows: the requester's lists, activity and feed, the feed of another owner; and the
// response.
func (c *commit) tell(tx *storage.Tx) error {
	lp := c.lp
	var ours userrows.Change
	if len(c.rows) > 0 {
		ours.Add(listing.Part(c.rows...))
	}
	ours.Add(activity.Part(lp.entry))
	if c.event != nil {
		for _, userID := range c.event.Audience() {
			if userID == lp.Requester {
				ours.Add(c.event.Part())
				continue
			}
			var theirs userrows.Change
			theirs.Add(c.event.Part())
			if err := theirs.Send(tx, userID, storage.Now()); err != nil {
				return err
			}
		}
	}
	if err := ours.Send(tx, lp.Requester, storage.Now()); err != nil {
		return err
	}
	return c.kept.Put(tx)
}
