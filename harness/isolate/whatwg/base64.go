package whatwg

import (
	"encoding/base64"
	"errors"
	"strings"
)

// DecodeBase64 is the forgiving-base64 decode of the Infra Standard: white space
// and missing padding are fine, anything else is not.
func DecodeBase64(s string) ([]byte, error) {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\f\r", r) {
			return -1
		}
		return r
	}, s)
	if len(s)%4 == 0 {
		s = strings.TrimSuffix(s, "=")
		s = strings.TrimSuffix(s, "=")
	}
	if len(s)%4 == 1 || strings.ContainsAny(s, "=\r\n") {
		return nil, errors.New("invalid base64")
	}
	return base64.RawStdEncoding.DecodeString(s)
}
