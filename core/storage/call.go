package storage

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"tracedge/core/limit"
	"tracedge/core/storage/wire"
)

// read asks the sequencer, with retries. The second result counts the calls.
func (s *Store) read(ctx context.Context, req wire.ReadRequest) (wire.ReadReply, int, error) {
	return retry(ctx, s, func(ctx context.Context) (wire.ReadReply, error) {
		reply, err := s.sequencer.Read(ctx, req)
		if err == nil && !reply.OK {
			err = &refusal{reply.Message}
		}
		return reply, err
	})
}

// commit sends one commit, with retries under its token: a repeat of a commit that was applied answers as the first
// time. A reply that is not OK is a conflict or a bound.
func (s *Store) commit(ctx context.Context, req wire.CommitRequest) (wire.CommitReply, error) {
	reply, _, err := retry(ctx, s, func(ctx context.Context) (wire.CommitReply, error) {
		return s.sequencer.Commit(ctx, req)
	})
	switch {
	case errors.Is(err, ErrNotBound), errors.Is(err, ErrOverloaded):
		return reply, err
	case err != nil:
		return reply, errors.Join(err, ErrUnknownOutcome)
	case reply.OK:
		return reply, nil
	case reply.Error == wire.Conflict:
		return reply, errConflict
	case reply.Error == wire.Bound:
		return reply, &BoundError{Key(reply.Key), reply.Value}
	default:
		return reply, &refusal{reply.Message}
	}
}

// retry repeats a call that got no usable answer, within the budgets. Overload is not repeated: that would add to it.
// An overload answered to a repeat says nothing of the call before it, so then the outcome stays unknown.
func retry[T any](ctx context.Context, s *Store, call func(context.Context) (T, error)) (T, int, error) {
	until := s.clock().Add(lockBudget)
	for attempt := 1; ; attempt++ {
		reply, err := timed(ctx, call)
		if err != nil && attempt > 1 && errors.Is(err, ErrOverloaded) {
			err = ErrUnavailable
		}
		if !errors.Is(err, ErrUnavailable) || !s.clock().Before(until) || attempt >= maxAttempts {
			return reply, attempt, err
		}
		if err := s.sleep(ctx, s.backoff(attempt)); err != nil {
			return reply, attempt, errors.Join(ErrUnavailable, err)
		}
	}
}

func timed[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	limited := limit.With(ctx, callBudget)
	defer limited.Stop()
	return call(limited)
}

// maxAttempts ends a loop whose clock stands still.
const maxAttempts = 100

// The bounds of the pause before another attempt.
const (
	firstPause = 4 * time.Millisecond
	maxPause   = 160 * time.Millisecond
)

// backoff is the pause after the n-th attempt: uniformly random up to a bound that doubles, so that writers who met once
// do not meet again.
func (s *Store) backoff(n int) time.Duration {
	bound := maxPause
	if n < 6 {
		bound = min(maxPause, firstPause<<n)
	}
	return time.Duration(s.rand(int64(bound)))
}

// rand is a random number below n from the store's source.
func (s *Store) rand(n int64) int64 {
	var seed [32]byte
	s.read32(&seed)
	return rand.New(rand.NewChaCha8(seed)).Int64N(n)
}
