package trace

import (
	"io"
	"sync"
)

// drawn is how many bytes of random data are asked for at once: the ids of 21 requests.
const drawn = 21 * (16 + 8)

// Ids is a source of the ids of spans. It draws from another source for many requests at once, since each crossing to the
// platform costs as much as the rest of a span's beginning. What it holds will be public, so nothing secret may come from it.
func Ids(random io.Reader) io.Reader { return &ids{random: random} }

type ids struct {
	random io.Reader

	mu   sync.Mutex
	left []byte
}

// Read fills p, which must not be longer than what is drawn at once.
func (i *ids) Read(p []byte) (int, error) {
	if i.take(p) {
		return len(p), nil
	}
	fresh := make([]byte, drawn)
	if _, err := io.ReadFull(i.random, fresh); err != nil {
		return 0, err
	}
	n := copy(p, fresh)
	i.keep(fresh[n:])
	return n, nil
}

func (i *ids) take(p []byte) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.left) < len(p) {
		return false
	}
	i.left = i.left[copy(p, i.left):]
	return true
}

func (i *ids) keep(left []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.left = left
}
