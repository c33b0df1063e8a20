package load

import (
	"encoding/json"
	"io"
	"time"
)

// record is how a request went, in the form of the service's own request record. Duration counts from the moment at
// which the request should have started.
type record struct {
	Event    string    `json:"event"`
	TraceID  string    `json:"trace_id"`
	Endpoint string    `json:"endpoint"`
	Method   string    `json:"method"`
	Status   int       `json:"status_code"`
	Duration float64   `json:"duration_ms"`
	Kind     *string   `json:"error_kind"`
	Attempts int       `json:"attempts"`
	Time     time.Time `json:"time"`
}

func (a Answer) write(w io.Writer, r Request, intended, end time.Time, attempts int) error {
	rec := record{
		Event: "request", TraceID: a.TraceID, Endpoint: r.Path, Method: r.Method, Status: a.Status,
		Duration: float64(end.Sub(intended)) / float64(time.Millisecond), Attempts: attempts, Time: end.UTC(),
	}
	if a.Kind != "" {
		rec.Kind = &a.Kind
	}
	b, err := json.Marshal(rec)
	if err == nil {
		_, err = w.Write(append(b, '\n'))
	}
	return err
}
