package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tracedge/core/fault"
)

type oddity struct{ Password string }

func explode(*Call) (any, error) { panic(oddity{"hunter2"}) }

func TestRecover(t *testing.T) {
	r := route("GET", "/panic/:id", explode)
	r.Envelope = true
	f := serve(t, Options{}, r)
	w := f.do("GET", "/panic/7", "")
	m := wantFault(t, w, 500, fault.Internal)
	if m["success"] != false || m["error"] != "Internal error" {
		t.Errorf("body %v", m)
	}
	logged := f.logs.requests()
	if len(logged) != 1 || logged[0].Status != 500 || *logged[0].ErrorKind != "internal_error" || logged[0].Level != "error" ||
		logged[0].Endpoint != "/panic/:id" || logged[0].TraceID != m["trace_id"] {
		t.Errorf("records %+v", logged)
	}
	notices := f.logs.notices()
	if len(notices) != 1 || notices[0].Event != "panic" || notices[0].TraceID != m["trace_id"] || notices[0].Endpoint != "/panic/:id" {
		t.Fatalf("notices %+v", notices)
	}
	text := notices[0].Message
	if !strings.HasPrefix(text, "web.oddity at web.explode:") {
		t.Errorf("message %q", text)
	}
	if all := w.Body.String() + fmt.Sprintf("%+v %+v", logged, notices); strings.Contains(all, "hunter2") {
		t.Errorf("the panic's value is in %s", all)
	}
}

func TestRecoverFromRuntimeErrors(t *testing.T) {
	f := serve(t, Options{}, route("GET", "/", func(c *Call) (any, error) {
		return []int{1}[len(c.Path("x"))-1], nil
	}))
	wantFault(t, f.do("GET", "/", ""), 500, fault.Internal)
	if n := f.logs.notices(); len(n) != 1 || !strings.Contains(n[0].Message, "TestRecoverFromRuntimeErrors") {
		t.Errorf("notices %+v", n)
	}
}

func TestRecoverFromTheRoutesOwnHook(t *testing.T) {
	r := route("GET", "/", failing(fault.NotFound("No")))
	r.Fault = func(*Call, *fault.Error) *fault.Error { panic("x") }
	f := serve(t, Options{}, r)
	wantFault(t, f.do("GET", "/", ""), 500, fault.Internal)
}

// The span itself cannot be made: the response still has an id.
func TestRecoverOutsideTheSpan(t *testing.T) {
	f := serve(t, Options{Clock: func() time.Time { panic("no clock") }}, route("GET", "/", ok))
	w := f.do("GET", "/", "")
	wantFault(t, w, 500, fault.Internal)
	if w.Header().Get("traceparent") == "" {
		t.Errorf("headers %v", w.Header())
	}
}
