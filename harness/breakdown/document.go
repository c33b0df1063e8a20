package breakdown

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Document is everything that a format shows.
type Document struct {
	Report   Report    `json:"report"`
	Changes  []Change  `json:"changes,omitempty"` // against the baseline, worst first
	Verdicts []Verdict `json:"objectives,omitempty"`
	Command  string    `json:"command,omitempty"` // that made it
}

// table is a part of a document: a heading and rows.
type table struct {
	Title  string
	Note   string
	Head   []string
	Rows   [][]string
	Number []bool // columns to be aligned as numbers
}

// tables is the document in the order in which it is read: the verdict first, then what, where, how slow, when.
func (d Document) tables() []table {
	r := d.Report
	var out []table
	if len(d.Verdicts) > 0 {
		t := table{Title: "Objectives", Head: []string{"Objective", "Value", "Limit", ""}, Number: []bool{false, true, true, false}}
		for _, v := range d.Verdicts {
			word := "met"
			if !v.Met {
				word = "MISSED"
			}
			t.Rows = append(t.Rows, []string{v.Objective, v.Value, "<= " + v.Limit, word})
		}
		out = append(out, t)
	}
	if len(d.Changes) > 0 {
		t := table{Title: "Against the baseline", Head: []string{"Measure", "Before", "After", "Change"}, Number: []bool{false, true, true, true}}
		for _, c := range d.Changes {
			unit := map[string]string{"percent": " %", "ms": " ms"}[c.Unit]
			t.Rows = append(t.Rows, []string{c.Measure, decimal(c.Before) + unit, decimal(c.After) + unit, fmt.Sprintf("%+.2f%s", c.Worse, unit)})
		}
		out = append(out, t)
	}
	out = append(out,
		table{Title: "Summary", Head: []string{"", ""}, Number: []bool{false, true}, Rows: [][]string{
			{"From", clock(r.From)}, {"To", clock(r.To)},
			{"Requests", count(r.Requests)}, {"Errors", count(r.Errors)}, {"Error rate", rate(r.ErrorRate)},
			{"Server errors (500 and above)", count(r.Server)},
			{"Failed invocations with a structured record", fmt.Sprintf("%s of %s (%s)", count(r.Coverage.Covered), count(r.Coverage.Failed), rate(r.Coverage.Share))},
			{"Lines of text, other JSON, broken values", fmt.Sprintf("%s, %s, %s", count(r.Input.Text), count(r.Input.Unknown), count(r.Input.Broken))},
		}},
		counted("Errors by kind", "Kind", r.Kinds, r.Errors),
	)
	t := table{Title: "Errors by endpoint", Note: "The ten with most.", Head: []string{"Endpoint", "Errors", "Requests", "Rate"}, Number: []bool{false, true, true, true}}
	for _, e := range r.Endpoints {
		t.Rows = append(t.Rows, []string{e.Name, count(e.Errors), count(e.Requests), rate(e.Rate)})
	}
	out = append(out, t, counted("Errors by status", "Status", r.Statuses, r.Errors),
		counted("Failed storage calls by label", "Label", r.Ops, total(r.Ops)),
		counted("Failures without a structured record, by outcome", "Outcome", r.Coverage.Missing, total(r.Coverage.Missing)),
		counted("Notices", "Event", r.Notices, total(r.Notices)), latencies(r), course(r), samples(r))
	return slices.DeleteFunc(out, func(t table) bool { return len(t.Rows) == 0 })
}

func latencies(r Report) table {
	t := table{
		Title: "Latency", Note: fmt.Sprintf("Milliseconds; quantiles within %.0f %%.", 100*r.Accuracy),
		Head: []string{"", "Count", "p50", "p95", "p99", "Max"}, Number: []bool{false, true, true, true, true, true},
	}
	for _, row := range []struct {
		name string
		l    Latency
	}{{"All requests", r.All}, {"Errors", r.Failed}, {"Logins that succeeded", r.Logins}, {"CPU time", r.CPU}, {"Wall time", r.Wall}} {
		if row.l.Count > 0 {
			l := row.l
			t.Rows = append(t.Rows, []string{row.name, count(l.Count), decimal(l.P50), decimal(l.P95), decimal(l.P99), decimal(l.Max)})
		}
	}
	return t
}

// shownSteps is how many steps of the time line a table shows; a drawing shows all.
const shownSteps = 15

// course is the time line in few steps.
func course(r Report) table {
	slots := r.Timeline.Slots
	per := (len(slots) + shownSteps - 1) / shownSteps
	t := table{
		Title: "Time line", Head: []string{"From", "Requests", "Errors", "Rate"}, Number: []bool{false, true, true, true},
		Note: fmt.Sprintf("In steps of %s.", r.Timeline.Width*time.Duration(max(per, 1))),
	}
	for from := 0; from < len(slots); from += per {
		var requests, failed int64
		for _, s := range slots[from:min(from+per, len(slots))] {
			requests, failed = requests+s.Requests, failed+s.Errors
		}
		t.Rows = append(t.Rows, []string{clock(slots[from].Start), count(requests), count(failed), rate(share(failed, requests))})
	}
	return t
}

func samples(r Report) table {
	t := table{
		Title: "Samples", Note: "The first of each kind; `tracedge trace TRACE_ID` shows one as a waterfall.",
		Head: []string{"Kind", "Time", "Status", "Endpoint", "Trace"}, Number: []bool{false, false, true, false, false},
	}
	for _, k := range r.Kinds {
		for _, s := range r.Samples[k.Name] {
			t.Rows = append(t.Rows, []string{k.Name, clock(s.Time), strconv.Itoa(s.Status), s.Method + " " + s.Endpoint, s.TraceID})
		}
	}
	return t
}

func counted(title, what string, list []Count, of int64) table {
	t := table{Title: title, Head: []string{what, "Count", "Share"}, Number: []bool{false, true, true}}
	for _, c := range list {
		t.Rows = append(t.Rows, []string{c.Name, count(c.Count), rate(share(c.Count, of))})
	}
	return t
}

func total(list []Count) (n int64) {
	for _, c := range list {
		n += c.Count
	}
	return n
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05.000")
}

func rate(v float64) string    { return strconv.FormatFloat(v*100, 'f', 2, 64) + " %" }
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// count is a number with its thousands apart.
func count(n int64) string {
	text := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, c := range text {
		if i > 0 && (len(text)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}
