package locals

import (
	"time"

	"tracedge/core/idem"
	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/userrows"
)

// change is what one commit in local/<lid> does to a local item. It is prepared before the update: what the new layers
// make of the state, and what the owner's list shows then.
type change struct {
	before *Item // nil for a new one
	after  Item
	layers []Layer // to be put on
	gone   []int   // numbers of layers to be taken off
}

// begin is a change of a local item, or of none.
func begin(before *Item, now time.Time) change {
	c := change{before: before}
	if before != nil {
		c.after = *before
	}
	c.after.Modified = now
	c.after.Version++
	return c
}

// put puts a layer on.
func (c *change) put(l Layer) {
	c.layers = append(c.layers, l)
	c.after.State = c.after.with(l)
}

// write is the change within an update. Errors: ErrStale when it was made from another version of the local item.
func (c *change) write(tx *storage.Tx) error {
	p := tx.Partition()
	if err := c.verify(tx); err != nil {
		return err
	}
	next := c.after
	if len(c.layers) > 0 {
		keys := c.fresh(p)
		if next.Layers == 0 { // from now on the base is a layer like others
			tx.PutLong(keys[0], Layer{Kind: Base, Time: next.Created, State: c.before.State})
			keys = keys[1:]
		}
		for n, l := range c.layers {
			tx.PutLong(keys[n], l)
		}
		next.Layers = c.nextLayer() + len(c.layers)
	}
	for _, n := range c.gone {
		tx.DeleteLong(layerKey(p, n))
	}
	return tx.PutLong(itemKey(p), next)
}

// nextLayer is the number of the first layer that the change puts on.
func (c *change) nextLayer() int { return max(1, c.before.Layers) }

// fresh are the keys of the layers that the change writes. No version of the local item has had them, so an update may
// assume that they are absent.
func (c *change) fresh(p storage.Partition) []storage.Key {
	var out []storage.Key
	if len(c.layers) > 0 && c.before.Layers == 0 {
		out = append(out, layerKey(p, 0))
	}
	for n := range c.layers {
		out = append(out, layerKey(p, c.nextLayer()+n))
	}
	return out
}

func (c *change) verify(tx *storage.Tx) error {
	var now struct {
		Version int64 `json:"version"`
	}
	known, err := tx.GetLong(itemKey(tx.Partition()), &now)
	switch {
	case err != nil:
		return err
	case known != (c.before != nil), known && now.Version != c.before.Version:
		return storage.ErrStale
	}
	return nil
}

// row is the local item in the list of its owner.
func row(i *Item, now time.Time) (listing.Row, error) {
	r := listing.Row{
		ID: DFID(i.LID), Created: i.Created, Version: i.Version, Confidence: Confidence, Local: true, Fresh: i.Version == 1,
	}
	switch i.Status {
	case Deprecated:
		r.Status = listing.Deprecated
	case MergedInto:
		r.Status = listing.Merged
	default:
		r.Status = listing.Active
		r.Twins = listing.TwinsOf(i.Identifiers)
	}
	seen := make(map[string]bool)
	for _, id := range i.Identifiers {
		for _, name := range []string{listing.ByKey(id.Key), listing.ByPair(id.Key, id.Value)} {
			if !seen[name] {
				seen[name] = true
				r.Index = append(r.Index, name)
			}
		}
	}
	if i.Tokenised() {
		r.Remove(now)
		return r, nil
	}
	return r, r.SetCopy(i.Response())
}

// owed is what a commit owes the owner: the rows of its list, the activity. A part is a kind and a value.
func owed(now time.Time, items []*Item, kind string, activity any) (userrows.Change, error) {
	var out userrows.Change
	rows := make([]listing.Row, len(items))
	for n, i := range items {
		var err error
		if rows[n], err = row(i, now); err != nil {
			return out, err
		}
	}
	out.Add(listing.Part(rows...))
	out.Add(kind, activity)
	return out, nil
}

// sent is what every change sends along: what it owes the owner, before the reply, and its response under the request's
// idempotency key.
type sent struct {
	owner string
	rows  userrows.Change
	kept  idem.Kept
}

func (s *sent) send(tx *storage.Tx) error {
	if err := s.rows.Send(tx, s.owner, storage.Now()); err != nil {
		return err
	}
	return s.kept.Put(tx)
}
