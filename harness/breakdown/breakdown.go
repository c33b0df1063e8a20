package breakdown

import (
	"hash/maphash"
	"io"
	"strconv"
	"time"
)

// Filter selects what is counted. Its zero value selects everything.
type Filter struct {
	Since    time.Time // what happened before, or at an unknown time, is left out; zero for no limit
	Endpoint string    // the template of a route, like /api/items/:dfid; "" for all
}

// Login is the endpoint whose latency is an objective.
const Login = "/api/auth/login"

// Breakdown adds invocations up in constant memory.
type Breakdown struct {
	filter Filter
	hasher hasher
	known  *recent[struct{}] // records that were counted
	parts  *recent[ending]   // invocations that Workers Logs tells of in parts

	requests          int64
	errors, server    int64
	unrecorded        int64
	lockTimeouts      int64
	kinds             table[kindTally]
	endpoints         table[endpointTally]
	statuses, notices counts
	storage           storage
	coverage          coverage
	line              timeline

	all, failed, logins latency
	cpu, wall           latency
	first, last         time.Time
	input               Input
}

// How much is remembered of what was read.
const (
	knownRecords = 1 << 16
	openParts    = 1 << 12
)

// Read adds up a whole stream. The error is one of reading; broken input is counted and never an error.
func Read(r io.Reader, f Filter) (*Breakdown, error) {
	b := newBreakdown(f)
	err := b.read(newScanner(r, firstWindow, longest))
	return b, err
}

func newBreakdown(f Filter) *Breakdown {
	h := hasher{maphash.MakeSeed()}
	b := &Breakdown{
		filter: f, hasher: h, known: newRecent[struct{}](knownRecords, nil), storage: newStorage(h),
		kinds: make(table[kindTally]), endpoints: make(table[endpointTally]),
		statuses: make(counts), notices: make(counts), coverage: coverage{missing: make(counts)},
	}
	b.parts = newRecent(openParts, b.settle)
	return b
}

func (b *Breakdown) read(s *scanner) error {
	d := decoder{names: make(names)}
	for s.scan() {
		in, ours := d.decode(s.value)
		switch {
		case !ours:
			b.input.Unknown++
		case in.Platform.Known:
			b.input.Invocations++
			b.add(in)
		default:
			b.input.Records++
			b.add(in)
		}
	}
	b.parts.end()
	b.input.Bytes, b.input.Text, b.input.Broken, b.input.Places = s.offset, s.text, s.broken, s.places
	return s.err
}

// ending is what is known of an invocation while its parts come in.
type ending struct {
	platform platform
	left     traces
	time     time.Time
	leaveOut bool // its records were counted before, or belong to another endpoint
}

// add counts an invocation, or a part of one.
func (b *Breakdown) add(in *invocation) {
	if !b.filter.Since.IsZero() && in.Time.Before(b.filter.Since) {
		b.input.Filtered++
		return
	}
	e := ending{platform: in.Platform, time: in.Time}
	recorded := len(in.Requests) > 0
	if b.filter.Endpoint != "" && !in.only(b.filter.Endpoint) {
		if b.input.Filtered++; in.Platform.Part == "" {
			return
		}
		e.leaveOut = true
	}
	for i := range in.Requests {
		r := &in.Requests[i]
		if b.repeated(r) {
			continue
		}
		if r.Time.IsZero() {
			r.Time = in.Time
		}
		if e.left.requests++; b.request(r) {
			e.left.failures++
		}
	}
	for i := range in.Others {
		if r := &in.Others[i]; !b.repeated(r) && b.other(r) {
			e.left.notices++
		}
	}
	e.leaveOut = e.leaveOut || recorded && e.left.requests == 0
	if in.Platform.Part == "" {
		b.settle(&e)
		return
	}
	whole, _ := b.parts.of(b.hasher.key(in.Platform.Part))
	whole.join(&e)
}

// repeated reports whether a record was counted before: the same log may hold what the service printed and what the
// platform kept of it. Records that name no span cannot be told apart.
func (b *Breakdown) repeated(r *record) bool {
	if r.SpanID == "" {
		return false
	}
	key := b.hasher.key(r.Event, r.TraceID, r.SpanID)
	if r.Event != requestEvent { // a span may have several
		key = b.hasher.key(r.Event, r.TraceID, r.SpanID, r.Op, r.Task, r.Message,
			strconv.FormatInt(r.Time.UnixNano(), 36), strconv.FormatFloat(r.Duration, 'g', -1, 64))
	}
	_, known := b.known.of(key)
	if known {
		b.input.Repeated++
	}
	return known
}

// join adds a part of the same invocation.
func (e *ending) join(part *ending) {
	e.platform.join(&part.platform)
	e.left.requests += part.left.requests
	e.left.failures += part.left.failures
	e.left.notices += part.left.notices
	if e.time.IsZero() || !part.time.IsZero() && part.time.Before(e.time) {
		e.time = part.time
	}
	e.leaveOut = e.leaveOut || part.leaveOut
}

// settle counts what only the whole invocation shows.
func (b *Breakdown) settle(e *ending) {
	p := &e.platform
	if p.CPU != nil {
		b.cpu.add(*p.CPU)
	}
	if p.Wall != nil {
		b.wall.add(*p.Wall)
	}
	if e.leaveOut {
		return
	}
	if p.isRequest() && e.left.requests == 0 && p.ended() {
		b.unseen(e)
	}
	b.coverage.add(p, e.left)
}
