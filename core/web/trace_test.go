package web

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tracedge/core/fault"
	"tracedge/core/platform"
	"tracedge/core/trace"
)

func TestTraceHeaders(t *testing.T) {
	f := serve(t, Options{}, route("GET", "/x", ok))
	const id, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	for _, tc := range []struct {
		name, header string
		kept         bool
		flags        string
	}{
		{"sampled", "00-" + id + "-" + parent + "-01", true, "01"},
		{"not sampled", "00-" + id + "-" + parent + "-00", true, "00"},
		{"higher version", "cc-" + id + "-" + parent + "-01-more", true, "01"},
		{"missing", "", false, "01"},
		{"malformed", "00-" + id + "-" + parent, false, "01"},
		{"upper case", "00-" + strings.ToUpper(id) + "-" + parent + "-01", false, "01"},
		{"zero", "00-" + strings.Repeat("0", 32) + "-" + parent + "-01", false, "01"},
	} {
		w := f.do("GET", "/x", "", "traceparent", tc.header)
		got := w.Header().Get("X-Trace-Id")
		if (got == id) != tc.kept || len(got) != 32 {
			t.Errorf("%s: X-Trace-Id %q", tc.name, got)
		}
		back, ok := trace.ParseParent(w.Header().Get("traceparent"))
		if !ok || back.TraceID != got || back.SpanID == parent || !strings.HasSuffix(w.Header().Get("traceparent"), tc.flags) {
			t.Errorf("%s: traceparent %q", tc.name, w.Header().Get("traceparent"))
		}
		logged := f.logs.requests()
		last := logged[len(logged)-1]
		if last.TraceID != got || last.SpanID != back.SpanID || (last.ParentID == parent) != tc.kept {
			t.Errorf("%s: record %+v", tc.name, last)
		}
	}
}

func TestTraceEveryResponse(t *testing.T) {
	f := serve(t, Options{}, route("GET", "/x", ok), route("GET", "/panic", func(*Call) (any, error) { panic("x") }))
	for i, target := range []string{"GET /x", "HEAD /x", "GET /panic", "GET /nothing", "POST /x", "OPTIONS /x", "GET /%zz"} {
		method, path, _ := strings.Cut(target, " ")
		h := f.do(method, path, "").Header()
		if h.Get("traceparent") == "" || h.Get("X-Trace-Id") == "" || !strings.HasPrefix(h.Get("Server-Timing"), "total;dur=") {
			t.Errorf("%s: %v", target, h)
		}
		if n := len(f.logs.requests()); n != i+1 {
			t.Errorf("%s: %d records for %d requests", target, n, i+1)
		}
	}
}

func TestServerTimingCoversTheHandler(t *testing.T) {
	var now atomic.Int64
	f := serve(t, Options{Clock: func() time.Time { return time.Unix(1e9, now.Load()) }}, route("GET", "/", func(c *Call) (any, error) {
		call := trace.FromContext(c.Context()).Begin("test_read_thing", trace.Read)
		now.Add(int64(12 * time.Millisecond))
		call.End(1, "")
		trace.FromContext(c.Context()).AddExternal(3 * time.Millisecond)
		now.Add(int64(30 * time.Millisecond))
		return 1, nil
	}))
	got := f.do("GET", "/", "").Header().Get("Server-Timing")
	if want := `total;dur=42.0, storage;dur=12.0;desc="1 ops", read;dur=12.0;desc="1", external;dur=3.0`; got != want {
		t.Errorf("Server-Timing %q, want %q", got, want)
	}
	if r := f.logs.requests()[0]; r.SlowestOp != "test_read_thing" || r.StorageCalls != 1 || time.Duration(r.Duration) != 42*time.Millisecond {
		t.Errorf("record %+v", r)
	}
}

func TestRequestRecords(t *testing.T) {
	secured := route("POST", "/secured/:id", failing(fault.Invalid("password", "hunter2 is a bad password")))
	secured.Class = User
	coded := route("GET", "/coded", failing(fault.Forbidden("For 203.0.113.1").WithCode("ip_not_allowed")))
	f := serve(t, Options{}, secured, coded, route("GET", "/ok", ok),
		route("GET", "/broken", failing(errors.New("row 17 of ann"))),
		route("GET", "/late", failing(fault.Unavailable(fault.DatabaseTimeout, "Try again").Because(errors.New("row 18 of bob")))))
	for _, tc := range []struct {
		method, target, caller                     string
		level, endpoint, kind, user, key, contains string
		status                                     int
	}{
		{"GET", "/ok", "", "info", "/ok", "", "", "", "", 200},
		{"POST", "/secured/1", "", "warn", "/secured/:id", "auth_error", "", "", "", 401},
		{"POST", "/secured/1", "ann", "warn", "/secured/:id", "validation_error", "user-ann", "", "", 422},
		{"POST", "/secured/1", "writer", "warn", "/secured/:id", "validation_error", "user-ann", "key-w", "", 422},
		{"GET", "/coded", "", "warn", "/coded", "auth_error", "", "", "ip_not_allowed", 403},
		{"GET", "/broken", "", "error", "/broken", "internal_error", "", "", "Internal error (*errors.errorString)", 500},
		{"GET", "/late", "", "error", "/late", "database_timeout", "", "", "Try again (*errors.errorString)", 503},
		{"GET", "/nothing", "", "warn", "unmatched", "not_found", "", "", "", 404},
	} {
		f.do(tc.method, tc.target, "", "X-Test-Caller", tc.caller)
		logged := f.logs.requests()
		r := logged[len(logged)-1]
		deref := func(s *string) string {
			if s == nil {
				return ""
			}
			return *s
		}
		if r.Level != tc.level || r.Event != "request" || r.Endpoint != tc.endpoint || r.Method != tc.method || r.Status != tc.status ||
			deref(r.ErrorKind) != tc.kind || deref(r.UserID) != tc.user || deref(r.KeyID) != tc.key || r.Message != tc.contains || r.Version != "v-test" {
			t.Errorf("%s %s: record %+v", tc.method, tc.target, r)
		}
	}
	all, err := json.Marshal(f.logs.requests())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter2", "203.0.113.1", "row 17", "row 18"} {
		if strings.Contains(string(all), secret) {
			t.Errorf("%q is in the records", secret)
		}
	}
}

func TestRecordKnowsColdInstances(t *testing.T) {
	f := serve(t, Options{}, route("GET", "/", ok))
	r := request("GET", "/", "")
	f.ServeHTTP(httptest.NewRecorder(), r.WithContext(platform.With(r.Context(), platform.Info{Cold: true})))
	f.do("GET", "/", "")
	if got := f.logs.requests(); !got[0].Cold || got[1].Cold {
		t.Errorf("cold %v, then %v", got[0].Cold, got[1].Cold)
	}
}

type brokenLogger struct{}

func (brokenLogger) Log(trace.Record) { panic("disk full") }

func TestLoggingNeverFailsARequest(t *testing.T) {
	f := serve(t, Options{}, route("GET", "/", ok), route("GET", "/panic", func(*Call) (any, error) { panic("x") }))
	f.server.Logger = brokenLogger{}
	if w := f.do("GET", "/", ""); w.Code != 200 {
		t.Errorf("status %d", w.Code)
	}
	wantFault(t, f.do("GET", "/panic", ""), 500, fault.Internal)
}

func TestOnResponse(t *testing.T) {
	var got []int
	counting := func(h Handler) Handler {
		return func(c *Call) (any, error) {
			c.OnResponse(func(status int) { got = append(got, status) })
			return h(c)
		}
	}
	f := serve(t, Options{}, route("GET", "/ok", counting(ok)), route("GET", "/no", counting(failing(fault.NotFound("No")))),
		route("GET", "/panic", counting(func(*Call) (any, error) { panic("x") })),
		route("GET", "/hook", func(c *Call) (any, error) { c.OnResponse(func(int) { panic("x") }); return 1, nil }))
	f.do("GET", "/ok", "")
	f.do("GET", "/no", "")
	f.do("GET", "/panic", "")
	if len(got) != 3 || got[0] != 200 || got[1] != 404 || got[2] != 500 {
		t.Errorf("statuses %v", got)
	}
	wantFault(t, f.do("GET", "/hook", ""), 500, fault.Internal)
	if logged := f.logs.requests(); logged[3].Status != 500 {
		t.Errorf("record %+v", logged[3])
	}
}
