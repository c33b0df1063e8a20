package breakdown

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// kindTally is what is counted of one error_kind.
type kindTally struct {
	count     int64
	endpoints counts
	samples   []Sample
}

// endpointTally is what is counted of one endpoint.
type endpointTally struct {
	requests, errors, server int64
	took                     latency
}

// Sample is one failed request.
type Sample struct {
	Time     time.Time `json:"time,omitzero"`
	TraceID  string    `json:"trace_id"` // "" when the request left no record and its client sent none
	Endpoint string    `json:"endpoint"` // the path when the request left no record
	Method   string    `json:"method"`
	Status   int       `json:"status_code"` // 0 when there was no response
	Duration float64   `json:"duration_ms"`
	Message  string    `json:"message,omitempty"`
}

// samplesPerKind is how many failed requests are shown of each kind: the first ones, so that the same log shows the same.
const samplesPerKind = 5

// Unrecorded is the kind of failed requests that left no record of themselves.
const Unrecorded = "unrecorded"

// noRecord stands for the endpoint of requests that left no record: their paths would be names without number.
const noRecord = "(no record)"

// outcome is what a request counts as.
type outcome struct {
	time     time.Time
	endpoint string
	status   int
	kind     string // "" for a success
	server   bool   // the failure is the service's
}

// request counts a request record. It reports whether it tells of an error.
func (b *Breakdown) request(r *record) (failed bool) {
	kind := r.kind()
	endpoint := cmp.Or(r.Endpoint, "(none)")
	b.count(outcome{r.Time, endpoint, r.Status, kind, r.Status >= 500})
	b.all.add(r.Duration)
	b.endpoints.of(endpoint).took.add(r.Duration)
	if r.Endpoint == Login && r.Status == 200 {
		b.logins.add(r.Duration)
	}
	b.storage.request(r)
	if kind == "" {
		return false
	}
	b.failed.add(r.Duration)
	if kind == "storage_lock_timeout" {
		b.lockTimeouts++
	}
	b.sample(kind, Sample{r.Time, r.TraceID, endpoint, r.Method, r.Status, r.Duration, r.Message})
	return true
}

// unseen counts a request of which only the platform tells.
func (b *Breakdown) unseen(e *ending) {
	b.unrecorded++
	p := &e.platform
	if !p.failed() && p.Status < 400 {
		b.count(outcome{e.time, noRecord, p.Status, "", false})
		return
	}
	server := p.Status >= 500 || p.Status == 0 && !p.clientGone()
	b.count(outcome{e.time, noRecord, p.Status, Unrecorded, server})
	message := p.Outcome
	if p.Exception != "" {
		message += ": " + p.Exception
	}
	b.sample(Unrecorded, Sample{e.time, p.TraceID, p.Path, p.Method, p.Status, 0, message})
}

// count counts what all requests have.
func (b *Breakdown) count(o outcome) {
	b.requests++
	endpoint := b.endpoints.of(o.endpoint)
	endpoint.requests++
	b.statuses.add(statusName(o.status))
	step := &Step{}
	if o.time.IsZero() {
		b.input.Undated++
	} else {
		step = b.line.at(o.time)
		if b.first.IsZero() || o.time.Before(b.first) {
			b.first = o.time
		}
		if o.time.After(b.last) {
			b.last = o.time
		}
	}
	step.Requests++
	if o.kind == "" {
		return
	}
	b.errors++
	endpoint.errors++
	step.Errors++
	if o.server {
		b.server++
		endpoint.server++
		step.Server++
	}
	kind := b.kinds.of(o.kind)
	if kind.endpoints == nil {
		kind.endpoints = make(counts)
	}
	kind.count++
	kind.endpoints.add(o.endpoint)
}

func (b *Breakdown) sample(kind string, s Sample) {
	if k := b.kinds.of(kind); len(k.samples) < samplesPerKind {
		k.samples = append(k.samples, s)
	}
}

// other counts a record that is no request. It reports whether it is a notice of a failure.
func (b *Breakdown) other(r *record) (serious bool) {
	if r.Event == storageEvent {
		b.storage.failure(r)
		return false
	}
	b.notices.add(r.Event)
	return r.serious()
}

func statusName(status int) string {
	if status == 0 {
		return "none"
	}
	return strconv.Itoa(status)
}

// Endpoint is an endpoint with its errors.
type Endpoint struct {
	Name     string  `json:"endpoint"`
	Requests int64   `json:"requests"`
	Errors   int64   `json:"errors"`
	Server   int64   `json:"server_errors"`
	Rate     float64 `json:"error_rate"`
	Took     Latency `json:"latency"`
}

// ranked is all endpoints: those with most errors first, then those with most requests.
func ranked(endpoints table[endpointTally]) []Endpoint {
	out := make([]Endpoint, 0, len(endpoints))
	for name, e := range endpoints {
		out = append(out, Endpoint{name, e.requests, e.errors, e.server, share(e.errors, e.requests), e.took.summary()})
	}
	slices.SortFunc(out, func(a, b Endpoint) int {
		return cmp.Or(cmp.Compare(b.Errors, a.Errors), cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Name, b.Name))
	})
	return out
}
