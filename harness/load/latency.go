package load

import (
	"encoding/json"
	"math"
	"time"

	"github.com/DataDog/sketches-go/ddsketch"
	"github.com/DataDog/sketches-go/ddsketch/mapping"
	"github.com/DataDog/sketches-go/ddsketch/store"
)

// accuracy is the relative error of every quantile.
const accuracy = 0.01

// sketch collects durations in constant memory. Quantiles have a relative error, count, mean and maximum have none.
type sketch struct {
	s *ddsketch.DDSketchWithExactSummaryStatistics
}

func newSketch() sketch {
	// The bins are bounded: beyond them the smallest values lose accuracy, never the greatest.
	m, err := mapping.NewLogarithmicMapping(accuracy)
	if err != nil {
		panic(err) // the accuracy is a constant
	}
	return sketch{ddsketch.NewDDSketchWithExactSummaryStatistics(m, func() store.Store { return store.NewCollapsingLowestDenseStore(2048) })}
}

func (k sketch) add(d time.Duration) {
	_ = k.s.Add(max(float64(d)/float64(time.Millisecond), 0)) // only values that are not finite are refused
}

// merge adds what another sketch has collected.
func (k sketch) merge(other sketch) { _ = k.s.MergeWith(other.s) } // only other mappings are refused

// Latency are durations in milliseconds. Quantiles have the result's relative error; count, mean and max are exact.
type Latency struct {
	Count int64 `json:"count"`
	Mean  Ms    `json:"mean_ms"`
	P50   Ms    `json:"p50_ms"`
	P90   Ms    `json:"p90_ms"`
	P95   Ms    `json:"p95_ms"`
	P99   Ms    `json:"p99_ms"`
	Max   Ms    `json:"max_ms"`
}

// Ms is a number of milliseconds, written with three digits after the point.
type Ms float64

// MarshalJSON rounds.
func (m Ms) MarshalJSON() ([]byte, error) { return json.Marshal(math.Round(float64(m)*1e3) / 1e3) }

func (k sketch) summary() Latency {
	if k.s.IsEmpty() {
		return Latency{}
	}
	q, err := k.s.GetValuesAtQuantiles([]float64{0.5, 0.9, 0.95, 0.99})
	if err != nil {
		return Latency{} // only for an empty sketch
	}
	most, _ := k.s.GetMaxValue()
	n := k.s.GetCount()
	// A bin's value may lie above the greatest of its members.
	for i := range q {
		q[i] = min(q[i], most)
	}
	return Latency{int64(n), Ms(k.s.GetSum() / n), Ms(q[0]), Ms(q[1]), Ms(q[2]), Ms(q[3]), Ms(most)}
}
