package circuititems

import (
	"context"
	"errors"
	"sync"

	"tracedge/core/activity"
	"tracedge/core/canon"
	"tracedge/core/circuits"
	"tracedge/core/circuits/roles"
	"tracedge/core/fault"
	"tracedge/core/identifier"
	"tracedge/core/items"
	"tracedge/core/locals"
	"tracedge/core/storage"
	"tracedge/core/web"
)

type localRequest struct {
	LID         string             `json:"local_id"`
	Identifiers []identifier.Input `json:"identifiers" opt:"true"`
	Enhanced    []identifier.Input `json:"enhanced_identifiers" opt:"true"`
	Data        *canon.Object      `json:"enriched_data"`
}

type localReply struct {
	Success bool        `json:"success"`
	Data    localResult `json:"data"`
}

type localResult struct {
	DFID        string `json:"dfid"`
	Status      string `json:"status"`
	OperationID string `json:"operation_id"`
	LID         string `json:"local_id"`
	Operation   Status `json:"operation_status"`
}

// The statuses of the reply.
const (
	newItemCreated       = "NewItemCreated"
	existingItemEnriched = "ExistingItemEnriched"
)

// localPush is the push of a local item on its way: what the request brings along, and what an attempt has found.
type localPush struct {
	*move
	call    *web.Call
	failure error // of the body; decided on after the rights
	lid     string
	given   []identifier.Identifier
	data    *canon.Object
	alias   string // UUID
	drawn   string // dfid of a new item, kept over attempts

	source locals.Access
	shares []storage.Record
	mapped string // dfid that the local item has become, "" while it has not
	scene  *scene
	union  []identifier.Identifier
	fields canon.Object // data of the union
	marks  items.Marks

	fingerprint string                // hash; "" where none is used
	holder      string                // item that has it
	seen        map[string]items.Seen // by the place of an identifier
}

// pushLocal is PU2: it gives a local item its DFID, or adds what it says to the item that it is already (section 5). The
// saga of a new item, each step one commit but the reads:
//
//	   reads: circuit/<id> and local/<lid> side by side, then identifier/... and the items that these name
//	1  local/<lid>: the intent, a work claim that names the dfid and where it is decided
//	2  identifier/..., fingerprint/...: reservations in the order of their names
//	3  user/<caller>: the hold, where credits or limits are enforced; then one more read of circuit/<id>
//	D  item/<dfid>: the item, and directly the holder, the event with its snapshot and the upload; all rows of the next step
//	4  now, side by side: local/<lid> the mapping; circuit/<id> the operation; identifier/... and fingerprint/... the
//	   reservations become holders; user/<caller> list and feed, the hold; eventref/<event id>; the kept response
//	5  after: publication, notices, upload
//
// A number is drawn before 1, mostly from the memory of the instance; it is burnt where D is not made. A crash before D
// leaves claims and a hold, which lapse: whoever meets one fences the operation in the item's partition first. The local
// item is as it was. After D the item, the operation and all that follows are in one commit: readers of the local item
// meet the intent, ask the item and follow it; whoever meets a reservation has the rows delivered; the sweep does the rest.
// A repeat finds the local item mapped and answers with its DFID.
//
// Where the local item leads to an item that is there, D is a change of that one: see enrich.
//
// Errors: in the order of section 5.2.
func (s *Service) pushLocal(c *web.Call) (any, error) {
	id, err := c.PathUUID("id")
	if err != nil {
		return nil, err
	}
	lp := &localPush{move: newMove(c, id, c.Operation(), "", Push, activity.PushLocalItem), call: c, alias: c.StableID("alias")}
	req, err := web.Body[localRequest](c)
	if err == nil {
		err = lp.read(req, identifier.Rules{Level: s.level})
	}
	lp.failure = err
	var out localReply
	err = s.store.Again(c.Context(), func() error {
		var err error
		out, err = s.attempt(c.Context(), lp)
		switch {
		case errors.Is(err, items.ErrAgain):
			return storage.ErrStale
		case errors.Is(err, storage.ErrFenced): // too slow; this operation can never decide there
			lp.ID, lp.drawn = s.store.NewID(), ""
			return storage.ErrStale
		}
		return err
	})
	return out, err
}

func (lp *localPush) read(req *localRequest, rules identifier.Rules) error {
	lid, ok := web.ParseUUID(req.LID)
	if !ok {
		return fault.BadRequest("local_id", "Not a UUID")
	}
	lp.lid, lp.LID, lp.data = lid, lid, req.Data
	var err error
	lp.given, err = identifier.Read(req.Identifiers, req.Enhanced, rules)
	return err
}

// attempt is one run; what it rests on is read anew.
func (s *Service) attempt(ctx context.Context, lp *localPush) (localReply, error) {
	if err := s.survey(ctx, lp); err != nil {
		return localReply{}, err
	}
	if lp.mapped == "" {
		if err := lp.source.NotActive(); err != nil {
			return localReply{}, err
		}
	}
	if err := s.admit(ctx, lp.move, lp.scene); err != nil {
		return localReply{}, err
	}
	if err := lp.unite(s.level); err != nil {
		return localReply{}, err
	}
	if lp.mapped != "" {
		return s.pushAgain(ctx, lp)
	}
	hit, err := s.resolve(ctx, lp, lp.union)
	switch {
	case err != nil:
		return localReply{}, err
	case hit != "":
		return s.enrich(ctx, lp, hit)
	}
	return s.mint(ctx, lp)
}

// survey reads the circuit and the local item, side by side, and tests the rights. Errors: steps 1 to 3 of section 5.2;
// web.Processed.
func (s *Service) survey(ctx context.Context, lp *localPush) error {
	var missing, failed error
	var wg sync.WaitGroup
	if lp.failure == nil {
		wg.Go(func() { lp.source, lp.shares, missing = s.locals.Source(ctx, lp.lid, lp.Requester) })
	}
	wg.Go(func() { lp.scene, failed = s.sceneOf(ctx, lp.move, subject{lid: lp.lid, kind: Push}) })
	wg.Wait()
	if failed != nil {
		return failed
	}
	if err := lp.scene.Change(roles.Push); err != nil {
		return err
	}
	if err := errors.Join(lp.failure, missing); err != nil {
		return err
	}
	m, home, err := lp.source.Minting()
	if err != nil {
		return err
	}
	lp.mapped = lp.source.Mapping
	if lp.mapped == "" && m != nil {
		decided, err := s.store.Finish(ctx, home, m.Op)
		if err != nil {
			return err
		}
		if decided {
			lp.mapped = m.DFID
		}
		if m.Op == lp.ID { // an earlier run of this request
			lp.drawn = m.DFID
		}
	}
	if r := lp.call.Idempotency(); r != nil && r.Resumed && lp.mapped != "" {
		if decided, err := s.store.Finish(ctx, items.Partition(lp.mapped), lp.ID); err != nil {
			return err
		} else if decided {
			return web.Processed()
		}
	}
	return nil
}

// sceneOf reads a circuit.
func (s *Service) sceneOf(ctx context.Context, m *move, x subject) (*scene, error) {
	p := circuits.Partition(m.CircuitID)
	keys, ranges := x.reads(p, m.Requester)
	v, err := s.store.View(ctx, "circuits_read_scene", p, keys, ranges...)
	if err != nil {
		return nil, err
	}
	return look(v, p, m.who, x, m.now)
}

// unite makes the union of the local item and the request, with the namespaces and the requirements of the circuit
// (section 5.3). Errors: 400.
func (lp *localPush) unite(level identifier.Level) error {
	union := identifier.Union(lp.source.Identifiers, lp.given)
	lp.fields = lp.source.Data
	if lp.data != nil {
		lp.fields = lp.fields.Merge(*lp.data)
	}
	h := lp.scene.Head
	if h.Aliases == nil || h.Aliases.AutoApply {
		for n := range union {
			if union[n].NamespaceDefaulted || union[n].Namespace == "" {
				union[n].Namespace, union[n].NamespaceDefaulted = h.Namespace, false
			}
		}
		union = identifier.Union(nil, union)
	}
	lp.union, lp.marks = union, items.MarksOf(union)
	if h.Aliases == nil {
		return nil
	}
	return require(h.Aliases, union, level)
}

func require(a *circuits.AliasConfig, union []identifier.Identifier, level identifier.Level) error {
	for _, i := range union {
		if a.Namespaces != nil && !hasText(a.Namespaces, i.Namespace) {
			return refused("identifiers", "namespace_not_allowed", "The circuit does not take this namespace").With("namespace", i.Namespace)
		}
	}
	for _, registry := range a.Canonical {
		if !has(union, identifier.Canonical, registry) {
			return refused(registry, "missing_canonical", "The circuit asks for a canonical identifier")
		}
	}
	for _, key := range a.Contextual {
		if !has(union, identifier.Contextual, key) {
			return refused(key, "missing_contextual", "The circuit asks for a contextual identifier")
		}
	}
	return identifier.Rules{Level: max(level, identifier.Registry)}.Check("identifiers", union)
}

func has(list []identifier.Identifier, class identifier.Class, key string) bool {
	for _, i := range list {
		if i.Class == class && i.Key == key {
			return true
		}
	}
	return false
}

func refused(field, code, message string) *fault.Error {
	return fault.BadRequest(field, message).With("code", code)
}

// hold holds what the push costs, before it decides.
func (s *Service) hold(ctx context.Context, op *storage.Operation, lp *localPush, sc *scene, mints bool) error {
	prices := s.prices(lp.move, sc)
	if mints {
		return s.holds.Mint(ctx, op, lp.Requester, lp.now, prices...)
	}
	return s.holds.Charge(ctx, op, lp.Requester, lp.now, prices...)
}

// settle has the hold stand, with the deciding commit.
func (s *Service) settle(tx *storage.Tx, userID string, mints bool) error {
	if mints || s.charges {
		return s.holds.Settle(tx, userID)
	}
	return nil
}

// reply is the answer of a push.
func (lp *localPush) reply(dfid, status, op string, as Status) localReply {
	return localReply{true, localResult{dfid, status, op, lp.lid, as}}
}
