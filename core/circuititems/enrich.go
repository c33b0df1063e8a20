package circuititems

import (
	"context"
	"errors"
	"sort"

	"tracedge/core/canon"
	"tracedge/core/digest"
	"tracedge/core/events"
	"tracedge/core/identifier"
	"tracedge/core/items"
	"tracedge/core/locals"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
)

// effect is what a push of a local item does to an item that is there (sections 5.5 and 5.7).
type effect int

const (
	nothing  effect = iota // rows 1 and 2: it says nothing new
	pushes                 // a new operation: what leads to an item, and row 5
	enriches               // row 3: new data for an item that is held
	asks                   // row 3: new data for a layer, which waits for an approval: a new operation
	appends                // row 4: new data while an own push waits
)

// readGround reads what the item says of itself, with what a push of the operation may write. What an earlier push has
// left for the circuit and the circuit does not know yet is delivered first: it may be the operation that this one is to
// answer with. Errors: items.ErrAgain then.
func (s *Service) readGround(ctx context.Context, lp *localPush, sc *scene, dfid string) (*ground, error) {
	p := items.Partition(dfid)
	more := []storage.Key{
		items.LayerKey(p, lp.CircuitID, lp.Requester), items.PendingLayerKey(p, lp.ID), storagehistory.NewestKey(p, sc.adapter),
		storage.ClaimKey(p, storage.WorkClaim), askedKey(p, lp.CircuitID, lp.Requester),
	}
	if sc.pending != "" {
		more = append(more, items.PendingLayerKey(p, sc.pending), decidedKey(p, sc.pending))
	}
	keys, ranges := groundKeys(p, lp.CircuitID, more...)
	v, err := s.store.View(ctx, "items_read_ground", p, keys, append(ranges, items.SharePrefix(p, lp.Requester), storage.Outbox(p))...)
	if err != nil {
		return nil, err
	}
	for _, r := range v.Range(storage.Outbox(p)) {
		var row storage.Row
		if err := r.Decode(&row); err != nil {
			return nil, err
		}
		if row.Kind == "circuits_apply_rows" && row.Target == lp.scene.p.String() {
			_, err := s.store.Finish(ctx, p, row.Op)
			return nil, errors.Join(err, items.ErrAgain)
		}
	}
	if asked, err := v.Get(askedKey(p, lp.CircuitID, lp.Requester), new(string)); err != nil || asked && sc.pending == "" {
		return nil, errors.Join(err, items.ErrAgain) // the circuit was read before it had the operation
	}
	return groundOf(p, v, keys)
}

// askedKey is where an item keeps which operation of a requester waits in a circuit, from its deciding commit on until
// the approval or the rejection arrives: of several that are decided at once the others see it.
func askedKey(p storage.Partition, circuitID, requester string) storage.Key {
	return p.Key("asked", circuitID, requester)
}

// news is what the union says that a record does not: identifiers without a match, and the names of data with another
// value, sorted. What a mapped local item says has been said when it became the item, so from then on its data count
// where the record has none, and only those of the request overwrite.
func (lp *localPush) news(list []identifier.Identifier, data canon.Object) ([]identifier.Identifier, []string) {
	var fields []string
	for name, value := range lp.fields.All() {
		have, ok := data.Get(name)
		if ok && lp.mapped != "" && !lp.says(name) {
			continue
		}
		if !ok || have != value {
			fields = append(fields, name)
		}
	}
	sort.Strings(fields)
	return identifier.Without(lp.union, list), fields
}

// says tells whether the request itself has data of a name.
func (lp *localPush) says(name string) bool {
	if lp.data == nil {
		return false
	}
	_, ok := lp.data.Get(name)
	return ok
}

// pick are the data of the union with these names.
func (lp *localPush) pick(names []string) canon.Object {
	var out canon.Object
	for _, name := range names {
		v, _ := lp.fields.Get(name)
		out = out.With(name, v)
	}
	return out
}

// record is what the requester has in the item: its own record, or its layer of the circuit with the part that waits.
func (lp *localPush) record(g *ground, sc *scene) (own bool, layer items.Layer, part partOf, err error) {
	if g.item.OwnerID == lp.Requester {
		return true, layer, part, nil
	}
	layer = g.layer(lp.CircuitID, lp.Requester)
	if sc.pending != "" {
		_, err = g.view.GetLong(items.PendingLayerKey(g.p, sc.pending), &part)
	}
	return false, layer, part, err
}

// judge says what the push does to the item on this ground, with what it adds. Errors: 409 item_not_active, 403
// item_not_pushable.
func (lp *localPush) judge(g *ground, sc *scene) (effect, []identifier.Identifier, []string, error) {
	if g.item == nil {
		return nothing, nil, nil, noItem()
	}
	if g.item.Status != items.Active {
		if lp.mapped == "" {
			return nothing, nil, nil, items.ErrAgain
		}
		return nothing, nil, nil, notActive(g.item.DFID, g.item.Status)
	}
	own, layer, part, err := lp.record(g, sc)
	if err != nil {
		return nothing, nil, nil, err
	}
	held, err := g.holds(lp.CircuitID)
	if err != nil {
		return nothing, nil, nil, err
	}
	list, data := g.item.Identifiers, g.item.Data
	if !own {
		list, data = identifier.Union(layer.Identifiers, part.Identifiers), layer.Data.Merge(part.Data)
	}
	missing, fields := lp.news(list, data)
	fresh := len(missing)+len(fields) > 0
	switch {
	case lp.mapped == "" && !own && !held:
		return nothing, nil, nil, items.ErrAgain // the circuit holds it no more
	case lp.mapped == "" && sc.pending == "":
		return pushes, missing, fields, nil
	case lp.mapped == "":
		return appends, missing, fields, nil
	case sc.pending != "" && (!held || fresh && !own):
		if !fresh {
			return nothing, nil, nil, nil
		}
		return appends, missing, fields, nil
	case held && !fresh:
		return nothing, nil, nil, nil
	case held && !own && sc.Head.Permissions.ApprovePush:
		return asks, missing, fields, nil
	case held:
		return enriches, missing, fields, nil
	}
	return pushes, missing, fields, lp.mayPush(g, own)
}

// mayPush is the right of section 3 for an item that the circuit does not hold.
func (lp *localPush) mayPush(g *ground, own bool) error {
	if own {
		return nil
	}
	for _, r := range g.view.Range(items.SharePrefix(g.p, lp.Requester)) {
		var v items.Share
		if err := r.Decode(&v); err != nil {
			return err
		}
		if hasText(v.Permissions, "push") {
			return nil
		}
	}
	return forbidden("item_not_pushable", "You may not push this item")
}

// pushAgain pushes a local item that has its DFID already (section 5.7).
func (s *Service) pushAgain(ctx context.Context, lp *localPush) (localReply, error) {
	sc, err := s.standingNow(ctx, lp, lp.mapped)
	if err != nil {
		return localReply{}, err
	}
	g, err := s.readGround(ctx, lp, sc, lp.mapped)
	if err != nil {
		return localReply{}, err
	}
	does, _, _, err := lp.judge(g, sc)
	if err != nil {
		return localReply{}, err
	}
	if does == nothing {
		return lp.unchanged(sc)
	}
	var lacks []identifier.Identifier
	for _, i := range identifier.Without(lp.union, g.item.Identifiers) {
		if !identifier.Contains(g.layer(lp.CircuitID, lp.Requester).Identifiers, i) {
			lacks = append(lacks, i)
		}
	}
	if _, err := s.resolve(ctx, lp, lacks); err != nil {
		return localReply{}, err
	}
	return s.enrich(ctx, lp, lp.mapped)
}

// unchanged answers a push that says nothing new. Errors: items.ErrAgain where the circuit was read before it had the
// operation.
func (lp *localPush) unchanged(sc *scene) (localReply, error) {
	id, status := "", Completed
	switch {
	case sc.pending != "" && (sc.held == nil || sc.lid != nil && sc.lid.OperationID == sc.pending):
		id, status = sc.pending, Pending
	case sc.lid != nil:
		id = sc.lid.OperationID
	case sc.held != nil:
		id = sc.held.OperationID
	default:
		id, status = sc.pending, Pending
	}
	if id == "" {
		return localReply{}, items.ErrAgain
	}
	return lp.reply(lp.mapped, existingItemEnriched, id, status), nil
}

// enrich adds to an item that is there, as judge says: steps 1 to 4 of pushLocal, without an intent where the local item
// is mapped already. D tests again that the item is Active and within reach.
func (s *Service) enrich(ctx context.Context, lp *localPush, dfid string) (out localReply, err error) {
	p := items.Partition(dfid)
	op := s.store.BeginAs(p, lp.ID)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "circuits_release_push"))
		}
	}()
	if lp.mapped == "" {
		if err = locals.BeginMint(ctx, op, lp.source.Item, locals.Mint{DFID: dfid, CircuitID: lp.CircuitID}); err != nil {
			return out, err
		}
	}
	grounds, err := s.candidates(ctx, lp.CircuitID, []string{dfid})
	if err != nil {
		return out, err
	}
	first := grounds[dfid]
	if first == nil || first.item == nil {
		return out, items.ErrAgain
	}
	claims := lp.claimsFor(first)
	if err = s.reserve(ctx, op, lp, claims, dfid); err != nil {
		return out, err
	}
	sc, err := s.standingNow(ctx, lp, dfid)
	if err != nil {
		return out, err
	}
	g, err := s.readGround(ctx, lp, sc, dfid)
	if err != nil {
		return out, err
	}
	does, missing, fields, err := lp.judge(g, sc)
	if err != nil {
		return out, err
	}
	if does == nothing { // somebody else has done it meanwhile
		out, err = lp.unchanged(sc)
		return out, errors.Join(err, op.Release(ctx, "circuits_return_push"))
	}
	c := &commit{lp: lp, op: op, item: g.item, claims: claims, had: g.item.Marks, keys: g.keys, paid: does == pushes}
	if does == pushes {
		if err = s.roomFor(ctx, lp.move, sc, dfid); err != nil {
			return out, err
		}
		if err = s.hold(ctx, op, lp, sc, false); err != nil {
			return out, err
		}
	}
	lp.DFID, lp.entry.ResourceID, lp.NewItem, lp.Enriched = dfid, dfid, false, len(fields)+len(missing)
	lp.Metadata = map[string]any{"local_id": lp.lid, "outcome": existingItemEnriched}
	id, status := lp.ID, Completed
	direct := does == enriches || does == pushes && !sc.Head.Permissions.ApprovePush
	if !direct {
		status = Pending
	}
	lp.Status = status
	switch does {
	case enriches:
		if id = lp.ID; lp.mapped != "" {
			last, err := lp.unchanged(sc)
			if err != nil {
				return out, err
			}
			id, status = last.Data.OperationID, last.Data.Operation
		}
		c.row = &landed{Operation: lp.Operation, Enrich: true}
	case appends:
		id, lp.Status = sc.pending, ""
	}
	if err = lp.add(c, g, sc, claims, missing, fields, direct, id); err != nil {
		return out, err
	}
	switch {
	case does == enriches:
		h := lp.happening(sc.Head, events.Enriched, "enrich", "", lp.now)
		h.Metadata = h.Metadata.With("fields", texts(fields))
		err = s.happen(ctx, c, sc, g.view, h, false)
	case direct:
		c.stamp = sc.stamp + 1
		err = s.happen(ctx, c, sc, g.view, lp.happening(sc.Head, events.PushedToCircuit, "push", "", lp.now), true)
	}
	if err != nil {
		return out, err
	}
	out = lp.reply(dfid, existingItemEnriched, id, status)
	if err = c.prepare(out); err != nil {
		return out, err
	}
	if does == appends && lp.mapped == "" { // the operation is there; its circuit only gets to know the local item
		c.row = &landed{Link: true, Operation: Operation{ID: sc.pending, CircuitID: lp.CircuitID, DFID: dfid, Type: Push, LID: lp.lid, Time: lp.now}}
	}
	g.keys = append(g.keys, c.keys[len(g.keys):]...)
	fn, given := g.rest(func(tx *storage.Tx) error {
		if does == appends {
			if late, err := tx.Exists(decidedKey(p, sc.pending)); err != nil {
				return err
			} else if late { // the part has been dealt with
				return items.ErrAgain
			}
		}
		return s.write(tx, c)
	})
	err = op.Decide(ctx, "items_enrich_pushed", fn, given, storage.Free(storage.WorkClaim))
	if err != nil {
		return out, err
	}
	if op.Repeated {
		return out, s.repeated(ctx, op)
	}
	lp.call.Idempotency().Settle()
	return out, nil
}

// claimsFor are the claims of what the item lacks: in the own record of the requester, or in its layer.
func (lp *localPush) claimsFor(g *ground) []items.PushClaim {
	own := g.item.OwnerID == lp.Requester
	lacks := identifier.Without(lp.union, g.item.Identifiers)
	if !own {
		lacks = identifier.Without(lacks, g.layer(lp.CircuitID, lp.Requester).Identifiers)
	}
	return items.PushClaims(lp.Requester, lp.CircuitID, lacks, lp.marks, !own)
}

// add works out what the item, or the layer, has afterwards (section 5.6).
func (lp *localPush) add(c *commit, g *ground, sc *scene, claims []items.PushClaim, missing []identifier.Identifier, fields []string, direct bool, op string) error {
	alias := lp.aliasOf(lp.alias, digest.OfText(g.item.DFID))
	own, layer, part, err := lp.record(g, sc)
	if err != nil {
		return err
	}
	if own {
		if lp.mapped != "" && len(missing)+len(fields) == 0 {
			return nil // a push of what is there
		}
		next := *g.item
		next.AddIdentifiers(lp.union, lp.marks)
		next.Data = next.Data.Merge(lp.pick(fields))
		next.Aliases = append(next.Aliases[:len(next.Aliases):len(next.Aliases)], alias)
		next.Touch(lp.now)
		c.item, c.own = &next, true
		return nil
	}
	if lp.mapped != "" && len(missing)+len(fields) == 0 {
		return nil
	}
	more := items.Layer{
		Source: lp.Requester, CircuitID: lp.CircuitID, LIDs: []string{lp.lid}, Identifiers: lp.union, Data: lp.pick(fields),
		Aliases: []items.Alias{alias}, ActivatedAt: lp.now,
	}
	if direct {
		c.at, c.layer = items.LayerKey(g.p, lp.CircuitID, lp.Requester), &partOf{Layer: layer.Merge(more)}
		return nil
	}
	c.at, c.layer = items.PendingLayerKey(g.p, op), &partOf{Layer: part.Merge(more), Places: part.Places}
	for _, claim := range claims {
		place, holder := claim.Place(g.item.DFID)
		c.layer.Places = append(c.layer.Places, placed{place, holder})
	}
	return nil
}

func texts(list []string) canon.Value {
	out := make([]canon.Value, len(list))
	for n, text := range list {
		out[n] = canon.Text(text)
	}
	return canon.Array(out)
}
