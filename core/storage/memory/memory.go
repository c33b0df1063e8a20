// Package memory is a back end of the store that keeps everything in this process: the sequencer's partitions and the
// edge replica. It follows the protocol of package wire to the letter, so that what passes here passes at the edge.
//
// It imports only packages wire and ordered: tests inside package storage can use it.
package memory

import (
	"context"
	"sync"
	"time"

	"tracedge/core/storage/memory/ordered"
	"tracedge/core/storage/wire"
)

// Replication says when the edge view follows the commits.
type Replication int

const (
	// AtOnce has a commit's replicas visible at the edge when the commit returns.
	AtOnce Replication = iota
	// Manual leaves the edge as it is until Store.Replicate, so that a test can look at a stale edge and at bursts that
	// are coalesced.
	Manual
)

// Options of a Store. The zero value is ready for use.
type Options struct {
	Clock       func() time.Time // time.Now when nil
	Replication Replication
}

// Store keeps partitions and their edge view. It implements storage.Sequencer itself and storage.Edge through Edge. It
// is safe for concurrent use; calls of different partitions do not wait for each other.
type Store struct {
	clock  func() time.Time
	manual bool
	edge   Edge

	mu         sync.RWMutex // guards the map, not what it points to
	partitions map[string]*partition
}

// New returns an empty store.
func New(o Options) *Store {
	s := &Store{clock: o.Clock, manual: o.Replication == Manual, partitions: make(map[string]*partition)}
	if s.clock == nil {
		s.clock = time.Now
	}
	s.edge.now, s.edge.replicas = s.now, ordered.New[wire.Record]()
	return s
}

// Read returns records of one partition, all of one moment. A malformed request is answered with wire.Invalid. The error
// is that of a context which has ended.
func (s *Store) Read(ctx context.Context, req wire.ReadRequest) (wire.ReadReply, error) {
	if err := ctx.Err(); err != nil {
		return wire.ReadReply{}, err
	}
	if err := checkRead(req); err != nil {
		return wire.ReadReply{Error: wire.Invalid, Message: err.Error()}, nil
	}
	p := s.find(req.Partition)
	if p == nil {
		return wire.ReadReply{OK: true, Scans: make([]wire.ScanReply, len(req.Scans))}, nil
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.read(req, s.now()), nil
}

// Commit changes one partition, all or nothing. A malformed request is answered with wire.Invalid. The error is that of
// a context which has ended; then nothing was done.
func (s *Store) Commit(ctx context.Context, req wire.CommitRequest) (wire.CommitReply, error) {
	if err := ctx.Err(); err != nil {
		return wire.CommitReply{}, err
	}
	if err := checkCommit(req); err != nil {
		return refuse(err), nil
	}
	p := s.findOrMake(req.Partition)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := s.now()
	reply := p.commit(req, now)
	if !s.manual {
		s.edge.apply(p.drain(now))
	}
	return reply, nil
}

// Edge is the view of the replicas.
func (s *Store) Edge() *Edge { return &s.edge }

// Replicate brings the edge up to date with every commit so far and returns how many writes that took: one for each key
// that changed, however often it did. Under AtOnce there is nothing left to do.
func (s *Store) Replicate() int {
	s.mu.RLock()
	all := make([]*partition, 0, len(s.partitions))
	for _, p := range s.partitions {
		all = append(all, p)
	}
	s.mu.RUnlock()
	writes := 0
	for _, p := range all {
		p.mu.Lock()
		changes := p.drain(s.now())
		s.edge.apply(changes) // inside the lock, so that two calls cannot overtake each other
		p.mu.Unlock()
		writes += len(changes)
	}
	return writes
}

func (s *Store) now() int64 { return s.clock().UnixMilli() }

func (s *Store) find(name string) *partition {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.partitions[name]
}

func (s *Store) findOrMake(name string) *partition {
	if p := s.find(name); p != nil {
		return p
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.partitions[name]
	if p == nil {
		p = newPartition()
		s.partitions[name] = p
	}
	return p
}
