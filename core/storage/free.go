package storage

import (
	"context"
	"errors"
	"time"
)

// WorkClaim is the name under which an operation claims a whole record, in the record's own partition: other writers of
// it wait, readers do not.
const WorkClaim = "work"

// Free makes an update wait, up to two seconds, for an operation that has claimed the name in the update's partition. A
// claim of the update's own operation does not count. It is met in the commit itself, so no writer slips in between the
// claim of an operation and its decision.
func Free(name string) UpdateOption { return func(u *update) { u.free = append(u.free, name) } }

// metError ends a run of an update that found a claim.
type metError struct{ claim Claim }

func (e *metError) Error() string { return "storage: claimed by another operation" }

// Met is what the function of an update returns when it has found a reservation of another operation that stands in its
// way: the update then waits for what becomes of it, up to two seconds, and runs again.
func Met(c Claim) error { return &metError{c} }

// meeting is fn behind a look for claims under the names.
func meeting(fn func(*Tx) error, claimed []string) func(*Tx) error {
	return func(tx *Tx) error {
		for _, name := range claimed {
			var c Claim
			if ok, err := tx.Get(ClaimKey(tx.partition, name), &c); err != nil {
				return err
			} else if ok && c.Op != tx.id {
				return &metError{c}
			}
		}
		return fn(tx)
	}
}

// await finds out what becomes of a reservation that was met, for the n-th time, by somebody who may wait until a time.
// It returns nil when it is worth looking again. Errors: storage_lock_timeout, and those of the store.
func (s *Store) await(ctx context.Context, p Partition, met Claim, until time.Time, n int) error {
	settled, err := s.Resolve(ctx, p, met)
	switch {
	case err != nil && !errors.Is(err, ErrUndelivered):
		return err
	case settled:
		return nil
	case !s.Now().Before(until) || n >= maxAttempts:
		return lockTimeout(errors.New("storage: reservation of another operation"))
	}
	return asFault(s.sleep(ctx, s.backoff(n)))
}

// Patience is how long somebody goes on meeting reservations: the lock budget from when it began.
type Patience struct {
	store *Store
	until time.Time
	n     int
}

// Patience begins one.
func (s *Store) Patience() *Patience { return &Patience{store: s, until: s.Now().Add(lockBudget)} }

// Await finds out what becomes of a reservation that a reader has met in a partition, or pauses while its operation is on
// its way. It returns nil when it is worth looking again. Errors: storage_lock_timeout, and those of the store.
func (p *Patience) Await(ctx context.Context, in Partition, met Claim) error {
	p.n++
	return p.store.await(ctx, in, met, p.until, p.n)
}
