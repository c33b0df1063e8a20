// Package mutexes holds mutexes across what waits.
package mutexes

import (
	"context"
	"net/http"
	"sync"
	"time"

	"tracedge/core/storage"
)

var p = storage.In("mutexes", "1")

type service struct {
	store *storage.Store
	mu    sync.Mutex
	rw    sync.RWMutex
	once  sync.Once
	n     int
	hook  func() // nobody sets it
	clock func() time.Time
}

func (s *service) across(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.Read(ctx, "mutexes_read_across", p) // want `mutex: .*Read waits for storage while a mutex is held`
}

func (s *service) deep(ctx context.Context) {
	s.rw.RLock()
	s.across(ctx) // want `mutex: .*across, where .*Read waits for storage while a mutex is held`
	s.rw.RUnlock()
}

func (s *service) branches(ctx context.Context, x bool) {
	s.mu.Lock()
	if x {
		s.mu.Unlock()
		s.store.Read(ctx, "mutexes_read_released", p)
		return
	}
	http.Get("x") // want `mutex: net/http.Get does I/O while a mutex is held`
	s.mu.Unlock()
}

func (s *service) loops(ch chan int) {
	s.mu.Lock()
	defer func() { s.mu.Unlock() }()
	for range 3 {
		<-ch        // want `mutex: receives from a channel while a mutex is held`
		receive(ch) // want `mutex: mutexes.receive, where receives from a channel while a mutex is held`
	}
	time.Sleep(1) // want `mutex: time.Sleep waits while a mutex is held`
}

func receive(ch chan int) { <-ch }

func (s *service) another(w *sync.WaitGroup) {
	var other sync.Mutex
	s.mu.Lock()
	other.Lock()
	other.Unlock()
	w.Wait() // want `mutex: .*Wait waits while a mutex is held`
	s.mu.Unlock()
}

func (s *service) behind(ctx context.Context, l sync.Locker) {
	l.Lock()
	s.store.Read(ctx, "mutexes_read_locker", p) // want `mutex: .*Read waits for storage while a mutex is held`
	l.Unlock()
}

func (s *service) called() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock()
	s.hook() // want `mutex: calling a function that comes from outside while a mutex is held`
}

// A lock that outlives its function could be held across anything.

func (s *service) lock() {
	s.mu.Lock() // want `mutex: .*lock returns while it holds the mutex`
}

func (s *service) forgotten(x bool) int {
	s.mu.Lock() // want `mutex: .*forgotten returns while it holds the mutex`
	if x {
		return 0
	}
	s.mu.Unlock()
	return 1
}

func (s *service) tried() bool {
	if !s.mu.TryLock() {
		return false
	}
	s.n++
	s.mu.Unlock()
	return true
}

// A sync.Once is a mutex too.

func (s *service) first(ctx context.Context) {
	s.once.Do(func() { // want `mutex: .*first\$1, where .*Read waits for storage while a sync.Once is held`
		s.store.Read(ctx, "mutexes_read_once", p)
	})
	s.once.Do(func() { s.n++ })
}

func (s *service) lazy(ctx context.Context) func() int {
	return sync.OnceValue(func() int { // want `mutex: .*lazy\$1, where .*Read waits for storage while a sync.Once is held`
		s.store.Read(ctx, "mutexes_read_lazy", p)
		return 1
	})
}

// What is started, or comes after the release, does not wait under the lock.
func (s *service) right(ctx context.Context) {
	s.mu.Lock()
	go s.across(ctx)
	s.n++
	s.mu.Unlock()
	s.store.Read(ctx, "mutexes_read_after", p)
}
