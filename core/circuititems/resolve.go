package circuititems

import (
	"context"
	"sort"

	"tracedge/core/abreast"
	"tracedge/core/circuits"
	"tracedge/core/circuits/postactions"
	"tracedge/core/identifier"
	"tracedge/core/items"
	"tracedge/core/storage"
)

// mostCandidates bounds the items that one push asks: more than any number of owners shares an identifier with.
const mostCandidates = 200

// resolve finds the item that identifiers lead to (section 5.4), "" for none. Errors: 409 conflicting_dfids;
// items.ErrAgain where the index was behind.
func (s *Service) resolve(ctx context.Context, lp *localPush, list []identifier.Identifier) (string, error) {
	var claims []items.PushClaim
	for _, c := range items.PushClaims(lp.Requester, lp.CircuitID, list, lp.marks, false) {
		if c.Class == identifier.Canonical {
			claims = append(claims, c)
		}
	}
	found := make([]items.Seen, len(claims))
	if err := abreast.All(len(claims), func(n int) (err error) {
		found[n], err = s.items.Candidates(ctx, lp.ID, claims[n])
		return err
	}); err != nil {
		return "", err
	}
	lp.seen = make(map[string]items.Seen, len(claims))
	all := make(items.Seen)
	for n, c := range claims {
		place, _ := c.Place("")
		lp.seen[place] = found[n]
		for dfid := range found[n] {
			all[dfid] = true
		}
	}
	grounds, err := s.candidates(ctx, lp.CircuitID, all.Names())
	if err != nil {
		return "", err
	}
	hits, behind := map[string]bool{}, false
	var pairs []conflictPair
	for n, c := range claims {
		for _, dfid := range found[n].Names() {
			g := grounds[dfid]
			if hit, err := g.hit(lp, c.Identifier); err != nil {
				return "", err
			} else if hit {
				hits[dfid] = true
				pairs = append(pairs, conflictPair{c.Identifier.String(), dfid})
			} else if found[n][dfid] && !g.lists(lp, c.Identifier) {
				behind = true
				if err := s.items.Drop(ctx, c, dfid); err != nil {
					return "", err
				}
			}
		}
	}
	switch {
	case len(hits) > 1 || lp.mapped != "" && len(hits) == 1 && !hits[lp.mapped]:
		return "", lp.conflicting(hits, pairs)
	case behind:
		return "", items.ErrAgain
	}
	for dfid := range hits {
		return dfid, nil
	}
	return s.byFingerprint(ctx, lp)
}

// byFingerprint is step 2 of section 5.4.
func (s *Service) byFingerprint(ctx context.Context, lp *localPush) (string, error) {
	lp.fingerprint, lp.holder = "", ""
	if a := lp.scene.Head.Aliases; a == nil || !a.Fingerprint || len(lp.union) == 0 || lp.mapped != "" {
		return "", nil
	}
	lp.fingerprint = fingerprint(lp.CircuitID, lp.Requester, lp.union)
	var err error
	lp.holder, err = s.fingerprinted(ctx, fingerprintHome(lp.CircuitID, lp.fingerprint))
	if err != nil || lp.holder == "" {
		return "", err
	}
	grounds, err := s.candidates(ctx, lp.CircuitID, []string{lp.holder})
	if err != nil {
		return "", err
	}
	if within, err := grounds[lp.holder].within(lp); err != nil || !within {
		return "", err
	}
	return lp.holder, nil
}

// candidates reads what items say of themselves, side by side.
func (s *Service) candidates(ctx context.Context, circuitID string, dfids []string) (map[string]*ground, error) {
	dfids = dfids[:min(len(dfids), mostCandidates)]
	out := make([]*ground, len(dfids))
	err := abreast.Each(len(dfids), func(n int) error {
		p := items.Partition(dfids[n])
		k := items.Key(p)
		v, err := s.store.View(ctx, "items_read_candidate", p, []storage.Key{k, holderKey(p, circuitID)}, k.Parts(), items.LayerPrefix(p))
		if err == nil {
			out[n], err = groundOf(p, v, nil)
		}
		return err
	})
	byDFID := make(map[string]*ground, len(dfids))
	for n, dfid := range dfids {
		byDFID[dfid] = out[n]
	}
	return byDFID, err
}

// within tells whether the item is Active and owned by the requester or held by the circuit: (b) and (d) of section 5.4.
func (g *ground) within(lp *localPush) (bool, error) {
	if g == nil || g.item == nil || g.item.Status != items.Active {
		return false, nil
	}
	if g.item.OwnerID == lp.Requester {
		return true, nil
	}
	return g.holds(lp.CircuitID)
}

// lists tells whether the item has an identifier, in its own record or in a layer of the circuit: (c) of section 5.4.
func (g *ground) lists(lp *localPush, i identifier.Identifier) bool {
	if g == nil || g.item == nil || g.item.Status != items.Active {
		return false
	}
	if identifier.Contains(g.item.Identifiers, i) {
		return true
	}
	for _, l := range g.layers {
		if l.CircuitID == lp.CircuitID && identifier.Contains(l.Identifiers, i) {
			return true
		}
	}
	return false
}

func (g *ground) hit(lp *localPush, i identifier.Identifier) (bool, error) {
	if within, err := g.within(lp); err != nil || !within {
		return false, err
	}
	return g.lists(lp, i), nil
}

type conflictPair struct {
	Identifier string `json:"identifier"`
	DFID       string `json:"dfid"`
}

// conflicting is the 409 of a local item whose identifiers lead to several items.
func (lp *localPush) conflicting(hits map[string]bool, pairs []conflictPair) error {
	if lp.mapped != "" {
		hits[lp.mapped] = true
	}
	var dfids []string
	for dfid := range hits {
		dfids = append(dfids, dfid)
	}
	sort.Strings(dfids)
	return conflict("conflicting_dfids", "Identifiers belong to different items").With("status", "ConflictDetected").
		With("local_id", lp.lid).With("conflicting_dfids", dfids).With("conflicts", pairs)
}

// reserve takes the claims of identifiers for an item, and the fingerprint of a new one, in the order of their partitions'
// names.
func (s *Service) reserve(ctx context.Context, op *storage.Operation, lp *localPush, claims []items.PushClaim, dfid string) error {
	if lp.fingerprint != "" && lp.holder != dfid { // fingerprint/... comes before identifier/...
		if err := reserveFingerprint(ctx, op, fingerprintHome(lp.CircuitID, lp.fingerprint), dfid, lp.holder); err != nil {
			return err
		}
	}
	for _, c := range claims {
		place, _ := c.Place("")
		if err := c.Reserve(ctx, op, dfid, lp.seen[place]); err != nil {
			return err
		}
	}
	return nil
}

// confirm has the reservations become holders, with the deciding commit.
func (lp *localPush) confirm(tx *storage.Tx, claims []items.PushClaim, dfid string) error {
	if lp.fingerprint != "" && lp.holder != dfid {
		if err := tx.Send("fingerprints_confirm_claim", fingerprintHome(lp.CircuitID, lp.fingerprint), dfid, storage.Now()); err != nil {
			return err
		}
	}
	for _, c := range claims {
		if err := c.Confirm(tx, dfid); err != nil {
			return err
		}
	}
	return nil
}

// landed is what the push of a local item, or what it adds, leaves in its circuit: the payload of the row of its deciding
// commit.
type landed struct {
	Operation   Operation               `json:"operation"`
	Stamp       int64                   `json:"stamp"`            // of the holder that the commit has set
	Enrich      bool                    `json:"enrich,omitempty"` // an activity and nothing else
	Link        bool                    `json:"link,omitempty"`   // the local item and nothing else
	Identifiers []identifier.Identifier `json:"identifiers,omitempty"`
}

func (s *Service) applyLanded(tx *storage.Tx, r storage.Row) error {
	var l landed
	if err := r.Decode(&l); err != nil {
		return err
	}
	o := &l.Operation
	st, err := circuits.Stand(tx, tx.Partition(), circuits.Viewer{}, o.Time)
	if err != nil || st.Head == nil {
		return err
	}
	switch {
	case l.Link:
		o.keepLID(tx)
		return nil
	case l.Enrich:
		return o.note(tx, "Enrich", &o.Enriched, o.Time)
	case o.Status == Pending:
		return o.wait(tx, st.Head)
	}
	o.named(l.Identifiers)
	stamp, err := o.complete(tx, st, o.Time, o.trigger())
	if err != nil || stamp == l.Stamp {
		return err
	}
	// The circuit has moved the item since the push looked: the later word is this one.
	return tx.Send("circuits_set_holder", items.Partition(o.DFID), holder{o.CircuitID, stamp}, storage.Now())
}

func landedReads(r storage.Row) (reading, absent []storage.Key) {
	var l landed
	p, err := storage.ParsePartition(r.Target)
	if err != nil || r.Decode(&l) != nil {
		return nil, nil // the row fails when it is delivered
	}
	reading, _ = circuits.Reads(p, "")
	reading = append(reading, postactions.Key(p))
	rows := []storage.Key{circuits.ItemKey(p, l.Operation.DFID), itemGoneKey(p, l.Operation.DFID)}
	if l.Operation.NewItem { // nobody has moved it before
		return reading, rows
	}
	return append(reading, rows...), nil
}
