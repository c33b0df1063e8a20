//go:build js && wasm

package bridge

// scratch is room for texts that JavaScript reads at once. Whoever has taken it may be interrupted, since to allocate can mean
// to wait for the collector: then the next one gets room of its own.
type scratch struct{ free []byte }

// maxScratch is what is kept; longer texts are rare.
const maxScratch = 8 << 10

func (s *scratch) take() []byte {
	b := s.free
	s.free = nil
	if b == nil {
		b = make([]byte, 0, 1024)
	}
	return b[:0]
}

func (s *scratch) give(b []byte) {
	if cap(b) <= maxScratch {
		s.free = b
	}
}
