package storage

import (
	"encoding/hex"
	"fmt"
	"io"
)

// NewID draws a random UUID (version 4, RFC 9562), hyphenated, in lower case.
func (s *Store) NewID() string {
	var b [32]byte
	s.read32(&b)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (s *Store) read32(b *[32]byte) {
	if _, err := io.ReadFull(s.random, b[:]); err != nil {
		panic(fmt.Sprintf("storage: no randomness: %v", err)) // ids that are not random would collide
	}
}
