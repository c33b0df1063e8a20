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
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.known[r.doc]
	if ok {
		return v, nil
	}
	if err := r.Decode(&v); err != nil || len(r.doc) > maxKnownDoc || strings.HasPrefix(r.doc, sealedHead) {
		return v, err // a sealed document belongs to its key as well
	}
	if m.known == nil || len(m.known) >= maxKnown {
		m.known = make(map[string]T)
	}
	m.known[r.doc] = v
	return v, nil
}
