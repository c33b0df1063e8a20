package trace

import (
	"fmt"
	"strings"
	"time"
)

// ServerTiming is the response header of the same name: the total, the storage calls with one entry for each kind of
// them, and time spent outside. Milliseconds.
func (s *Span) ServerTiming() string {
	total := s.Elapsed()
	s.mu.Lock()
	defer s.mu.Unlock()
	waited, _ := s.totals()
	var b strings.Builder
	fmt.Fprintf(&b, "total;dur=%s, storage;dur=%s;desc=\"%d ops\"", millis(total), millis(waited), len(s.calls))
	for _, kind := range []Kind{Read, Scan, Commit, EdgeRead, EdgeScan} {
		n, d := 0, time.Duration(0)
		for _, c := range s.calls {
			if c.Kind == kind {
				n, d = n+1, d+c.Duration
			}
		}
		if n > 0 {
			fmt.Fprintf(&b, ", %s;dur=%s;desc=\"%d\"", kind, millis(d), n)
		}
	}
	if s.remote {
		fmt.Fprintf(&b, ", external;dur=%s", millis(s.external))
	}
	return b.String()
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond))
}
