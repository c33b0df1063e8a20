package breakdown

import (
	"strconv"
	"time"
)

// Report is the breakdown as a value: the form of --format json.
type Report struct {
	From      time.Time           `json:"from"`
	To        time.Time           `json:"to"`
	Requests  int64               `json:"requests"`
	Errors    int64               `json:"errors"`
	ErrorRate float64             `json:"error_rate"`       // of the requests, 0 to 1
	Server    int64               `json:"server_errors"`    // status 500 and above
	Kinds     []Count             `json:"by_error_kind"`    // most first
	Endpoints []Endpoint          `json:"by_endpoint"`      // the ten with most errors
	Statuses  []Count             `json:"by_status"`        // of the errors
	Ops       []Count             `json:"by_storage_label"` // failed storage calls
	Samples   map[string][]Sample `json:"samples"`          // by error_kind
	All       Latency             `json:"latency"`          // of all requests
	Failed    Latency             `json:"latency_of_errors"`
	Logins    Latency             `json:"latency_of_logins"` // that succeeded
	CPU       Latency             `json:"cpu_time"`          // where the platform tells
	Wall      Latency             `json:"wall_time"`
	Timeline  Timeline            `json:"timeline"`
	Coverage  Coverage            `json:"coverage"`
	Notices   []Count             `json:"notices"`
	Input     Input               `json:"input"`
	Accuracy  float64             `json:"relative_error"` // of the quantiles

	lockTimeouts int64
}

// Endpoint is an endpoint with its errors.
type Endpoint struct {
	Name     string  `json:"endpoint"`
	Requests int64   `json:"requests"`
	Errors   int64   `json:"errors"`
	Rate     float64 `json:"error_rate"`
}

// Coverage tells how many failed invocations carry a structured record of their failure.
type Coverage struct {
	Failed  int64   `json:"failed"`
	Covered int64   `json:"covered"`
	Share   float64 `json:"share"` // 1 when nothing failed
	Missing []Count `json:"missing_by_outcome"`
}

// Input tells what in the stream was no record.
type Input struct {
	Text    int64   `json:"text_lines"`
	Unknown int64   `json:"other_json"`
	Broken  int64   `json:"broken"`
	Places  []int64 `json:"broken_at"` // byte offsets of the first
}

// topEndpoints is how many endpoints are listed.
const topEndpoints = 10

// Report makes the report of what was added up.
func (b *Breakdown) Report() Report {
	r := Report{
		From: b.first, To: b.last, Requests: b.requests, Errors: b.errors, ErrorRate: share(b.errors, b.requests),
		Kinds: b.byKind.ranked(), Statuses: b.byStatus.ranked(), Ops: b.byOp.ranked(), Samples: b.samples,
		All: b.all.summary(), Failed: b.failed.summary(), Logins: b.logins.summary(), CPU: b.cpu.summary(), Wall: b.wall.summary(),
		Timeline: b.line.summary(), Notices: b.notices.ranked(), Accuracy: accuracy,
		Coverage:     Coverage{b.failures, b.covered, 1, b.uncovered.ranked()},
		Input:        Input{b.text, b.unknown, b.broken, append([]int64{}, b.places...)},
		lockTimeouts: b.lockTimeouts,
	}
	if b.failures > 0 {
		r.Coverage.Share = share(b.covered, b.failures)
	}
	for status, n := range b.byStatus {
		if status >= "500" {
			r.Server += n
		}
	}
	for _, c := range b.byEndpoint.ranked() {
		if len(r.Endpoints) == topEndpoints {
			break
		}
		total := b.endpointTotals[c.Name]
		r.Endpoints = append(r.Endpoints, Endpoint{c.Name, total, c.Count, share(c.Count, total)})
	}
	return r
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func statusText(status int) string { return strconv.Itoa(status) }
