package breakdown

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// axisWidth is the width of a request's duration, in characters.
const axisWidth = 40

// Waterfall writes the requests of one trace in their order, each with its storage calls on a time axis, its storage
// errors and its notices. It reports whether the stream holds anything of the trace.
func Waterfall(w io.Writer, r io.Reader, id string) (bool, error) {
	t, err := readTrace(r, id)
	if err != nil {
		return false, err
	}
	var b strings.Builder
	if n := len(t.requests); n > 1 {
		fmt.Fprintf(&b, "%d requests under trace %s\n\n", n, id)
	}
	shown := make(map[string]bool)
	for i := range t.requests {
		if i > 0 {
			b.WriteByte('\n')
		}
		q := &t.requests[i]
		q.waterfall(&b)
		for j := range t.others {
			if o := &t.others[j]; o.SpanID != "" && o.SpanID == q.SpanID {
				o.line(&b)
				shown[q.SpanID] = true
			}
		}
	}
	t.rest(&b, shown)
	_, err = io.WriteString(w, b.String())
	return len(t.requests)+len(t.others) > 0, err
}

// rest writes what belongs to no request that was shown.
func (t *traceLog) rest(b *strings.Builder, shown map[string]bool) {
	headed := len(t.requests) == 0
	for i := range t.others {
		o := &t.others[i]
		if shown[o.SpanID] {
			continue
		}
		if !headed {
			b.WriteString("\nElsewhere in this trace\n")
			headed = true
		}
		o.line(b)
	}
	if t.more > 0 {
		fmt.Fprintf(b, "\n%s more records of this trace are not shown\n", grouped(int64(t.more)))
	}
}

// waterfall writes one request.
func (t *tracedRequest) waterfall(b *strings.Builder) {
	fmt.Fprintf(b, "%s %s  %s %s\n", cmp.Or(t.Method, "?"), cmp.Or(t.Endpoint, "?"), statusName(t.Status), t.ending())
	fmt.Fprintf(b, "  %s\n", strings.Join(t.about(), "  "))
	if t.Message != "" {
		fmt.Fprintf(b, "  %s\n", t.Message)
	}
	if len(t.Ops) == 0 {
		return
	}
	width, span, inStorage := 0, t.Duration, 0.0
	for _, o := range t.Ops {
		width = max(width, utf8.RuneCountInString(o.Label))
		span = max(span, o.Start+o.Duration) // a call may outlive the response by a rounding
		inStorage += o.Duration
	}
	end := fmt.Sprintf("%.1f ms", span)
	fmt.Fprintf(b, "  %-*s  %-9s  0%*s\n", width, "", "", axisWidth-1, end)
	for i := range t.Ops {
		t.Ops[i].line(b, width, span)
	}
	fmt.Fprintf(b, "  %s, %.1f ms in sum\n", plural(int64(max(t.StorageCalls, len(t.Ops))), "storage call"), inStorage)
	if n := t.StorageCalls - len(t.Ops); n > 0 {
		fmt.Fprintf(b, "  %s not listed in the record\n", plural(int64(n), "call"))
	}
}

// ending is how the request ended, and how long it took as far as that is known.
func (t *tracedRequest) ending() string {
	if !t.recorded {
		return "no record, " + cmp.Or(t.platform.Outcome, "unknown outcome")
	}
	return fmt.Sprintf("%s  %.1f ms", cmp.Or(t.kind(), "ok"), t.Duration)
}

// about is what is known of the request besides.
func (t *tracedRequest) about() []string {
	parts := []string{clock(t.Time)}
	for _, p := range []struct{ name, value string }{
		{"span", t.SpanID}, {"version", t.ServiceVersion}, {"user", t.UserID}, {"key", t.KeyID},
	} {
		if p.value != "" {
			parts = append(parts, p.name+" "+p.value)
		}
	}
	if t.Cold {
		parts = append(parts, "cold")
	}
	if o := t.platform.Outcome; o != "" && o != "ok" {
		parts = append(parts, "outcome "+o)
	}
	if e := t.platform.Exception; e != "" {
		parts = append(parts, e)
	}
	if ms := t.platform.CPU; ms != nil {
		parts = append(parts, "CPU "+millis(*ms)+" ms")
	}
	if ms := t.platform.Wall; ms != nil {
		parts = append(parts, "wall "+millis(*ms)+" ms")
	}
	return parts
}

// line writes one storage call on an axis of span milliseconds.
func (o *operation) line(b *strings.Builder, width int, span float64) {
	from, length := 0, 1
	if span > 0 {
		from = min(max(int(o.Start/span*axisWidth), 0), axisWidth-1)
		length = min(max(int(o.Duration/span*axisWidth), 1), axisWidth-from)
	}
	mark := "#"
	if o.ErrorKind != "" {
		mark = "!"
	}
	axis := strings.Repeat(" ", from) + strings.Repeat(mark, length) + strings.Repeat(" ", axisWidth-from-length)
	pad := strings.Repeat(" ", width-utf8.RuneCountInString(o.Label))
	fmt.Fprintf(b, "  %s%s  %-9s |%s| %8.1f ms", o.Label, pad, o.Kind, axis, o.Duration)
	if o.Attempts > 1 {
		fmt.Fprintf(b, "  %d attempts", o.Attempts)
	}
	if o.ErrorKind != "" {
		b.WriteString("  " + o.ErrorKind)
	}
	b.WriteByte('\n')
}

// line writes a storage error or a notice.
func (r *record) line(b *strings.Builder) {
	parts := []string{r.Event + " " + cmp.Or(r.Op, r.Task, r.Setting)}
	if r.ErrorKind != "" {
		parts = append(parts, r.ErrorKind)
	}
	if r.Event == storageEvent {
		parts = append(parts, fmt.Sprintf("%s of a partition of kind %s, %s, %.1f ms",
			cmp.Or(r.OpKind, "call"), cmp.Or(r.Partition, "unknown"), plural(int64(r.Attempts), "attempt"), r.Duration))
	}
	if r.Message != "" {
		parts = append(parts, r.Message)
	}
	if r.Count > 0 {
		parts = append(parts, fmt.Sprintf("count %d", r.Count))
	}
	fmt.Fprintf(b, "  %s  %s\n", clock(r.Time), strings.Join(parts, "  "))
}
