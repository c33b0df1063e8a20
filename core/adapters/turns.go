package adapters

import (
	"context"
	"errors"
	"sync"
	"time"
)

// turns bounds how many calls each configuration gets at once from this instance. A limit for all instances would need a
// storage call around each request to the adapter; an instance serves one request at a time, so what can pile up is what
// this bounds: the deliveries of a sweep.
type turns struct {
	mu    sync.Mutex
	gates map[string]chan struct{}
	width map[string]int64
}

var errBusy = errors.New("adapters: no turn in time")

// enter waits for a turn and returns what gives it back. 0 is no limit.
func (t *turns) enter(ctx context.Context, id string, limit int64, patience time.Duration) (leave func(), err error) {
	if limit == 0 {
		return func() {}, nil
	}
	gate := t.gate(id, min(limit, 1000))
	select {
	case gate <- struct{}{}:
		return func() { <-gate }, nil
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case gate <- struct{}{}:
		return func() { <-gate }, nil
	case <-timer.C:
		return nil, errBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// gate is the one of a configuration; a changed limit has a new one.
func (t *turns) gate(id string, limit int64) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gates == nil {
		t.gates, t.width = make(map[string]chan struct{}), make(map[string]int64)
	}
	if t.width[id] != limit {
		t.gates[id], t.width[id] = make(chan struct{}, limit), limit
	}
	return t.gates[id]
}
