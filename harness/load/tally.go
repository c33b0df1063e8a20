package load

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// tally adds outcomes up in constant memory.
type tally struct {
	abandoned, strayed int64
	statuses, kinds    map[string]int64
	repeats            map[string]int64 // by the kind of the refusal
	steps              map[string]*stepTally
	all                *stepTally
	samples            map[string][]Failure
	line               timeline
	last               time.Time // end of the last answer
}

// stepTally is what is known of the requests of one step.
type stepTally struct {
	endpoint, method         string
	requests, failed, repeat int64
	latency, service         sketch
}

// samplesPerKind is how many failures are told of each kind: the first.
const samplesPerKind = 5

func newTally() *tally {
	return &tally{
		statuses: make(map[string]int64), kinds: make(map[string]int64), repeats: make(map[string]int64),
		steps: make(map[string]*stepTally), all: newStepTally("", ""), samples: make(map[string][]Failure),
	}
}

func newStepTally(method, endpoint string) *stepTally {
	return &stepTally{method: method, endpoint: endpoint, latency: newSketch(), service: newSketch()}
}

// add counts an outcome; due is when it was, after the start.
func (t *tally) add(o outcome, due time.Duration) {
	if o.abandoned {
		t.abandoned++
		return
	}
	s := t.steps[o.request.Step]
	if s == nil {
		s = newStepTally(o.request.Method, o.request.Path)
		t.steps[o.request.Step] = s
	}
	s.add(o)
	t.all.add(o)
	t.line.add(due, o)
	if o.end.After(t.last) {
		t.last = o.end
	}
	for _, a := range o.refusals {
		t.repeats[a.Kind]++
	}
	if o.answer.Strayed {
		t.strayed++
	}
	if o.answer.Status > 0 {
		t.statuses[strconv.Itoa(o.answer.Status)]++
	} else {
		t.statuses[noStatus]++
	}
	if !o.answer.Failed() {
		return
	}
	t.kinds[o.answer.Kind]++
	if len(t.samples[o.answer.Kind]) < samplesPerKind {
		t.samples[o.answer.Kind] = append(t.samples[o.answer.Kind], failureOf(o.request.Step, o.answer))
	}
}

// noStatus counts requests without an answer among the statuses.
const noStatus = "none"

func (s *stepTally) add(o outcome) {
	s.requests++
	s.repeat += int64(len(o.refusals))
	if o.answer.Failed() {
		s.failed++
	}
	s.latency.add(o.end.Sub(o.intended))
	s.service.add(o.end.Sub(o.sent))
}

// ranked is counts, most first, ties by name.
func ranked(counts map[string]int64) []Count {
	out := make([]Count, 0, len(counts))
	for name, n := range counts {
		out = append(out, Count{name, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
	return out
}
