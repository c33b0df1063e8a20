package load

import (
	"cmp"
	"slices"
	"time"
)

// Result is how a run went; its JSON form is that of `tracedge load --format json`. Durations are numbers whose names end
// in the unit: _s for seconds, _ms for milliseconds.
//
// The numbers of requests add up: due = requests + abandoned, and requests = succeeded + failed. Repeats are counted apart:
// a request that was refused twice and then served is one success, two repeats, and one latency from when it was due to
// when it was served.
type Result struct {
	URL      string    `json:"url"`
	Scenario string    `json:"scenario"`
	Started  time.Time `json:"started"` // when the first request was due
	Settings Settings  `json:"settings"`

	Early     bool    `json:"ended_early"`  // interrupted before the schedule and its requests were done
	Took      float64 `json:"took_s"`       // from the start to the last answer
	Offered   float64 `json:"offered_rps"`  // requests due by time of the schedule
	Achieved  float64 `json:"achieved_rps"` // answers by time until the last one; requests without an answer do not count
	Due       int64   `json:"due"`
	Requests  int64   `json:"requests"` // sent
	Abandoned int64   `json:"abandoned"`
	Succeeded int64   `json:"succeeded"`
	Failed    int64   `json:"failed"`

	Repeats       int64   `json:"repeats"`         // attempts beyond the first of each request
	RepeatsByKind []Count `json:"repeats_by_kind"` // by error_kind of what was answered before

	Total    Step                 `json:"total"`
	Steps    []Step               `json:"steps"`         // in the order of the critical path
	Statuses []Count              `json:"by_status"`     // "none" where no answer came; most first
	Kinds    []Count              `json:"by_error_kind"` // of what failed; kinds that begin with client_ are the client's own
	Samples  map[string][]Failure `json:"samples"`       // by error_kind, the first five of each
	Timeline Timeline             `json:"timeline"`

	Client   ClientHealth `json:"client"`
	Accuracy float64      `json:"relative_error"` // of every quantile
}

// Settings are what the run was told.
type Settings struct {
	Rate        float64 `json:"rps"`
	Duration    float64 `json:"duration_s"`
	Concurrency int     `json:"concurrency"`
	Users       int     `json:"users"` // accounts made before, 0 where the scenario needs none
	Retry       bool    `json:"retry"`
	Timeout     float64 `json:"timeout_s"` // of one attempt
}

// Step is how the requests of one step were answered.
type Step struct {
	Name     string  `json:"step"`               // "all" for the total
	Method   string  `json:"method,omitempty"`   // omitted for the total
	Endpoint string  `json:"endpoint,omitempty"` // omitted for the total
	Requests int64   `json:"requests"`
	Failed   int64   `json:"failed"`
	Repeats  int64   `json:"repeats"`
	Latency  Latency `json:"latency"` // from when each was due to its last answer
	Service  Latency `json:"service"` // of the last attempt alone, from when it was sent; what the service itself took
}

// Failure is one request that failed.
type Failure struct {
	Step    string `json:"step"`
	Status  int    `json:"status_code"` // 0 when no answer came
	Kind    string `json:"error_kind"`
	TraceID string `json:"trace_id"`
	Message string `json:"message,omitempty"`
}

// Count is a name with its number.
type Count struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// ClientHealth tells whether the client itself could distort the result, and whether traces arrived.
type ClientHealth struct {
	Lag           Ms    `json:"schedule_lag_ms"`   // the longest that the client was late to make a request
	MostInFlight  int   `json:"most_in_flight"`    // at once
	MostWaiting   int   `json:"most_waiting"`      // for a place, at once
	StrayedTraces int64 `json:"traces_not_joined"` // answers that did not bear the trace sent
}

func failureOf(step string, a Answer) Failure {
	return Failure{step, a.Status, a.Kind, a.TraceID, a.Message}
}

// ErrorRate is the share of the requests that failed, from 0 to 1.
func (r Result) ErrorRate() float64 {
	if r.Requests == 0 {
		return 0
	}
	return float64(r.Failed) / float64(r.Requests)
}

// result is what was collected. Only to be called when nothing is under way any more.
func (r *run) result() Result {
	t, o := r.tally, r.options
	out := Result{
		URL: r.client.URL, Scenario: o.Scenario, Started: r.start.UTC(),
		Settings: Settings{o.Rate, o.Duration.Seconds(), o.Concurrency, 0, o.Retry, r.client.Timeout.Seconds()},
		Early:    !r.complete || t.abandoned > 0,
		Offered:  o.Rate, Due: r.due.Load(), Abandoned: t.abandoned,
		Requests: t.all.requests, Failed: t.all.failed, Succeeded: t.all.requests - t.all.failed,
		Repeats: t.all.repeats, RepeatsByKind: ranked(t.repeats),
		Total: t.all.summary("all"), Steps: []Step{}, Statuses: ranked(t.statuses), Kinds: ranked(t.kinds),
		Samples: t.samples, Timeline: t.line.summary(),
		Client:   ClientHealth{Ms(millis(r.lag)), r.mostBusy, r.mostWaiting, t.strayed},
		Accuracy: accuracy,
	}
	if s, _ := findScenario(o.Scenario); s.needsUsers {
		out.Settings.Users = o.Users
	}
	if took := t.last.Sub(r.start).Seconds(); took > 0 {
		out.Took = took
		out.Achieved = float64(t.all.requests-t.statuses[noStatus]) / took
	}
	for name, s := range t.steps {
		out.Steps = append(out.Steps, s.summary(name))
	}
	slices.SortFunc(out.Steps, func(a, b Step) int { return cmp.Compare(stepRank(a.Name), stepRank(b.Name)) })
	return out
}

func (s *stepTally) summary(name string) Step {
	return Step{name, s.method, s.endpoint, s.requests, s.failed, s.repeats, s.latency.summary(), s.service.summary()}
}

// path is the critical path.
var path = [...]string{StepHealth, StepRegister, StepLogin, StepVerify}

func stepRank(name string) int { return slices.Index(path[:], name) }
