package events

import (
	"tracedge/core/storage"
	"tracedge/core/userrows"
)

// A feed lists what concerns an account: events on its items, and events that it made. Rows are copies of events; the
// event's own partition decides, and a late copy never replaces a newer one.

// feedPart names the parts of an account's changes that are rows of its feed.
const feedPart = "feed"

// part is the event as a row of a feed, for the commit that creates or changes it.
func (e Event) part() (string, any) {
	e.Metadata = e.Metadata.copied()
	return feedPart, e
}

// audience are the accounts in whose feeds an event stands: its source, and the owner of the item if it may ever be
// admitted.
func audience(e Event, ownerID string) []string {
	if ownerID == "" || ownerID == e.Source || e.private() {
		return []string{e.Source}
	}
	return []string{e.Source, ownerID}
}

func feedPrefix(p storage.Partition) storage.Key { return p.Prefix("feed") }
func indexPrefix(p storage.Partition, name string) storage.Key {
	return p.Prefix("feedix", name)
}

// The indexes of a feed.
func byType(t Type) string               { return "t-" + string(t) }
func byVisibility(v Visibility) string   { return "v-" + string(v) }
func byBoth(t Type, v Visibility) string { return "b-" + string(t) + "-" + string(v) }
func (e Event) indexes() []string {
	return []string{byType(e.Type), byVisibility(e.Visibility), byBoth(e.Type, e.Visibility)}
}

// applyFeed puts a row into the feed of the account whose partition tx changes.
func applyFeed(tx *storage.Tx, part userrows.Part) error {
	var e Event
	if err := part.Decode(&e); err != nil {
		return err
	}
	return putFeed(tx, e)
}

// putFeed puts a row into the feed of the partition that tx changes, unless a newer one is there.
func putFeed(tx *storage.Tx, e Event) error {
	p := tx.Partition()
	k := feedPrefix(p) + storage.Key(e.position())
	var have Event
	known, err := tx.Get(k, &have)
	if err != nil || known && have.Revision >= e.Revision {
		return err
	}
	if !known {
		for _, name := range e.indexes() {
			tx.Put(indexPrefix(p, name)+storage.Key(e.position()), true)
		}
	}
	return tx.Put(k, e)
}

// feedReads are the records that applyFeed reads. The first version of an event finds none.
func feedReads(p storage.Partition, part userrows.Part) (reading, absent []storage.Key) {
	var e Event
	if part.Decode(&e) != nil {
		return nil, nil // the part fails when it is applied
	}
	return e.feedReads(p)
}

func (e Event) feedReads(p storage.Partition) (reading, absent []storage.Key) {
	k := []storage.Key{feedPrefix(p) + storage.Key(e.position())}
	if e.Revision == 0 {
		return nil, k
	}
	return k, nil
}
