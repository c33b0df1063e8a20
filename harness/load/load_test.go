package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tracedge/harness/breakdown"
)

func mustRun(t *testing.T, ctx context.Context, c *Client, o Options) (Result, []record) {
	t.Helper()
	var out bytes.Buffer
	r, err := Run(ctx, c, o, &out)
	if err != nil {
		t.Fatal(err)
	}
	return r, readRecords(t, out.String())
}

func readRecords(t *testing.T, text string) (list []record) {
	t.Helper()
	for line := range strings.Lines(text) {
		var r record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, r)
	}
	return list
}

// near holds a quantile against the value that it stands for.
func near(got Ms, want float64) bool { return math.Abs(float64(got)-want) <= accuracy*want+1e-9 }

// A service that stalls for 505 ms after 1 s of answering at once. One place, 100 requests a second: the request that is
// sent first into the stall waits all of it, and each that was due 10 ms later waited 10 ms less. A client that waits for
// answers before it sends would have seen one slow request.
func TestStallShowsInWhatWasDueMeanwhile(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const stall = 505 * time.Millisecond
		var stalled sync.Once
		begun := time.Now()
		c := service(t, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == "GET" && time.Since(begun) >= time.Second {
				stalled.Do(func() { time.Sleep(stall) })
			}
			return false
		})
		result, records := mustRun(t, t.Context(), c, Options{Scenario: "verify", Rate: 100, Duration: 3 * time.Second, Concurrency: 1, Users: 1})
		if len(records) != 300 {
			t.Fatalf("%d records", len(records))
		}
		for i, r := range records {
			want := max(0, float64(505-10*(i-100)))
			if i < 100 {
				want = 0
			}
			if r.Duration != want {
				t.Fatalf("request %d took %g ms, want %g", i, r.Duration, want)
			}
		}
		// 51 of 300 waited: 5, 15, ... 505 ms. In order of all, p90 is the 270th and p99 the 297th.
		l := result.Total.Latency
		if l.P50 != 0 || !near(l.P90, 205) || !near(l.P99, 475) || l.Max != 505 {
			t.Errorf("latency %+v", l)
		}
		if s := result.Total.Service; s.P99 != 0 || s.Max != 505 {
			t.Errorf("the service itself was slow once: %+v", s)
		}
		slots := result.Timeline.Slots
		if len(slots) != 3 || slots[0].Max != 0 || slots[1].Max != 505 || slots[2].Max != 0 || slots[1].Requests != 100 {
			t.Errorf("time line %+v", slots)
		}
		if result.Client.MostWaiting != 50 || result.Client.MostInFlight != 1 || result.Client.Lag != 0 {
			t.Errorf("client %+v", result.Client)
		}
	})
}

// With places to spare the same stall hits only what is sent into it, and arrivals do not slow down.
func TestRateDoesNotFollowTheService(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := service(t, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == "GET" {
				time.Sleep(1990 * time.Millisecond)
			}
			return false
		})
		result, _ := mustRun(t, t.Context(), c, Options{Scenario: "verify", Rate: 15, Duration: 4 * time.Second, Concurrency: 100, Users: 2})
		if result.Client.MostInFlight != 30 || result.Client.MostWaiting != 0 {
			t.Errorf("30 are under way at 15/s of 1.99 s each, not %+v", result.Client)
		}
		took := 59.0/15 + 1.99
		if result.Requests != 60 || math.Abs(result.Took-took) > 1e-6 || math.Abs(result.Achieved-60/took) > 1e-6 || result.Offered != 15 {
			t.Errorf("%+v", result)
		}
	})
}

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

// A service that never answers costs the timeout, and the queue still drains.
func TestHang(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := service(t, func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == "GET" {
				<-r.Context().Done()
			}
			return false
		})
		result, records := mustRun(t, t.Context(), c, Options{Scenario: "verify", Rate: 10, Duration: time.Second, Concurrency: 5, Users: 1})
		if result.Failed != 10 || fmt.Sprint(result.Kinds) != "[{client_timeout 10}]" || fmt.Sprint(result.Statuses) != "[{none 10}]" || result.Achieved != 0 {
			t.Errorf("%+v", result)
		}
		// The first five have a place at once, the others when those have timed out: 10 s after they were sent.
		for i, r := range records {
			want := 10_000.0
			if i >= 5 {
				want = 20_000 - 500 // sent when the place of the one five before was free
			}
			if r.Duration != want || r.Status != 0 || *r.Kind != KindTimeout {
				t.Errorf("request %d: %+v", i, r)
			}
		}
	})
}

func TestConnectionThatBreaks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := service(t, func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
		result, _ := mustRun(t, t.Context(), c, Options{Scenario: "register", Rate: 5, Duration: time.Second, Concurrency: 4, Users: 1})
		if fmt.Sprint(result.Kinds) != "[{client_lost 5}]" {
			t.Errorf("%+v", result.Kinds)
		}
	})
}

func TestAnswersAreHeldAgainstTheContract(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		kind   string
	}{
		"no token":        {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"user_id":"u"}`)) }, KindUnexpected},
		"another account": {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"user_id":"u","token":"t"}`)) }, KindUnexpected},
		"no JSON":         {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`<html>`)) }, KindUnexpected},
		"another status":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, KindUnexpected},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/health", http.StatusTemporaryRedirect)
		}, KindUnexpected},
		"unexplained": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502); w.Write([]byte("bad gateway")) }, KindUnexplained},
		"explained":   {func(w http.ResponseWriter, _ *http.Request) { refuse(w, 500, "database_error", "") }, "database_error"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
					if r.URL.Path == "/api/auth/login" {
						tt.answer(w, r)
						return true
					}
					return false
				})
				result, _ := mustRun(t, t.Context(), c, Options{Scenario: "login", Rate: 1, Duration: time.Second, Concurrency: 1, Users: 1})
				if fmt.Sprint(result.Kinds) != fmt.Sprintf("[{%s 1}]", tt.kind) {
					t.Errorf("%+v", result.Kinds)
				}
			})
		})
	}
}

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

func TestStrayedTracesAreCounted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("X-Trace-Id", "0123456789abcdef0123456789abcdef")
			return false
		})
		result, records := mustRun(t, t.Context(), c, Options{Scenario: "register", Rate: 3, Duration: time.Second, Concurrency: 3, Users: 1})
		if result.Client.StrayedTraces != 3 || records[0].TraceID != "0123456789abcdef0123456789abcdef" {
			t.Errorf("%+v, %+v", result.Client, records[0])
		}
	})
}

func TestMixedCountsByStep(t *testing.T) {
	bubble(t, func(t *testing.T) {
		took := map[string]time.Duration{"/health": 1, "/api/auth/register": 400, "/api/auth/login": 200, "/api/auth/verify": 20}
		c := service(t, func(_ http.ResponseWriter, r *http.Request) bool {
			time.Sleep(took[r.URL.Path] * time.Millisecond)
			return false
		})
		result, records := mustRun(t, t.Context(), c, Options{Scenario: "mixed", Rate: 100, Duration: 10 * time.Second, Concurrency: 1000, Users: 5})
		if result.Failed != 0 || len(result.Steps) != len(path) {
			t.Fatalf("%+v", result)
		}
		var sum int64
		for i, s := range result.Steps {
			var seen int64
			for _, r := range records {
				if r.Endpoint == s.Endpoint {
					seen++
				}
			}
			want := float64(took[s.Endpoint])
			if s.Name != path[i] || s.Requests != seen || s.Latency.Count != seen || !near(s.Latency.P50, want) || float64(s.Latency.Max) != want || math.Abs(float64(s.Latency.Mean)-want) > 1e-6 {
				t.Errorf("%+v", s)
			}
			sum += s.Requests
		}
		if sum != 1000 || result.Total.Requests != 1000 {
			t.Errorf("%d of 1000", sum)
		}
	})
}

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

func TestSetupTriesAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var n atomic.Int64
		c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Path == "/api/auth/register" && n.Add(1)%2 == 1 && refuse(w, 503, "overloaded", "1")
		})
		result, _ := mustRun(t, t.Context(), c, Options{Scenario: "login", Rate: 50, Duration: time.Second, Concurrency: 50, Users: 20})
		if result.Failed != 0 || result.Settings.Users != 20 || n.Load() != 40 {
			t.Errorf("%+v after %d registrations", result, n.Load())
		}
	})
}

func TestSetupFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := service(t, func(w http.ResponseWriter, r *http.Request) bool {
			return refuse(w, 429, "rate_limit_exceeded", "3000")
		})
		_, err := Run(t.Context(), c, Options{Scenario: "login", Rate: 1, Duration: time.Second, Concurrency: 1, Users: 9}, nil)
		var setup *SetupError
		if !errors.As(err, &setup) || setup.Answer.Kind != "rate_limit_exceeded" || !strings.Contains(setup.Advice(), "REGISTER_RATE_LIMIT_PER_HOUR=0") {
			t.Errorf("%v", err)
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

func TestRefusedConnections(t *testing.T) {
	c := NewClient("http://127.0.0.1:1", time.Second, 1)
	o := Options{Scenario: "register", Rate: 1000, Duration: 5 * time.Millisecond, Concurrency: 2, Users: 1}
	result, err := Run(t.Context(), c, o, nil)
	if err != nil || result.Failed != 5 || fmt.Sprint(result.Kinds) != "[{client_no_connection 5}]" {
		t.Errorf("%+v, %v", result, err)
	}
	if r := Smoke(t.Context(), c, 1); r.Complete() || r.Failures[0].Kind != KindNoConnection {
		t.Errorf("%+v", r)
	}
}

func TestValidate(t *testing.T) {
	good := Options{Scenario: "login", Rate: 1, Duration: time.Second, Concurrency: 1, Users: 1}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*Options){
		"scenario":    func(o *Options) { o.Scenario = "storm" },
		"rate":        func(o *Options) { o.Rate = math.NaN() },
		"duration":    func(o *Options) { o.Duration = -1 },
		"concurrency": func(o *Options) { o.Concurrency = 0 },
		"account":     func(o *Options) { o.Users = 0 },
		"is due":      func(o *Options) { o.Rate = 0.1 },
	} {
		o := good
		spoil(&o)
		if err := o.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
