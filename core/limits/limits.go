// Package limits throttles what is public: attempts and requests for an address or an input (conventions, section 6).
//
// Counts live in windows aligned to the clock and are bounded additions, decided by the sequencer, so that requests
// counting at once do not conflict.
package limits

import (
	"context"
	"errors"
	"strconv"
	"time"

	"tracedge/core/digest"
	"tracedge/core/fault"
	"tracedge/core/storage"
)

// Limiter counts in the store.
type Limiter struct{ store *storage.Store }

// New returns a limiter over a store.
func New(s *storage.Store) *Limiter { return &Limiter{s} }

// AddressPartition is where an address's counts live.
func AddressPartition(address string) storage.Partition {
	return storage.In("address", digest.OfText(address)[:32])
}

// Window is the span of time in which a moment is counted.
type Window struct{ Start, End time.Time }

// WindowOf is the window of a length that now falls in.
func WindowOf(now time.Time, length time.Duration) Window {
	start := now.Truncate(length)
	return Window{start, start.Add(length)}
}

// Key is where a partition counts something in the window.
func (w Window) Key(p storage.Partition, what string) storage.Key {
	return p.Key("count", what, strconv.FormatInt(w.Start.Unix(), 10))
}

// Take adds one to a count within an update, refusing the one beyond the limit: the update then fails with a
// *storage.BoundError, which Refusal turns into the 429.
func Take(tx *storage.Tx, p storage.Partition, what string, limit int, w Window) error {
	most := int64(limit)
	return tx.Add(w.Key(p, what), 1, storage.Bounds{Max: &most}, nil, storage.Expires(w.End))
}

// Refusal is the 429 for an update that a bound of Take refused; other errors pass.
func Refusal(err error, limit int, now time.Time, w Window) error {
	var bound *storage.BoundError
	if !errors.As(err, &bound) {
		return err
	}
	return TooMany(limit, now, w)
}

// TooMany is the 429 of a throttle.
func TooMany(limit int, now time.Time, w Window) error {
	return fault.TooMany("Too many requests, try again later", limit, now, w.End)
}

// TakeAddress counts one request of an address. A limit of 0 is off. Errors: 429.
func (l *Limiter) TakeAddress(ctx context.Context, address, what string, limit int, length time.Duration) error {
	if limit == 0 {
		return nil
	}
	now := l.store.Now()
	w, p := WindowOf(now, length), AddressPartition(address)
	err := l.store.Update(ctx, "limits_take_throttle", p, func(tx *storage.Tx) error {
		return Take(tx, p, what, limit, w)
	})
	return Refusal(err, limit, now, w)
}
