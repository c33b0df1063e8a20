package locals

import (
	"context"
	"encoding/json"
	"time"

	"tracedge/core/fault"
	"tracedge/core/listing"
	"tracedge/core/storage"
)

// A local item becomes an item by a push into a circuit. The intent is the work claim of that operation: other writers of
// the local item wait for it, and whoever meets it asks the item's partition, where the operation decides. Its value says
// which item, so that readers follow it as soon as there is one.

// Mint is the value of the claim, with the operation that has it.
type Mint struct {
	Op        string `json:"-"`
	DFID      string `json:"dfid"`
	CircuitID string `json:"circuit_id"`
}

// Minting is the operation that is making an item of the local item and the partition where it decides, nil for none.
func (a Access) Minting() (*Mint, storage.Partition, error) {
	var c storage.Claim
	if ok, err := a.view.Get(storage.ClaimKey(Partition(a.LID), storage.WorkClaim), &c); !ok || err != nil {
		return nil, storage.Partition{}, err
	}
	m := Mint{Op: c.Op}
	if json.Unmarshal(c.Value, &m) != nil || m.DFID == "" { // a merge
		return nil, storage.Partition{}, nil
	}
	home, err := storage.ParsePartition(c.Home)
	return &m, home, err
}

// Source reads a local item for a push, with the shares that go along. One call. Errors: 404, and 403 for who sees it
// without owning it.
func (s *Service) Source(ctx context.Context, lid, userID string) (Access, []storage.Record, error) {
	p := Partition(lid)
	k, claim, shares := itemKey(p), storage.ClaimKey(p, storage.WorkClaim), p.Prefix("share")
	v, err := s.store.View(ctx, "locals_get_source", p, []storage.Key{k, claim}, k.Parts(), shares)
	if err != nil {
		return Access{}, nil, err
	}
	var i Item
	if ok, err := v.GetLong(k, &i); err != nil {
		return Access{}, nil, err
	} else if !ok {
		return Access{}, nil, NotFound()
	}
	a := Access{Item: &i, Owns: i.Owner == userID, view: v}
	if a.sees = a.Owns; !a.sees {
		theirs := string(sharePrefix(p, userID))
		for _, r := range v.Range(shares) {
			a.sees = a.sees || len(r.Key) > len(theirs) && string(r.Key[:len(theirs)]) == theirs
		}
		if !a.sees {
			return Access{}, nil, NotFound()
		}
		return a, nil, notOwner()
	}
	return a, v.Range(shares), nil
}

// BeginMint takes the intent, for a local item that is still what was read. Errors: ErrStale when it is not;
// storage_lock_timeout.
func BeginMint(ctx context.Context, op *storage.Operation, i *Item, m Mint) error {
	p := Partition(i.LID)
	k := itemKey(p)
	return op.ClaimIf(ctx, "locals_begin_mint", p, storage.WorkClaim, m, func(tx *storage.Tx) error {
		ch := change{before: i}
		return ch.verify(tx)
	}, storage.Reading(k), storage.Observing(k.Parts()))
}

// minted is the row of a mint for the local item.
type minted struct {
	DFID string    `json:"dfid"`
	Time time.Time `json:"timestamp"`
}

// FinishMint sends the local item what has become of it, with the deciding commit.
func FinishMint(tx *storage.Tx, lid, dfid string, now time.Time) error {
	return tx.Send("locals_finish_mint", Partition(lid), minted{dfid, now}, storage.Now())
}

// finishMint maps the local item. No other writer has come between the intent and this.
func finishMint(tx *storage.Tx, r storage.Row) error {
	var m minted
	if err := r.Decode(&m); err != nil {
		return err
	}
	if err := tx.Spend(storage.WorkClaim, r.Op); err != nil {
		return err
	}
	k := itemKey(tx.Partition())
	var i Item
	if ok, err := tx.GetLong(k, &i); err != nil || !ok || i.Mapping != "" {
		return err
	}
	return tx.PutLong(k, i.become(m.DFID, m.Time))
}

func (i Item) become(dfid string, now time.Time) Item {
	i.Mapping, i.Modified = dfid, now
	i.Version++
	return i
}

// Unlisted is the row that takes a local item which has become an item out of its owner's list.
func (i Item) Unlisted(dfid string, now time.Time) (listing.Row, error) {
	next := i.become(dfid, now)
	return row(&next, now)
}

// NotActive is the 409 of a local item that cannot be pushed.
func (i Item) NotActive() error {
	if i.Status == Active {
		return nil
	}
	return fault.Conflict("", "The local item is not active").With("code", "local_item_not_active").With("status", i.StatusText())
}
