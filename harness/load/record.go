package load

import (
	"encoding/json"
	"io"
	"math"
	"net/http"
	"time"
)

// record is how a request went, with the names of the service's own request record. The duration counts from the moment at
// which the request was due; attempts and client are this package's own.
type record struct {
	Level    string    `json:"level"`
	Event    string    `json:"event"`
	Client   string    `json:"client"` // tells the client's view from the service's when both are in one file
	TraceID  string    `json:"trace_id"`
	Endpoint string    `json:"endpoint"`
	Method   string    `json:"method"`
	Status   int       `json:"status_code"` // 0 when no answer came
	Duration float64   `json:"duration_ms"`
	Kind     *string   `json:"error_kind"`
	Message  string    `json:"message,omitempty"`
	Attempts int       `json:"attempts"`
	Time     time.Time `json:"time"` // of the end, as in the service's records
}

func (j job) write(w io.Writer) error {
	a := j.last()
	rec := record{
		Level: level(a.Answer), Event: "request", Client: "tracedge-load", TraceID: a.TraceID,
		Endpoint: j.request.Path, Method: j.request.Method, Status: a.Status,
		Duration: millis(j.latency()), Message: a.Message, Attempts: len(j.attempts), Time: a.end.UTC(),
	}
	if a.Failed() {
		rec.Kind = &a.Kind
	}
	b, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// level is that of the service's records, and error where there is no answer or a wrong one.
func level(a Answer) string {
	switch {
	case !a.Failed():
		return "info"
	case a.Status >= http.StatusBadRequest && a.Status < http.StatusInternalServerError:
		return "warn"
	default:
		return "error"
	}
}

// millis is a duration in milliseconds with three digits after the point.
func millis(d time.Duration) float64 { return math.Round(float64(d)/1e3) / 1e3 }
