package load

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestRetryHonoursTheService(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var mu sync.Mutex
		seen := map[string][]time.Time{}
		c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/api/auth/login" {
				return false
			}
			mu.Lock()
			defer mu.Unlock()
			id := w.Header().Get("X-Trace-Id")
			seen[id] = append(seen[id], time.Now())
			return len(seen[id]) <= 2 && refuse(w, 503, "overloaded", "2")
		})
		// One place: a pause must not hold it.
		o := Options{Scenario: "login", Rate: 10, Duration: time.Second, Concurrency: 1, Users: 1, Retry: true}
		result, records := mustRun(t, t.Context(), c, o)
		if result.Requests != 10 || result.Failed != 0 || result.Repeats != 20 || fmt.Sprint(result.RepeatsByKind) != "[{overloaded 20}]" {
			t.Errorf("%+v", result)
		}
		if len(seen) != 10 {
			t.Fatalf("%d traces", len(seen))
		}
		for i, r := range records {
			at := seen[r.TraceID]
			if r.Attempts != 3 || r.Kind != nil || len(at) != 3 {
				t.Fatalf("record %d: %+v, attempts at %v", i, r, at)
			}
			for n, most := range []time.Duration{2500 * time.Millisecond, 3 * time.Second} {
				if gap := at[n+1].Sub(at[n]); gap < 2*time.Second || gap >= most {
					t.Errorf("pause %d is %s", n+1, gap)
				}
			}
			if r.Duration < 4000 {
				t.Errorf("latency %g ms leaves the pauses out", r.Duration)
			}
		}
	})
}

func TestRepeatsAreBounded(t *testing.T) {
	for _, tt := range []struct {
		name               string
		status             int
		retryAfter         string
		retry              bool
		attempts, requests int64
	}{
		{"for ever 503", 503, "1", true, maxRepeats + 1, 1},
		{"503 without Retry-After", 503, "", true, maxRepeats + 1, 1},
		{"a short 429", 429, "3", true, maxRepeats + 1, 1},
		{"a long 429", 429, "900", true, 1, 1},
		{"a 429 without Retry-After", 429, "", true, 1, 1},
		{"a 500", 500, "1", true, 1, 1},
		{"not asked for", 503, "1", false, 1, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var attempts atomic.Int64
				c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
					attempts.Add(1)
					return refuse(w, tt.status, "k", tt.retryAfter)
				})
				o := Options{Scenario: "strangers", Rate: 1, Duration: time.Second, Concurrency: 1, Users: 1, Retry: tt.retry}
				result, records := mustRun(t, t.Context(), c, o)
				if attempts.Load() != tt.attempts || result.Repeats != tt.attempts-1 || result.Requests != 1 || result.Failed != 1 || records[0].Attempts != int(tt.attempts) {
					t.Errorf("%d attempts; %+v", attempts.Load(), result)
				}
			})
		})
	}
}

func TestPauseHasFullJitter(t *testing.T) {
	const asked = time.Second
	for repeat, most := range map[int]time.Duration{1: backoffBase, 2: 2 * backoffBase, 3: 4 * backoffBase, 6: backoffMost, 60: backoffMost} {
		least, greatest := time.Hour, time.Duration(0)
		for range 2000 {
			p := pause(repeat, asked) - asked
			least, greatest = min(least, p), max(greatest, p)
		}
		if least < 0 || greatest >= most || least > most/10 || greatest < most*9/10 {
			t.Errorf("repeat %d waits from %s to %s beyond what was asked, want all of 0 to %s", repeat, least, greatest, most)
		}
	}
}
