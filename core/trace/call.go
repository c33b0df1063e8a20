package trace

import "time"

// Kind says what a storage call does.
type Kind string

// The kinds of storage calls.
const (
	Read     Kind = "read"
	Scan     Kind = "scan"
	Commit   Kind = "commit" // an update: its reads and its commits
	EdgeRead Kind = "edge_read"
	EdgeScan Kind = "edge_scan"
)

// Call is one call of the store inside a span.
type Call struct {
	Label    string
	Kind     Kind
	Start    time.Duration // since the span began
	Duration time.Duration
	Attempts int    // commits tried, or 1
	Failure  string // error_kind, "" when it succeeded

	span  *Span
	begun time.Time
}

// Begin opens a storage call; End must follow.
func (s *Span) Begin(label string, kind Kind) *Call {
	now := s.clock()
	c := &Call{Label: label, Kind: kind, Start: now.Sub(s.start), span: s, begun: now}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	return c
}

// End closes the call with its number of attempts and its failure, "" for none.
func (c *Call) End(attempts int, failure string) {
	d := c.span.clock().Sub(c.begun)
	c.span.mu.Lock()
	defer c.span.mu.Unlock()
	c.Duration, c.Attempts, c.Failure = d, attempts, failure
}

// totals sums the calls so far; the caller holds the lock.
func (s *Span) totals() (waited time.Duration, slowest *Call) {
	for _, c := range s.calls {
		waited += c.Duration
		if slowest == nil || c.Duration > slowest.Duration {
			slowest = c
		}
	}
	return waited, slowest
}
