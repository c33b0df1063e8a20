package breakdown

import (
	"fmt"
	"slices"
	"strings"
)

// pageParts are the sections of the document with their drawings.
func (d Document) pageParts() (parts []pagePart) {
	r := &d.Report
	for _, s := range d.sections() {
		p := pagePart{Title: s.Title, Note: s.Note}
		p.fill(s)
		switch s.Title {
		case "Summary":
			continue // the tiles and the footer say it
		case "Objectives":
			p.mark(3, func(i int) string { return verdictClass(d.Verdicts[i]) })
		case "Against the baseline":
			p.mark(4, func(i int) string { return changeClass(d.Changes[i]) })
		case "Errors by kind":
			p.bars(func(i int) float64 { return share(r.Kinds[i].Count, r.Kinds[0].Count) }, func(i int) string { return kindClass(r, i) })
		case "Errors by endpoint":
			p.bars(func(i int) float64 { return share(r.Endpoints[i].Errors, r.Endpoints[0].Errors) }, func(i int) string {
				if r.Endpoints[i].Server > 0 {
					return "server"
				}
				return "client"
			})
		case "Requests by status":
			p.bars(func(i int) float64 { return share(r.Statuses[i].Count, r.Requests) }, func(i int) string { return statusClass(r.Statuses[i].Name) })
		case "Time line":
			c := r.Timeline.chart()
			p.Time, p.Note, p.Head, p.Rows = &c, fmt.Sprintf("Requests in steps of %s.", span(r.Timeline.Step)), nil, nil
		case "Latency":
			c := r.latencyChart()
			p.Latency = &c
		case "Samples":
			p.codes(4)
		}
		parts = append(parts, p)
	}
	return withCoverage(timeFirst(parts), r)
}

// timeFirst puts the time line behind the objectives: a picture of the whole comes before its parts.
func timeFirst(parts []pagePart) []pagePart {
	at := slices.IndexFunc(parts, func(p pagePart) bool { return p.Time != nil })
	if at < 0 {
		return parts
	}
	to := slices.IndexFunc(parts, func(p pagePart) bool { return p.Title != "Objectives" })
	line := parts[at]
	return slices.Insert(slices.Delete(parts, at, at+1), to, line)
}

// withCoverage puts the share of explained failures in front of those that nothing explains, or where they would be.
func withCoverage(parts []pagePart, r *Report) []pagePart {
	if r.Coverage.Failed == 0 {
		return parts
	}
	note := fmt.Sprintf("%s of %s failed invocations carry a structured record of their failure (%s).",
		grouped(r.Coverage.Covered), grouped(r.Coverage.Failed), percent(r.Coverage.Share))
	s := &stack{"Share of failures with a structured record", round(100 * r.Coverage.Share), round(100 - 100*r.Coverage.Share)}
	for i := range parts {
		if strings.HasPrefix(parts[i].Title, "Failures without") {
			parts[i].Title, parts[i].Note, parts[i].Stack = "Coverage", note+" The others, by how the platform says that they ended:", s
			return parts
		}
	}
	return append(parts, pagePart{Title: "Coverage", Note: note, Stack: s})
}

// fill makes cells of a section's rows.
func (p *pagePart) fill(s section) {
	class := func(c int) string {
		if c < len(s.Right) && s.Right[c] {
			return "n"
		}
		if c == 0 {
			return "name"
		}
		return ""
	}
	for c, name := range s.Head {
		p.Head = append(p.Head, cell{Text: name, Class: class(c)})
	}
	for _, row := range s.Rows {
		var cells []cell
		for c, text := range row {
			cells = append(cells, cell{Text: text, Class: class(c)})
		}
		p.Rows = append(p.Rows, cells)
	}
}

// bars puts a bar behind the first column of each row, 0 to 1 of the width.
func (p *pagePart) bars(of func(i int) float64, class func(i int) string) {
	insert := func(row []cell, c cell) []cell { return append([]cell{row[0], c}, row[1:]...) }
	p.Head = insert(p.Head, cell{Class: "bar"})
	for i, row := range p.Rows {
		p.Rows[i] = insert(row, cell{Class: "bar", Bar: class(i), Width: round(100 * of(i))})
	}
}

// mark gives the cells of a column a class.
func (p *pagePart) mark(column int, class func(i int) string) {
	for i, row := range p.Rows {
		if c := class(i); c != "" {
			row[column].Class = strings.TrimSpace(row[column].Class + " " + c)
		}
	}
}

// codes sets a column in the type of code.
func (p *pagePart) codes(column int) {
	for _, row := range p.Rows {
		row[column].Code = true
	}
}

// verdictClass colours what was judged, or missed for want of anything to judge.
func verdictClass(v Verdict) string {
	if v.Met && !v.Judged {
		return ""
	}
	return direction(!v.Met)
}

func direction(worse bool) string {
	if worse {
		return "up"
	}
	return "down"
}

// changeClass colours what changed by more than a sketch is exact.
func changeClass(c Change) string {
	if c.Factor > 1+2*accuracy || c.Factor < 1-2*accuracy {
		return direction(c.Factor > 1)
	}
	return ""
}

func statusClass(status string) string {
	switch {
	case status == "none" || status >= "5":
		return "server"
	case status >= "4":
		return "client"
	}
	return "good"
}

// kindClass colours a kind by whose fault its first sample is.
func kindClass(r *Report, i int) string {
	for _, s := range r.Samples[r.Kinds[i].Name] {
		return statusClass(statusName(s.Status))
	}
	return "client"
}
