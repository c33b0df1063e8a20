package load

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tracedge/harness/breakdown"
)

// The records of a run are read by the breakdown as those of the service are, and by the service's trace id they join.
func TestRecordsAreThoseOfTheService(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var n atomic.Int64
		given := make(chan string, 100)
		c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/api/auth/login" {
				return false
			}
			given <- w.Header().Get("X-Trace-Id")
			time.Sleep(30 * time.Millisecond)
			return n.Add(1)%4 == 0 && refuse(w, 503, "overloaded", "1")
		})
		var out bytes.Buffer
		result, err := Run(t.Context(), c, Options{Scenario: "login", Rate: 10, Duration: 4 * time.Second, Concurrency: 8, Users: 3}, &out)
		if err != nil {
			t.Fatal(err)
		}
		close(given)
		joined := slices.Collect(func(yield func(string) bool) {
			for id := range given {
				yield(id)
			}
		})
		records := readRecords(t, out.String())
		for i, r := range records {
			if !slices.Contains(joined, r.TraceID) || len(r.TraceID) != 32 {
				t.Errorf("record %d has a trace that the service has not seen: %+v", i, r)
			}
			if r.Event != "request" || r.Endpoint != breakdown.Login || r.Method != "POST" || r.Duration != 30 || (r.Status == 503) != (r.Kind != nil) {
				t.Errorf("record %d: %+v", i, r)
			}
		}
		b, err := breakdown.Read(&out, breakdown.Filter{Endpoint: breakdown.Login})
		if err != nil {
			t.Fatal(err)
		}
		report := b.Report()
		if report.Requests != 40 || report.Errors != 10 || fmt.Sprint(report.Kinds) != "[{overloaded 10}]" || report.Input.Broken+report.Input.Unknown+report.Input.Text != 0 ||
			report.Logins.Count != 30 || report.Coverage.Share != 1 {
			t.Errorf("%+v", report)
		}
		if result.Requests != 40 || result.Succeeded != 30 || result.Failed != 10 || result.ErrorRate() != 0.25 || result.Client.StrayedTraces != 0 {
			t.Errorf("%+v", result)
		}
		if s := result.Samples["overloaded"]; len(s) != samplesPerKind || s[0].Status != 503 || s[0].Step != StepLogin || s[0].Message != "refused" {
			t.Errorf("%+v", s)
		}
	})
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestRecordsThatCannotBeWritten(t *testing.T) {
	bubble(t, func(t *testing.T) {
		result, err := Run(t.Context(), service(t, nil), Options{Scenario: "register", Rate: 1, Duration: time.Hour, Concurrency: 1, Users: 1}, brokenWriter{})
		if err == nil || !strings.Contains(err.Error(), "disk full") || result.Requests > 2 {
			t.Errorf("%d requests, %v", result.Requests, err)
		}
	})
}
