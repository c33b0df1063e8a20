package web

import "strings"

// ParseUUID reads a UUID in the hyphenated, 32-hex, urn:uuid: or braced form, in any case, and returns it hyphenated in
// lower case. It reports false for anything else.
func ParseUUID(text string) (string, bool) {
	s := strings.ToLower(text)
	if rest, ok := strings.CutPrefix(s, "urn:uuid:"); ok {
		if len(rest) != 36 {
			return "", false
		}
		s = rest
	} else if len(s) == 38 && s[0] == '{' && s[37] == '}' {
		s = s[1:37]
	}
	if len(s) == 36 {
		if s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
			return "", false
		}
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if len(s) != 32 || len(text) > 45 {
		return "", false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return "", false
		}
	}
	return hyphenate(s), true
}
