package items

import (
	"context"
	"errors"
	"slices"
	"time"

	"tracedge/core/activity"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/identifier"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// creation is one run of "create or resolve" (items, 6.1), which I1, each element of I2, and I24 make.
type creation struct {
	op        string // id of the operation, a UUID; a repeat of the request has the same
	owner     string
	workspace *string
	want      wanted
	now       time.Time
	made      activity.Entry // what to note of a new item, and of an old one; their resource is filled in
	enriched  activity.Entry
	kept      idem.Kept
	pending   *resolution // the pending item that is resolved by it, nil for none
	resumes   string      // dfid that an earlier run has drawn, "" for none
	drawn     func(ctx context.Context, dfid string) error

	decided  bool // the outcome: this run has made a commit
	repeated bool // the outcome: an earlier run had made it
}

// again is returned by an attempt whose ground has moved: what the index said does not hold any more.
var errAgain = errors.New("items: the index has moved")

func (s *Service) create(c *web.Call) (any, error) {
	req, err := web.Body[createRequest](c)
	if err != nil {
		return nil, err
	}
	want, err := req.read(s.level)
	if err != nil {
		return nil, err
	}
	cr := newCreation(c, c.Operation(), want, "")
	cr.kept = idem.Prepare(c.Idempotency(), web.Rendered{}, c.Now())
	item, reason, err := s.resolve(c.Context(), &cr)
	if err != nil {
		return nil, err
	}
	if reason != nil {
		return nil, s.hold(c, want, reason, "")
	}
	if cr.decided {
		c.Idempotency().Settle()
	}
	return item.Response(), nil
}

// newCreation is the creation that a call makes; nth tells apart several of one call.
func newCreation(c *web.Call, op string, want wanted, nth string) creation {
	return creation{
		op: op, owner: c.Caller().UserID, workspace: c.Caller().WorkspaceID, want: want, now: c.Now(),
		made: activity.OfNth(c, activity.CreateItem, "", nth), enriched: activity.OfNth(c, activity.EnrichItem, "", nth),
		kept: idem.Prepare(nil, web.Rendered{}, c.Now()),
	}
}

// resolve finds the item that the identifiers lead to and adds to it, or makes a new one; or says why neither can be. In
// order, each step one commit:
//
//	a  what is wrong with the identifiers alone
//	b  identifier/...: look all of them up; several items are a conflict
//	c  sequence/dfid: draw, when there is no item
//	d  identifier/...: reserve for the item those that it does not have, alone
//	e  user/<owner>: hold the price of a new item
//	D  item/<dfid>: insert, or check and add
//	f  now: the reservations become holders, the hold is settled, the list and the activity of the owner
//
// A crash before D leaves reservations and a hold, which lapse: the hold with a refund, in one commit. A number that was
// drawn is burnt. A repeat of the same operation finds its reservations, which name the dfid, and goes on with it. A crash
// after D leaves rows. Whoever meets a reservation delivers them first, so the identifier leads to the item at once.
//
// Errors: 402 and 403 of Holds.Mint; 422 for an item that would be too large; those of the store.
func (s *Service) resolve(ctx context.Context, cr *creation) (*Item, *Reason, error) {
	if r := cr.want.formal(); r != nil {
		return nil, r, nil
	}
	marks := MarksOf(cr.want.identifiers)
	claims := claimsOf(cr.owner, cr.want.identifiers, marks)
	for tries := s.tries(); ; {
		item, reason, err := s.attempt(ctx, cr, claims, marks)
		switch {
		case errors.Is(err, storage.ErrFenced): // too slow; this operation can never decide there
			cr.op, cr.resumes = s.store.NewID(), ""
		case !errors.Is(err, errAgain):
			return item, reason, err
		}
		if err := tries.next(); err != nil {
			return nil, nil, err
		}
	}
}

// tries bounds how often something is begun anew.
type tries struct {
	store *storage.Store
	until time.Time
	n     int
}

func (s *Service) tries() *tries {
	return &tries{store: s.store, until: s.store.Now().Add(2 * time.Second)}
}

func (t *tries) next() error {
	if t.n++; t.n >= 20 || !t.store.Now().Before(t.until) {
		return fault.Unavailable(fault.LockTimeout, "The identifiers are being changed by others, try again")
	}
	return nil
}

func (s *Service) attempt(ctx context.Context, cr *creation, claims []claim, marks Marks) (*Item, *Reason, error) {
	seen, err := s.find(ctx, cr.op, claims)
	if err != nil {
		return nil, nil, err
	}
	hits, err := s.hits(ctx, claims, seen)
	if err != nil {
		return nil, nil, err
	}
	if len(hits) > 1 {
		return nil, conflict(cr.want.firstOf(claims, seen, hits), hits), nil
	}
	if r := cr.want.quality(); r != nil {
		return nil, r, nil
	}
	var missing []claim
	for n, c := range claims {
		if len(hits) == 0 || !slices.Contains(seen[n].holders, hits[0]) {
			missing = append(missing, c)
		}
	}
	if len(hits) == 1 {
		item, err := s.enrich(ctx, cr, hits[0], missing, marks)
		if errors.Is(err, errNoHit) { // the holders of the index are left over
			err = s.dropAll(ctx, claims, seen, hits[0])
		}
		return item, nil, err
	}
	dfid, err := s.draw(ctx, cr, seen)
	if err != nil {
		return nil, nil, err
	}
	item, err := s.insert(ctx, cr, dfid, claims, marks)
	return item, nil, err
}

// draw is the dfid of a new item: that of an earlier run of the operation, or a fresh one.
func (s *Service) draw(ctx context.Context, cr *creation, seen []found) (string, error) {
	if cr.resumes != "" {
		return cr.resumes, nil
	}
	for _, f := range seen {
		if f.mine != "" {
			return f.mine, nil
		}
	}
	dfid, err := s.sequence.Draw(ctx)
	if err == nil && cr.drawn != nil {
		err = cr.drawn(ctx, dfid)
	}
	return dfid, err
}

// hits are the distinct items that the index leads to. A single one is not looked at here: the commit that changes it
// checks it. Of several each is asked, so that what is left over in the index is no conflict.
func (s *Service) hits(ctx context.Context, claims []claim, seen []found) ([]string, error) {
	var all []string
	for _, f := range seen {
		all = append(all, f.holders...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) < 2 {
		return all, nil
	}
	all = all[:min(len(all), maxHolders)]
	items, err := s.readAll(ctx, all)
	if err != nil {
		return nil, err
	}
	var hits []string
	for n, dfid := range all {
		hit := false
		for m, c := range claims {
			switch {
			case !slices.Contains(seen[m].holders, dfid):
			case items[n].holds(c):
				hit = true
			case items[n] != nil:
				if err := s.drop(ctx, c, dfid); err != nil {
					return nil, err
				}
				seen[m].holders = slices.DeleteFunc(seen[m].holders, func(id string) bool { return id == dfid })
			}
		}
		if hit {
			hits = append(hits, dfid)
		}
	}
	return hits, nil
}

// holds reports whether the item makes a holder of the index a hit.
func (i *Item) holds(c claim) bool {
	return i != nil && i.Status == Active && i.OwnerID == c.owner && identifier.Contains(i.Identifiers, c.Identifier)
}

// firstOf is the text of the first identifier of the request that leads to one of the items.
func (w wanted) firstOf(claims []claim, seen []found, hits []string) string {
	for _, i := range w.identifiers {
		for n, c := range claims {
			if identifier.Match(c.Identifier, i) && slices.ContainsFunc(seen[n].holders, func(id string) bool { return slices.Contains(hits, id) }) {
				return i.Key + ":" + i.Value
			}
		}
	}
	return ""
}

// errNoHit tells that an item which the index led to is not Active, or does not have what led to it.
var errNoHit = errors.New("items: the index is behind")

func (s *Service) dropAll(ctx context.Context, claims []claim, seen []found, dfid string) error {
	for n, c := range claims {
		if slices.Contains(seen[n].holders, dfid) {
			if err := s.drop(ctx, c, dfid); err != nil {
				return err
			}
		}
	}
	return errAgain
}

// insert makes a new item: steps d, e, D.
func (s *Service) insert(ctx context.Context, cr *creation, dfid string, claims []claim, marks Marks) (_ *Item, err error) {
	op := s.store.BeginAs(Partition(dfid), cr.op)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "identifiers_free_claim"))
		}
	}()
	if err := s.reserve(ctx, op, claims, dfid); err != nil {
		return nil, err
	}
	if err := s.holds.Mint(ctx, op, cr.owner, cr.now); err != nil {
		return nil, err
	}
	i := &Item{
		DFID: dfid, Legacy: true, Created: cr.now, Modified: cr.now, Sources: []string{cr.want.source}, Confidence: 1,
		Status: Active, OwnerID: cr.owner, WorkspaceID: cr.workspace, Version: 1,
	}
	i.setIdentifiers(cr.want.identifiers, marks)
	if cr.want.data != nil {
		i.Data = *cr.want.data
	}
	err = op.Decide(ctx, "items_create_item", func(tx *storage.Tx) error {
		if exists, err := tx.Exists(Key(op.Home)); err != nil {
			return err
		} else if exists {
			return errAgain
		}
		for _, c := range claims {
			c.confirm(tx, dfid, "")
		}
		s.holds.Settle(tx, cr.owner)
		return cr.finish(tx, i, cr.made)
	}, storage.AssumeAbsent(Key(op.Home)))
	if err != nil {
		return nil, err
	}
	cr.decided, cr.repeated = !op.Repeated, op.Repeated
	if op.Repeated {
		return s.repeated(ctx, dfid)
	}
	return i, nil
}

// reserve takes the claims for an item alone.
func (s *Service) reserve(ctx context.Context, op *storage.Operation, claims []claim, dfid string) error {
	for _, c := range claims {
		err := reserveSole(ctx, op, c, dfid)
		if errors.As(err, new(*rivalError)) { // somebody was quicker
			err = errors.Join(errAgain, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// enrich adds to an item: steps d and D. With nothing to add it writes nothing.
func (s *Service) enrich(ctx context.Context, cr *creation, dfid string, missing []claim, marks Marks) (_ *Item, err error) {
	op := s.store.BeginAs(Partition(dfid), cr.op)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "identifiers_undo_claim"))
		}
	}()
	if err := s.reserve(ctx, op, missing, dfid); err != nil {
		return nil, err
	}
	var i *Item
	var wrote bool
	err = op.Decide(ctx, "items_update_item", func(tx *storage.Tx) error {
		wrote = false
		var known bool
		var err error
		i, known, err = get(tx)
		switch {
		case err != nil:
			return err
		case !known || i.Status != Active || i.OwnerID != cr.owner:
			return errNoHit
		}
		if !slices.ContainsFunc(cr.want.identifiers, func(id identifier.Identifier) bool { return identifier.Contains(i.Identifiers, id) }) {
			return errNoHit
		}
		before, had := i.Identifiers, i.Marks
		i.addIdentifiers(cr.want.identifiers, marks)
		if slices.Equal(before, i.Identifiers) && cr.want.data == nil && cr.pending == nil {
			return nil
		}
		wrote = true
		i.touch(cr.now)
		if cr.want.data != nil {
			i.Data = i.Data.Merge(*cr.want.data)
			i.Sources = append(i.Sources, cr.want.source)
		}
		for _, c := range missing {
			c.confirm(tx, dfid, "")
		}
		if err := i.tellRecipients(tx, had); err != nil {
			return err
		}
		return cr.finish(tx, i, cr.enriched)
	}, storage.Reading(Key(op.Home)), storage.Free(storage.WorkClaim))
	if err != nil {
		return nil, err
	}
	cr.decided, cr.repeated = wrote, op.Repeated
	if op.Repeated {
		return s.repeated(ctx, dfid)
	}
	return i, op.Release(ctx, "identifiers_return_claim") // of a decision that wrote nothing
}

// finish writes the item, what the owner's partition gets to know, and the response under an idempotency key.
func (cr *creation) finish(tx *storage.Tx, i *Item, e activity.Entry) error {
	if err := put(tx, i); err != nil {
		return err
	}
	e.ResourceID = i.DFID
	var reply any = i.Response()
	if r := cr.pending; r != nil {
		r.remove(tx)
		e, reply = r.entry, approved(i)
	}
	if err := owe(tx, cr.owner, []*Item{i}, e); err != nil {
		return err
	}
	return keep(tx, cr.kept, reply)
}

// repeated is the outcome of an operation that an earlier run has decided.
func (s *Service) repeated(ctx context.Context, dfid string) (*Item, error) {
	i, err := s.read(ctx, dfid)
	if err == nil && i == nil {
		err = noItem()
	}
	return i, err
}
