package memory

import (
	"iter"

	"tracedge/core/storage/wire"
)

// All yields every record with its partition: partitions in no order, the records of each by key, expired ones that were not
// dropped yet among them. To be called while nothing commits.
func (s *Store) All() iter.Seq2[string, wire.Record] {
	return func(yield func(string, wire.Record) bool) {
		for name, p := range s.partitions {
			for _, r := range p.records.All() {
				if !yield(name, r) {
					return
				}
			}
		}
	}
}

// Drop forgets partitions whose name is chosen, but not their replicas, as if they had never been asked for again: for stores
// that hold more than a test can afford. To be called while nothing commits.
func (s *Store) Drop(chosen func(partition string) bool) {
	for name := range s.partitions {
		if chosen(name) {
			delete(s.partitions, name)
		}
	}
}

// All yields every replica by key.
func (e *Edge) All() iter.Seq2[string, wire.Record] { return e.replicas.All() }
