package trace

import (
	"strconv"
	"time"
)

// ServerTiming is the response header of the same name: the total, the storage calls with one entry for each kind of
// them, and time spent outside. Milliseconds.
func (s *Span) ServerTiming() string {
	total := s.Elapsed()
	s.mu.Lock()
	defer s.mu.Unlock()
	waited, _ := s.totals()
	b := make([]byte, 0, 128)
	b = millis(append(b, "total;dur="...), total)
	b = millis(append(b, ", storage;dur="...), waited)
	b = counted(b, len(s.calls), ` ops"`)
	for _, kind := range []Kind{Read, Scan, Commit, EdgeRead, EdgeScan} {
		n, d := 0, time.Duration(0)
		for _, c := range s.calls {
			if c.Kind == kind {
				n, d = n+1, d+c.Duration
			}
		}
		if n > 0 {
			b = append(append(b, ", "...), kind...)
			b = counted(millis(append(b, ";dur="...), d), n, `"`)
		}
	}
	if s.remote {
		b = millis(append(b, ", external;dur="...), s.external)
	}
	return string(b)
}

func millis(b []byte, d time.Duration) []byte {
	var room decimal
	return append(b, room.millis(d, 1)...)
}

func counted(b []byte, n int, end string) []byte {
	return append(strconv.AppendInt(append(b, `;desc="`...), int64(n), 10), end...)
}
