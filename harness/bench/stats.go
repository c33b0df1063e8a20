package bench

import (
	"math"
	"slices"
	"time"

	"golang.org/x/perf/benchmath"
)

// Figure is a median with its 95 % interval.
type Figure struct {
	Center float64 `json:"center"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	Count  int     `json:"n"`
}

// figure summarises values as benchstat does. With less than six the interval is the whole range.
func figure(values []float64) Figure {
	if len(values) == 0 {
		return Figure{Center: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	s := benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), 0.95)
	if math.IsInf(s.Lo, 0) || math.IsInf(s.Hi, 0) {
		s.Lo, s.Hi = slices.Min(values), slices.Max(values)
	}
	return Figure{s.Center, s.Lo, s.Hi, len(values)}
}

// ratios divides round by round.
func ratios(over, under []float64) []float64 {
	out := make([]float64, min(len(over), len(under)))
	for i := range out {
		out[i] = over[i] / under[i]
	}
	return out
}

// quantile of sorted durations, by nearest rank.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(math.Ceil(q*float64(len(sorted))))-1)]
}

// milliseconds of a duration.
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// median of durations, in milliseconds.
func median(list []time.Duration) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return milliseconds(quantile(sorted, 0.5))
}
