package breakdown

import "hash/maphash"

// recent keeps a value for each of the last keys that were asked for: what belongs together stands close together in a
// log, and all of it would not fit in constant memory.
type recent[V any] struct {
	size   int
	index  map[uint64]int
	slots  []slot[V]
	oldest int
	leave  func(*V) // takes a value whose key is forgotten; may be nil
}

type slot[V any] struct {
	key   uint64
	value V
}

func newRecent[V any](size int, leave func(*V)) *recent[V] {
	return &recent[V]{size: size, index: make(map[uint64]int), leave: leave}
}

// of returns the value of a key, and whether the key was known. It is valid until the next call.
func (r *recent[V]) of(key uint64) (value *V, known bool) {
	if i, known := r.index[key]; known {
		return &r.slots[i].value, true
	}
	i := len(r.slots)
	if i < r.size {
		r.slots = append(r.slots, slot[V]{key: key})
	} else {
		i = r.oldest
		r.oldest = (r.oldest + 1) % r.size
		delete(r.index, r.slots[i].key)
		if r.leave != nil {
			r.leave(&r.slots[i].value)
		}
		r.slots[i] = slot[V]{key: key}
	}
	r.index[key] = i
	return &r.slots[i].value, false
}

// end forgets all keys, the oldest first.
func (r *recent[V]) end() {
	for n := range r.slots {
		if r.leave != nil {
			r.leave(&r.slots[(r.oldest+n)%len(r.slots)].value)
		}
	}
	r.slots, r.oldest = nil, 0
	clear(r.index)
}

// hasher makes keys of texts.
type hasher struct{ seed maphash.Seed }

func (h hasher) key(texts ...string) (key uint64) {
	for _, text := range texts {
		key = key*0x9e3779b97f4a7c15 ^ maphash.String(h.seed, text)
	}
	return key
}
