package breakdown

import (
	"bytes"
	"io"
	"slices"
	"time"
)

// shownOfTrace bounds the records that are kept of one trace: clients may send everything under the same.
const shownOfTrace = 500

// traceLog is what a log holds of one trace.
type traceLog struct {
	requests []tracedRequest
	others   []record // storage errors and notices, by time
	more     int      // records beyond the bound

	parts map[string]int // of requests, by what the parts of an invocation have in common
}

// tracedRequest is a request with what the platform says of its invocation. Without a record, the platform's word is all.
type tracedRequest struct {
	record
	platform platform
	recorded bool
}

// start is when the request began: its record is made when it ends.
func (t *tracedRequest) start() time.Time {
	return t.Time.Add(-time.Duration(t.Duration * float64(time.Millisecond)))
}

// readTrace reads what a stream holds of a trace. Only objects in which its id stands are decoded.
func readTrace(r io.Reader, id string) (traceLog, error) {
	t := traceLog{parts: make(map[string]int)}
	s := newScanner(r, firstWindow, longest)
	d := decoder{names: make(names)}
	for s.scan() {
		if !bytes.Contains(s.value, []byte(id)) {
			continue
		}
		if in, ours := d.decode(s.value); ours {
			t.add(in, id)
		}
	}
	slices.SortStableFunc(t.requests, func(a, b tracedRequest) int { return a.start().Compare(b.start()) })
	slices.SortStableFunc(t.others, func(a, b record) int { return a.Time.Compare(b.Time) })
	return t, s.err
}

func (t *traceLog) add(in *invocation, id string) {
	for _, r := range in.Requests {
		if r.TraceID == id && !t.knows(&r) {
			r.Ops = slices.Clone(r.Ops) // the decoder uses its memory again
			t.request(tracedRequest{r, in.Platform, true})
		}
	}
	if p := in.Platform; len(in.Requests) == 0 && p.TraceID == id && p.isRequest() {
		t.request(tracedRequest{
			record: record{Method: p.Method, Endpoint: p.Path, Status: p.Status, Time: in.Time}, platform: p,
		})
	}
	for _, r := range in.Others {
		if r.TraceID == id && !t.hasOther(&r) && !t.full() {
			r.Ops = nil
			t.others = append(t.others, r)
		}
	}
}

// request adds a request, or what another part of its invocation tells of it.
func (t *traceLog) request(q tracedRequest) {
	part := q.platform.Part
	if i, known := t.parts[part]; known {
		have := &t.requests[i]
		have.platform.join(&q.platform)
		if q.recorded && !have.recorded {
			have.record, have.recorded = q.record, true
		}
		return
	}
	if t.full() {
		return
	}
	if part != "" {
		t.parts[part] = len(t.requests)
	}
	t.requests = append(t.requests, q)
}

// full reports whether one more record would be too many, and counts it then.
func (t *traceLog) full() bool {
	if len(t.requests)+len(t.others) < shownOfTrace {
		return false
	}
	t.more++
	return true
}

// knows reports whether a request was read before, from another log of the same.
func (t *traceLog) knows(r *record) bool {
	return r.SpanID != "" && slices.ContainsFunc(t.requests, func(have tracedRequest) bool { return have.SpanID == r.SpanID })
}

func (t *traceLog) hasOther(r *record) bool {
	return r.SpanID != "" && slices.ContainsFunc(t.others, func(have record) bool {
		return have.SpanID == r.SpanID && have.Event == r.Event && have.Op == r.Op && have.Task == r.Task &&
			have.Message == r.Message && have.Time.Equal(r.Time) && have.Duration == r.Duration
	})
}
