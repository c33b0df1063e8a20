package storage

import (
	"context"
	"errors"
)

// ErrStale is what the function of an update returns when what it brought along was made from records that have changed.
var ErrStale = errors.New("storage: prepared from records that have changed")

// Again makes a change that is prepared from a look and then written by an update, as often as the update finds it stale:
// with back-off and jitter for two seconds in all, then the error is storage_lock_timeout. It is for changes whose
// preparing has no place inside an update.
func (s *Store) Again(ctx context.Context, change func() error) error {
	until := s.Now().Add(lockBudget)
	for n := 1; ; n++ {
		err := change()
		if !errors.Is(err, ErrStale) {
			return err
		}
		if !s.Now().Before(until) || n >= maxAttempts {
			return lockTimeout(err)
		}
		if err := s.sleep(ctx, s.backoff(n)); err != nil {
			return asFault(err)
		}
	}
}

// Finish asks an operation's home whether it has decided there, and if so delivers what it owes other partitions. For
// another run of a request that was interrupted.
func (s *Store) Finish(ctx context.Context, home Partition, op string) (decided bool, err error) {
	state, err := s.inquire(ctx, home, op)
	if err != nil || !state.decided {
		return false, err
	}
	ours, _ := split(state.rows, func(r Row) bool { return r.Target != "" })
	return true, s.settle(ctx, home, s.deliver(ctx, home, ours))
}

// Decided asks an operation's home whether it has decided there.
func (s *Store) Decided(ctx context.Context, home Partition, op string) (bool, error) {
	state, err := s.inquire(ctx, home, op)
	return state.decided, err
}
