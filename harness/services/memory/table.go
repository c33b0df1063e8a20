package memory

import "slices"

// table is a map whose keys are also kept in order. Adding or removing a key
// moves the keys behind it, which beats a tree up to some 100,000 keys.
type table[V any] struct {
	values map[string]V
	keys   []string // sorted
}

func newTable[V any]() *table[V] { return &table[V]{values: map[string]V{}} }

func (t *table[V]) put(key string, v V) {
	if _, ok := t.values[key]; !ok {
		i, _ := slices.BinarySearch(t.keys, key)
		t.keys = slices.Insert(t.keys, i, key)
	}
	t.values[key] = v
}

func (t *table[V]) delete(key string) {
	if _, ok := t.values[key]; !ok {
		return
	}
	i, _ := slices.BinarySearch(t.keys, key)
	t.keys = slices.Delete(t.keys, i, i+1)
	delete(t.values, key)
}

// between returns the keys with lo <= key < hi in order; hi "" has no upper
// bound. The result shares memory with t.
func (t *table[V]) between(lo, hi string) []string {
	from, _ := slices.BinarySearch(t.keys, lo)
	to := len(t.keys)
	if hi != "" {
		to, _ = slices.BinarySearch(t.keys, hi)
	}
	if to < from {
		return nil
	}
	return t.keys[from:to]
}
