// Package recent remembers what the last few texts stand for. An instance is asked for the same ones again and again, and
// finding what one says costs less than working it out.
package recent

import (
	"strings"
	"sync"
)

// most is how many texts are remembered. When there are more, all are forgotten.
const most = 64

// Texts are texts with what they stand for. The zero value remembers nothing yet; it may be used concurrently.
type Texts[V any] struct {
	mu    sync.Mutex
	known map[string]V
}

// Find returns what a text stands for, and whether it is remembered.
func (t *Texts[V]) Find(text string) (V, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	v, ok := t.known[text]
	return v, ok
}

// Add remembers a text. It keeps a copy: a text is often part of a longer one, all of which would stay in memory with it.
func (t *Texts[V]) Add(text string, v V) {
	text = strings.Clone(text)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) >= most {
		t.known = make(map[string]V)
	}
	t.known[text] = v
}
