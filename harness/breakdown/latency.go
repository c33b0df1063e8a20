package breakdown

import (
	"math"

	"github.com/DataDog/sketches-go/ddsketch"
)

// accuracy is the relative error of every quantile.
const accuracy = 0.01

// maxBins bounds a sketch: 2048 bins of 1 % span 17 decimal orders of magnitude. Beyond them the smallest values lose
// accuracy, never the greatest.
const maxBins = 2048

// latency collects durations in constant memory, in a DDSketch: its quantiles have a bounded relative error, and two of
// them can be merged without adding to it.
type latency struct {
	sketch *ddsketch.DDSketch
	max    float64
}

// add takes a duration in milliseconds. Negative ones, which clocks that were set back make, count as 0.
func (l *latency) add(ms float64) {
	if l.sketch == nil {
		l.sketch, _ = ddsketch.LogCollapsingLowestDenseDDSketch(accuracy, maxBins) // fails only for another accuracy
	}
	const century = 3.2e12
	ms = math.Min(math.Max(ms, 0), century)
	l.max = math.Max(l.max, ms)
	_ = l.sketch.Add(ms) // fails only for what is out of range
}

// Latency are the quantiles of durations in milliseconds: those of Report.Accuracy, and the exact maximum.
type Latency struct {
	Count int64   `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Max   float64 `json:"max_ms"`
}

func (l *latency) summary() Latency {
	if l.sketch == nil {
		return Latency{}
	}
	return Latency{int64(l.sketch.GetCount()), l.quantile(0.5), l.quantile(0.95), l.quantile(0.99), l.max}
}

// quantile is the least value that a share of all values is not above. The sketch on its own would go one value lower in
// a short log, and let an objective pass that was missed.
func (l *latency) quantile(share float64) float64 {
	n := l.sketch.GetCount()
	rank := math.Ceil(share*n) - 1     // from 0
	q := math.Min((rank+0.5)/(n-1), 1) // between two ranks, where rounding does no harm
	v, err := l.sketch.GetValueAtQuantile(q)
	if err != nil {
		return 0
	}
	return math.Min(v, l.max) // a bin's middle may lie above all that is in it
}
