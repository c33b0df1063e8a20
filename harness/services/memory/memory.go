// Package memory keeps KV namespaces and Durable Object storage in maps. It is
// for tests and for servers whose data may go when they stop.
package memory

import (
	"sync"
	"time"

	"tracedge/core/storage/memory/ordered"
	"tracedge/harness/services"
)

// Store implements services.Store in memory.
type Store struct {
	now func() time.Time

	mu         sync.RWMutex // guards everything below, and all data of the store
	closed     bool
	namespaces map[string]*ordered.Map[services.KVEntry]
	classes    map[string]*class
}

var _ services.Store = (*Store)(nil)

// New returns an empty store. KV entries expire by the clock now; nil stands
// for time.Now.
func New(now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{
		now:        now,
		namespaces: map[string]*ordered.Map[services.KVEntry]{},
		classes:    map[string]*class{},
	}
}

// KV opens the namespace with this id.
func (s *Store) KV(namespace string) services.KV {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.namespaces[namespace]
	if t == nil {
		t = ordered.New[services.KVEntry]()
		s.namespaces[namespace] = t
	}
	return &kv{store: s, entries: t}
}

// Objects opens the storage of the objects of this class.
func (s *Store) Objects(name string) services.Objects {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.classes[name]
	if c == nil {
		c = &class{store: s, objects: map[string]*ordered.Map[[]byte]{}, alarms: ordered.New[int64]()}
		s.classes[name] = c
	}
	return c
}

// Close makes every later call fail with services.ErrClosed.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}
