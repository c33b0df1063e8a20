package breakdown

import (
	"math/rand/v2"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestTimelineStaysBounded(t *testing.T) {
	for _, c := range []struct {
		span time.Duration
		step float64
	}{
		{0, 1}, {59 * time.Second, 1}, {60 * time.Second, 5}, {time.Hour - time.Second, 60}, {time.Hour, 300}, {24 * time.Hour, 1800},
		{30 * day, 86400}, {365 * day, 7 * 86400}, {174 * 365 * day, 4 * 364 * 86400},
	} {
		var line timeline
		const n = 2000
		for i := range n {
			s := line.at(noon.Add(c.span / (n - 1) * time.Duration(i)).Add(-c.span / 2))
			s.Requests++
			if i%10 == 0 {
				s.Errors++
				s.Server++
			}
		}
		line.at(noon.Add(c.span-c.span/2)).Requests++
		got := line.summary()
		var requests, errors, server int64
		for i, s := range got.Steps {
			requests, errors, server = requests+s.Requests, errors+s.Errors, server+s.Server
			if i > 0 && s.Start.Sub(got.Steps[i-1].Start).Seconds() != got.Step {
				t.Fatalf("a span of %s: step %d begins at %s", c.span, i, s.Start)
			}
		}
		// A span that its steps begin in the middle of may need one more, and so the next width.
		if len(got.Steps) > maxSteps || requests != n+1 || errors != n/10 || server != n/10 || got.Step != c.step && c.span%time.Minute != 0 {
			t.Errorf("a span of %s: %d steps of %g s with %d requests, %d errors", c.span, len(got.Steps), got.Step, requests, errors)
		}
		if len(got.Steps) < 9 && c.span > 9*time.Second {
			t.Errorf("a span of %s has only %d steps", c.span, len(got.Steps))
		}
	}
}

// The time line does not depend on the order in which a log tells.
func TestTimelineInAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		times := make([]time.Time, 200)
		scale := 1 << random.IntN(30)
		for i := range times {
			times[i] = noon.Add(time.Duration(random.IntN(scale)+1) * time.Second)
		}
		want := ""
		for range 3 {
			var line timeline
			for _, i := range random.Perm(len(times)) {
				line.at(times[i]).Requests++
			}
			got := marshal(line.summary())
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("%s\nand in another order\n%s", want, got)
			}
		}
	}
}

func TestWidthsAreMultiples(t *testing.T) {
	for i := 1; i < len(widths); i++ {
		if widths[i]%widths[i-1] != 0 {
			t.Errorf("%s is no multiple of %s", widths[i], widths[i-1])
		}
	}
	if span := maxSteps * widths[len(widths)-1]; span < 201*365*day {
		t.Errorf("the widest steps span %s", span)
	}
}
