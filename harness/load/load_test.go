package load

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tracedge/harness/breakdown"
)

// service is a server that answers as the test says and gives out accounts.
func service(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/auth/register" {
			w.Write([]byte(`{"token":"t"}`))
			return
		}
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return &Client{URL: s.URL, HTTP: s.Client()}
}

func fail(w http.ResponseWriter, status int, kind string) {
	if status == 503 {
		w.Header().Set("Retry-After", "0")
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"error_kind": kind})
}

func report(t *testing.T, records *bytes.Buffer) breakdown.Report {
	t.Helper()
	b, err := breakdown.Read(records, breakdown.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return b.Report()
}

func TestRunRecordsEveryRequest(t *testing.T) {
	var n atomic.Int64
	c := service(t, func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header.Get("Traceparent")) != 55 {
			t.Error("no traceparent")
		}
		if n.Add(1)%4 == 0 {
			fail(w, 503, "overloaded")
			return
		}
		w.Write([]byte("{}"))
	})
	var records bytes.Buffer
	s, err := Run(t.Context(), c, Options{Scenario: "login", Rate: 400, Duration: 100 * time.Millisecond, Concurrency: 8}, &records)
	if err != nil || s.Sent != 40 || s.Failed != 10 || s.Retries != 0 {
		t.Fatalf("%+v, %v", s, err)
	}
	r := report(t, &records)
	if r.Requests != 40 || r.Errors != 10 || r.Kinds[0] != (breakdown.Count{Name: "overloaded", Count: 10}) || r.Input.Broken != 0 {
		t.Fatalf("%+v", r)
	}
}

// A service that stalls must show in the latency of the requests that should have started meanwhile.
func TestStallIsNotHidden(t *testing.T) {
	const stall = 300 * time.Millisecond
	var n atomic.Int64
	c := service(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 1 {
			time.Sleep(stall)
		}
		w.Write([]byte("{}"))
	})
	var records bytes.Buffer
	// One place: all that come during the stall wait for it.
	if _, err := Run(t.Context(), c, Options{Scenario: "login", Rate: 100, Duration: stall, Concurrency: 1}, &records); err != nil {
		t.Fatal(err)
	}
	late := 0
	for line := range strings.Lines(records.String()) {
		var r record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r.Duration >= float64(stall/time.Millisecond)/3 {
			late++
		}
	}
	if late < 10 { // 30 requests were due; at least the first third waited long
		t.Fatalf("%d requests show the stall", late)
	}
}

func TestRetryHonoursTheService(t *testing.T) {
	var n atomic.Int64
	c := service(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 1 {
			fail(w, 503, "overloaded")
			return
		}
		w.Write([]byte("{}"))
	})
	var records bytes.Buffer
	s, err := Run(t.Context(), c, Options{Scenario: "verify", Rate: 10, Duration: 100 * time.Millisecond, Concurrency: 1, Retry: true}, &records)
	if err != nil || s.Sent != 1 || s.Failed != 0 || s.Retries != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
}

func TestPause(t *testing.T) {
	for attempt := range 10 {
		if p := pause(attempt, time.Second); p < time.Second || p > 18*time.Second {
			t.Errorf("attempt %d: %s", attempt, p)
		}
	}
}

func TestNoAnswerIsAFailure(t *testing.T) {
	c := service(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	var records bytes.Buffer
	s, err := Run(t.Context(), c, Options{Scenario: "verify", Rate: 50, Duration: 100 * time.Millisecond, Concurrency: 4}, &records)
	if err != nil || s.Failed != s.Sent || s.Sent != 5 {
		t.Fatalf("%+v, %v", s, err)
	}
	if r := report(t, &records); r.Kinds[0].Name != NoAnswer {
		t.Fatalf("%+v", r.Kinds)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := service(t, func(w http.ResponseWriter, _ *http.Request) { cancel(); w.Write([]byte("{}")) })
	var records bytes.Buffer
	s, err := Run(ctx, c, Options{Scenario: "verify", Rate: 20, Duration: time.Hour, Concurrency: 4}, &records)
	if err != nil || s.Sent == 0 || int(s.Sent) != strings.Count(records.String(), "\n") {
		t.Fatalf("%+v, %v", s, err)
	}
}

func TestSmoke(t *testing.T) {
	var verified atomic.Int64
	c := service(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/auth/login":
			w.Write([]byte(`{"token":"t"}`))
		case "/api/auth/verify":
			if r.Header.Get("Authorization") != "Bearer t" {
				fail(w, 401, "auth_error")
				return
			}
			verified.Add(1)
		}
	})
	var records bytes.Buffer
	good, all, err := Smoke(t.Context(), c, 3, &records)
	if err != nil || good != 12 || all != 12 || verified.Load() != 3 {
		t.Fatalf("%d of %d, %v", good, all, err)
	}
	broken := service(t, func(w http.ResponseWriter, _ *http.Request) { fail(w, 500, "internal_error") })
	if good, all, _ := Smoke(t.Context(), broken, 1, &records); good != 1 || all != 4 {
		t.Fatalf("%d of %d", good, all)
	}
}
