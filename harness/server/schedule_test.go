package server

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// startOfTime is when the clock of a synctest bubble begins, a Saturday.
var startOfTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// follow runs the schedules for a time of the bubble's clock and returns the
// events that took place.
func follow(t *testing.T, d time.Duration, event func(ctx context.Context, n int) error, crons ...string) (begun []string, log *output) {
	t.Helper()
	var mu sync.Mutex
	s, out := scheduler(t, func(ctx context.Context, cron string, at time.Time) error {
		if late := time.Since(at); late < 0 || late >= time.Second {
			t.Errorf("event %q of %s begins %s late", cron, at, late)
		}
		mu.Lock()
		begun = append(begun, fmt.Sprintf("%s@%s", cron, at.Sub(startOfTime)))
		n := len(begun)
		mu.Unlock()
		return event(ctx, n)
	}, crons...)
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := s.schedule(ctx, t.Context()).wait(t.Context()); err != nil {
		t.Errorf("wait: %v", err)
	}
	return begun, out
}

func scheduler(t *testing.T, scheduled func(context.Context, string, time.Time) error, crons ...string) (*Server, *output) {
	t.Helper()
	out := &output{}
	s, err := New(Options{Crons: crons, Worker: &worker{scheduled: scheduled}, Log: log.New(out, "", 0)})
	if err != nil {
		t.Fatal(err)
	}
	return s, out
}

func TestSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, _ := follow(t, 190*time.Second, func(context.Context, int) error { return nil }, "* * * * *", "*/2 * * * *", "0 0 * * *")
		slices.Sort(got)
		want := []string{"* * * * *@1m0s", "* * * * *@2m0s", "* * * * *@3m0s", "*/2 * * * *@2m0s"}
		if !slices.Equal(got, want) {
			t.Errorf("events are %q, want %q", got, want)
		}
	})
}

func TestEventsDoNotOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, _ := follow(t, 5*time.Minute+time.Second, func(_ context.Context, n int) error {
			if n == 1 {
				time.Sleep(150 * time.Second) // into the minute after the next
			}
			return nil
		}, "* * * * *")
		want := []string{"* * * * *@1m0s", "* * * * *@4m0s", "* * * * *@5m0s"}
		if !slices.Equal(got, want) {
			t.Errorf("events are %q, want %q", got, want)
		}
	})
}

func TestFailedEventIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, out := follow(t, 130*time.Second, func(_ context.Context, n int) error {
			if n == 1 {
				return errors.New("boom")
			}
			return nil
		}, "* * * * *")
		if len(got) != 2 {
			t.Errorf("events are %q: one that fails must not end the schedule", got)
		}
		if want := `scheduled event "* * * * *" of 2000-01-01T00:01:00Z failed: boom`; strings.TrimSpace(out.String()) != want {
			t.Errorf("log is %q, want %q", out, want)
		}
	})
}

func TestEventUnderWayFinishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		finished := false
		got, _ := follow(t, 70*time.Second, func(ctx context.Context, _ int) error {
			time.Sleep(30 * time.Second) // the schedules stop meanwhile
			finished = ctx.Err() == nil
			return nil
		}, "* * * * *")
		if len(got) != 1 || !finished {
			t.Errorf("events are %q, finished: %v", got, finished)
		}
	})
}

func TestEventHasALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var took time.Duration
		follow(t, 70*time.Second, func(ctx context.Context, _ int) error {
			began := time.Now()
			<-ctx.Done()
			took = time.Since(began)
			return ctx.Err()
		}, "* * * * *")
		if took != longestEvent {
			t.Errorf("an event that hangs ends after %s, want %s", took, longestEvent)
		}
	})
}
