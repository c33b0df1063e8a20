package storage

import (
	"context"
	"io"
	"time"

	"tracedge/core/trace"
)

// label names a storage call in records, `<area>_<verb>_<object>`. The type is not exported: a caller elsewhere can only
// write a constant.
type label string

// Options is what a store is built on. Every field is needed but Sealer and Sleep.
type Options struct {
	Sequencer Sequencer
	Edge      Edge
	Logger    trace.Logger
	Clock     func() time.Time
	Random    io.Reader // source of tokens, ids, jitter and nonces
	Sealer    Sealer    // needed by records put with Sealed
	Sleep     func(context.Context, time.Duration) error
}

// Store is the traced store. It holds no state of any request and may be used concurrently.
type Store struct {
	sequencer Sequencer
	edge      Edge
	logger    trace.Logger
	clock     func() time.Time
	random    io.Reader
	sealer    Sealer
	sleep     func(context.Context, time.Duration) error
	handlers  map[string]Handler
	lapses    map[string]func(*Tx, Claim) error
}

// The time budgets of conventions, section 4.
const (
	lockBudget = 2 * time.Second // an update against contention
	callBudget = 5 * time.Second // one call of the back end
)

// New returns a store over the back ends.
func New(o Options) *Store {
	s := &Store{
		sequencer: o.Sequencer, edge: o.Edge, logger: o.Logger, clock: o.Clock, random: o.Random, sealer: o.Sealer,
		sleep: o.Sleep, handlers: make(map[string]Handler), lapses: make(map[string]func(*Tx, Claim) error),
	}
	if s.sleep == nil {
		s.sleep = sleep
	}
	return s
}

// Now is the store's clock, in UTC and whole milliseconds, the resolution in which times are kept. For use before an
// update, never inside one.
func (s *Store) Now() time.Time { return s.clock().UTC().Truncate(time.Millisecond) }

// traced opens the span's entry for one call and returns what closes it: it records the outcome, logs a failure at once,
// and gives the error its fault.
func (s *Store) traced(ctx context.Context, op label, kind trace.Kind, partition string) (func(int, error) error, error) {
	span := trace.FromContext(ctx)
	if span == nil {
		return nil, ErrUntraced
	}
	call := span.Begin(string(op), kind)
	return func(attempts int, err error) error {
		err = asFault(err)
		failure, logged := classify(err)
		call.End(attempts, failure)
		if logged {
			s.logger.Log(span.StorageError(call, partition))
		}
		return err
	}, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
