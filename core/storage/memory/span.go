package memory

import (
	"iter"

	"tracedge/core/storage/memory/ordered"
)

// span is a range of keys: lo <= key < hi, walked downwards when reverse.
type span struct {
	lo, hi  string
	reverse bool
}

// spanOf is the keys with the prefix, strictly beyond after ("" is all) up to and including until ("" is all) in the
// direction of the walk. A prefix is of printable ASCII and not empty, so that a least string beyond it exists.
func spanOf(prefix, after, until string, reverse bool) span {
	last := len(prefix) - 1
	s := span{lo: prefix, hi: prefix[:last] + string(rune(prefix[last]+1)), reverse: reverse}
	switch {
	case reverse:
		if after != "" {
			s.hi = min(s.hi, after)
		}
		s.lo = max(s.lo, until)
	default:
		if after != "" {
			s.lo = max(s.lo, after+"\x00") // the least string beyond
		}
		if until != "" {
			s.hi = min(s.hi, until+"\x00")
		}
	}
	return s
}

// walk yields what lies in the span.
func walk[V any](m *ordered.Map[V], s span) iter.Seq2[string, V] {
	return m.Range(s.lo, max(s.lo, s.hi), s.reverse)
}
