package breakdown

import (
	"cmp"
	"slices"
)

// storage adds up storage calls by label, from what requests list of theirs and from storage_error records.
//
// A failed call is told of twice: at once, and by the request that it was a part of. Which comes first depends on how
// the log was kept. So a failure counts when either side tells of more of them than the other has.
type storage struct {
	hasher hasher
	labels table[label]
	told   *recent[twice]
}

type label struct {
	calls, failed, retried int64
	took                   latency
	kinds                  counts
}

// twice is how often each side told of a failure of one label in one request.
type twice struct{ atOnce, listed int32 }

// rememberedFailures bounds the failures that are matched with each other.
const rememberedFailures = 1 << 15

func newStorage(h hasher) storage {
	return storage{hasher: h, labels: make(table[label]), told: newRecent[twice](rememberedFailures, nil)}
}

// request adds the calls of a request.
func (s *storage) request(r *record) {
	for i := range r.Ops {
		o := &r.Ops[i]
		l := s.labels.of(o.Label)
		l.calls++
		l.took.add(o.Duration)
		if o.Attempts > 1 {
			l.retried++
		}
		if o.ErrorKind != "" {
			t := s.failures(r, o.Label)
			if t.listed++; t.listed > t.atOnce {
				l.fail(o.ErrorKind)
			}
		}
	}
}

// failure adds a storage_error.
func (s *storage) failure(r *record) {
	t := s.failures(r, r.Op)
	if t.atOnce++; t.atOnce > t.listed {
		s.labels.of(r.Op).fail(cmp.Or(r.ErrorKind, unexplained))
	}
}

func (s *storage) failures(r *record, label string) *twice {
	if r.TraceID+r.SpanID == "" {
		return &twice{} // nothing to match it by
	}
	t, _ := s.told.of(s.hasher.key(r.TraceID, r.SpanID, label))
	return t
}

func (l *label) fail(kind string) {
	if l.kinds == nil {
		l.kinds = make(counts)
	}
	l.failed++
	l.kinds.add(kind)
}

// Operation is a storage operation by its label. Requests list at most 64 calls, and background work lists none, so
// Calls is a lower bound.
type Operation struct {
	Label   string  `json:"label"`
	Errors  int64   `json:"errors"`
	Calls   int64   `json:"calls"`
	Rate    float64 `json:"error_rate"`
	Retried int64   `json:"retried"` // took more than one attempt
	Kinds   []Count `json:"by_error_kind"`
	Took    Latency `json:"latency"`
}

// summary is all operations: those that failed most, then those that were slowest.
func (s *storage) summary() []Operation {
	out := make([]Operation, 0, len(s.labels))
	for name, l := range s.labels {
		calls := max(l.calls, l.failed)
		out = append(out, Operation{name, l.failed, calls, share(l.failed, calls), l.retried, l.kinds.ranked(), l.took.summary()})
	}
	slices.SortFunc(out, func(a, b Operation) int {
		return cmp.Or(cmp.Compare(b.Errors, a.Errors), cmp.Compare(b.Took.P95, a.Took.P95), cmp.Compare(a.Label, b.Label))
	})
	return out
}
