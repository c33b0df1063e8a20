package breakdown

import (
	"slices"
	"time"
)

// maxSlots bounds the time line; its slots grow with the span.
const maxSlots = 60

// timeline counts by time in at most maxSlots slots of one width, which doubles when the span outgrows them.
type timeline struct {
	width time.Duration
	slots map[int64]*Slot // by start / width
}

// Slot is one step of the time line.
type Slot struct {
	Start    time.Time `json:"start"`
	Requests int64     `json:"requests"`
	Errors   int64     `json:"errors"`
}

func (t *timeline) at(when time.Time) *Slot {
	if t.slots == nil {
		t.width, t.slots = time.Second, make(map[int64]*Slot)
	}
	for {
		n := when.UnixNano() / int64(t.width)
		if s := t.slots[n]; s != nil {
			return s
		}
		if t.fits(n) {
			s := &Slot{Start: time.Unix(0, n*int64(t.width)).UTC()}
			t.slots[n] = s
			return s
		}
		t.grow()
	}
}

func (t *timeline) fits(n int64) bool {
	low, high := n, n
	for k := range t.slots {
		low, high = min(low, k), max(high, k)
	}
	return high-low < maxSlots
}

func (t *timeline) grow() {
	t.width *= 2
	old := t.slots
	t.slots = make(map[int64]*Slot, len(old))
	for _, s := range old {
		n := s.Start.UnixNano() / int64(t.width)
		into := t.slots[n]
		if into == nil {
			into = &Slot{Start: time.Unix(0, n*int64(t.width)).UTC()}
			t.slots[n] = into
		}
		into.Requests += s.Requests
		into.Errors += s.Errors
	}
}

// Timeline is the steps in order, empty ones included.
type Timeline struct {
	Width time.Duration `json:"width_ns"`
	Slots []Slot        `json:"slots"`
}

func (t *timeline) summary() Timeline {
	out := Timeline{Width: t.width, Slots: []Slot{}}
	if len(t.slots) == 0 {
		return out
	}
	var keys []int64
	for k := range t.slots {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for n := keys[0]; n <= keys[len(keys)-1]; n++ {
		if s := t.slots[n]; s != nil {
			out.Slots = append(out.Slots, *s)
		} else {
			out.Slots = append(out.Slots, Slot{Start: time.Unix(0, n*int64(t.width)).UTC()})
		}
	}
	return out
}
