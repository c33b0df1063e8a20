package memory

import (
	"iter"
	"slices"
)

// table is a map with its keys in byte order. Adding and removing a key moves the keys behind it; up to some 100,000
// keys that is faster than a tree.
type table[V any] struct {
	values map[string]V
	keys   []string // sorted
}

func newTable[V any]() table[V] { return table[V]{values: make(map[string]V)} }

func (t *table[V]) get(key string) (V, bool) {
	v, ok := t.values[key]
	return v, ok
}

func (t *table[V]) set(key string, v V) {
	if _, ok := t.values[key]; !ok {
		i, _ := slices.BinarySearch(t.keys, key)
		t.keys = slices.Insert(t.keys, i, key)
	}
	t.values[key] = v
}

func (t *table[V]) remove(key string) {
	if i, ok := slices.BinarySearch(t.keys, key); ok {
		t.keys = slices.Delete(t.keys, i, i+1)
		delete(t.values, key)
	}
}

// span is a range of keys: lo <= key < hi, walked downwards when reverse.
type span struct {
	lo, hi  string
	reverse bool
}

// spanOf is the keys with the prefix, strictly beyond after ("" is all) up to and including until ("" is all) in the
// direction of the walk. A prefix is of printable ASCII and not empty, so that a least string beyond it exists.
func spanOf(prefix, after, until string, reverse bool) span {
	last := len(prefix) - 1
	s := span{lo: prefix, hi: prefix[:last] + string(rune(prefix[last]+1)), reverse: reverse}
	switch {
	case reverse:
		if after != "" {
			s.hi = min(s.hi, after)
		}
		s.lo = max(s.lo, until)
	default:
		if after != "" {
			s.lo = max(s.lo, after+"\x00") // the least string beyond
		}
		if until != "" {
			s.hi = min(s.hi, until+"\x00")
		}
	}
	return s
}

// walk yields what lies in the span.
func (t *table[V]) walk(s span) iter.Seq2[string, V] {
	from, _ := slices.BinarySearch(t.keys, s.lo)
	to, _ := slices.BinarySearch(t.keys, s.hi)
	keys := t.keys[from:max(from, to)]
	return func(yield func(string, V) bool) {
		for i := range keys {
			key := keys[i]
			if s.reverse {
				key = keys[len(keys)-1-i]
			}
			if !yield(key, t.values[key]) {
				return
			}
		}
	}
}
