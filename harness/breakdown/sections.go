package breakdown

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (r *Report) kinds() section {
	s := section{Title: "Errors by kind"}
	s.heads("Kind", ">Count", ">Share", "Mostly at")
	for _, k := range r.Kinds {
		var at []string
		for _, e := range firstOf(r.Where[k.Name], 2) {
			at = append(at, fmt.Sprintf("%s (%s)", e.Name, grouped(e.Count)))
		}
		s.row(k.Name, grouped(k.Count), percent(share(k.Count, r.Errors)), strings.Join(at, ", "))
	}
	return s
}

func (r *Report) byEndpoint() section {
	s := section{Title: "Errors by endpoint", Note: "The ten with most."}
	s.heads("Endpoint", ">Errors", ">Requests", ">Rate", ">Server errors", ">p95 ms")
	for _, e := range r.Endpoints {
		s.row(e.Name, grouped(e.Errors), grouped(e.Requests), percent(e.Rate), grouped(e.Server), quantile(e.Took, e.Took.P95))
	}
	return s
}

func (r *Report) byStatus() section {
	s := section{Title: "Requests by status"}
	s.heads("Status", ">Count", ">Share")
	for _, c := range r.Statuses {
		s.row(c.Name, grouped(c.Count), percent(share(c.Count, r.Requests)))
	}
	return s
}

func (r *Report) storage() section {
	s := section{Title: "Storage operations", Note: "By failures, then by p95. Background work lists no calls."}
	if n := len(r.Storage) - shownOperations; n > 0 {
		s.Note += fmt.Sprintf(" %d more are not shown.", n)
	}
	s.heads("Label", ">Errors", ">Calls", ">Rate", ">Retried", ">p50 ms", ">p95 ms", ">Max ms", "Failed with")
	for _, o := range firstOf(r.Storage, shownOperations) {
		var kinds []string
		for _, k := range firstOf(o.Kinds, 3) {
			kinds = append(kinds, fmt.Sprintf("%s (%s)", k.Name, grouped(k.Count)))
		}
		s.row(o.Label, grouped(o.Errors), grouped(o.Calls), percent(o.Rate), grouped(o.Retried),
			quantile(o.Took, o.Took.P50), quantile(o.Took, o.Took.P95), quantile(o.Took, o.Took.Max), strings.Join(kinds, ", "))
	}
	return s
}

func (r *Report) missing() section {
	s := section{Title: "Failures without a structured record", Note: "By how the platform says that the invocation ended."}
	s.heads("Outcome", ">Count", ">Share of failures")
	for _, c := range r.Coverage.Missing {
		s.row(c.Name, grouped(c.Count), percent(share(c.Count, r.Coverage.Failed)))
	}
	return s
}

// latencyRows are the latencies of a report by name, without those that it has nothing of.
func (r *Report) latencyRows() (rows []namedLatency) {
	for _, l := range []namedLatency{
		{"All requests", r.All}, {"Errors", r.Failed}, {"Logins that succeeded", r.Logins}, {"CPU time", r.CPU}, {"Wall time", r.Wall},
	} {
		if l.Count > 0 {
			rows = append(rows, l)
		}
	}
	return rows
}

type namedLatency struct {
	Name string
	Latency
}

func (r *Report) latencies() section {
	s := section{Title: "Latency", Note: fmt.Sprintf("Milliseconds. Quantiles come from a DDSketch with a relative error of %.0f %%; the maximum is exact. CPU and wall time are the platform's.", 100*r.Accuracy)}
	s.heads("", ">Count", ">p50", ">p95", ">p99", ">Max")
	for _, l := range r.latencyRows() {
		s.row(l.Name, grouped(l.Count), millis(l.P50), millis(l.P95), millis(l.P99), millis(l.Max))
	}
	return s
}

// shownSteps is how many steps of the time line a table shows; a drawing shows all.
const shownSteps = 15

// timeline is the course of time: each step as a block in a line, and some of them merged as a table.
func (r *Report) timeline() section {
	s := section{Title: "Time line"}
	steps := r.Timeline.Steps
	per := (len(steps) + shownSteps - 1) / shownSteps
	s.Note = fmt.Sprintf("A block for each %s, and a row for each %s. Each line of blocks has its own scale.", span(r.Timeline.Step), span(r.Timeline.Step*float64(per)))
	s.heads("From", ">Requests", ">Errors", ">Rate", ">Server errors")
	var lines [3][]int64
	for from := 0; from < len(steps); from += per {
		var sum Step
		for _, step := range steps[from:min(from+per, len(steps))] {
			for i, n := range []int64{step.Requests, step.Errors, step.Server} {
				lines[i] = append(lines[i], n)
			}
			sum.add(&step)
		}
		s.row(clock(steps[from].Start), grouped(sum.Requests), grouped(sum.Errors), percent(share(sum.Errors, sum.Requests)), grouped(sum.Server))
	}
	for i, name := range []string{"requests", "errors", "server"} {
		if len(steps) > 0 {
			s.Lines = append(s.Lines, fmt.Sprintf("%-8s |%s| at most %s", name, sparkline(lines[i]), grouped(slices.Max(lines[i]))))
		}
	}
	return s
}

func notices(list []Count) section {
	s := section{Title: "Notices"}
	s.heads("Event", ">Count")
	for _, c := range list {
		s.row(c.Name, grouped(c.Count))
	}
	return s
}

func (d Document) samples() section {
	s := section{Title: "Samples", Note: "The first of each kind. Look at one with: " + d.traceCommand("TRACE_ID")}
	s.heads("Kind", "Time", ">Status", "Endpoint", "Trace", "Message")
	for _, k := range d.Report.Kinds {
		for _, e := range d.Report.Samples[k.Name] {
			s.row(k.Name, clock(e.Time), statusName(e.Status), strings.TrimSpace(e.Method+" "+e.Endpoint), e.TraceID, e.Message)
		}
	}
	return s
}

// traceCommand is the command that shows one request.
func (d Document) traceCommand(id string) string {
	command := "go run ./harness/cmd/tracedge trace " + id
	if d.Input != "" {
		command += " --input " + Quote(d.Input)
	}
	return command
}

func (r *Report) broken() section {
	s := section{Title: "Broken input", Note: "The first places. The run went on behind each."}
	s.heads(">Line", ">Column", ">Offset", ">Value of line", "Problem")
	for _, p := range r.Input.Places {
		s.row(strconv.FormatInt(p.Line, 10), strconv.FormatInt(p.Column, 10), strconv.FormatInt(p.Offset, 10), strconv.FormatInt(p.Begun, 10), p.Problem)
	}
	return s
}

// quantile is one figure of a latency, or nothing when there is none.
func quantile(l Latency, v float64) string {
	if l.Count == 0 {
		return "-"
	}
	return millis(v)
}
