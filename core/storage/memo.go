package storage

import (
	"strings"

	"tracedge/core/recent"
)

// Memo decodes documents of one type and remembers what the last of them say. What is remembered depends on nothing but
// the text of the document, so it cannot be out of date.
type Memo[T any] struct{ known recent.Texts[*T] }

// maxKnownDoc bounds the bytes of a document that is remembered.
const maxKnownDoc = 4096

// Decode is Record.Decode. The result is shared with other callers: it must not be changed.
func (m *Memo[T]) Decode(r Record) (*T, error) {
	v, ok := m.known.Find(r.doc)
	if ok {
		return v, nil
	}
	v = new(T)
	if err := r.Decode(v); err != nil {
		return nil, err
	}
	if len(r.doc) <= maxKnownDoc && !strings.HasPrefix(r.doc, sealedHead) { // a sealed one belongs to its key too
		m.known.Add(r.doc, v)
	}
	return v, nil
}
