package isolate_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/harness/isolate"
)

const alarming = `
  async set(ms) { await this.ctx.storage.setAlarm(Date.now() + ms); return await this.ctx.storage.getAlarm() > 0 }
  async cancel() { await this.ctx.storage.deleteAlarm(); return await this.ctx.storage.getAlarm() }
  async rings() { return [this.ctx.storage.kv.get("rings") ?? 0, await this.ctx.storage.getAlarm()] }
  async alarm(info) {
    const { kv } = this.ctx.storage;
    kv.put("seen", [info.isRetry, info.retryCount, await this.ctx.storage.getAlarm()]);
    if ((kv.get("failures") ?? 0) > 0) { kv.put("failures", kv.get("failures") - 1); throw new Error("alarm fails") }
    kv.put("rings", (kv.get("rings") ?? 0) + 1);
    if (kv.get("again")) { kv.put("again", kv.get("again") - 1); await this.ctx.storage.setAlarm(Date.now() + 1) }
  }
  put(key, value) { this.ctx.storage.kv.put(key, value) }
`

// skewed is real time in which timers run off much faster.
type skewed struct {
	isolate.Scheduler
	mu    sync.Mutex
	ahead time.Duration
}

func (s *skewed) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Scheduler.Now().Add(s.ahead)
}

// AfterFunc jumps ahead to the time of the timer.
func (s *skewed) AfterFunc(d time.Duration, f func()) func() {
	at := s.Now().Add(d)
	return s.Scheduler.AfterFunc(min(d, time.Millisecond), func() {
		s.mu.Lock()
		s.ahead += max(0, at.Sub(s.Scheduler.Now().Add(s.ahead)))
		s.mu.Unlock()
		f()
	})
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 2000 {
		if ok() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("never: %s", what)
}

func TestAlarm(t *testing.T) {
	storage := newObjects()
	w := objects(t, alarming, storage, isolate.Options{})
	if got := w.get("/x/set?[5]"); got != "true" {
		t.Errorf("set: %s", got)
	}
	eventually(t, "the alarm rings", func() bool { return storage.value("x", "rings") == "1" })
	eventually(t, "the alarm is deleted", func() bool { return storage.alarm("x") == 0 })
	if got := storage.value("x", "seen"); got != "[false,0,null]" {
		t.Errorf("in the handler: %s", got)
	}
	if got := w.get("/x/rings"); got != "[1,null]" {
		t.Errorf("afterwards: %s", got)
	}
	w.get("/x/set?[3600000]")
	if storage.alarm("x") == 0 {
		t.Error("the alarm was not stored")
	}
	if got := w.get("/x/cancel"); got != "null" || storage.alarm("x") != 0 {
		t.Errorf("cancelled: %s, stored %d", got, storage.alarm("x"))
	}
}

// A handler that sets the next alarm goes on ringing.
func TestAlarmSetsAlarm(t *testing.T) {
	storage := newObjects()
	w := objects(t, alarming, storage, isolate.Options{})
	w.get(`/x/put?["again",3]`)
	w.get("/x/set?[0]")
	eventually(t, "four rings", func() bool { return storage.value("x", "rings") == "4" && storage.alarm("x") == 0 })
}

func TestAlarmRetries(t *testing.T) {
	storage := newObjects()
	clock := &skewed{Scheduler: isolate.RealTime()}
	w := objects(t, alarming, storage, isolate.Options{Scheduler: clock})
	w.get(`/x/put?["failures",3]`)
	start := clock.Now()
	w.get("/x/set?[0]")
	eventually(t, "success after retries", func() bool { return storage.value("x", "rings") == "1" && storage.alarm("x") == 0 })
	if got := storage.value("x", "seen"); got != "[true,3,null]" {
		t.Errorf("last run: %s", got)
	}
	if d := clock.Now().Sub(start); d < 14*time.Second || d > time.Minute { // 2 + 4 + 8
		t.Errorf("the retries took %v", d)
	}
	if got := w.log.String(); strings.Count(got, "Uncaught (in alarm of Thing) Error: alarm fails") != 3 {
		t.Errorf("log:\n%s", got)
	}

	w.get(`/y/put?["failures",100]`)
	w.get("/y/set?[0]")
	eventually(t, "the alarm is given up", func() bool { return storage.value("y", "failures") == "93" && storage.alarm("y") == 0 })
	if got := w.log.String(); !strings.Contains(got, "the alarm of a Thing is dropped after 6 retries") {
		t.Errorf("log:\n%s", got)
	}
}

// Alarms ring after the isolate, or the whole cluster, is gone.
func TestAlarmSurvives(t *testing.T) {
	storage := newObjects()
	w := objects(t, alarming, storage, isolate.Options{ObjectIsolates: 2})
	for _, name := range []string{"a", "b", "c"} {
		w.get("/" + name + "/set?[60]")
	}
	w.RestartObjects(0)
	w.RestartObjects(1)
	eventually(t, "three rings", func() bool {
		return storage.value("a", "rings")+storage.value("b", "rings")+storage.value("c", "rings") == "111"
	})
	w.get("/a/set?[100]")
	w.Stop()
	objects(t, alarming, storage, isolate.Options{})
	eventually(t, "a ring in the next cluster", func() bool { return storage.value("a", "rings") == "2" })
}
