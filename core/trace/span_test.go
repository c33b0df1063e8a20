package trace_test

import (
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tracedge/core/trace"
)

// clock moves when it is told to.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time       { return c.now }
func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

func span(c *clock, parent string) *trace.Span {
	return trace.Start(trace.Options{Clock: c.Now, Random: rand.Reader}, "POST", parent)
}

func TestSpanContinuesAnInboundTrace(t *testing.T) {
	s := span(&clock{}, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")
	if s.TraceID != "4bf92f3577b34da6a3ce929d0e0e4736" || s.ParentID != "00f067aa0ba902b7" || s.Sampled {
		t.Fatalf("span = %+v", s)
	}
	out, ok := trace.ParseParent(s.Traceparent())
	if !ok || out.TraceID != s.TraceID || out.SpanID != s.SpanID || out.SpanID == s.ParentID || out.Sampled {
		t.Fatalf("traceparent = %s", s.Traceparent())
	}
}

func TestSpansHaveTheirOwnIDs(t *testing.T) {
	a, b := span(&clock{}, ""), span(&clock{}, "")
	if a.TraceID == b.TraceID || a.SpanID == b.SpanID || !a.Sampled {
		t.Fatalf("%+v %+v", a, b)
	}
}

func TestRequestRecord(t *testing.T) {
	c := &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s := span(c, "")
	s.SetEndpoint("/api/auth/login")
	s.SetCaller("user-1", "")
	first := s.Begin("accounts_find_user_by_name", trace.Read)
	c.pass(3 * time.Millisecond)
	first.End(1, "")
	second := s.Begin("accounts_touch_login", trace.Commit)
	c.pass(7500 * time.Microsecond)
	second.End(4, "storage_lock_timeout")

	b, err := json.Marshal(s.Request("1.0", 503, "storage_lock_timeout", "busy"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"level": "error", "event": "request", "endpoint": "/api/auth/login", "method": "POST", "status_code": 503.0,
		"duration_ms": 10.5, "storage_calls": 2.0, "storage_ms": 10.5, "slowest_op": "accounts_touch_login",
		"error_kind": "storage_lock_timeout", "message": "busy", "user_id": "user-1", "key_id": nil, "cold": false,
		"version": "1.0", "trace_id": s.TraceID, "span_id": s.SpanID, "time": "2026-03-01T12:00:00.0105Z",
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	for k, v := range want {
		if have, ok := got[k]; !ok || have != v {
			t.Errorf("%s = %v, want %v", k, have, v)
		}
	}
	ops := got["ops"].([]any)
	if len(ops) != 2 || ops[1].(map[string]any)["start_ms"] != 3.0 || ops[1].(map[string]any)["attempts"] != 4.0 {
		t.Errorf("ops = %v", ops)
	}
	timing := s.ServerTiming()
	if !strings.HasPrefix(timing, `total;dur=10.5, storage;dur=10.5;desc="2 ops", read;dur=3.0;desc="1", commit;dur=7.5;desc="1"`) {
		t.Errorf("Server-Timing: %s", timing)
	}
}

func TestLevel(t *testing.T) {
	for status, want := range map[int]string{200: "info", 204: "info", 404: "warn", 429: "warn", 500: "error", 503: "error"} {
		if got := trace.Level(status); got != want {
			t.Errorf("%d: %s, want %s", status, got, want)
		}
	}
}

// A request that waited for whoever serves it began when it came; a clock that went back is no reason for negative times.
func TestSpanBeginsWithTheArrival(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func() time.Time { return now }
	for arrived, want := range map[time.Time]time.Duration{now.Add(-3 * time.Second): 3 * time.Second, now.Add(time.Second): 0, {}: 0} {
		s := trace.Start(trace.Options{Clock: at, Random: rand.Reader, Arrived: arrived}, "GET", "")
		if got := time.Duration(s.Request("v", 200, "", "").Duration); got != want {
			t.Errorf("arrived at %s, it took %s, want %s", arrived, got, want)
		}
	}
}
