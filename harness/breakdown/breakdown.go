package breakdown

import (
	"io"
	"time"
)

// Filter selects what is counted. Its zero value selects everything.
type Filter struct {
	Since    time.Time
	Endpoint string // template
}

// Breakdown adds invocations up. Memory is constant but for the names, which are bounded.
type Breakdown struct {
	filter Filter

	requests, errors      int64
	byKind, byStatus      counts
	byEndpoint, byOp      counts
	endpointTotals        counts
	samples               map[string][]Sample
	all, failed, logins   latency
	cpu, wall             latency
	line                  timeline
	failures, covered     int64
	uncovered             counts // by outcome
	lockTimeouts          int64
	notices               counts
	first, last           time.Time
	text, broken, unknown int64
	places                []int64
}

// Sample is one failed request.
type Sample struct {
	Time     time.Time `json:"time"`
	TraceID  string    `json:"trace_id"`
	Endpoint string    `json:"endpoint"`
	Method   string    `json:"method"`
	Status   int       `json:"status_code"`
	Message  string    `json:"message,omitempty"`
}

// samplesPerKind is how many failed requests are shown of each kind: the first ones.
const samplesPerKind = 5

// Login is the endpoint whose latency is an objective.
const Login = "/api/auth/login"

// Read adds up a whole stream. The error is one of reading; broken input is counted and never an error.
func Read(r io.Reader, f Filter) (*Breakdown, error) {
	b := &Breakdown{
		filter: f, byKind: counts{}, byStatus: counts{}, byEndpoint: counts{}, byOp: counts{}, endpointTotals: counts{},
		uncovered: counts{}, notices: counts{}, samples: make(map[string][]Sample),
	}
	s := NewScanner(r)
	for s.Scan() {
		in, ours, err := decode(s.Value())
		switch {
		case err != nil:
			s.Spoil()
		case !ours:
			b.unknown++
		default:
			b.add(in)
		}
	}
	b.text, b.broken, b.places = s.Text, s.Broken, s.Places
	return b, s.Err()
}

func (b *Breakdown) add(in Invocation) {
	if in.Time.Before(b.filter.Since) {
		return
	}
	if b.filter.Endpoint != "" {
		in = in.only(b.filter.Endpoint)
		if len(in.Requests)+len(in.Others) == 0 {
			return
		}
	}
	for _, r := range in.Requests {
		b.request(r)
	}
	for _, r := range in.Others {
		b.other(r)
	}
	b.cover(in)
	if in.CPU != nil {
		b.cpu.add(*in.CPU)
	}
	if in.Wall != nil {
		b.wall.add(*in.Wall)
	}
}

// only keeps what belongs to an endpoint.
func (in Invocation) only(endpoint string) Invocation {
	keep := func(list []Record) (out []Record) {
		for _, r := range list {
			if r.Endpoint == endpoint {
				out = append(out, r)
			}
		}
		return out
	}
	in.Requests, in.Others = keep(in.Requests), keep(in.Others)
	return in
}

func (b *Breakdown) request(r Record) {
	b.requests++
	b.endpointTotals.add(r.Endpoint)
	b.all.add(r.Duration)
	if r.Endpoint == Login && r.Status == 200 {
		b.logins.add(r.Duration)
	}
	slot := b.line.at(r.Time)
	slot.Requests++
	if b.first.IsZero() || r.Time.Before(b.first) {
		b.first = r.Time
	}
	if r.Time.After(b.last) {
		b.last = r.Time
	}
	kind := r.kind()
	if kind == "" {
		return
	}
	slot.Errors++
	b.errors++
	b.failed.add(r.Duration)
	b.byKind.add(kind)
	b.byEndpoint.add(r.Endpoint)
	b.byStatus.add(statusText(r.Status))
	if kind == "storage_lock_timeout" {
		b.lockTimeouts++
	}
	if len(b.samples[kind]) < samplesPerKind && len(b.samples) < maxNames {
		b.samples[kind] = append(b.samples[kind], Sample{r.Time, r.TraceID, r.Endpoint, r.Method, r.Status, r.Message})
	}
}

func (b *Breakdown) other(r Record) {
	if r.Event == "storage_error" {
		b.byOp.add(r.Op)
		return
	}
	b.notices.add(r.Event)
}

// cover counts whether a failed invocation says of itself that it failed.
func (b *Breakdown) cover(in Invocation) {
	recorded := false
	for _, r := range in.Requests {
		recorded = recorded || r.kind() != ""
	}
	failed := recorded || in.Status >= 500 || in.Exception || in.Outcome != "" && in.Outcome != "ok"
	if !failed {
		return
	}
	b.failures++
	if recorded {
		b.covered++
		return
	}
	name := in.Outcome
	if name == "" || name == "ok" {
		name = "no record"
	}
	b.uncovered.add(name)
}
