package storagehistory

import (
	"time"

	"tracedge/core/adaptertype"
	"tracedge/core/storage"
	"tracedge/core/userrows"
)

// Counts are sums that are kept up to date, so that none of them is ever found by counting: of the uploads that an account
// caused, by adapter type, and of the records of the items that it owns. They live in user/<id>/storagecount/<name>, and
// those of all accounts in a few partitions storage/<shard>, which add up.
type Counts struct{ store *storage.Store }

// NewCounts returns the counts of a store and registers how changes come to them.
func NewCounts(s *storage.Store, rows *userrows.Rows) *Counts {
	rows.Handle(countKind, userrows.Handler{
		Reads: func(p storage.Partition, part userrows.Part) (reading, absent []storage.Key) {
			var c Change
			if part.Decode(&c) != nil || c.Synced.IsZero() {
				return nil, nil
			}
			return []storage.Key{syncedKey(p, c.Type)}, nil
		},
		Apply: func(tx *storage.Tx, part userrows.Part) error {
			var c Change
			if err := part.Decode(&c); err != nil {
				return err
			}
			return c.apply(tx)
		},
	})
	s.Handle("storage_count_changes", storage.Handler{Apply: func(tx *storage.Tx, r storage.Row) error {
		var c Change
		if err := r.Decode(&c); err != nil {
			return err
		}
		return c.apply(tx)
	}})
	return &Counts{s}
}

const countKind = "storage"

// Change is what is added to the counts. The zero value adds nothing.
type Change struct {
	Type    adaptertype.Type `json:"adapter_type"`
	Pending int64            `json:"pending,omitempty"` // uploads on their way
	Failed  int64            `json:"failed,omitempty"`  // uploads that failed for good
	Synced  time.Time        `json:"synced,omitzero"`   // when an upload was done

	Items      int64 `json:"items,omitempty"`      // items with a record
	Records    int64 `json:"records,omitempty"`    // records, also by type
	Migrations int64 `json:"migrations,omitempty"` // records of another type than the one before
}

// Counted is what a record that was added changes in the counts of the item's owner.
func (a Added) Counted(t adaptertype.Type) Change {
	c := Change{Type: t}
	for _, n := range []struct {
		is   bool
		into *int64
	}{{a.New, &c.Records}, {a.First, &c.Items}, {a.Migrated, &c.Migrations}} {
		if n.is {
			*n.into = 1
		}
	}
	return c
}

// Part is the change as a part of what a commit owes an account.
func (c Change) Part() (string, any) { return countKind, c }

// SendTotal brings the change to the sums of all accounts. The shard is any number that spreads.
func (c Change) SendTotal(tx *storage.Tx, shard byte) error {
	return tx.Send("storage_count_changes", shardPartition(int(shard)%shards), c)
}

// shards spread the sums of all accounts: each is one partition, and each commit that stores content adds to one.
const shards = 4

func shardPartition(n int) storage.Partition {
	return storage.In("storage", string(rune('0'+n)))
}

const countArea = "storagecount"

func countKey(p storage.Partition, name ...string) storage.Key {
	return p.Key(countArea, name...)
}

func syncedKey(p storage.Partition, t adaptertype.Type) storage.Key {
	return countKey(p, "synced", string(t))
}

// apply adds to the counts in the partition that tx changes.
func (c Change) apply(tx *storage.Tx) error {
	p := tx.Partition()
	for _, n := range []struct {
		name []string
		n    int64
	}{
		{[]string{"pending", string(c.Type)}, c.Pending}, {[]string{"failed", string(c.Type)}, c.Failed},
		{[]string{"items"}, c.Items}, {[]string{"records", string(c.Type)}, c.Records}, {[]string{"migrations"}, c.Migrations},
	} {
		if n.n != 0 {
			tx.Add(countKey(p, n.name...), n.n, storage.Bounds{}, nil)
		}
	}
	if c.Synced.IsZero() {
		return nil
	}
	var last time.Time
	if _, err := tx.Get(syncedKey(p, c.Type), &last); err != nil || !c.Synced.After(last) {
		return err
	}
	return tx.Put(syncedKey(p, c.Type), c.Synced)
}
