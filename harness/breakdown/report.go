package breakdown

import (
	"slices"
	"time"
)

// Report is the breakdown as a value.
type Report struct {
	From       time.Time           `json:"from,omitzero"` // of the first and the last request
	To         time.Time           `json:"to,omitzero"`
	Requests   int64               `json:"requests"`
	Errors     int64               `json:"errors"`            // with an error_kind, whosever fault
	ErrorRate  float64             `json:"error_rate"`        // of the requests, 0 to 1
	Server     int64               `json:"server_errors"`     // answered with 500 and above, or not at all
	ServerRate float64             `json:"server_error_rate"` // of the requests, 0 to 1
	Unrecorded int64               `json:"unrecorded"`        // requests of which only the platform tells
	Kinds      []Count             `json:"by_error_kind"`     // most first
	Where      map[string][]Count  `json:"error_kind_by_endpoint"`
	Endpoints  []Endpoint          `json:"by_endpoint"` // the ten with most errors
	Statuses   []Count             `json:"by_status"`   // of all requests
	Storage    []Operation         `json:"by_storage_label"`
	Samples    map[string][]Sample `json:"samples"` // by error_kind
	All        Latency             `json:"latency"` // of all requests that left a record
	Failed     Latency             `json:"latency_of_errors"`
	Logins     Latency             `json:"latency_of_logins"` // that succeeded
	CPU        Latency             `json:"cpu_time"`          // of invocations, where the platform tells
	Wall       Latency             `json:"wall_time"`
	Timeline   Timeline            `json:"timeline"`
	Coverage   Coverage            `json:"coverage"`
	Notices    []Count             `json:"notices"`
	Input      Input               `json:"input"`
	Accuracy   float64             `json:"relative_error"` // of the quantiles

	lockTimeouts int64
	endpoints    []Endpoint // all of them
}

// Input tells what the stream was made of.
type Input struct {
	Bytes       int64   `json:"bytes"`
	Invocations int64   `json:"invocations"` // that the platform tells of
	Records     int64   `json:"records"`     // that stand alone
	Unknown     int64   `json:"other_json"`  // objects that are neither
	Text        int64   `json:"text_lines"`
	Broken      int64   `json:"broken"` // values that are no JSON
	Places      []Place `json:"broken_at"`
	Repeated    int64   `json:"repeated"` // records that were counted before
	Filtered    int64   `json:"filtered"` // objects that --since or --endpoint left out
	Undated     int64   `json:"undated"`  // requests without a time, which the time line leaves out
}

// topEndpoints is how many endpoints are listed, topWhere how many of one kind.
const (
	topEndpoints = 10
	topWhere     = 5
)

// Report makes the report of what was added up.
func (b *Breakdown) Report() Report {
	r := Report{
		From: b.first, To: b.last, Requests: b.requests,
		Errors: b.errors, ErrorRate: share(b.errors, b.requests),
		Server: b.server, ServerRate: share(b.server, b.requests), Unrecorded: b.unrecorded,
		Where: make(map[string][]Count), Statuses: b.statuses.ranked(), Storage: b.storage.summary(), Samples: make(map[string][]Sample),
		All: b.all.summary(), Failed: b.failed.summary(), Logins: b.logins.summary(), CPU: b.cpu.summary(), Wall: b.wall.summary(),
		Timeline: b.line.summary(), Coverage: b.coverage.summary(), Notices: b.notices.ranked(), Input: b.input, Accuracy: accuracy,
		lockTimeouts: b.lockTimeouts, endpoints: ranked(b.endpoints),
	}
	r.Input.Places = append([]Place{}, b.input.Places...)
	kinds := make(counts)
	for name, k := range b.kinds {
		kinds[name] = k.count
		r.Samples[name] = slices.Clone(k.samples)
		r.Where[name] = firstOf(k.endpoints.ranked(), topWhere)
	}
	r.Kinds = kinds.ranked()
	r.Endpoints = []Endpoint{}
	for _, e := range firstOf(r.endpoints, topEndpoints) {
		if e.Errors > 0 {
			r.Endpoints = append(r.Endpoints, e)
		}
	}
	return r
}

func firstOf[E any](list []E, n int) []E { return list[:min(n, len(list))] }
