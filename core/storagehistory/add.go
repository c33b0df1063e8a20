package storagehistory

import (
	"encoding/json"

	"tracedge/core/storage"
)

// Reads are the keys that Add reads, to be fetched ahead.
func Reads(p storage.Partition, r Record) []storage.Key {
	return []storage.Key{locationKey(p, r.Location), HeadKey(p)}
}

// Added is what became of a record.
type Added struct {
	New      bool // the location was not known
	First    bool // the item had no record before
	Migrated bool // the record before was of another adapter type
}

// Add keeps a record in the partition that tx changes, item/<dfid>. A location that is there already stays as it is. The
// primary location is that of the newest record until the owner chooses one; primary makes this one the primary all the
// same, as a completed migration does.
func Add(tx *storage.Tx, r Record, primary bool) (Added, error) {
	p := tx.Partition()
	var a Added
	known, err := tx.Exists(locationKey(p, r.Location))
	if err != nil {
		return a, err
	}
	var h Head
	had, err := tx.Get(HeadKey(p), &h)
	if err != nil {
		return a, err
	}
	a = Added{New: !known, First: !known && !had, Migrated: !known && had && h.Last != r.Type}
	if !had {
		h.CreatedAt = r.StoredAt
	}
	if !known {
		h.Last = r.Type
		tx.Put(recordKey(p, r), r)
		tx.Put(locationKey(p, r.Location), recordEnd(r))
	}
	if primary || !known && !h.Chosen {
		h.Primary, h.Chosen = &r.Location, h.Chosen || primary
	}
	if r.StoredAt.After(h.UpdatedAt) {
		h.UpdatedAt = r.StoredAt
	}
	tx.Put(NewestKey(p, r.Type), newest{r.ContentHash, r.Location})
	return a, tx.Put(HeadKey(p), h)
}

func recordEnd(r Record) string { return storage.TimeID(r.StoredAt, r.ID) }

// newest is the record storage/newest/<type>.
type newest struct {
	ContentHash string   `json:"content_hash"`
	Location    Location `json:"storage_location"`
}

// MarshalJSON writes [start, end] with null for no end.
func (r EventsRange) MarshalJSON() ([]byte, error) { return json.Marshal([]any{r.Start, r.End}) }

// UnmarshalJSON reads it.
func (r *EventsRange) UnmarshalJSON(doc []byte) error {
	return json.Unmarshal(doc, &[]any{&r.Start, &r.End})
}
