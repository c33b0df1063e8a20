package items

import (
	"context"

	"tracedge/core/abreast"
	"tracedge/core/activity"
	"tracedge/core/fault"
	"tracedge/core/idem"
	"tracedge/core/identifier"
	"tracedge/core/listing"
	"tracedge/core/storage"
	"tracedge/core/userrows"
	"tracedge/core/web"
)

// The limits of an item. A request is smaller; an item grows with each.
const (
	maxItem        = 4 << 20 // bytes of its data in JSON
	maxIdentifiers = 500
)

// put writes an item into its partition. Errors: 422 for one that is too large.
func put(tx *storage.Tx, i *Item) error {
	if len(i.Identifiers) > maxIdentifiers {
		return fault.Invalid(identifier.Field, "An item has at most 500 identifiers").With("code", "too_many")
	}
	if len(i.Data.String()) > maxItem {
		return fault.Invalid("enriched_data", "The item would be too large").With("code", "too_large")
	}
	return tx.PutLong(Key(tx.Partition()), i)
}

// get reads the item of the partition that an update changes.
func get(tx *storage.Tx) (i *Item, known bool, err error) {
	i = new(Item)
	known, err = tx.GetLong(Key(tx.Partition()), i)
	return i, known, err
}

// maxKept is the size in bytes of a response up to which it is kept with the change. A repeat of a request with a larger
// one finds that its operation has decided, and reads the outcome.
const maxKept = 256 << 10

// keep stores a response under the idempotency key of the call, with the change that it tells of.
func keep(tx *storage.Tx, kept idem.Kept, reply any) error {
	rendered, err := new(web.Reservation).Render(reply)
	if err != nil || len(rendered.Body) > maxKept {
		return err
	}
	return kept.With(rendered).Put(tx)
}

// owe sends an owner's partition what a change of items owes it: their rows in the list, and the activity.
func owe(tx *storage.Tx, owner string, items []*Item, e activity.Entry, opts ...storage.SendOption) error {
	rows := make([]listing.Row, len(items))
	for n, i := range items {
		var err error
		if rows[n], err = i.row(); err != nil {
			return err
		}
	}
	var change userrows.Change
	change.Add(listing.Part(rows...))
	change.Add(activity.Part(e))
	return change.Send(tx, owner, append(opts, storage.Now())...)
}

// readAll reads items side by side; one that does not exist is nil.
func (s *Service) readAll(ctx context.Context, dfids []string) ([]*Item, error) {
	out := make([]*Item, len(dfids))
	err := abreast.Each(len(dfids), func(n int) (err error) {
		out[n], err = s.read(ctx, dfids[n])
		return err
	})
	return out, err
}
