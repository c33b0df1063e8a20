// Package digest names things by their BLAKE3-256 hash, in lower-case hex: free-form parts of keys, tokens at rest.
package digest

import (
	"encoding/hex"

	"lukechampine.com/blake3"
)

// Of returns the hash of b: 64 hex digits.
func Of(b []byte) string {
	sum := blake3.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// OfText is Of for a string.
func OfText(s string) string { return Of([]byte(s)) }
