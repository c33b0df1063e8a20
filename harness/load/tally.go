package load

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// tally adds requests up in constant memory.
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
	endpoint, method          string
	requests, failed, repeats int64
	latency, service          sketch
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

// add counts a request that is done; due is when it was, after the start.
func (t *tally) add(j job, due time.Duration) {
	if len(j.attempts) == 0 {
		t.abandoned++
		return
	}
	s := t.steps[j.request.Step]
	if s == nil {
		s = newStepTally(j.request.Method, j.request.Path)
		t.steps[j.request.Step] = s
	}
	s.add(j)
	t.all.add(j)
	t.line.add(due, j)
	for _, a := range j.attempts[:j.repeats()] {
		t.repeats[a.Kind]++
	}
	t.answer(j.request.Step, j.last())
}

// answer counts the attempt that decides.
func (t *tally) answer(step string, a attempt) {
	if a.end.After(t.last) {
		t.last = a.end
	}
	if a.Strayed {
		t.strayed++
	}
	if a.Status > 0 {
		t.statuses[strconv.Itoa(a.Status)]++
	} else {
		t.statuses[noStatus]++
	}
	if !a.Failed() {
		return
	}
	t.kinds[a.Kind]++
	if len(t.samples[a.Kind]) < samplesPerKind {
		t.samples[a.Kind] = append(t.samples[a.Kind], failureOf(step, a.Answer))
	}
}

// noStatus counts requests without an answer among the statuses.
const noStatus = "none"

func (s *stepTally) add(j job) {
	s.requests++
	s.repeats += int64(j.repeats())
	if j.last().Failed() {
		s.failed++
	}
	s.latency.add(j.latency())
	s.service.add(j.service())
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
