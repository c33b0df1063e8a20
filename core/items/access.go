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
	Item   Item
	Layers []Layer // those that the user may see, oldest first
	See    bool
	// Write is the right of the owner.
	Write bool
	// AddEvent is the right of the owner, and of members with Push in a circuit that holds the item.
	AddEvent bool
	// Push is the right to push it into a circuit that does not hold it: of the owner, and of who has a share that says so.
	Push bool
}

// Shown is the item as the user sees it.
func (a *Access) Shown() *Item { return a.Item.Under(a.Layers) }

// Circuits knows what circuits give: package circuititems implements it.
type Circuits interface {
	// Standing says what a user is to each of some circuits, and whether that shows the item to everybody.
	Standing(ctx context.Context, dfid, userID string, circuitIDs []string) ([]Standing, error)
}

// Standing is what a user is to a circuit.
type Standing struct {
	Member    bool
	Push      bool // a member that may push
	Publishes bool // the item is shown to everybody
}

// The rows that circuits keep in an item: one for each circuit that holds it, one for each that publishes it. What they
// say is the business of package circuits; here their keys count.

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
	return []storage.Key{k}, []storage.Key{k.Parts(), sharePrefix(p, userID), HolderPrefix(p), PublishedPrefix(p), LayerPrefix(p)}
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
	layers, err := LayersIn(p, v)
	if err != nil {
		return Access{}, err
	}
	if a.Item.OwnerID == userID {
		a.See, a.Write, a.AddEvent, a.Push, a.Layers = true, true, true, true, layers
		return a, nil
	}
	for _, r := range v.Range(sharePrefix(p, userID)) {
		var share Share
		if err := r.Decode(&share); err != nil {
			return Access{}, err
		}
		a.See, a.Push = true, a.Push || contains(share.Permissions, "push")
	}
	shown, err := s.ask(ctx, p, v, userID, &a)
	if err != nil || !a.See {
		return Access{}, err
	}
	for _, l := range layers {
		if l.Source == userID || shown[l.CircuitID] {
			a.Layers = append(a.Layers, l)
		}
	}
	return a, nil
}

// ask asks the circuits that hold or publish an item what they give a user, and says whose layers the user sees.
func (s *Service) ask(ctx context.Context, p storage.Partition, v storage.View, userID string, a *Access) (map[string]bool, error) {
	held := namesIn(v, HolderPrefix(p))
	ids := held
	for _, id := range namesIn(v, PublishedPrefix(p)) {
		if !contains(held, id) {
			ids = append(ids[:len(ids):len(ids)], id)
		}
	}
	if len(ids) == 0 || s.Circuits == nil {
		return nil, nil
	}
	standings, err := s.Circuits.Standing(ctx, a.Item.DFID, userID, ids)
	if err != nil {
		return nil, err
	}
	shown := make(map[string]bool)
	for n, st := range standings {
		inside := n < len(held) && st.Member
		a.AddEvent = a.AddEvent || inside && st.Push
		if inside || st.Publishes {
			a.See, shown[ids[n]] = true, true
		}
	}
	return shown, nil
}

// namesIn are the ends of the keys below a prefix.
func namesIn(v storage.View, prefix storage.Key) []string {
	records := v.Range(prefix)
	out := make([]string, len(records))
	for n, r := range records {
		out[n] = strings.TrimPrefix(string(r.Key), string(prefix))
	}
	return out
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
		return a.Shown().Response(), nil
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
