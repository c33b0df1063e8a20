// Package ordered is a map whose keys are also kept in byte order.
package ordered

import (
	"iter"
	"slices"
	"strings"
)

// most is how many keys a run holds: small enough that moving them is cheap, large enough that there are few runs.
const most = 512

// Map keeps its keys in runs, each in order and each before the next, so that adding or removing a key moves the keys of one
// run and not all that follow. It is not safe for concurrent use while it changes.
type Map[V any] struct {
	values map[string]V
	runs   [][]string // none is empty
}

// New returns an empty map.
func New[V any]() *Map[V] { return &Map[V]{values: map[string]V{}} }

// Len is how many keys there are.
func (m *Map[V]) Len() int { return len(m.values) }

// Get returns the value of a key and whether there is one.
func (m *Map[V]) Get(key string) (V, bool) {
	v, ok := m.values[key]
	return v, ok
}

// First is the first key, "" when there is none.
func (m *Map[V]) First() string {
	if len(m.runs) == 0 {
		return ""
	}
	return m.runs[0][0]
}

// Set replaces the value of a key.
func (m *Map[V]) Set(key string, v V) {
	if _, ok := m.values[key]; !ok {
		m.add(key)
	}
	m.values[key] = v
}

func (m *Map[V]) add(key string) {
	if len(m.runs) == 0 {
		m.runs = [][]string{{key}}
		return
	}
	n := m.run(key)
	run := m.runs[n]
	at, _ := slices.BinarySearch(run, key)
	if len(run) < most {
		m.runs[n] = slices.Insert(run, at, key)
		return
	}
	// Keys that come in order, as most do, leave full runs behind.
	middle := len(run) / 2
	if at == len(run) {
		middle = len(run)
	}
	tail := append(make([]string, 0, most), run[middle:]...)
	if at >= middle {
		tail = slices.Insert(tail, at-middle, key)
	} else {
		run = slices.Insert(run[:middle:middle], at, key)
		middle++
	}
	m.runs[n] = run[:middle:middle]
	m.runs = slices.Insert(m.runs, n+1, tail)
}

// run is the index of the run that holds a key or would.
func (m *Map[V]) run(key string) int {
	n, found := slices.BinarySearchFunc(m.runs, key, func(run []string, key string) int { return strings.Compare(run[0], key) })
	if found || n == 0 {
		return n
	}
	return n - 1
}

// Delete removes a key; a missing one is none of its business.
func (m *Map[V]) Delete(key string) {
	if _, ok := m.values[key]; !ok {
		return
	}
	delete(m.values, key)
	n := m.run(key)
	at, _ := slices.BinarySearch(m.runs[n], key)
	if m.runs[n] = slices.Delete(m.runs[n], at, at+1); len(m.runs[n]) == 0 {
		m.runs = slices.Delete(m.runs, n, n+1)
	}
}

// All yields everything in order.
func (m *Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, run := range m.runs {
			for _, key := range run {
				if !yield(key, m.values[key]) {
					return
				}
			}
		}
	}
}

// Range yields what lies within low <= key < high, in order, or downwards when reverse. A high of "" is beyond all keys.
func (m *Map[V]) Range(low, high string, reverse bool) iter.Seq2[string, V] {
	if reverse {
		return m.down(low, high)
	}
	return func(yield func(string, V) bool) {
		for n := m.run(low); n < len(m.runs); n++ {
			run := m.runs[n]
			from, _ := slices.BinarySearch(run, low)
			for _, key := range run[from:] {
				if high != "" && key >= high || !yield(key, m.values[key]) {
					return
				}
			}
		}
	}
}

func (m *Map[V]) down(low, high string) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		n := len(m.runs) - 1
		if high != "" && n >= 0 {
			n = m.run(high)
		}
		for ; n >= 0; n-- {
			run := m.runs[n]
			to := len(run)
			if high != "" {
				to, _ = slices.BinarySearch(run, high)
			}
			for i := to - 1; i >= 0; i-- {
				if run[i] < low || !yield(run[i], m.values[run[i]]) {
					return
				}
			}
		}
	}
}
