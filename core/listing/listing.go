// Package listing keeps the lists of what an account owns: items and local items, in user/<id>, so that a page costs the
// same however many there are.
//
//	own/<time>-<id>               the row: what a list shows and what its filters need
//	ix/<index>/<s>/<time>-<id>    the row in an index; <s> is its status, see Status
//	gone/<id>                     version in which a row was taken away, for a month
//	owned/<s>                     how many rows of a status there are
//	owned/confidence              the sum of their confidences, in millionths
//	twin.../                      which local items share an identifier, see twins.go
//
// A row is a copy: the item's own partition decides. It carries the version of the record that it was made from, and a
// late copy never replaces a newer one. Copies arrive as outbox rows of the commit that changed the item, together with
// whatever else that commit says to the account, in one commit of user/<id>: see package userrows.
package listing

import (
	"encoding/json"
	"strings"
	"time"

	"tracedge/core/digest"
	"tracedge/core/storage"
)

// Row is an item or a local item in the list of its owner.
type Row struct {
	ID         string    `json:"id"`      // dfid, that of a local item included
	Created    time.Time `json:"created"` // never changes
	Version    int64     `json:"version"` // of the source record; grows with each change
	Status     Status    `json:"status"`
	Confidence float64   `json:"confidence"`

	// Index names the indexes in which the row stands beside that of all rows, each once: ByKey, ByPair or a name of the
	// package that owns the row. Names are made before an update, since that takes hashing.
	Index []string `json:"index,omitempty"`

	// Local is set for a local item. Twins are its canonical identifiers, by which it may be found to be the same thing as
	// another one; they count while it is Active. See twins.go.
	Local bool   `json:"local,omitempty"`
	Twins []Twin `json:"twins,omitempty"`

	// Copy is what lists show, an ItemResponse. It is left out when it is larger than MaxCopy; a list then reads the
	// source.
	Copy json.RawMessage `json:"copy,omitempty"`

	Fresh bool      `json:"fresh,omitempty"` // the first version: there is no earlier row
	Gone  bool      `json:"gone,omitempty"`  // not listed any more
	Until time.Time `json:"until,omitzero"`  // of a row that is gone: when a late copy can no longer come, see Remove
}

// MaxCopy is the size in bytes up to which a row carries its item. It keeps a page of 200 below 4 MiB.
const MaxCopy = 16 << 10

// SetCopy makes what a list shows the row's copy if it is small enough. Errors: a value that JSON cannot hold.
func (r *Row) SetCopy(v Response) error {
	doc, err := json.Marshal(v)
	r.Copy = nil
	if len(doc) <= MaxCopy {
		r.Copy = doc
	}
	return err
}

// Remove makes it the row of something that is not listed any more. A copy that comes later is refused for a month, which
// is longer than an outbox row lives.
func (r *Row) Remove(now time.Time) { r.Gone, r.Copy, r.Until = true, nil, now.Add(30*24*time.Hour) }

// Status is the part of an item's status that lists filter by.
type Status string

// The statuses, as they stand in keys.
const (
	Active     Status = "a"
	Deprecated Status = "d"
	Merged     Status = "m" // into an item, or into another local item
	Split      Status = "s"
)

// Statuses are all of them.
func Statuses() []Status { return []Status{Active, Deprecated, Merged, Split} }

// ByKey is the index of rows that have an identifier with this key.
func ByKey(key string) string { return "k" + digest.OfText(key)[:32] }

// ByPair is the index of rows that have an identifier with this key and value.
func ByPair(key, value string) string {
	return "p" + digest.OfText(digest.OfText(key) + digest.OfText(value))[:32]
}

// byStatus is the index of all rows.
const byStatus = "all"

// Position is where a row stands in every list: newest last, ties by id.
type Position string

// PositionOf is the position of a thing that was created at a time.
func PositionOf(created time.Time, id string) Position {
	return Position(storage.Ascending(created) + "-" + id)
}

// Valid reports whether a text, which may come from a client's cursor, has the form of a position.
func (p Position) Valid() bool {
	if len(p) < 18 || len(p) > 128 || p[16] != '-' || strings.Trim(string(p[:16]), "0123456789abcdef") != "" {
		return false
	}
	for i := range len(p) {
		if c := p[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' {
			return false
		}
	}
	return true
}

// Position is where the row stands in lists.
func (r Row) Position() Position { return PositionOf(r.Created, r.ID) }

func home(userID string) storage.Partition                { return storage.In("user", userID) }
func ownPrefix(p storage.Partition) storage.Key           { return p.Prefix("own") }
func ownKey(p storage.Partition, at Position) storage.Key { return p.Key("own", string(at)) }
func goneKey(p storage.Partition, id string) storage.Key  { return p.Key("gone", id) }
func countKey(p storage.Partition, s Status) storage.Key  { return p.Key("owned", string(s)) }
func confidenceKey(p storage.Partition) storage.Key       { return p.Key("owned", "confidence") }
func indexPrefix(p storage.Partition, name string, s Status) storage.Key {
	return p.Prefix("ix", name, string(s))
}
