package keys

import (
	"fmt"
	"io"
	"strings"
)

// Prefix begins the text of every key.
const Prefix = "dfm_"

const (
	alphabet  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	drawn     = 32 // characters after the prefix
	prefixLen = 8  // of the text, shown with the key's metadata
)

// draw makes the text of a new key: each character uniformly one of 62. Six random bits that name none are drawn again.
func draw(random io.Reader) (string, error) {
	out := make([]byte, 0, len(Prefix)+drawn)
	out = append(out, Prefix...)
	var some [2 * drawn]byte
	for {
		if _, err := io.ReadFull(random, some[:]); err != nil {
			return "", fmt.Errorf("keys: no randomness: %w", err)
		}
		for _, b := range some {
			if i := int(b & 63); i < len(alphabet) {
				out = append(out, alphabet[i])
			}
			if len(out) == cap(out) {
				return string(out), nil
			}
		}
	}
}

// WellFormed tells whether a text that begins with the prefix can be that of a key.
func WellFormed(text string) bool {
	rest, ok := strings.CutPrefix(text, Prefix)
	return ok && len(rest) == drawn && strings.Trim(rest, alphabet) == ""
}
