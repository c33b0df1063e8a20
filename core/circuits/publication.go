package circuits

import (
	"context"
	"errors"

	"tracedge/core/circuits/postactions"
	"tracedge/core/storage"
)

func itemPartition(dfid string) storage.Partition { return storage.In("item", dfid) }

// difference is what a list of published items adds to the published ones and takes from them; nil changes nothing.
func (d *draft) difference(want []string) (added, dropped []string) {
	if want == nil {
		return nil, nil
	}
	wanted, had := make(map[string]bool, len(want)), make(map[string]bool, len(d.state.published))
	for _, dfid := range want {
		wanted[dfid] = true
	}
	for _, p := range d.state.published {
		had[p.DFID] = true
		if !wanted[p.DFID] {
			dropped = append(dropped, p.DFID)
		}
	}
	for _, dfid := range want {
		if !had[dfid] {
			added = append(added, dfid)
		}
	}
	return added, dropped
}

// publish adds and removes published rows. Each row that it touches is got first, so that the commit verifies it and the
// number stays right whoever else publishes.
func (d *draft) publish(added, dropped []string) error {
	for _, dfid := range append(append([]string{}, added...), dropped...) {
		if _, err := d.tx.Exists(publishedKey(d.p, dfid)); err != nil {
			return err
		}
	}
	for _, dfid := range added {
		row := Published{DFID: dfid, At: d.now(), By: d.viewer.UserID}
		d.state.published = append(d.state.published, row)
		d.tx.Put(publishedKey(d.p, dfid), row)
	}
	gone := make(map[string]bool, len(dropped))
	for _, dfid := range dropped {
		gone[dfid] = true
		d.tx.Delete(publishedKey(d.p, dfid))
	}
	kept := d.state.published[:0]
	for _, p := range d.state.published {
		if !gone[p.DFID] {
			kept = append(kept, p)
		}
	}
	d.state.published = kept
	if n := int64(len(added) - len(dropped)); n != 0 {
		if err := d.count(tallyPublished, n, maxPublished); err != nil {
			return err
		}
	}
	return d.sendPublications(added, dropped)
}

// tellPublished writes the deliveries of items that are published. Their identifiers are the items' own and are not known
// here.
func (d *draft) tellPublished(dfids []string) error {
	list := make([]postactions.Occasion, len(dfids))
	for i, dfid := range dfids {
		var item struct {
			PushedBy string `json:"pushed_by"`
		}
		if _, err := d.tx.Get(ItemKey(d.p, dfid), &item); err != nil {
			return err
		}
		list[i] = postactions.Occasion{
			Trigger: postactions.ItemPublished, At: d.now(), Item: postactions.Item{DFID: dfid, PushedBy: item.PushedBy},
		}
	}
	return postactions.Deliver(d.tx, postactions.Circuit{ID: d.id, Name: d.Head.Name}, list...)
}

// publications is the payload of the rows that tell items where they are published.
type publications struct {
	CircuitID string   `json:"circuit_id"`
	DFIDs     []string `json:"dfids"`
	Stamp     int64    `json:"stamp"`
}

// perRow bounds the items of one outbox row.
const perRow = 100

func (d *draft) sendPublications(added, dropped []string) error {
	for len(added) > 0 {
		n := min(perRow, len(added))
		if err := d.tx.SendOut("circuits_put_publication", publications{d.id, added[:n], d.stamp()}); err != nil {
			return err
		}
		added = added[n:]
	}
	for len(dropped) > 0 {
		n := min(perRow, len(dropped))
		if err := d.tx.SendOut("circuits_drop_publication", publications{d.id, dropped[:n], d.stamp()}); err != nil {
			return err
		}
		dropped = dropped[n:]
	}
	return nil
}

// putPublications carries a row to its items. Each is a partition of its own and is told once; where one fails, the row
// comes again and those that know it already change nothing.
func (s *Service) putPublications(ctx context.Context, r storage.Row) error {
	var p publications
	if err := r.Decode(&p); err != nil {
		return err
	}
	return eachItem(p, func(item storage.Partition) error {
		return s.store.Update(ctx, "circuits_apply_publication", item, func(tx *storage.Tx) error {
			return point(tx, publicationKey(item, p.CircuitID), unpublishedKey(item, p.CircuitID), p.Stamp,
				publication{p.CircuitID, p.Stamp})
		}, publicationAhead(item, p.CircuitID))
	})
}

func (s *Service) dropPublications(ctx context.Context, r storage.Row) error {
	var p publications
	if err := r.Decode(&p); err != nil {
		return err
	}
	return eachItem(p, func(item storage.Partition) error {
		return s.store.Update(ctx, "circuits_remove_publication", item, func(tx *storage.Tx) error {
			return unpoint(tx, publicationKey(item, p.CircuitID), unpublishedKey(item, p.CircuitID), p.Stamp, r.Created)
		}, publicationAhead(item, p.CircuitID))
	})
}

func publicationAhead(item storage.Partition, circuitID string) storage.UpdateOption {
	return storage.Reading(publicationKey(item, circuitID), unpublishedKey(item, circuitID))
}

func eachItem(p publications, tell func(storage.Partition) error) error {
	var errs []error
	for _, dfid := range p.DFIDs {
		errs = append(errs, tell(itemPartition(dfid)))
	}
	return errors.Join(errs...)
}
