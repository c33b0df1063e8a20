package items

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tracedge/core/abreast"
	"tracedge/core/identifier"
	"tracedge/core/order"
	"tracedge/core/storage"
)

// The index of identifiers says which items an identifier is on. The partition identifier/<hash> of a namespace, key and
// value holds
//
//	holder/<class>~<owner>/<dfid>        an item of the owner has it, in this class
//	claim/<class>~<owner>~<dfid>         an operation is about to put it on that item
//
// where <class> is c for canonical and x for contextual. A holder counts only while its item confirms it: an item that is
// not Active any more, or does not have the identifier, is no hit, and whoever meets such a holder removes it.
//
// There are three ways in. Sole is refused while another item of the owner holds the identifier, and waits for a
// reservation of another operation. Beside lets others be. Both end with the row identifiers_confirm_claim of the
// deciding commit, which makes the reservation a holder and, where an identifier moves from one item to another, removes
// the former holder in the same commit; until then that one counts. The row identifiers_release_claim removes a holder.

// claim is an identifier of an owner in the index.
type claim struct {
	identifier.Identifier
	owner string
	place string
}

// claimsOf are the claims of identifiers in the order in which everybody takes them: that of their partitions' names.
func claimsOf(owner string, list []identifier.Identifier, marks Marks) []claim {
	out := make([]claim, len(list))
	for n, i := range list {
		out[n] = claim{i, owner, marks[i.Identity()].Place}
	}
	order.By(out, func(a, b claim) int {
		return cmp.Or(strings.Compare(a.place, b.place), strings.Compare(string(a.Class), string(b.Class)))
	})
	return out
}

func indexPartition(place string) storage.Partition { return storage.In("identifier", place) }

func (c claim) partition() storage.Partition { return indexPartition(c.place) }

// group is what holders of one owner and class share.
func (c claim) group() string {
	if c.Class == identifier.Canonical {
		return "c~" + c.owner
	}
	return "x~" + c.owner
}

func (c claim) name(dfid string) string { return c.group() + "~" + dfid }

func (c claim) holderKey(dfid string) storage.Key {
	return c.partition().Key("holder", c.group(), dfid)
}

// maxHolders bounds how many items are looked at for one identifier: enough to tell of a conflict.
const maxHolders = 100

func (c claim) holders() storage.Span {
	return storage.Span{Prefix: c.partition().Prefix("holder", c.group()), Page: storage.Page{Limit: maxHolders}}
}

func (c claim) reservations() storage.Span {
	return storage.Span{Prefix: storage.ClaimKey(c.partition(), c.group()+"~"), Page: storage.Page{Limit: maxHolders}}
}

// found is what the index says of an identifier.
type found struct {
	holders []string // dfids
	mine    string   // dfid for which this operation has reserved it, in an earlier run
}

// find looks identifiers up, side by side, one call each. A reservation of another operation is waited for.
func (s *Service) find(ctx context.Context, op string, list []claim) ([]found, error) {
	out := make([]found, len(list))
	err := abreast.All(len(list), func(n int) (err error) {
		out[n], err = s.findOne(ctx, op, list[n])
		return err
	})
	return out, err
}

func (s *Service) findOne(ctx context.Context, op string, c claim) (f found, err error) {
	p := c.partition()
	for patience := s.store.Patience(); ; {
		_, pages, err := s.store.Look(ctx, "identifiers_find_claims", p, nil, c.holders(), c.reservations())
		if err != nil {
			return f, err
		}
		f = found{holders: holdersIn(pages[0])}
		met, err := reservationsIn(pages[1])
		if err != nil {
			return f, err
		}
		others := slices.DeleteFunc(met, func(r storage.Claim) bool {
			if r.Op == op {
				f.mine = r.Name[strings.LastIndexByte(r.Name, '~')+1:]
			}
			return r.Op == op
		})
		if len(others) == 0 {
			return f, nil
		}
		if err := patience.Await(ctx, p, others[0]); err != nil {
			return f, err
		}
	}
}

func holdersIn(page storage.Listing) []string {
	out := make([]string, len(page.Records))
	for n, r := range page.Records {
		out[n] = string(r.Key[strings.LastIndexByte(string(r.Key), '/')+1:])
	}
	return out
}

func reservationsIn(page storage.Listing) ([]storage.Claim, error) {
	out := make([]storage.Claim, len(page.Records))
	for n, r := range page.Records {
		if err := r.Decode(&out[n]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rivalError tells that another item of the owner holds an identifier that was to be on one item alone.
type rivalError struct {
	claim claim
	dfids []string
}

func (e *rivalError) Error() string { return "items: identifier is held by another item" }

// reserveSole reserves an identifier for an item alone. Errors: *rivalError, storage_lock_timeout, those of the store.
func reserveSole(ctx context.Context, op *storage.Operation, c claim, dfid string) error {
	return op.ClaimIf(ctx, "identifiers_reserve_claim", c.partition(), c.name(dfid), dfid, func(tx *storage.Tx) error {
		held, err := tx.Scan(c.holders().Prefix, c.holders().Page)
		if err != nil {
			return err
		}
		rivals := slices.DeleteFunc(holdersIn(held), func(id string) bool { return id == dfid })
		if len(rivals) > 0 {
			return &rivalError{c, rivals}
		}
		met, err := tx.Claims(c.reservations())
		if err != nil {
			return err
		}
		for _, r := range met {
			if r.Op != op.ID {
				return storage.Met(r)
			}
		}
		return nil
	}, storage.Scanning(c.holders(), c.reservations()))
}

// reserveBeside reserves an identifier for an item whoever else has it.
func reserveBeside(ctx context.Context, op *storage.Operation, c claim, dfid string) error {
	return op.Claim(ctx, "identifiers_join_claim", c.partition(), c.name(dfid), dfid)
}

// confirmation is the payload of identifiers_confirm_claim.
type confirmation struct {
	Claim  string      `json:"claim"`            // name of the reservation, "" for none
	Holder storage.Key `json:"holder,omitempty"` // put
	Former storage.Key `json:"former,omitempty"` // deleted
}

// confirm makes a reservation the holder, with the deciding commit. former is the item that it moves away from, "" for
// none.
func (c claim) confirm(tx *storage.Tx, dfid, former string, opts ...storage.SendOption) error {
	n := confirmation{Claim: c.name(dfid), Holder: c.holderKey(dfid)}
	if former != "" {
		n.Former = c.holderKey(former)
	}
	return tx.Send("identifiers_confirm_claim", c.partition(), n, append(opts, storage.Now())...)
}

func applyConfirmation(tx *storage.Tx, r storage.Row) error {
	var n confirmation
	if err := r.Decode(&n); err != nil {
		return err
	}
	if err := tx.Spend(n.Claim, r.Op); err != nil {
		return err
	}
	if n.Former != "" {
		tx.Delete(n.Former)
	}
	return tx.Put(n.Holder, true)
}

// release has a holder removed, with the deciding commit.
func (c claim) release(tx *storage.Tx, dfid string) error {
	return tx.Send("identifiers_release_claim", c.partition(), c.holderKey(dfid), storage.Now())
}

func applyRelease(tx *storage.Tx, r storage.Row) error {
	var holder storage.Key
	if err := r.Decode(&holder); err != nil {
		return err
	}
	return tx.Delete(holder)
}

// drop removes a holder whose item does not confirm it. The item is as it is for good, so there is nothing to decide:
// an item that has stopped being Active does not become so again, and one that lost an identifier is not Active.
func (s *Service) drop(ctx context.Context, c claim, dfid string) error {
	return s.store.Update(ctx, "identifiers_drop_claim", c.partition(), func(tx *storage.Tx) error {
		return tx.Delete(c.holderKey(dfid))
	})
}
