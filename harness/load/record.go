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

func (o outcome) write(w io.Writer) error {
	rec := record{
		Level: level(o.answer), Event: "request", Client: "tracedge-load", TraceID: o.answer.TraceID,
		Endpoint: o.request.Path, Method: o.request.Method, Status: o.answer.Status,
		Duration: millis(o.end.Sub(o.intended)), Message: o.answer.Message, Attempts: len(o.refusals) + 1, Time: o.end.UTC(),
	}
	if o.answer.Failed() {
		rec.Kind = &o.answer.Kind
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
