package breakdown

import (
	"math"
	"testing"
	"time"
)

// What is drawn is what was counted, and nothing is drawn outside.
func TestTimeChart(t *testing.T) {
	for _, n := range []int{1, 2, 7, 60} {
		line := Timeline{Step: 60}
		for i := range n {
			line.Steps = append(line.Steps, Step{noon.Add(time.Duration(i) * time.Minute), int64(10 + i), int64(i % 5), int64(i % 3 * (i % 5) / 4)})
		}
		c := line.chart()
		if len(c.Bars) != n || len(c.Labels) == 0 || len(c.Labels) > 7 {
			t.Fatalf("%d bars, %d labels", len(c.Bars), len(c.Labels))
		}
		top := niceAbove(float64(10 + n - 1))
		for i, b := range c.Bars {
			s, y := line.Steps[i], c.Bottom
			if b.X < c.Left-0.01 || b.X+b.Width > c.Right+0.01 {
				t.Errorf("bar %d of %d goes from %g, %g wide", i, n, b.X, b.Width)
			}
			for j, count := range []int64{s.Server, s.Errors - s.Server, s.Requests - s.Errors} {
				want := (c.Bottom - 8) * float64(count) / top
				if p := b.Parts[j]; math.Abs(p.Height-want) > 0.02 || math.Abs(p.Y+p.Height-y) > 0.02 || p.Y < 0 {
					t.Errorf("bar %d, part %d: %+v, want a height of %g above %g", i, j, p, want, y)
				}
				y = b.Parts[j].Y
			}
		}
	}
}

func TestLatencyChart(t *testing.T) {
	r := Report{All: Latency{100, 0.5, 30, 900, 12_000}, Logins: Latency{Count: 1}, Wall: Latency{5, 1e9, 1e9, 1e9, 1e9}}
	c := r.latencyChart()
	if len(c.Rows) != 3 || c.Ticks[0].Text != "0.1 ms" || c.Ticks[len(c.Ticks)-1].Text != "1,000,000 s" {
		t.Fatalf("%+v", c)
	}
	for _, row := range c.Rows {
		if !(c.Left <= row.P50 && row.P50 <= row.P95 && row.P95 <= row.P99 && row.P99 <= row.Max && row.Max <= c.Right) {
			t.Errorf("%+v", row)
		}
	}
	for i := 1; i < len(c.Ticks); i++ {
		if step := c.Ticks[i].At - c.Ticks[i-1].At; math.Abs(step-77) > 0.02 {
			t.Errorf("a power of ten is %g wide", step)
		}
	}
	if c := (&Report{}).latencyChart(); len(c.Rows)+len(c.Ticks) != 0 {
		t.Errorf("of nothing: %+v", c)
	}
}

func TestNiceAbove(t *testing.T) {
	for v, want := range map[float64]float64{1: 4, 4: 4, 5: 8, 9: 12, 13: 20, 21: 40, 1000: 1200, 1300: 2000} {
		if got := niceAbove(v); got != want {
			t.Errorf("above %g: %g, want %g", v, got, want)
		}
	}
}
