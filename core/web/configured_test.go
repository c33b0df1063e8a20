package web

import (
	"strings"
	"testing"

	"tracedge/core/fault"
)

func TestUnconfigured(t *testing.T) {
	health := route("GET", "/health", ok)
	health.Always = true
	f := serve(t, Options{Unconfigured: []string{"JWT_SECRET", "OTHER"}}, health, route("GET", "/version", ok))
	atStart := f.logs.notices()
	if len(atStart) != 2 || atStart[0].Setting != "JWT_SECRET" || atStart[1].Setting != "OTHER" || atStart[0].Level != "error" {
		t.Errorf("records at start: %+v", atStart)
	}
	for range 2 {
		w := f.do("GET", "/version", "")
		m := wantFault(t, w, 503, fault.Other)
		if text := m["error"].(string); !strings.Contains(text, "not configured") || strings.Contains(text, "JWT_SECRET") {
			t.Errorf("text %q", text)
		}
		if w.Header().Get("Retry-After") != "1" {
			t.Errorf("headers %v", w.Header())
		}
	}
	if w := f.do("GET", "/health", ""); w.Code != 200 {
		t.Errorf("/health: %d", w.Code)
	}
	if w := f.do("OPTIONS", "/version", ""); w.Code != 204 {
		t.Errorf("OPTIONS: %d", w.Code)
	}
	wantFault(t, f.do("GET", "/nothing", ""), 404, fault.Missing)
	if n := len(f.logs.notices()); n != 2 {
		t.Errorf("%d notices after requests", n)
	}
}
