package memory_test

import (
	"sync"
	"testing"
	"time"

	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/storage/storagetest"
)

var (
	_ storage.Sequencer = (*memory.Store)(nil)
	_ storage.Edge      = (*memory.Edge)(nil)
)

// clock stands still but for add.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.UnixMilli(1_700_000_000_000)} }

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestConformance(t *testing.T) {
	t.Run("AtOnce", func(t *testing.T) {
		storagetest.Run(t, func(testing.TB) storagetest.Backend {
			c := newClock()
			s := memory.New(memory.Options{Clock: c.time})
			return storagetest.Backend{Name: "memory", Sequencer: s, Edge: s.Edge(), Advance: c.add}
		})
	})
	t.Run("Manual", func(t *testing.T) {
		storagetest.Run(t, func(testing.TB) storagetest.Backend {
			c := newClock()
			s := memory.New(memory.Options{Clock: c.time, Replication: memory.Manual})
			return storagetest.Backend{
				Name: "memory, replicated by hand", Sequencer: s, Edge: s.Edge(), Advance: c.add,
				Quiesce: func(testing.TB, string) { s.Replicate() },
			}
		})
	})
	t.Run("Shared", func(t *testing.T) {
		s := memory.New(memory.Options{}) // real time, all cases at once, no help
		storagetest.Run(t, func(testing.TB) storagetest.Backend {
			return storagetest.Backend{Name: "shared memory", Sequencer: s, Edge: s.Edge()}
		})
	})
}
