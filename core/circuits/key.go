package circuits

import (
	"time"

	"tracedge/core/digest"
	"tracedge/core/storage"
)

// Partition is where a circuit lives.
func Partition(id string) storage.Partition { return storage.In("circuit", id) }

// The records of a circuit.
func headKey(p storage.Partition) storage.Key                   { return p.Key("head") }
func settingsKey(p storage.Partition) storage.Key               { return p.Key("settings") }
func memberKey(p storage.Partition, userID string) storage.Key  { return p.Key("member", userID) }
func roleKey(p storage.Partition, hash string) storage.Key      { return p.Key("role", hash) }
func requestKey(p storage.Partition, userID string) storage.Key { return p.Key("request", userID) }
func decidedKey(p storage.Partition, userID string) storage.Key { return p.Key("decided", userID) }
func publishedKey(p storage.Partition, dfid string) storage.Key { return p.Key("published", dfid) }

// ItemKey is the row of an item that the circuit holds.
func ItemKey(p storage.Partition, dfid string) storage.Key { return p.Key("item", dfid) }

// The ranges of a circuit's rows.
func members(p storage.Partition) storage.Key   { return p.Prefix("member") }
func customs(p storage.Partition) storage.Key   { return p.Prefix("role") }
func requests(p storage.Partition) storage.Key  { return p.Prefix("request") }
func published(p storage.Partition) storage.Key { return p.Prefix("published") }
func tallies(p storage.Partition) storage.Key   { return p.Prefix("tally") }

// roleHash names a role in keys. It is computed before an update, never inside one.
func roleHash(name string) string { return digest.OfText(name) }

// maxID bounds what is looked up as the id of a user or of an item: longer text is nobody's, and must not make a key that
// storage refuses.
const maxID = 128

// nobody tells whether a text cannot be an id.
func nobody(id string) bool { return id == "" || len(id) > maxID }

// The numbers of a circuit.
const (
	tallyMembers   = "members"
	tallyRoles     = "roles"    // custom ones
	tallyRequests  = "requests" // pending ones
	tallyPublished = "published"
	tallyChanged   = "changed"
)

func tallyKey(p storage.Partition, what string) storage.Key { return p.Key("tally", what) }

// The limits of a circuit (section 14).
const (
	maxMembers   = 1000
	maxRoles     = 100
	maxRequests  = 1000
	maxPublished = 5000
)

// changed is when a circuit, its settings, members, roles, requests or published items were last changed. Every commit
// that does writes it without reading it, so that it makes none of them conflict.
type changed struct {
	At time.Time `json:"at"`
}

// Touch notes a change at a time.
func Touch(tx *storage.Tx, at time.Time) error {
	return tx.Put(tallyKey(tx.Partition(), tallyChanged), changed{at})
}
