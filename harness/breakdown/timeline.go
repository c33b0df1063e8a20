package breakdown

import (
	"slices"
	"time"
)

// maxSteps bounds the time line; its steps grow with the span.
const maxSteps = 60

// widths are the steps of a time line. Each is a multiple of the one before, so that steps can be merged, and one that
// people count in; 60 of the last span two centuries.
var widths = []time.Duration{
	time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute,
	30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 7 * day, 28 * day, 364 * day, 4 * 364 * day,
}

const day = 24 * time.Hour

// timeline counts by time, in at most maxSteps steps of one width.
type timeline struct {
	level int // of widths
	steps map[int64]*Step
	n     int64 // the step that was asked for last
	step  *Step
}

// Step is one step of the time line.
type Step struct {
	Start    time.Time `json:"start"`
	Requests int64     `json:"requests"`
	Errors   int64     `json:"errors"`
	Server   int64     `json:"server_errors"`
}

// at returns the step of a time, which must be plausible. It is valid until the next call.
func (t *timeline) at(when time.Time) *Step {
	n := when.UnixNano() / int64(widths[t.level])
	if t.step != nil && t.n == n {
		return t.step
	}
	if t.steps == nil {
		t.steps = make(map[int64]*Step)
	}
	for t.steps[n] == nil && !t.fits(n) {
		t.grow()
		n = when.UnixNano() / int64(widths[t.level])
	}
	t.n, t.step = n, t.get(n)
	return t.step
}

func (t *timeline) get(n int64) *Step {
	s := t.steps[n]
	if s == nil {
		s = &Step{Start: time.Unix(0, n*int64(widths[t.level])).UTC()}
		t.steps[n] = s
	}
	return s
}

func (t *timeline) fits(n int64) bool {
	low, high := n, n
	for k := range t.steps {
		low, high = min(low, k), max(high, k)
	}
	return high-low < maxSteps || t.level == len(widths)-1
}

func (t *timeline) grow() {
	old := t.steps
	t.level++
	t.steps, t.step = make(map[int64]*Step, len(old)), nil
	for _, s := range old {
		t.get(s.Start.UnixNano() / int64(widths[t.level])).add(s)
	}
}

// add adds the counts of another step.
func (s *Step) add(o *Step) {
	s.Requests += o.Requests
	s.Errors += o.Errors
	s.Server += o.Server
}

// Timeline is the steps in order, those without requests included.
type Timeline struct {
	Step  float64 `json:"step_s"` // width of a step, in seconds
	Steps []Step  `json:"steps"`
}

func (t *timeline) summary() Timeline {
	out := Timeline{Step: widths[t.level].Seconds(), Steps: []Step{}}
	var keys []int64
	for k := range t.steps {
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return out
	}
	for n, last := slices.Min(keys), slices.Max(keys); n <= last; n++ {
		out.Steps = append(out.Steps, *t.get(n))
	}
	return out
}
