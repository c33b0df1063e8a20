package listing

import (
	"math"
	"slices"

	"tracedge/core/storage"
)

// Change is what one commit elsewhere says to an account's list. It travels as a part of a userrows.Change, with what
// else that commit says to the account.
type Change struct {
	Rows []Row `json:"rows"`
}

// kind names the parts of this package.
const kind = "list"

// Part is a change of rows as a part: change.Add(listing.Part(row)).
func Part(rows ...Row) (string, any) { return kind, Change{rows} }

// Apply makes a change within an update of user/<id>, for a commit that decides there.
func Apply(tx *storage.Tx, c Change) error {
	sums := make(map[storage.Key]int64)
	for _, r := range c.Rows {
		if err := apply(tx, r, sums); err != nil {
			return err
		}
	}
	return add(tx, sums)
}

// Reads are the records that Apply reads, and those that it can take as absent.
func (c Change) Reads(p storage.Partition) (reading, absent []storage.Key) {
	for _, r := range c.Rows {
		keys := []storage.Key{ownKey(p, r.Position()), goneKey(p, r.ID)}
		if r.Fresh {
			absent = append(absent, keys...)
		} else {
			reading = append(reading, keys...)
		}
		reading = append(reading, r.twinReads(p)...)
	}
	return reading, absent
}

// apply brings one row in, with its places in the indexes and its part of the sums.
func apply(tx *storage.Tx, r Row, sums map[storage.Key]int64) error {
	p := tx.Partition()
	k := ownKey(p, r.Position())
	var old Row
	known, err := tx.Get(k, &old)
	if err != nil || known && old.Version >= r.Version {
		return err
	}
	if !known {
		var gone int64
		if was, err := tx.Get(goneKey(p, r.ID), &gone); err != nil || was && gone >= r.Version {
			return err
		}
	}
	before, after := old.places(p), r.places(p)
	for _, place := range before {
		if !slices.Contains(after, place) {
			tx.Delete(place)
		}
	}
	for _, place := range after {
		if !slices.Contains(before, place) {
			tx.Put(place, true)
		}
	}
	if err := moveTwins(tx, old, r, sums); err != nil {
		return err
	}
	if known {
		sums[countKey(p, old.Status)]--
		sums[confidenceKey(p)] -= millionths(old.Confidence)
	}
	if r.Gone {
		tx.Put(goneKey(p, r.ID), r.Version, storage.Expires(r.Until))
		return tx.Delete(k)
	}
	sums[countKey(p, r.Status)]++
	sums[confidenceKey(p)] += millionths(r.Confidence)
	return tx.Put(k, r)
}

// places are the keys of a row in the indexes, none for a row that is not listed.
func (r Row) places(p storage.Partition) []storage.Key {
	if r.ID == "" || r.Gone {
		return nil
	}
	out := []storage.Key{indexPrefix(p, byStatus, r.Status) + storage.Key(r.Position())}
	names := r.Index
	for _, t := range r.twins() {
		names = append(names[:len(names):len(names)], t.Name)
	}
	for _, name := range names {
		k := indexPrefix(p, name, r.Status) + storage.Key(r.Position())
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

func millionths(confidence float64) int64 { return int64(math.Round(confidence * 1e6)) }

// add makes the additions in the order of their keys, so that a repeat of the commit is the same.
func add(tx *storage.Tx, sums map[storage.Key]int64) error {
	keys := make([]storage.Key, 0, len(sums))
	for k, n := range sums {
		if n != 0 {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		if err := tx.Add(k, sums[k], storage.Bounds{}, nil); err != nil {
			return err
		}
	}
	return nil
}
