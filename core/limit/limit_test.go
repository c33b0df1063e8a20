package limit

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

type key struct{}

func TestWhoWaitsIsHeldToTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ctx := With(context.WithValue(t.Context(), key{}, 1), time.Second)
		defer ctx.Stop()
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		<-inner.Done()
		if took := time.Since(begin); took != time.Second || !errors.Is(inner.Err(), context.DeadlineExceeded) || ctx.Value(key{}) != 1 {
			t.Errorf("%v, %v, %v", took, inner.Err(), ctx.Value(key{}))
		}
	})
}

func TestTheOuterContextEndsItToo(t *testing.T) {
	outer, cancel := context.WithCancel(t.Context())
	ctx := With(outer, time.Hour)
	defer ctx.Stop()
	cancel()
	<-ctx.Done()
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Error(ctx.Err())
	}
}

func TestSplit(t *testing.T) {
	outer := context.WithValue(t.Context(), key{}, 1)
	ctx := With(outer, time.Minute)
	if got, limit := Split(ctx); got != outer || limit != time.Minute {
		t.Errorf("%v, %v", got, limit)
	}
	if got, limit := Split(outer); got != outer || limit != 0 {
		t.Errorf("%v, %v", got, limit)
	}
	ctx.Stop()
	if ctx.Err() != nil || ctx.cancel != nil {
		t.Error("a context that nobody waits for started a timer")
	}
}
