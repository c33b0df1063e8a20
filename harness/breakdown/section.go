package breakdown

import (
	"fmt"
	"strconv"
)

// section is a part of a document: a heading and a table.
type section struct {
	Title string
	Note  string
	Head  []string // nil when the rows speak for themselves
	Right []bool   // the columns that hold numbers
	Rows  [][]string
	Lines []string // in front of the rows, as they are
}

func (s *section) row(cells ...string) { s.Rows = append(s.Rows, cells) }

// heads names the columns. One that begins with ">" holds numbers.
func (s *section) heads(names ...string) {
	s.Right = make([]bool, len(names))
	for i, name := range names {
		s.Right[i] = name != "" && name[0] == '>'
		if s.Right[i] {
			names[i] = name[1:]
		}
	}
	s.Head = names
}

// shownOperations bounds the storage labels that are listed, shownChanges the changes.
const (
	shownOperations = 25
	shownChanges    = 40
)

// sections is the document in the order in which it is read: the verdict, what changed, how much, what, where, how slow,
// when, and what to look at next. Those that have nothing to say are left out.
func (d Document) sections() []section {
	r := &d.Report
	all := []section{
		d.objectives(), d.changes(), d.summary(), r.kinds(), r.byEndpoint(), r.byStatus(), r.storage(), r.missing(),
		r.latencies(), r.timeline(), notices(r.Notices), d.samples(), r.broken(),
	}
	shown := all[:0]
	for _, s := range all {
		if len(s.Rows) > 0 {
			shown = append(shown, s)
		}
	}
	return shown
}

func (d Document) objectives() section {
	s := section{Title: "Objectives"}
	s.heads("Objective", ">Value", ">Limit", "")
	for _, v := range d.Verdicts {
		s.row(v.Objective, v.Value, "<= "+v.Limit, v.word())
	}
	return s
}

func (d Document) changes() section {
	s := section{Title: "Against the baseline", Note: "What got worse comes first."}
	if b := d.Baseline; b != nil {
		s.Note += fmt.Sprintf(" Before: %s requests from %s to %s.", grouped(b.Requests), clock(b.From), clock(b.To))
	}
	s.heads("Group", "Measure", ">Before", ">After", ">Change", ">Factor")
	for _, c := range firstOf(d.Changes, shownChanges) {
		show, unit := percent, ""
		if c.Unit == msUnit {
			show, unit = millis, " ms"
		}
		sign, by := "+", c.Worse
		if by < 0 {
			sign, by = "-", -by
		}
		s.row(c.Group, c.Measure, show(c.Before)+unit, show(c.After)+unit, sign+show(by)+unit, strconv.FormatFloat(c.Factor, 'f', 2, 64))
	}
	return s
}

func (d Document) summary() section {
	r := &d.Report
	s := section{Title: "Summary", Right: []bool{false, true}}
	s.row("From", clock(r.From))
	s.row("To", clock(r.To))
	s.row("Requests", grouped(r.Requests))
	s.row("Errors", grouped(r.Errors))
	s.row("Error rate", percent(r.ErrorRate))
	s.row("Server errors (500 and above, or no answer)", grouped(r.Server))
	s.row("Server error rate", percent(r.ServerRate))
	s.row("Failures with a structured record", fmt.Sprintf("%s of %s (%s)", grouped(r.Coverage.Covered), grouped(r.Coverage.Failed), percent(r.Coverage.Share)))
	in := &r.Input
	s.row("Read", size(in.Bytes))
	s.row("Invocations, single records", grouped(in.Invocations)+", "+grouped(in.Records))
	for _, n := range []struct {
		what  string
		count int64
	}{
		{"Requests that left no record", r.Unrecorded}, {"Lines of text", in.Text}, {"Other JSON", in.Unknown}, {"Broken values", in.Broken},
		{"Records seen before", in.Repeated}, {"Left out by the filter", in.Filtered}, {"Requests without a time", in.Undated},
	} {
		if n.count > 0 {
			s.row(n.what, grouped(n.count))
		}
	}
	return s
}
