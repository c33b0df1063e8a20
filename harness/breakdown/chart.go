package breakdown

import (
	"fmt"
	"math"
)

// The drawings of the page are made here, in units of their view boxes, so that the page has no script to run.

// timeChart is the time line as stacked bars: successes, errors of clients, errors of the service.
type timeChart struct {
	Width, Height, Left, Right, Bottom float64 // Left to Right and 0 to Bottom is where the bars are
	Bars                               []bar
	Lines                              []mark // across, with the number that they stand for
	Labels                             []mark // below, with the time that they stand for
}

type bar struct {
	X, Width float64
	Parts    [3]part
	Title    string
}

type part struct {
	Class     string
	Y, Height float64
}

type mark struct {
	At   float64
	Text string
}

func (t Timeline) chart() timeChart {
	c := timeChart{Width: 960, Height: 220, Left: 52, Right: 952, Bottom: 188}
	var most int64 = 1
	for _, s := range t.Steps {
		most = max(most, s.Requests)
	}
	top := niceAbove(float64(most))
	y := func(v int64) float64 { return round(c.Bottom - (c.Bottom-8)*float64(v)/top) }
	for i := range 5 {
		v := int64(top) * int64(i) / 4
		c.Lines = append(c.Lines, mark{y(v), grouped(v)})
	}
	n := len(t.Steps)
	step := (c.Right - c.Left) / float64(max(n, 1))
	for i, s := range t.Steps {
		b := bar{X: round(c.Left + float64(i)*step), Width: round(math.Max(math.Min(step-1, 40), 0.5)), Title: fmt.Sprintf(
			"%s: %s requests, %s errors, %s of the service", clock(s.Start), grouped(s.Requests), grouped(s.Errors), grouped(s.Server))}
		from := int64(0)
		for j, p := range []struct {
			class string
			count int64
		}{{"server", s.Server}, {"client", s.Errors - s.Server}, {"good", s.Requests - s.Errors}} {
			b.Parts[j] = part{p.class, y(from + p.count), round(y(from) - y(from+p.count))}
			from += p.count
		}
		c.Bars = append(c.Bars, b)
		if every := (n + 5) / 6; i%every == 0 {
			layout := "15:04"
			switch {
			case t.Step >= 86400:
				layout = "2006-01-02"
			case t.Step >= 3600:
				layout = "01-02 15:04"
			case t.Step < 60:
				layout = "15:04:05"
			}
			c.Labels = append(c.Labels, mark{b.X, s.Start.Format(layout)})
		}
	}
	return c
}

// latencyChart shows quantiles on a logarithmic axis.
type latencyChart struct {
	Width, Height, Left, Right, Bottom float64
	Rows                               []latencyRow
	Ticks                              []mark
}

type latencyRow struct {
	Name               string
	Y                  float64
	P50, P95, P99, Max float64
	Title              string
}

func (r *Report) latencyChart() latencyChart {
	rows := r.latencyRows()
	c := latencyChart{Width: 960, Left: 170, Right: 940}
	low, high := math.Inf(1), 1.0
	for _, l := range rows {
		low, high = math.Min(low, math.Max(l.P50, 0.1)), math.Max(high, l.Max)
	}
	first, last := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	if last <= first {
		last = first + 1
	}
	x := func(ms float64) float64 {
		at := (math.Log10(math.Max(ms, math.Pow(10, first))) - first) / (last - first)
		return round(c.Left + (c.Right-c.Left)*math.Min(at, 1))
	}
	for i, l := range rows {
		c.Rows = append(c.Rows, latencyRow{
			l.Name, float64(24 + 34*i), x(l.P50), x(l.P95), x(l.P99), x(l.Max),
			fmt.Sprintf("%s: p50 %s, p95 %s, p99 %s, max %s ms", l.Name, millis(l.P50), millis(l.P95), millis(l.P99), millis(l.Max)),
		})
	}
	c.Bottom = float64(12 + 34*len(rows))
	c.Height = c.Bottom + 24
	if len(rows) > 0 {
		for e := first; e <= last; e++ {
			c.Ticks = append(c.Ticks, mark{x(math.Pow(10, e)), tick(math.Pow(10, e))})
		}
	}
	return c
}

// tick is a power of ten of milliseconds.
func tick(ms float64) string {
	switch {
	case ms < 1:
		return fmt.Sprintf("%g ms", round(ms*100)/100)
	case ms < 1000:
		return grouped(int64(ms+0.5)) + " ms"
	}
	return grouped(int64(ms/1000+0.5)) + " s"
}

// niceAbove is the least of 4, 8, 12, 20, 40, 80, 120, 200, ... that is not below v: quarters of it are whole.
func niceAbove(v float64) float64 {
	for unit := 1.0; ; unit *= 10 {
		for _, n := range []float64{4, 8, 12, 20} {
			if n*unit >= v {
				return n * unit
			}
		}
	}
}

// round keeps two digits: more make a page longer and no picture better.
func round(v float64) float64 { return math.Round(v*100) / 100 }
