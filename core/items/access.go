package items

import (
	"context"
	"strings"

	"tracedge/core/fault"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// Access is what a user may do with an item (items, section 5).
type Access struct {
	Item Item
	See  bool
	// Write is the right of the owner.
	Write bool
	// AddEvent is the right of the owner, and of members with Push in a circuit that holds the item.
	AddEvent bool
}

// Circuits knows what circuits give: package circuits implements it.
type Circuits interface {
	// Standing says whether a user is a member of one of the circuits that holds the item, and whether it has Push in one.
	Standing(ctx context.Context, userID, dfid string, circuitIDs []string) (member, push bool, err error)

	// Publishes says whether one of the circuits shows the item to everybody.
	Publishes(ctx context.Context, dfid string, circuitIDs []string) (bool, error)
}

// The rows that circuits keep in an item: one for each circuit that holds it, one for each that publishes it. They are
// pointers and give no right: the circuits that they name are asked.

// HolderPrefix is where the circuits stand that hold an item.
func HolderPrefix(p storage.Partition) storage.Key { return p.Prefix("holder") }

// PublishedPrefix is where the circuits stand that show an item to everybody.
func PublishedPrefix(p storage.Partition) storage.Key { return p.Prefix("published") }

// Named reports whether a text can be the dfid of an item; if not, there is no such item and no partition.
func Named(dfid string) bool { return named(dfid) }

// Reads are the records and the ranges by which Judge knows what a user may do with an item; for who views them along
// with others of the item's partition.
func Reads(p storage.Partition, userID string) (keys, ranges []storage.Key) {
	k := Key(p)
	return []storage.Key{k}, []storage.Key{k.Parts(), sharePrefix(p, userID), HolderPrefix(p), PublishedPrefix(p)}
}

// Access reads what a user may do with an item. One call of the sequencer, and those of Circuits for who is neither the
// owner nor told of it by a share. An item that is missing or not to be seen gives the zero Access. Errors: those of the
// store.
func (s *Service) Access(ctx context.Context, dfid, userID string) (Access, error) {
	if !named(dfid) {
		return Access{}, nil
	}
	p := Partition(dfid)
	keys, ranges := Reads(p, userID)
	v, err := s.store.View(ctx, "items_check_access", p, keys, ranges...)
	if err != nil {
		return Access{}, err
	}
	return s.Judge(ctx, p, v, userID)
}

// Judge is Access by what Reads names, with the calls of Circuits only.
func (s *Service) Judge(ctx context.Context, p storage.Partition, v storage.View, userID string) (Access, error) {
	var a Access
	if ok, err := v.GetLong(Key(p), &a.Item); err != nil || !ok {
		return Access{}, err
	}
	if a.Item.OwnerID == userID {
		a.See, a.Write, a.AddEvent = true, true, true
		return a, nil
	}
	a.See = len(v.Range(sharePrefix(p, userID))) > 0
	if s.Circuits == nil {
		return a.orNone(), nil
	}
	if held := circuitsIn(v, HolderPrefix(p)); len(held) > 0 {
		member, push, err := s.Circuits.Standing(ctx, userID, a.Item.DFID, held)
		if err != nil {
			return Access{}, err
		}
		a.See, a.AddEvent = a.See || member, push
	}
	if shown := circuitsIn(v, PublishedPrefix(p)); len(shown) > 0 && !a.See {
		var err error
		if a.See, err = s.Circuits.Publishes(ctx, a.Item.DFID, shown); err != nil {
			return Access{}, err
		}
	}
	return a.orNone(), nil
}

// circuitsIn are the circuits that the rows of a range name.
func circuitsIn(v storage.View, prefix storage.Key) []string {
	var out []string
	for _, r := range v.Range(prefix) {
		out = append(out, strings.TrimPrefix(string(r.Key), string(prefix)))
	}
	return out
}

// orNone is nothing at all for who may not see the item.
func (a Access) orNone() Access {
	if !a.See {
		return Access{}
	}
	return a
}

// seen is the access of a call's caller to an item. Errors: 404 for one that is missing or not to be seen.
func (s *Service) seen(c *web.Call, dfid string) (Access, error) {
	a, err := s.Access(c.Context(), dfid, c.Caller().UserID)
	if err == nil && !a.See {
		err = noItem()
	}
	return a, err
}

// own is seen for what only the owner may do. Errors: 404, 403.
func (s *Service) own(c *web.Call, dfid string) (Access, error) {
	a, err := s.seen(c, dfid)
	if err == nil && !a.Write {
		err = notOwner()
	}
	return a, err
}

func noItem() error { return fault.NotFound("Item not found") }

func notOwner() error { return fault.Forbidden("Only the owner may change the item") }

func (s *Service) get(c *web.Call) (any, error) {
	return s.either(c, func(l local) (any, error) { return l.Response(), nil }, func(dfid string) (any, error) {
		a, err := s.seen(c, dfid)
		if err != nil {
			return nil, err
		}
		return a.Item.Response(), nil
	})
}

// read reads an item whoever owns it; nil when there is none.
func (s *Service) read(ctx context.Context, dfid string) (*Item, error) {
	p := Partition(dfid)
	v, err := s.store.View(ctx, "items_get_item", p, []storage.Key{Key(p)}, Key(p).Parts())
	if err != nil {
		return nil, err
	}
	var i Item
	if ok, err := v.GetLong(Key(p), &i); err != nil || !ok {
		return nil, err
	}
	return &i, nil
}
