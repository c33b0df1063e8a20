package simulate

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// misfortunes are the faults of a world that have not struck yet.
type misfortunes struct {
	world   *World
	pending map[Kind][]*Fault // by time
	over    bool              // the quiet has begun
}

func newMisfortunes(w *World, faults []*Fault) *misfortunes {
	m := &misfortunes{world: w, pending: map[Kind][]*Fault{}}
	for _, f := range faults {
		f.left = f.Skip
		m.pending[f.Kind] = append(m.pending[f.Kind], f)
	}
	for _, list := range m.pending {
		slices.SortStableFunc(list, func(a, b *Fault) int { return cmp.Compare(a.At, b.At) })
	}
	return m
}

// strike returns the fault of a kind that befalls the event that is told of, or
// nil.
func (m *misfortunes) strike(k Kind, what string) *Fault {
	return m.find(k, what, func(*Fault) bool { return true })
}

// strikeCall is strike for calls of objects.
func (m *misfortunes) strikeCall(k Kind, on *call, what string) *Fault {
	return m.find(k, what, func(f *Fault) bool {
		return (on.commit || !f.Commit) && (!f.Picky || m.picks(f, on.step))
	})
}

// find returns the first fault that is due, fits and lets none pass any more.
func (m *misfortunes) find(k Kind, what string, fits func(*Fault) bool) *Fault {
	if m.over {
		return nil
	}
	for n, f := range m.pending[k] {
		switch {
		case f.At > m.world.elapsed():
			return nil
		case !fits(f):
			continue
		case f.left > 0:
			f.left--
			continue
		}
		m.pending[k] = slices.Delete(m.pending[k], n, n+1)
		m.struck(f, what)
		return f
	}
	return nil
}

// shares is into how many shares picky faults part the steps.
const shares = 45

// picks reports whether a step is one of the few that a fault is for. Others would
// draw nearly all faults, for they come first wherever something begins. The fault's
// number says which share of the steps, and how they are parted.
func (m *misfortunes) picks(f *Fault, step string) bool {
	h := mix(step, strconv.Itoa(f.Number/shares))
	h ^= h >> 33 // the low bits of the sum alone follow the last letters
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return h%shares == uint64(f.Number%shares)
}

func (m *misfortunes) struck(f *Fault, what string) {
	f.Struck = what
	m.world.happened(f.Kind)
	m.world.tell("FAULT %d %s: %s", f.ID, f.Kind, what)
}

// schedule arranges for the faults that strike at a time and not at an event.
func (m *misfortunes) schedule(k Kind, act func(f *Fault) (what string)) {
	for _, f := range m.pending[k] {
		m.world.AfterFunc(f.At-m.world.elapsed(), func() {
			if m.over {
				return
			}
			if what := act(f); what != "" {
				m.struck(f, what)
			}
		})
	}
	delete(m.pending, k)
}

// delay is how long something takes that a fault has made slow.
func (f *Fault) delay(least time.Duration) time.Duration { return least + f.For }
