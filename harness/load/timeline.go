package load

import "time"

// maxSlots bounds the time line; its slots grow with the run.
const maxSlots = 60

// timeline counts by when requests were due, in at most maxSlots slots of one width, which doubles when the run outgrows
// them.
type timeline struct {
	width time.Duration
	slots []slot
}

type slot struct {
	requests, failed int64
	latency          sketch
}

func (t *timeline) add(due time.Duration, j job) {
	if t.width == 0 {
		t.width = time.Second
	}
	for int(due/t.width) >= maxSlots {
		t.double()
	}
	for len(t.slots) <= int(due/t.width) {
		t.slots = append(t.slots, slot{latency: newSketch()})
	}
	s := &t.slots[due/t.width]
	s.requests++
	if j.last().Failed() {
		s.failed++
	}
	s.latency.add(j.latency())
}

func (t *timeline) double() {
	t.width *= 2
	for i := 1; i < len(t.slots); i += 2 {
		into, from := &t.slots[i-1], t.slots[i]
		into.requests += from.requests
		into.failed += from.failed
		into.latency.merge(from.latency)
	}
	var half []slot
	for i := 0; i < len(t.slots); i += 2 {
		half = append(half, t.slots[i])
	}
	t.slots = half
}

// Timeline is how a run went over time.
type Timeline struct {
	Width float64 `json:"width_s"` // of a slot, in seconds
	Slots []Slot  `json:"slots"`   // from the start on, without gaps
}

// Slot is the requests that were due in one step of the time line, whenever they ended.
type Slot struct {
	At       float64 `json:"at_s"` // its beginning, in seconds after the start
	Requests int64   `json:"requests"`
	Failed   int64   `json:"failed"`
	P50      Ms      `json:"p50_ms"`
	P99      Ms      `json:"p99_ms"`
	Max      Ms      `json:"max_ms"`
}

func (t *timeline) summary() Timeline {
	out := Timeline{Width: t.width.Seconds(), Slots: []Slot{}}
	for i, s := range t.slots {
		l := s.latency.summary()
		out.Slots = append(out.Slots, Slot{float64(i) * t.width.Seconds(), s.requests, s.failed, l.P50, l.P99, l.Max})
	}
	return out
}
