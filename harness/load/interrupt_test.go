package load

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// An interrupt: what is in flight is waited for, what waits is not sent, and the numbers add up.
func TestInterrupt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := service(t, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == "GET" {
				time.Sleep(time.Second)
			}
			return false
		})
		time.AfterFunc(2050*time.Millisecond, cancel)
		result, records := mustRun(t, ctx, c, Options{Scenario: "verify", Rate: 10, Duration: time.Hour, Concurrency: 2, Users: 1})
		// Due at 0, 0.1, ... 2.0 s; places for two that last a second: sent at 0, 0.1, 1.0, 1.1 and 2.0 s.
		if result.Due != 21 || result.Requests != 5 || result.Abandoned != 16 || !result.Early || result.Failed != 0 || len(records) != 5 {
			t.Errorf("%+v", result)
		}
		var text strings.Builder
		result.WriteText(&text)
		if !strings.Contains(text.String(), "Ended early: 21 of 36000 requests were due, 16 of them not sent.") {
			t.Errorf("%s", text.String())
		}
	})
}

// An interrupt cuts pauses short: the request ends with the answer that it had.
func TestInterruptOfAPause(t *testing.T) {
	bubble(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := service(t, func(w http.ResponseWriter, r *http.Request) bool { return refuse(w, 503, "overloaded", "9") })
		time.AfterFunc(time.Second, cancel)
		begun := time.Now()
		result, records := mustRun(t, ctx, c, Options{Scenario: "register", Rate: 1, Duration: time.Second, Concurrency: 1, Users: 1, Retry: true})
		if time.Since(begun) != time.Second || result.Requests != 1 || result.Failed != 1 || result.Repeats != 0 || records[0].Duration != 0 || records[0].Attempts != 1 {
			t.Errorf("%+v, %+v", result, records)
		}
	})
}
