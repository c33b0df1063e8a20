package conformance

import (
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// suite is one run of the cases over one runtime.
type suite struct {
	runtime  Runtime
	secrets  secrets
	executed atomic.Int64
	document document

	mu      sync.Mutex
	records []Record // of the services that have been stopped
}

// service is a running target with what the suite has seen of it.
type service struct {
	*Target
	suite *suite
	group Group
	slots chan struct{} // one token per case that may run now

	recordWait time.Duration // for records that come later than their replies

	mu   sync.Mutex
	seen []seen
}

// seen is a reply of the service as its records must tell it.
type seen struct {
	traceID, spanID  string
	method, path     string
	status           int
	kind             string // error_kind
	userID           string // of the caller, "" when the suite does not know
	storageCalls     int64  // as Server-Timing says, -1 when it does not
	described, reply string
}

// note keeps a reply for the cases about records.
func (v *service) note(r *Reply, userID string) {
	if r.traceID() == "" {
		return
	}
	span := ""
	if parent := r.Header.Get("traceparent"); len(parent) == 55 {
		span = parent[36:52]
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen = append(v.seen, seen{
		traceID: r.traceID(), spanID: span,
		method: r.Request.Method, path: r.Request.path(), status: r.Status, kind: r.text("error_kind"), userID: userID,
		storageCalls: storageCalls(r),
		described:    r.Request.String(), reply: r.String(),
	})
}

var storageTiming = regexp.MustCompile(`storage;dur=[0-9.]+;desc="([0-9]+) ops"`)

func storageCalls(r *Reply) int64 {
	found := storageTiming.FindStringSubmatch(r.Header.Get("Server-Timing"))
	if found == nil {
		return -1
	}
	n, err := strconv.ParseInt(found[1], 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// replies returns what was noted so far.
func (v *service) replies() []seen {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]seen(nil), v.seen...)
}

// close keeps the records of a service that is about to stop.
func (v *service) close() {
	v.suite.mu.Lock()
	defer v.suite.mu.Unlock()
	v.suite.records = append(v.suite.records, v.Records()...)
}
