package storage

import (
	"strings"
	"sync"
)

// Memo decodes documents of one type and remembers what the last of them say: an instance is asked for the same few
// again and again, and decoding costs more than finding them. What is remembered depends on nothing but the text of the
// document, so it cannot be out of date.
type Memo[T any] struct {
	mu    sync.Mutex
	known map[string]T // by document
}

// maxKnown bounds how many documents a Memo holds, and maxKnownDoc the bytes of each.
const (
	maxKnown    = 64
	maxKnownDoc = 4096
)

// Decode is Record.Decode. What the result points to is shared with other results: it must not be changed.
func (m *Memo[T]) Decode(r Record) (T, error) {
	v, ok := m.find(r.doc)
	if ok {
		return v, nil
	}
	err := r.Decode(&v)
	if err == nil && len(r.doc) <= maxKnownDoc && !strings.HasPrefix(r.doc, sealedHead) { // a sealed one belongs to its key too
		m.add(r.doc, v)
	}
	return v, err
}

func (m *Memo[T]) find(doc string) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.known[doc]
	return v, ok
}

func (m *Memo[T]) add(doc string, v T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= maxKnown {
		m.known = make(map[string]T)
	}
	m.known[doc] = v
}
