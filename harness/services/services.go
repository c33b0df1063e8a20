// Package services says what an isolate needs from the world around it: KV
// namespaces and the private storage of Durable Objects.
//
// The interfaces are as small as the harness allows, so that one suite can hold
// every implementation (memory, on disk, simulated) to the same behaviour.
// Implementations must be safe for use by several goroutines: isolates call
// them off their event loops.
package services

import (
	"context"
	"encoding/json"
)

// KV is one Workers KV namespace.
type KV interface {
	// Get returns the live entry of key, or nil and no error when there is none
	// (never written, deleted or expired).
	Get(ctx context.Context, key string) (*KVEntry, error)
	// Put stores e under e.Key and replaces what was there: value, metadata and
	// expiration together.
	Put(ctx context.Context, e KVEntry) error
	// Delete removes key; a missing key is no error.
	Delete(ctx context.Context, key string) error
	// List returns up to limit (1..1000) live keys that begin with prefix, in
	// byte order. The cursor is "" for the first page and KVPage.Cursor of the
	// page before for the next. A page may be empty without being the last one:
	// only KVPage.Complete says that.
	List(ctx context.Context, prefix, cursor string, limit int) (KVPage, error)
}

// KVEntry is one key of a namespace with what belongs to it.
type KVEntry struct {
	Key   string
	Value []byte
	// Metadata is the JSON document stored beside the value, nil when none.
	Metadata json.RawMessage
	// Expiration is the absolute expiry in unix seconds, 0 for never.
	Expiration int64
}

// KVPage is one page of a listing. Its entries have no Value.
type KVPage struct {
	Keys []KVEntry
	// Cursor continues the listing; "" when Complete.
	Cursor string
	// Complete reports that no page follows.
	Complete bool
}

// Objects holds the private storage of all Durable Objects of one class.
type Objects interface {
	// Object opens the storage of the object called name. It is cheap and
	// creates nothing: an object comes into being with its first Apply.
	Object(name string) Object
	// Alarms lists the stored alarms of all objects. It is asked once at
	// start-up, so that alarms fire after a restart too.
	Alarms(ctx context.Context) ([]Alarm, error)
}

// Object is the storage of one Durable Object. Values are opaque bytes. Get and
// List see every batch whose Apply was called before and returned.
type Object interface {
	// Get returns the value of key and whether there is one.
	Get(key string) ([]byte, bool, error)
	// List returns the pairs selected by o, ordered by the bytes of their keys
	// (descending when o.Reverse).
	List(o ListOptions) ([]Pair, error)
	// Apply makes b durable atomically and returns when it is on disk. Batches
	// of one object apply in the order of their calls; implementations may
	// commit those of several objects together (group commit).
	Apply(ctx context.Context, b Batch) error
}

// Pair is one key of an object's storage with its value.
type Pair struct {
	Key   string
	Value []byte
}

// ListOptions selects keys of an object's storage, as ctx.storage.kv.list does.
// An empty field selects nothing away.
type ListOptions struct {
	Prefix     string // only keys that begin with it
	Start      string // only keys >= Start
	StartAfter string // only keys > StartAfter; not together with Start
	End        string // only keys < End
	Limit      int    // at most so many pairs; 0 for all
	Reverse    bool   // from the last key down; the bounds keep their meaning
}

// Batch is a set of changes that become durable together. The parts apply in
// this order: DeleteAll, Deletes, Puts, Alarm. A key is in at most one of
// Deletes and Puts.
type Batch struct {
	// DeleteAll removes every pair, and the alarm unless Alarm sets one.
	DeleteAll bool
	Deletes   []string
	Puts      []Pair
	// Alarm sets the alarm to a unix time in ms, or deletes it when it points
	// to 0. nil leaves it as it is.
	Alarm *int64
}

// Alarm is the stored alarm of one object.
type Alarm struct {
	// Object is the name of the object, as given to Objects.Object.
	Object string
	// Time is when the alarm is due, in unix milliseconds.
	Time int64
}
