package dfid

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"tracedge/core/storage"
)

// Sequence draws the numbers of ids. One durable counter serves every instance and never gives a number twice.
//
// An instance takes numbers from the counter in blocks, one commit each, and hands them out of its memory. While draws
// are rare a block is one number; each block that was used up quickly doubles the next. Numbers that stay unused are
// burnt, with the instance or with their age: the contract allows gaps, and a number that lay about would stand in an id
// with a later day than its neighbours.
type Sequence struct {
	store *storage.Store
	first int64 // number that a new counter begins with

	mu     sync.Mutex
	blocks []block // taken and not used up
	taken  time.Time
	size   int64 // of the block that was taken last
	begun  bool  // the counter is known to exist
}

// block is a range of numbers that belong to this instance.
type block struct {
	next, last int64
	until      time.Time
}

const (
	maxBlock  = 256
	blockLife = 30 * time.Second       // unused numbers are burnt after it
	quick     = 500 * time.Millisecond // a block used up within it was too small
	slow      = 4 * quick              // one that lasted longer was too large
)

// NewSequence returns the sequence of a store. first is what a counter that does not exist yet begins with, 1 or more.
func NewSequence(s *storage.Store, first int64) *Sequence { return &Sequence{store: s, first: first} }

// Draw returns a fresh id. At most one commit, and none while the instance has numbers. A crash after the commit burns
// the block. Errors: those of the store.
func (s *Sequence) Draw(ctx context.Context) (string, error) {
	now := s.store.Now()
	n, size := s.next(now)
	if n == 0 {
		last, err := s.take(ctx, size)
		if err != nil {
			return "", err
		}
		n = s.keep(last, size, now)
	}
	return Format(now, n), nil
}

// next hands out a number that the instance has, or 0 and the size of the block to take.
func (s *Sequence) next(now time.Time) (n, size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocks = slices.DeleteFunc(s.blocks, func(b block) bool { return b.next > b.last || !now.Before(b.until) })
	if len(s.blocks) > 0 {
		n = s.blocks[0].next
		s.blocks[0].next++
		return n, 0
	}
	switch idle := now.Sub(s.taken); {
	case s.size == 0, idle > blockLife:
		s.size = 1
	case idle < quick:
		s.size = min(2*s.size, maxBlock)
	case idle > slow:
		s.size = max(s.size/2, 1)
	}
	s.taken = now
	return 0, s.size
}

// keep adds a block that ends with last and hands out its first number.
func (s *Sequence) keep(last, size int64, now time.Time) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = true
	first := last - size + 1
	s.blocks = append(s.blocks, block{first + 1, last, now.Add(blockLife)})
	return first
}

func partition() storage.Partition { return storage.In("sequence", "dfid") }

// take moves the counter on and returns the last number of the block. The counter is moved by a bounded addition, so
// that instances which draw at once do not conflict. A counter that does not exist fails the bound of the first number
// and is then made; one that has begun below a first number which was set later just goes on.
func (s *Sequence) take(ctx context.Context, size int64) (last int64, err error) {
	p := partition()
	k := p.Key("last")
	var b storage.Bounds
	if low := s.first - 1 + size; s.first > 1 && !s.known() {
		b.Min = &low
	}
	add := func(tx *storage.Tx) error { return tx.Add(k, size, b, &last) }
	err = s.store.Update(ctx, "sequence_draw_dfid", p, add)
	if low := new(storage.BoundError); !errors.As(err, &low) {
		return last, err
	}
	err = s.store.Update(ctx, "sequence_begin_dfid", p, func(tx *storage.Tx) error {
		last = s.first - 1 // where it stands when it is new
		if _, err := tx.Get(k, &last); err != nil {
			return err
		}
		last += size
		return tx.Put(k, last)
	}, storage.Reading(k))
	return last, err
}

func (s *Sequence) known() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begun
}
