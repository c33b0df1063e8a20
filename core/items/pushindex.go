package items

import (
	"context"
	"encoding/json"
	"sort"
	"strings"

	"tracedge/core/identifier"
	"tracedge/core/storage"
)

// In the index of identifiers a push sees more than its owner's. Beside the holders of the groups c~<owner> and x~<owner>
// there are those of l~<source>: canonical identifiers that stand in a layer of the source. A push into a circuit looks
// at the holders c~ and l~ of everybody, of which the items decide what counts; and it waits for reservations of its own
// owner and for those of pushes into the same circuit, which their values name.

// PushClaim is a claim of a push on an identifier.
type PushClaim struct {
	claim
	circuitID string
	layer     bool // for a layer: beside others
}

// pushValue is the value of such a claim.
type pushValue struct {
	DFID      string `json:"dfid"`
	CircuitID string `json:"circuit_id"`
}

// PushClaims are the claims of a push on identifiers, in the order in which everybody takes them. Those of a layer are
// claimed for canonical identifiers only.
func PushClaims(owner, circuitID string, list []identifier.Identifier, marks Marks, layer bool) []PushClaim {
	var out []PushClaim
	for _, c := range claimsOf(owner, list, marks) {
		if !layer || c.Class == identifier.Canonical {
			out = append(out, PushClaim{c, circuitID, layer})
		}
	}
	return out
}

func (c PushClaim) group() string {
	if c.layer {
		return "l~" + c.owner
	}
	return c.claim.group()
}

func (c PushClaim) name(dfid string) string { return c.group() + "~" + dfid }

func (c PushClaim) holderKey(dfid string) storage.Key {
	return c.partition().Key("holder", c.group(), dfid)
}

// everybody are the ranges in which a push looks.
func (c PushClaim) everybody() []storage.Span {
	p := c.partition()
	span := func(prefix storage.Key) storage.Span {
		return storage.Span{Prefix: prefix, Page: storage.Page{Limit: 1000}}
	}
	return []storage.Span{
		span(p.Prefix("holder") + "c~"), span(p.Prefix("holder") + "l~"), span(storage.ClaimKey(p, "c~")), span(storage.ClaimKey(p, "l~")),
	}
}

// Seen are the items that hold an identifier, whoever owns them; not all of them are hits. Those that hold it for the owner
// of the push are true.
type Seen map[string]bool

// Candidates looks up which items hold an identifier, each once. A reservation that the push has to respect is waited
// for. One call.
func (s *Service) Candidates(ctx context.Context, op string, c PushClaim) (Seen, error) {
	p := c.partition()
	for patience := s.store.Patience(); ; {
		_, pages, err := s.store.Look(ctx, "identifiers_find_holders", p, nil, c.everybody()...)
		if err != nil {
			return nil, err
		}
		var met []storage.Claim
		for _, page := range pages[2:] {
			some, err := reservationsIn(page)
			if err != nil {
				return nil, err
			}
			met = append(met, some...)
		}
		if other := c.inTheWay(op, met); other != nil {
			if err := patience.Await(ctx, p, *other); err != nil {
				return nil, err
			}
			continue
		}
		return c.seenIn(pages[:2]), nil
	}
}

func (c PushClaim) seenIn(pages []storage.Listing) Seen {
	seen, own := make(Seen), string(c.partition().Prefix("holder", c.claim.group()))
	for _, page := range pages {
		for n, dfid := range holdersIn(page) {
			seen[dfid] = seen[dfid] || strings.HasPrefix(string(page.Records[n].Key), own)
		}
	}
	return seen
}

// inTheWay is a reservation of another operation that the claim has to wait for: of the same owner, or for the same
// circuit.
func (c PushClaim) inTheWay(op string, met []storage.Claim) *storage.Claim {
	for n, r := range met {
		var v pushValue
		same := strings.HasPrefix(r.Name, c.claim.group()+"~") || strings.HasPrefix(r.Name, "l~"+c.owner+"~") ||
			decodes(r.Value, &v) && v.CircuitID == c.circuitID
		if r.Op != op && same {
			return &met[n]
		}
	}
	return nil
}

// ErrAgain tells that an identifier has got holders that the push has not seen: it resolves again.
var ErrAgain = errAgain

// Reserve reserves an identifier for an item, a canonical one against the owner's other items and against other pushes
// into the circuit. Errors: ErrAgain, storage_lock_timeout, those of the store.
func (c PushClaim) Reserve(ctx context.Context, op *storage.Operation, dfid string, seen Seen) error {
	value := pushValue{dfid, c.circuitID}
	if c.Class == identifier.Contextual {
		return op.Claim(ctx, "identifiers_join_push", c.partition(), c.name(dfid), value)
	}
	spans := c.everybody()
	return op.ClaimIf(ctx, "identifiers_reserve_push", c.partition(), c.name(dfid), value, func(tx *storage.Tx) error {
		for _, span := range spans[:2] {
			page, err := tx.Scan(span.Prefix, span.Page)
			if err != nil {
				return err
			}
			for _, holder := range holdersIn(page) {
				if _, known := seen[holder]; !known && holder != dfid {
					return errAgain
				}
			}
		}
		for _, span := range spans[2:] {
			met, err := tx.Claims(span)
			if err != nil {
				return err
			}
			if other := c.inTheWay(op.ID, met); other != nil {
				return storage.Met(*other)
			}
		}
		return nil
	}, storage.Scanning(spans...))
}

// Confirm makes the reservation a holder, with the deciding commit.
func (c PushClaim) Confirm(tx *storage.Tx, dfid string) error {
	return tx.Send("identifiers_confirm_claim", c.partition(), confirmation{Claim: c.name(dfid), Holder: c.holderKey(dfid)}, storage.Now())
}

// Release has the holder removed, with the commit that takes the identifier off.
func (c PushClaim) Release(tx *storage.Tx, dfid string) error {
	return tx.Send("identifiers_release_claim", c.partition(), c.holderKey(dfid))
}

// Drop removes a holder of the owner whose item does not confirm it, see drop.
func (s *Service) Drop(ctx context.Context, c PushClaim, dfid string) error {
	return s.drop(ctx, c.claim, dfid)
}

// Names are the items seen, in order.
func (s Seen) Names() []string {
	out := make([]string, 0, len(s))
	for dfid := range s {
		out = append(out, dfid)
	}
	sort.Strings(out)
	return out
}

// Place is the place of the claim's identifier, and the holder's record there.
func (c PushClaim) Place(dfid string) (place string, holder storage.Key) {
	return c.place, c.holderKey(dfid)
}

// decodes reads the value of a claim; that of another kind is none.
func decodes(doc json.RawMessage, into any) bool { return json.Unmarshal(doc, into) == nil }
