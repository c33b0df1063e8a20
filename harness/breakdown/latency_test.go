package breakdown

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Every quantile is within the error that is stated, for few values as for many, of any size; the maximum is exact.
func TestQuantilesAreWithinTheirError(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 5, 10, 19, 20, 21, 99, 100, 101, 10_000} {
		for name, draw := range map[string]func() float64{
			"even": func() float64 { return random.Float64() * 100 }, "skewed": func() float64 { return math.Exp(random.NormFloat64() * 4) },
			"equal": func() float64 { return 42.5 }, "zeros": func() float64 { return float64(random.IntN(2)) },
		} {
			var l latency
			values := make([]float64, n)
			for i := range values {
				values[i] = draw()
				l.add(values[i])
			}
			slices.Sort(values)
			got := l.summary()
			for share, have := range map[float64]float64{0.5: got.P50, 0.95: got.P95, 0.99: got.P99} {
				want := values[int(math.Ceil(share*float64(n)))-1]
				if math.Abs(have-want) > accuracy*want*(1+1e-9) {
					t.Errorf("%d %s values: the %g quantile is %g, want %g", n, name, share, have, want)
				}
			}
			if got.Count != int64(n) || got.Max != values[n-1] {
				t.Errorf("%d %s values: %+v, the greatest is %g", n, name, got, values[n-1])
			}
		}
	}
}

func TestLatenciesOutOfRange(t *testing.T) {
	var l latency
	if got := l.summary(); got != (Latency{}) {
		t.Errorf("of nothing: %+v", got)
	}
	for _, v := range []float64{-5, 0, 1e-300, math.MaxFloat64, math.Inf(1)} {
		l.add(v)
	}
	if got := l.summary(); got.Count != 5 || got.P50 > 1e-5 || math.IsInf(got.Max, 0) || got.Max < 1e12 {
		t.Errorf("%+v", got)
	}
}
