package breakdown

import (
	"cmp"
	"slices"

	"github.com/DataDog/sketches-go/ddsketch"
)

// accuracy is the relative error of every quantile.
const accuracy = 0.01

// maxNames bounds the distinct names of one count; further ones are counted together.
const maxNames = 5000

// counts counts by name.
type counts map[string]int64

func (c counts) add(name string) {
	if _, known := c[name]; !known && len(c) >= maxNames {
		name = "(others)"
	}
	c[name]++
}

// Count is a name with its number.
type Count struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// ranked is the counts, most first, ties by name.
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

// latency collects durations in constant memory.
type latency struct{ sketch *ddsketch.DDSketch }

func (l *latency) add(ms float64) {
	if l.sketch == nil {
		// Bounded bins: beyond them the smallest values lose accuracy, never the greatest.
		l.sketch, _ = ddsketch.LogCollapsingLowestDenseDDSketch(accuracy, 2048)
	}
	_ = l.sketch.Add(max(ms, 0)) // only values that are not finite are refused
}

// Latency are the quantiles of durations, in milliseconds, with a relative error of 1 %.
type Latency struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
}

func (l *latency) summary() Latency {
	if l.sketch == nil || l.sketch.IsEmpty() {
		return Latency{}
	}
	q, err := l.sketch.GetValuesAtQuantiles([]float64{0.5, 0.95, 0.99})
	if err != nil {
		return Latency{}
	}
	most, _ := l.sketch.GetMaxValue()
	return Latency{int64(l.sketch.GetCount()), q[0], q[1], q[2], most}
}
