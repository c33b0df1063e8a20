package isolate_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

// failingObjects refuses one batch, the n-th.
type failingObjects struct {
	*memoryObjects
	left atomic.Int64
}

type failingObject struct {
	services.Object
	class *failingObjects
}

func (f *failingObjects) Object(name string) services.Object {
	return failingObject{f.memoryObjects.Object(name), f}
}

func (o failingObject) Apply(ctx context.Context, b services.Batch) error {
	if o.class.left.Add(-1) == 0 {
		return errors.New("the disk refuses")
	}
	return o.Object.Apply(ctx, b)
}

// What an alarm wrote, or its end, may not get to the disk: it rings again.
func TestAlarmOutlivesARefusedBatch(t *testing.T) {
	for n := int64(2); n <= 3; n++ { // the first batch sets the alarm
		storage := &failingObjects{memoryObjects: newObjects()}
		storage.left.Store(n)
		w := objects(t, alarming, storage, isolate.Options{Scheduler: &skewed{Scheduler: isolate.RealTime()}})
		w.get("/x/set?[0]")
		eventually(t, "the alarm rings and ends", func() bool { return storage.value("x", "rings") != "" && storage.alarm("x") == 0 })
	}
}

func TestAlarmLateAndTwice(t *testing.T) {
	storage := newObjects()
	clock := &skewed{Scheduler: isolate.RealTime()}
	w := objects(t, alarming, storage, isolate.Options{
		Scheduler: clock,
		Alarm:     func(class, object string) (time.Duration, bool) { return time.Hour, class == "Thing" && object == "x" },
	})
	start := clock.Now()
	w.get("/x/set?[0]")
	eventually(t, "the alarm rings twice and ends", func() bool { return storage.value("x", "rings") == "2" && storage.alarm("x") == 0 })
	if d := clock.Now().Sub(start); d < time.Hour {
		t.Errorf("it rang after %v", d)
	}
}

// Whoever watches host calls sees their arguments, and can make the program trap
// at one of them.
func TestWatchHostCall(t *testing.T) {
	var calls, dieAt atomic.Int64
	w := guest(t, isolate.Options{WatchHostCall: func(name, call string, stack []byte) error {
		if name != "request/0" || call == "" || len(stack) == 0 && call != "ready" {
			t.Errorf("%s calls %q with %d bytes", name, call, len(stack))
		}
		if calls.Add(1) == dieAt.Load() {
			return errors.New("struck")
		}
		return nil
	}})
	w.get("/hello")
	if calls.Load() == 0 {
		t.Fatal("no call was seen")
	}
	dieAt.Store(calls.Load() + 5)
	if res, err := w.Fetch(t.Context(), httptest.NewRequest("GET", "/hello", nil)); err == nil {
		t.Errorf("a program that was struck answers %d", res.StatusCode)
	}
}
