package breakdown

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// barWidth is the width of a request's duration, in characters.
const barWidth = 40

// Waterfall writes the requests of one trace with their storage calls on a time axis, and what else was recorded of it.
// It reports whether there was any. Only values that name the trace are decoded.
func Waterfall(w io.Writer, r io.Reader, id string) (bool, error) {
	var requests, others []Record
	s := NewScanner(r)
	for s.Scan() {
		if !bytes.Contains(s.Value(), []byte(id)) {
			continue
		}
		in, _, err := decode(s.Value())
		if err != nil {
			continue
		}
		keep := func(list []Record, into *[]Record) {
			for _, rec := range list {
				if rec.TraceID == id {
					*into = append(*into, rec)
				}
			}
		}
		keep(in.Requests, &requests)
		keep(in.Others, &others)
	}
	if err := s.Err(); err != nil {
		return false, err
	}
	slices.SortStableFunc(requests, func(a, b Record) int { return a.Time.Compare(b.Time) })
	var b strings.Builder
	for _, q := range requests {
		q.waterfall(&b)
	}
	for _, o := range others {
		fmt.Fprintf(&b, "%s  %s %s\n", clock(o.Time), o.Event, o.detail())
	}
	_, err := io.WriteString(w, b.String())
	return len(requests)+len(others) > 0, err
}

func (r Record) detail() string {
	parts := []string{r.Op, r.Task, r.Message}
	if r.ErrorKind != nil {
		parts = append(parts, *r.ErrorKind)
	}
	if r.Event == "storage_error" {
		parts = append(parts, fmt.Sprintf("partition %s, %d attempts, %.1f ms", r.Partition, r.Attempts, r.Duration))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "  ")
}

func (r Record) waterfall(b *strings.Builder) {
	fmt.Fprintf(b, "%s %s  %d %s  %.1f ms\n", r.Method, r.Endpoint, r.Status, cmp.Or(r.kind(), "ok"), r.Duration)
	width := 0
	for _, o := range r.Ops {
		width = max(width, len(o.Label))
	}
	// A call may outlive the response by a rounding; the axis takes in all of them.
	span := r.Duration
	for _, o := range r.Ops {
		span = max(span, o.Start+o.Duration)
	}
	for _, o := range r.Ops {
		from, length := 0, 1
		if span > 0 {
			from = min(int(o.Start/span*barWidth), barWidth-1)
			length = min(max(1, int(o.Duration/span*barWidth)), barWidth-from)
		}
		line := fmt.Sprintf("  %-*s  %-9s |%s%s%s| %8.1f ms", width, o.Label, o.Kind, strings.Repeat(" ", from),
			strings.Repeat("#", length), strings.Repeat(" ", barWidth-from-length), o.Duration)
		if o.Attempts > 1 {
			line += fmt.Sprintf("  %d attempts", o.Attempts)
		}
		if o.Failure != "" {
			line += "  " + o.Failure
		}
		b.WriteString(line + "\n")
	}
}
