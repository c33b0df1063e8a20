// Package tally counts requests and errors where they happen and brings the counts to the store now and then, for admins
// to look at live.
//
// Counting costs a request nothing but a map entry. An instance flushes in the background, after a response, at most once
// in FlushEvery; what it has not flushed when it goes is lost, which loses counts and never requests. The records in the
// logs are complete; this is the quick look.
package tally

import (
	"sync"
	"time"

	"tracedge/core/trace"
)

// The bounds of what an instance keeps between two flushes.
const (
	FlushEvery = 10 * time.Second
	maxSeries  = 64 // series of counts; further ones go to the series that names nothing
	maxSamples = 8
)

// series is what is counted apart: errors by kind and endpoint. The zero series counts all requests.
type series struct{ kind, endpoint string }

// elsewhere takes the errors that have no room.
var elsewhere = series{"other", "other"}

// Sample is one failed request.
type Sample struct {
	Time      time.Time `json:"time"`
	TraceID   string    `json:"trace_id"`
	Endpoint  string    `json:"endpoint"`
	Method    string    `json:"method"`
	Status    int       `json:"status_code"`
	ErrorKind string    `json:"error_kind"`
}

// Counter counts in one instance. It is a trace.Logger that passes every record on.
type Counter struct {
	next  trace.Logger
	clock func() time.Time

	mu      sync.Mutex
	flushed time.Time
	counts  map[int64]map[series]int64 // by minute, Unix seconds
	samples []Sample
	seen    int // errors since the last flush, for sampling
}

// NewCounter returns a counter in front of a logger.
func NewCounter(next trace.Logger, clock func() time.Time) *Counter {
	return &Counter{next: next, clock: clock, counts: make(map[int64]map[series]int64)}
}

// Log counts a request and passes the record on.
func (c *Counter) Log(r trace.Record) {
	if request, ok := r.(trace.Request); ok {
		c.count(request)
	}
	c.next.Log(r)
}

func (c *Counter) count(r trace.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(r.Time, series{}, 1)
	if r.ErrorKind == nil {
		return
	}
	c.add(r.Time, series{*r.ErrorKind, r.Endpoint}, 1)
	c.sample(Sample{r.Time, r.TraceID, r.Endpoint, r.Method, r.Status, *r.ErrorKind})
}

// Refused counts requests that were answered in front of the module.
func (c *Counter) Refused(kind, endpoint string, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	c.add(now, series{}, n)
	c.add(now, series{kind, endpoint}, n)
}

func (c *Counter) add(at time.Time, s series, n int64) {
	minute := at.Unix()
	minute -= minute % 60
	counts := c.counts[minute]
	if counts == nil {
		counts = make(map[series]int64)
		c.counts[minute] = counts
	}
	if _, known := counts[s]; !known && len(counts) >= maxSeries {
		s = elsewhere
	}
	counts[s] += n
}

// sample keeps the latest failures: every one at first, later ever fewer of them, so that a storm costs no more.
func (c *Counter) sample(s Sample) {
	c.seen++
	if len(c.samples) < maxSamples {
		c.samples = append(c.samples, s)
	} else if c.seen%maxSamples == 0 {
		c.samples = append(c.samples[1:], s)
	}
}

// Due reports whether there is something to flush and it is time.
func (c *Counter) Due() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.counts) > 0 && c.clock().Sub(c.flushed) >= FlushEvery
}

// take empties the counter.
func (c *Counter) take() (map[int64]map[series]int64, []Sample) {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts, samples := c.counts, c.samples
	c.counts, c.samples, c.seen, c.flushed = make(map[int64]map[series]int64), nil, 0, c.clock()
	return counts, samples
}
