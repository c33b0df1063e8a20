package load

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
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
