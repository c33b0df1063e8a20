package digest

import (
	"encoding/hex"

	"lukechampine.com/blake3"
)

// Stream is Of for text that comes piece by piece.
type Stream struct{ h *blake3.Hasher }

// NewStream returns a stream with nothing in it.
func NewStream() *Stream { return &Stream{blake3.New(32, nil)} }

// Add appends texts. Nothing separates them.
func (s *Stream) Add(texts ...string) {
	for _, t := range texts {
		_, _ = s.h.Write([]byte(t)) // a hash takes everything
	}
}

// Sum is the hash of what was added: 64 hex digits.
func (s *Stream) Sum() string { return hex.EncodeToString(s.h.Sum(nil)) }
