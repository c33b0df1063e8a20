package storagehistory

import (
	"time"

	"tracedge/core/fault"
	"tracedge/core/storage"
)

// maxKey is what a key can be long in bytes: no record has a longer location.
const maxKey = 512

// ChooseReads are the keys that Choose reads first, to be fetched ahead.
func ChooseReads(p storage.Partition, l Location) []storage.Key {
	if k := locationKey(p, l); len(k) <= maxKey {
		return []storage.Key{HeadKey(p), k}
	}
	return []storage.Key{HeadKey(p)}
}

// Choose makes the location of a record the primary one of the item whose partition tx changes, for good: newer records
// leave it, but for a migration that completes. It returns the location as the record has it, and whether anything
// changed. Errors: 404 for an item without a record; 422 for a location that none of its records has.
func Choose(tx *storage.Tx, l Location, now time.Time) (Location, bool, error) {
	p := tx.Partition()
	var h Head
	switch ok, err := tx.Get(HeadKey(p), &h); {
	case err != nil:
		return l, false, err
	case !ok:
		return l, false, NoRecord()
	}
	unknown := fault.Invalid("storage_location", "No record of the item has this location")
	if len(locationKey(p, l)) > maxKey {
		return l, false, unknown
	}
	var end string
	switch ok, err := tx.Get(locationKey(p, l), &end); {
	case err != nil:
		return l, false, err
	case !ok:
		return l, false, unknown
	}
	if h.Primary != nil && h.Primary.Equal(l) {
		return *h.Primary, false, nil
	}
	var r Record
	if ok, err := tx.Get(p.Key(area, "record", end), &r); err != nil || !ok {
		return l, false, err
	}
	h.Primary, h.Chosen = &r.Location, true
	if now.After(h.UpdatedAt) {
		h.UpdatedAt = now
	}
	return r.Location, true, tx.Put(HeadKey(p), h)
}

// NoRecord is the 404 of an item whose content is stored nowhere outside.
func NoRecord() *fault.Error { return fault.NotFound("The item has no storage history") }
