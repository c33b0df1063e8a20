package breakdown

import (
	"cmp"
	"math"
	"slices"
)

// Change is a measure before and after. Worse is how much worse it got in its own unit, negative for better.
type Change struct {
	Measure string  `json:"measure"`
	Before  float64 `json:"before"`
	After   float64 `json:"after"`
	Worse   float64 `json:"worse"`
	Unit    string  `json:"unit"` // percent or ms
}

// Compare sets two reports side by side, what got worse first: by its ratio, so that shares and latencies can stand in
// one list.
func Compare(before, after Report) []Change {
	var out []Change
	add := func(name, unit string, a, b float64) {
		if a != 0 || b != 0 {
			out = append(out, Change{name, a, b, b - a, unit})
		}
	}
	percent := func(n, of int64) float64 { return 100 * share(n, of) }
	add("error rate", "percent", percent(before.Errors, before.Requests), percent(after.Errors, after.Requests))
	add("server errors", "percent", percent(before.Server, before.Requests), percent(after.Server, after.Requests))
	kinds := func(r Report) map[string]int64 {
		m := make(map[string]int64)
		for _, c := range r.Kinds {
			m[c.Name] = c.Count
		}
		return m
	}
	a, b := kinds(before), kinds(after)
	names := make(map[string]bool)
	for k := range a {
		names[k] = true
	}
	for k := range b {
		names[k] = true
	}
	for k := range names {
		add(k, "percent", percent(a[k], before.Requests), percent(b[k], after.Requests))
	}
	add("p50", "ms", before.All.P50, after.All.P50)
	add("p95", "ms", before.All.P95, after.All.P95)
	add("p99", "ms", before.All.P99, after.All.P99)
	add("login p95", "ms", before.Logins.P95, after.Logins.P95)
	add("uncovered failures", "percent", 100*(1-before.Coverage.Share), 100*(1-after.Coverage.Share))
	ratio := func(c Change) float64 {
		if c.Before == 0 {
			return math.Inf(cmp.Compare(c.After, 0))
		}
		return c.After / c.Before
	}
	slices.SortFunc(out, func(x, y Change) int {
		return cmp.Or(cmp.Compare(ratio(y), ratio(x)), cmp.Compare(y.Worse, x.Worse), cmp.Compare(x.Measure, y.Measure))
	})
	return out
}
