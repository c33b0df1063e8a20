package fault_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"tracedge/core/fault"
)

func TestFrom(t *testing.T) {
	taken := fault.Conflict("username", "taken")
	for _, c := range []struct {
		name   string
		err    error
		status int
		kind   fault.Kind
	}{
		{"fault", taken, 409, fault.Conflicting},
		{"wrapped", fmt.Errorf("while: %w", taken), 409, fault.Conflicting},
		{"joined", errors.Join(errors.New("x"), taken), 409, fault.Conflicting},
		{"anything else", errors.New("disk on fire"), 500, fault.Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := fault.From(c.err)
			if f.Status != c.status || f.Kind != c.kind {
				t.Fatalf("%+v", f)
			}
			if f.Message == "disk on fire" {
				t.Fatal("internal text would reach a client")
			}
		})
	}
	if fault.From(nil) != nil || fault.KindOf(nil) != "" {
		t.Fatal("no error is no fault")
	}
}

func TestCopiesDoNotShare(t *testing.T) {
	a := fault.Unauthorized("no")
	b := a.With("valid", false).WithHeader("X", "1").WithCode("c").Because(errors.New("cause"))
	if len(a.Extra) != 0 || a.Header.Get("X") != "" || a.Code != "" || a.Unwrap() != nil {
		t.Fatalf("a changed: %+v", a)
	}
	if b.Extra["valid"] != false || b.Header.Get("WWW-Authenticate") != "Bearer" || b.Unwrap() == nil {
		t.Fatalf("b = %+v", b)
	}
}

func TestTooMany(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for wait, want := range map[time.Duration]string{
		-time.Second: "1", 0: "1", time.Millisecond: "1", 1500 * time.Millisecond: "2", time.Hour: "3600",
	} {
		f := fault.TooMany("slow down", 10, now, now.Add(wait))
		if got := f.Header.Get("Retry-After"); got != want || f.Status != 429 || f.Code != "rate_limit_exceeded" {
			t.Errorf("%s: Retry-After %s, want %s", wait, got, want)
		}
	}
}
