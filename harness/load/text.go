package load

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteText writes the result for people.
func (r Result) WriteText(w io.Writer) error {
	var b strings.Builder
	r.head(&b)
	r.steps(&b)
	counted(&b, "By status", r.Statuses, r.Requests)
	counted(&b, "Failures by error_kind", r.Kinds, r.Requests)
	counted(&b, "Repeats by error_kind of the answer before", r.RepeatsByKind, r.Repeats)
	r.timeline(&b)
	r.samples(&b)
	for _, n := range r.notes() {
		fmt.Fprintf(&b, "\nnote: %s\n", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Result) head(b *strings.Builder) {
	s := r.Settings
	retry := "no repeats"
	if s.Retry {
		retry = "repeats when asked to"
	}
	fmt.Fprintf(b, "%s at %g/s for %gs against %s\n", r.Scenario, s.Rate, s.Duration, r.URL)
	fmt.Fprintf(b, "%d accounts, at most %d in flight, timeout %gs, %s\n\n", s.Users, s.Concurrency, s.Timeout, retry)
	table(b, []string{"offered", fmt.Sprintf("%.2f/s", r.Offered)},
		[]string{"achieved", fmt.Sprintf("%.2f/s", r.Achieved), fmt.Sprintf("in %.2f s until the last answer", r.Took)},
		[]string{"due", fmt.Sprint(r.Due)},
		[]string{"sent", fmt.Sprint(r.Requests), fmt.Sprintf("at most %d in flight, %d waiting for a place", r.Client.MostInFlight, r.Client.MostWaiting)},
		[]string{"succeeded", fmt.Sprint(r.Succeeded)},
		[]string{"failed", fmt.Sprint(r.Failed), percent(r.Failed, r.Requests)},
		[]string{"repeats", fmt.Sprint(r.Repeats)},
	)
	if r.Early {
		fmt.Fprintf(b, "\nEnded early: %d of %d requests were due, %d of them not sent.\n", r.Due, int64(s.Rate*s.Duration+0.5), r.Abandoned)
	}
}

func (r Result) steps(b *strings.Builder) {
	fmt.Fprintf(b, "\nLatency in ms from when a request was due to its last answer; quantiles within %.0f %%\n", 100*r.Accuracy)
	rows := [][]string{{"step", "requests", "failed", "repeats", "mean", "p50", "p90", "p95", "p99", "max"}}
	row := func(name string, s Step, l Latency) {
		rows = append(rows, []string{
			name, fmt.Sprint(s.Requests), fmt.Sprint(s.Failed), fmt.Sprint(s.Repeats),
			l.Mean.text(), l.P50.text(), l.P90.text(), l.P95.text(), l.P99.text(), l.Max.text(),
		})
	}
	for _, s := range r.Steps {
		row(s.Name, s, s.Latency)
	}
	row("all", r.Total, r.Total.Latency)
	row("all, from when sent", r.Total, r.Total.Service)
	table(b, rows...)
}

func (r Result) timeline(b *strings.Builder) {
	if len(r.Timeline.Slots) < 2 {
		return
	}
	fmt.Fprintf(b, "\nTime line, by when requests were due\n")
	rows := [][]string{{"at", "requests", "failed", "p50", "p99", "max"}}
	for _, s := range r.Timeline.Slots {
		rows = append(rows, []string{fmt.Sprintf("%g s", s.At), fmt.Sprint(s.Requests), fmt.Sprint(s.Failed), s.P50.text(), s.P99.text(), s.Max.text()})
	}
	table(b, rows...)
}

func (r Result) samples(b *strings.Builder) {
	if r.Failed == 0 {
		return
	}
	fmt.Fprintf(b, "\nThe first failures of each kind\n")
	for _, k := range r.Kinds {
		for _, f := range r.Samples[k.Name] {
			fmt.Fprintf(b, "  %s\n", f)
		}
	}
}

// String is one line.
func (f Failure) String() string {
	status := "no status"
	if f.Status > 0 {
		status = fmt.Sprint(f.Status)
	}
	text := fmt.Sprintf("%-9s %-9s %s", f.Step, status, f.Kind)
	if f.TraceID != "" {
		text += "  trace " + f.TraceID
	}
	if f.Message != "" {
		text += "  " + f.Message
	}
	return text
}

// lagWorthTelling is how late the client may be, in milliseconds, before it says that it was.
const lagWorthTelling = 50

// notes are what a reader must know to read the numbers rightly.
func (r Result) notes() []string {
	var out []string
	if r.Client.Lag >= lagWorthTelling {
		out = append(out, fmt.Sprintf("the client was up to %.0f ms late to make a request: this machine is too busy for the rate, and the latencies include it", float64(r.Client.Lag)))
	}
	if r.Client.StrayedTraces > 0 {
		out = append(out, fmt.Sprintf("%d answers did not bear the trace that was sent: their records do not join", r.Client.StrayedTraces))
	}
	for _, k := range r.Kinds {
		if k.Name == "rate_limit_exceeded" {
			out = append(out, "the service throttles by address: a service of your own takes more with REGISTER_RATE_LIMIT_PER_HOUR=0, LOGIN_FAILURE_LIMIT=0 and ADDRESS_FAILURE_LIMIT=0")
		}
	}
	return out
}

func counted(b *strings.Builder, title string, list []Count, of int64) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{c.Name, fmt.Sprint(c.Count), percent(c.Count, of)})
	}
	table(b, rows...)
}

// table aligns columns, two spaces in.
func table(b *strings.Builder, rows ...[]string) {
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(t, "  %s\n", strings.Join(row, "\t"))
	}
	t.Flush()
}

func (m Ms) text() string { return fmt.Sprintf("%.1f", float64(m)) }

func percent(part, whole int64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f %%", 100*float64(part)/float64(whole))
}
