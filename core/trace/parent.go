package trace

import "strings"

// Parent is what an inbound W3C traceparent header says.
type Parent struct {
	TraceID string // 32 lower-case hex digits
	SpanID  string // 16 lower-case hex digits: the caller's span
	Sampled bool
}

// ParseParent reads a traceparent header (W3C Trace Context, version 00; a higher version by its first 55 characters).
// It reports false for a missing, malformed or all-zero one, which is then ignored.
func ParseParent(header string) (Parent, bool) {
	const length = 55 // 00-<32>-<16>-<2>
	if len(header) < length || header[2] != '-' || header[35] != '-' || header[52] != '-' {
		return Parent{}, false
	}
	version, traceID, spanID, flags := header[:2], header[3:35], header[36:52], header[53:length]
	if !isHex(version) || !isHex(traceID) || !isHex(spanID) || !isHex(flags) || version == "ff" {
		return Parent{}, false
	}
	if len(header) > length && (version == "00" || header[length] != '-') {
		return Parent{}, false
	}
	if strings.Trim(traceID, "0") == "" || strings.Trim(spanID, "0") == "" {
		return Parent{}, false
	}
	sampled := strings.IndexByte("13579bdf", flags[1]) >= 0 // the lowest bit
	return Parent{TraceID: traceID, SpanID: spanID, Sampled: sampled}, true
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
