package storagehistory

import (
	"tracedge/core/adaptertype"
	"tracedge/core/storage"
)

// Places are the adapter types that an item is stored with, or is on its way to.
type Places struct {
	partition storage.Partition
	types     map[storage.Key]bool // by NewestKey, since a type is not read back from a key
}

// maxPlaces bounds what an update reads to know the places of an item: its adapter types, and its newest uploads that are
// not done.
const maxPlaces = 1000

func newestPrefix(p storage.Partition) storage.Key { return p.Prefix(area, "newest") }

// PlaceRanges are what PlacesIn reads, to be fetched ahead.
func PlaceRanges(p storage.Partition) []storage.Span {
	return []storage.Span{
		{Prefix: newestPrefix(p), Page: storage.Page{Limit: maxPlaces}},
		{Prefix: PendingPrefix(p), Page: storage.Page{Limit: maxPlaces, Reverse: true}},
	}
}

// PlacesIn are the places of the item whose partition tx changes. The commit verifies them.
func PlacesIn(tx *storage.Tx) (Places, error) {
	var pages [2]storage.Listing
	for i, span := range PlaceRanges(tx.Partition()) {
		var err error
		if pages[i], err = tx.Scan(span.Prefix, span.Page); err != nil {
			return Places{}, err
		}
	}
	uploads := make([]Upload, len(pages[1].Records))
	for i, r := range pages[1].Records {
		if _, err := tx.Get(r.Key, &uploads[i]); err != nil { // a look into the page
			return Places{}, err
		}
	}
	return placesOf(tx.Partition(), pages[0].Records, uploads), nil
}

// PlaceViews are the ranges that PlacesOf wants to be viewed.
func PlaceViews(p storage.Partition) []storage.Key {
	return []storage.Key{newestPrefix(p), PendingPrefix(p)}
}

// PlacesOf are the places by a view.
func PlacesOf(p storage.Partition, v storage.View) (Places, error) {
	uploads, err := decodeUploads(v.Range(PendingPrefix(p)))
	return placesOf(p, v.Range(newestPrefix(p)), uploads), err
}

func placesOf(p storage.Partition, newest []storage.Record, uploads []Upload) Places {
	out := Places{p, make(map[storage.Key]bool)}
	for _, r := range newest {
		out.types[r.Key] = true
	}
	for _, u := range uploads {
		if u.Status == Queued { // one that has failed for good is nowhere
			out.types[NewestKey(p, u.Type)] = true
		}
	}
	return out
}

// Has tells whether the item is stored with a type, or on its way to it.
func (p Places) Has(t adaptertype.Type) bool { return p.types[NewestKey(p.partition, t)] }

// Count is how many types these are.
func (p Places) Count() int { return len(p.types) }
