// Package idem keeps idempotency keys in the caller's own partition, user/<id>/idempotency/<hash>, for a day
// (conventions, section 9). What it keeps is encrypted, since responses hold tokens and keys.
package idem

import (
	"context"
	"errors"
	"time"

	"tracedge/core/digest"
	"tracedge/core/storage"
	"tracedge/core/web"
)

// The times of section 9.
const (
	memory  = 24 * time.Hour
	running = time.Minute // a request that has not ended by then was interrupted
)

// entry is a key's record. Without a response the request is running, or was interrupted.
type entry struct {
	Fingerprint string        `json:"fingerprint"`
	Operation   string        `json:"op"`
	Until       time.Time     `json:"until"`
	Created     time.Time     `json:"created"`
	Response    *web.Rendered `json:"response,omitempty"`
}

func (e entry) put(tx *storage.Tx, k storage.Key) error {
	return tx.Put(k, e, storage.Expires(e.Created.Add(memory)), storage.Sealed())
}

func partition(userID string) storage.Partition { return storage.In("user", userID) }

func keyOf(userID, key string) storage.Key {
	return partition(userID).Key("idempotency", digest.OfText(key))
}

// Keys implements web.Idempotency over a store.
type Keys struct{ store *storage.Store }

// New returns the keys of a store and registers how a response comes home from another partition.
func New(s *storage.Store) *Keys {
	s.Handle("idem_settle_response", storage.Handler{Apply: settle})
	return &Keys{s}
}

// Reserve takes a key, or says what became of it. One commit; a second call only when the key is known already.
func (i *Keys) Reserve(ctx context.Context, r web.KeyedRequest) (web.Outcome, error) {
	k, now := keyOf(r.UserID, r.Key), i.store.Now()
	var out web.Outcome
	err := i.store.Update(ctx, "idem_reserve_key", partition(r.UserID), func(tx *storage.Tx) error {
		out = web.Outcome{State: web.Reserved, Operation: r.Operation}
		var e entry
		known, err := tx.Get(k, &e)
		switch {
		case err != nil:
			return err
		case !known:
			e = entry{Fingerprint: r.Fingerprint, Operation: r.Operation, Created: now}
		case e.Fingerprint != r.Fingerprint:
			out = web.Outcome{State: web.Mismatched}
			return nil
		case e.Response != nil:
			out = web.Outcome{State: web.Replayable, Response: *e.Response}
			return nil
		case now.Before(e.Until):
			out = web.Outcome{State: web.InFlight}
			return nil
		default: // interrupted: run again under the ids of the first run
			out.Operation, out.Resumed = e.Operation, true
		}
		e.Until = now.Add(running)
		return e.put(tx, k)
	}, storage.AssumeAbsent(k))
	return out, err
}

// Kept is the response of a request, ready to be stored with its change. The zero value is none.
type Kept struct {
	home  storage.Partition
	key   storage.Key
	entry entry
}

// Prepare makes the response of a request ready, before the update that makes its change. Without a key it is empty.
func Prepare(r *web.Reservation, response web.Rendered, now time.Time) Kept {
	if r == nil {
		return Kept{}
	}
	return Kept{
		home: partition(r.UserID), key: keyOf(r.UserID, r.Key),
		entry: entry{Fingerprint: r.Fingerprint, Operation: r.Operation, Created: now, Response: &response},
	}
}

// With is the same with another response: one that follows from what the update finds.
func (k Kept) With(response web.Rendered) Kept {
	k.entry.Response = &response
	return k
}

// Put stores the response with the change that tx makes. In another partition than the caller's the response travels as
// an outbox row of that commit, delivered before the reply.
func (k Kept) Put(tx *storage.Tx) error {
	switch {
	case k.key == "":
		return nil
	case tx.Partition() == k.home:
		return k.entry.put(tx, k.key)
	}
	return tx.Send("idem_settle_response", k.home, settlement{k.key, k.entry}, storage.Now(), storage.Secret())
}

type settlement struct {
	Key   storage.Key `json:"key"`
	Entry entry       `json:"entry"`
}

func settle(tx *storage.Tx, r storage.Row) error {
	var s settlement
	if err := r.Decode(&s); err != nil {
		return err
	}
	return s.Entry.put(tx, s.Key)
}

// Kept returns the response that is kept for a request whose change has been made by an interrupted run of it, and
// whether there is one yet.
func (i *Keys) Kept(ctx context.Context, r *web.Reservation) (web.Rendered, bool, error) {
	if r == nil {
		return web.Rendered{}, false, nil
	}
	k := keyOf(r.UserID, r.Key)
	found, err := i.store.Read(ctx, "idem_read_response", partition(r.UserID), k)
	if err != nil {
		return web.Rendered{}, false, err
	}
	var e entry
	if ok, err := found.Get(k, &e); !ok || err != nil || e.Response == nil || e.Operation != r.Operation {
		return web.Rendered{}, false, err
	}
	return *e.Response, true, nil
}

// Store keeps the response of a 2xx that changed nothing.
func (i *Keys) Store(ctx context.Context, r *web.Reservation, response web.Rendered) error {
	k := keyOf(r.UserID, r.Key)
	return i.store.Update(ctx, "idem_store_response", partition(r.UserID), func(tx *storage.Tx) error {
		e, held, err := holding(tx, k, r.Operation)
		if err != nil || !held {
			return err
		}
		e.Response = &response
		return e.put(tx, k)
	})
}

// Release frees the key of a request that ended otherwise. Where its commit may have been made, the key stays reserved:
// a repeat then runs under the same ids and finds what there is.
func (i *Keys) Release(ctx context.Context, r *web.Reservation, cause error) error {
	if errors.Is(cause, storage.ErrUnknownOutcome) {
		return nil
	}
	k := keyOf(r.UserID, r.Key)
	return i.store.Update(ctx, "idem_release_key", partition(r.UserID), func(tx *storage.Tx) error {
		_, held, err := holding(tx, k, r.Operation)
		if err != nil || !held {
			return err
		}
		return tx.Delete(k)
	})
}

// holding reads the key's record and tells whether the operation still holds the key, with no response kept yet.
func holding(tx *storage.Tx, k storage.Key, operation string) (entry, bool, error) {
	var e entry
	known, err := tx.Get(k, &e)
	return e, known && e.Operation == operation && e.Response == nil, err
}
