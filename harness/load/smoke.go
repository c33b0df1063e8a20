package load

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// SmokeResult is how walks along the critical path went.
type SmokeResult struct {
	URL      string
	Steps    []SmokeStep // in the order of the path
	Total    SmokeStep
	Failures []Failure // all of them, in order
}

// SmokeStep is one step over all walks.
type SmokeStep struct {
	Name           string
	Good, All      int
	Mean, P95, P99 time.Duration // of what was sent, failures included; quantiles are exact, by nearest rank
	durations      []time.Duration
}

// Complete reports whether everything succeeded.
func (r SmokeResult) Complete() bool { return r.Total.Good == r.Total.All }

// Smoke walks the critical path n times with an account of its own each time, one request after the other: health,
// register, login, verify. A step that needs a failed one is not sent and counts as failed. When ctx ends, so does the
// walk, and the result tells of what was done.
func Smoke(ctx context.Context, c *Client, n int) SmokeResult {
	r := SmokeResult{URL: c.URL, Total: SmokeStep{Name: "total"}}
	for _, name := range path {
		r.Steps = append(r.Steps, SmokeStep{Name: name})
	}
	for range n {
		if ctx.Err() != nil {
			break
		}
		r.walk(ctx, c)
	}
	for i := range r.Steps {
		r.Steps[i].finish()
	}
	r.Total.finish()
	return r
}

func (r *SmokeResult) walk(ctx context.Context, c *Client) {
	u, sound := NewUser(), true
	for i, step := range []func() Request{
		health, func() Request { return u.register() }, func() Request { return u.login() }, func() Request { return u.verify() },
	} {
		s, request := &r.Steps[i], step()
		s.All, r.Total.All = s.All+1, r.Total.All+1
		if !sound {
			r.Failures = append(r.Failures, Failure{Step: s.Name, Kind: KindSkipped, Message: "what it needs has failed"})
			continue
		}
		begun := time.Now()
		a := c.Do(ctx, request, newTraceID())
		took := time.Since(begun)
		s.durations, r.Total.durations = append(s.durations, took), append(r.Total.durations, took)
		if a.Failed() {
			r.Failures = append(r.Failures, failureOf(s.Name, a))
			sound = sound && s.Name == StepHealth // the account does not depend on it
			continue
		}
		s.Good, r.Total.Good = s.Good+1, r.Total.Good+1
		if request.Body != nil {
			u = u.signedIn(a.Body)
		}
	}
}

// finish works the durations out.
func (s *SmokeStep) finish() {
	if len(s.durations) == 0 {
		return
	}
	slices.Sort(s.durations)
	var sum time.Duration
	for _, d := range s.durations {
		sum += d
	}
	s.Mean = sum / time.Duration(len(s.durations))
	s.P95, s.P99 = nearestRank(s.durations, 0.95), nearestRank(s.durations, 0.99)
}

// nearestRank is the smallest of sorted values that at least a share q of them do not exceed.
func nearestRank(sorted []time.Duration, q float64) time.Duration {
	return sorted[max(int(math.Ceil(q*float64(len(sorted))))-1, 0)]
}

// WriteText writes the result for people.
func (r SmokeResult) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "critical path of %s\n\n", r.URL)
	rows := [][]string{{"step", "succeeded", "", "average", "p95", "p99"}}
	for _, s := range append(slices.Clone(r.Steps), r.Total) {
		times := []string{"-", "-", "-"}
		if len(s.durations) > 0 {
			times = []string{inMillis(s.Mean), inMillis(s.P95), inMillis(s.P99)}
		}
		rows = append(rows, append([]string{s.Name, fmt.Sprintf("%d of %d", s.Good, s.All), percent(int64(s.Good), int64(s.All))}, times...))
	}
	table(&b, rows...)
	if len(r.Failures) > 0 {
		b.WriteString("\nFailures\n")
		for _, f := range r.Failures {
			fmt.Fprintf(&b, "  %s\n", f)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func inMillis(d time.Duration) string { return Ms(millis(d)).text() + " ms" }
