package breakdown

import (
	"cmp"
	"slices"
)

// counts counts by name. The number of names is bounded; further ones are counted together.
type counts map[string]int64

func (c counts) add(name string) {
	if _, known := c[name]; !known && len(c) >= maxNames {
		name = others
	}
	c[name]++
}

// Count is a name with its number.
type Count struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// ranked is the counts, most first, ties by name. It is never nil.
func (c counts) ranked() []Count {
	out := make([]Count, 0, len(c))
	for name, n := range c {
		out = append(out, Count{name, n})
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func total(list []Count) (n int64) {
	for _, c := range list {
		n += c.Count
	}
	return n
}

// most is how many names have figures of their own: a sketch of latencies takes some kilobytes.
const most = 400

// table holds figures by name. The number of names is bounded; further ones share one entry.
type table[V any] map[string]*V

func (t table[V]) of(name string) *V {
	v := t[name]
	if v == nil {
		if len(t) >= most {
			name = others
		}
		if v = t[name]; v == nil {
			v = new(V)
			t[name] = v
		}
	}
	return v
}

// share is a part of a whole, 0 to 1, and 0 of nothing.
func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
