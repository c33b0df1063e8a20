package breakdown

import (
	"time"
)

// record is what is used of a record that the service logs. Its fields are explained in docs/observability.md.
type record struct {
	Event, Level                  string
	TraceID, SpanID               string
	Endpoint, Method              string
	Status                        int
	Duration                      float64 // ms
	ErrorKind, Message            string
	Op, OpKind, Partition         string // of a storage_error
	Task, Setting                 string // of a notice
	Attempts, Count               int
	StorageCalls                  int
	Cold                          bool
	UserID, KeyID, ServiceVersion string
	Time                          time.Time
	Ops                           []operation
}

// operation is a storage call in a request's record.
type operation struct {
	Label, Kind     string
	Start, Duration float64 // ms
	Attempts        int
	ErrorKind       string
}

// The events that are more than notices.
const (
	requestEvent = "request"
	storageEvent = "storage_error"
)

// unexplained is the kind of a request that failed and does not say how.
const unexplained = "unexplained"

// kind is what a request failed with, "" for a success.
func (r *record) kind() string {
	if r.ErrorKind == "" && r.Status >= 400 {
		return unexplained
	}
	return r.ErrorKind
}

// serious reports whether a notice tells of a failure.
func (r *record) serious() bool {
	return r.Level == "error" || r.Level == "warn" || r.ErrorKind != ""
}

// field takes the member that comes next if it is one of a record's, and skips it otherwise.
func (r *record) field(c *cursor, name []byte, n names) {
	switch string(name) {
	case "event":
		r.Event = n.of(c.text())
	case "level":
		r.Level = n.of(c.text())
	case "trace_id":
		r.TraceID = identifier(c.text())
	case "span_id":
		r.SpanID = identifier(c.text())
	case "endpoint":
		r.Endpoint = n.of(c.text())
	case "method":
		r.Method = n.of(c.text())
	case "status_code":
		r.Status = c.integer()
	case "duration_ms":
		r.Duration, _ = c.number()
	case "error_kind":
		r.ErrorKind = n.of(c.text())
	case "message":
		r.Message = printable(string(c.text()))
	case "op":
		r.Op = n.of(c.text())
	case "kind":
		r.OpKind = n.of(c.text())
	case "partition_kind":
		r.Partition = n.of(c.text())
	case "task":
		r.Task = n.of(c.text())
	case "setting":
		r.Setting = n.of(c.text())
	case "attempts":
		r.Attempts = c.integer()
	case "count":
		r.Count = c.integer()
	case "storage_calls":
		r.StorageCalls = c.integer()
	case "cold":
		r.Cold = c.peek() == 't'
		c.skip()
	case "version":
		r.ServiceVersion = n.of(c.text())
	case "user_id":
		r.UserID = identifier(c.text())
	case "key_id":
		r.KeyID = identifier(c.text())
	case "time":
		r.Time = plausible(time.Parse(time.RFC3339Nano, string(c.text())))
	case "ops":
		c.elements(func() { r.Ops = append(r.Ops, operationOf(c, n)) })
	default:
		c.skip()
	}
}

func operationOf(c *cursor, n names) (o operation) {
	c.members(func(name []byte) {
		switch string(name) {
		case "op":
			o.Label = n.of(c.text())
		case "kind":
			o.Kind = n.of(c.text())
		case "start_ms":
			o.Start, _ = c.number()
		case "duration_ms":
			o.Duration, _ = c.number()
		case "attempts":
			o.Attempts = c.integer()
		case "error_kind":
			o.ErrorKind = n.of(c.text())
		default:
			c.skip()
		}
	})
	return o
}

// integer takes a number that fits in 32 bits.
func (c *cursor) integer() int {
	v, ok := c.number()
	if !ok || v < -1<<31 || v >= 1<<31 {
		return 0
	}
	return int(v)
}

// identifier is a text that names one thing. It is not kept for the next.
func identifier(b []byte) string {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f {
			return printable(string(b))
		}
	}
	if len(b) > longestName {
		return printable(string(b))
	}
	return string(b)
}

// plausible is a time at which the service may have run, or the zero time. One stray time would stretch the time line
// until it showed nothing.
func plausible(t time.Time, err error) time.Time {
	if err != nil || t.Year() < 2000 || t.Year() >= 2200 {
		return time.Time{}
	}
	return t.UTC()
}
