package items

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tracedge/core/activity"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/identifier"
	"tracedge/core/locals"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// merging is a run of I15.
type merging struct {
	op                 string
	owner              string
	primary, secondary string // dfids
	now                time.Time
	note               activity.Entry
	kept               idem.Kept
}

// merge is I15: the item of the path takes in the one that the body names.
func (s *Service) merge(c *web.Call) (any, error) {
	return s.either(c, func(local) (any, error) { return nil, localsApart() },
		func(dfid string) (any, error) { return s.mergeItems(c, dfid) })
}

func (s *Service) mergeItems(c *web.Call, dfid string) (any, error) {
	a, err := s.own(c, dfid)
	if err != nil {
		return nil, err
	}
	secondary, err := web.Body[string](c)
	if err != nil {
		return nil, err
	}
	switch {
	case *secondary == a.Item.DFID:
		return nil, fault.BadRequest("", "An item is not merged with itself")
	case strings.HasPrefix(*secondary, locals.DFID("")):
		return nil, localsApart()
	}
	b, err := s.Access(c.Context(), *secondary, c.Caller().UserID)
	switch {
	case err != nil:
		return nil, err
	case !b.See:
		return nil, noItem()
	case !b.Write:
		return nil, notOwner()
	}
	m := merging{
		op: c.Operation(), owner: c.Caller().UserID, primary: a.Item.DFID, secondary: b.Item.DFID, now: c.Now(),
		note: activity.Of(c, activity.MergeItems, a.Item.DFID), kept: idem.Prepare(c.Idempotency(), web.Rendered{}, c.Now()),
	}
	i, err := s.absorb(c.Context(), m)
	if errors.Is(err, storage.ErrFenced) { // too slow
		m.op = s.store.NewID()
		i, err = s.absorb(c.Context(), m)
	}
	if err != nil {
		return nil, err
	}
	c.Idempotency().Settle()
	return i.Response(), nil
}

func localsApart() error {
	return fault.BadRequest("", "Local items are merged by /api/items/local/merge")
}

func notActive() error { return fault.Conflict("", "The item is not Active") }

// absorb merges. In order, each step one commit:
//
//	1  item/...: a work claim on both, ascending; other writers of them wait from now on
//	2  identifier/...: reserve the secondary's identifiers for the primary
//	D  item/<primary>: united, and its work claim removed
//	3  now: item/<secondary> Merged and its claim removed; the identifiers change hands; the owner's list and activity
//
// A crash before D: claims and reservations lapse, both items are as they were. After D the secondary still shows Active,
// but its claim names an operation that has decided, so whoever wants to write it, or meets one of its identifiers,
// finishes it first. Errors: 404, 409.
func (s *Service) absorb(ctx context.Context, m merging) (_ *Item, err error) {
	op := s.store.BeginAs(Partition(m.primary), m.op)
	defer func() {
		if err != nil {
			err = errors.Join(err, op.Release(ctx, "items_release_work"))
		}
	}()
	both := []string{m.primary, m.secondary}
	slices.SortFunc(both, func(a, b string) int { return strings.Compare(Partition(a).String(), Partition(b).String()) })
	for _, dfid := range both {
		if err := op.Claim(ctx, "items_claim_work", Partition(dfid), storage.WorkClaim, m.primary); err != nil {
			return nil, err
		}
	}
	read, err := s.readAll(ctx, []string{m.primary, m.secondary}) // nobody changes them now
	if err != nil {
		return nil, err
	}
	first, second := read[0], read[1]
	if first == nil || second == nil {
		return nil, noItem()
	}
	moved := claimsOf(m.owner, identifier.Without(second.Identifiers, first.Identifiers), second.marks())
	if second.Status == Active {
		for _, c := range moved {
			if err := reserveBeside(ctx, op, c, m.primary); err != nil {
				return nil, err
			}
		}
	}
	var i *Item
	err = op.Decide(ctx, "items_absorb_item", func(tx *storage.Tx) error {
		var err error
		if i, err = owned(tx, m.owner); err != nil {
			return err
		}
		if i.Status != Active || second.Status != Active {
			return notActive()
		}
		return m.unite(tx, i, *second)
	}, storage.Reading(Key(op.Home)))
	if err != nil {
		return nil, err
	}
	if op.Repeated {
		return s.repeated(ctx, m.primary)
	}
	return i, nil
}

// unite is the deciding commit.
func (m merging) unite(tx *storage.Tx, i *Item, second Item) error {
	had, lost := i.Marks, identifier.Without(second.Identifiers, i.Identifiers)
	i.addIdentifiers(second.Identifiers, second.marks())
	i.Data = i.Data.Merge(second.Data)
	i.Sources = append(i.Sources, second.Sources...)
	i.Confidence = (i.Confidence + second.Confidence) / 2
	i.touch(m.now)
	if err := put(tx, i); err != nil {
		return err
	}
	tx.Delete(storage.ClaimKey(tx.Partition(), storage.WorkClaim))
	for _, c := range second.claims() {
		if identifier.Contains(lost, c.Identifier) {
			c.confirm(tx, i.DFID, second.DFID)
		} else {
			c.release(tx, second.DFID)
		}
	}
	tx.Send("items_finish_merge", Partition(second.DFID), absorbed{i.DFID, m.now}, storage.Now())
	second.mergeInto(i.DFID, m.now)
	if err := i.tellRecipients(tx, had); err != nil {
		return err
	}
	if err := owe(tx, m.owner, []*Item{i, &second}, m.note); err != nil {
		return err
	}
	return keep(tx, m.kept, i.Response())
}

func (i *Item) mergeInto(primary string, now time.Time) {
	i.Status, i.MergedInto = Merged, &primary
	i.touch(now)
}

// absorbed is the payload of items_finish_merge.
type absorbed struct {
	Into string    `json:"merged_into"`
	At   time.Time `json:"at"`
}

func finishMerge(tx *storage.Tx, r storage.Row) error {
	var a absorbed
	if err := r.Decode(&a); err != nil {
		return err
	}
	if err := tx.Spend(storage.WorkClaim, r.Op); err != nil {
		return err
	}
	i, known, err := get(tx)
	if err != nil || !known {
		return err
	}
	i.mergeInto(a.Into, a.At)
	return put(tx, i)
}
