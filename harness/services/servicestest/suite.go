// Package servicestest holds every store of the harness to the same behaviour.
// A store that passes can stand in for any other below an isolate.
package servicestest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"tracedge/harness/services"
)

// Opener opens an empty store whose KV entries expire by the clock now. The
// suite closes the store.
type Opener func(t *testing.T, now func() time.Time) services.Store

// Run holds the stores that open returns to the contract of package services.
func Run(t *testing.T, open Opener) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *fixture)
	}{
		{"ObjectValues", testObjectValues},
		{"ObjectsAreSeparate", testObjectsAreSeparate},
		{"ListOptions", testListOptions},
		{"ListRefusesContradictions", testListErrors},
		{"ApplyIsAtomic", testApplyAtomic},
		{"ApplyRefusesDoubleKeys", testApplyErrors},
		{"DeleteAll", testDeleteAll},
		{"LargeValues", testLargeValues},
		{"ConcurrentApply", testConcurrentApply},
		{"ObjectModel", testObjectModel},
		{"Alarms", testAlarms},
		{"KVValues", testKVValues},
		{"KVIsolation", testKVIsolation},
		{"KVExpiration", testKVExpiration},
		{"KVPages", testKVPages},
		{"KVListDuringChanges", testKVListDuringChanges},
		{"KVLimits", testKVLimits},
		{"Closed", testClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &clock{}
			c.ms.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixMilli())
			f := &fixture{ctx: t.Context(), clock: c, store: open(t, c.Now)}
			t.Cleanup(func() {
				if err := f.store.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			test.run(t, f)
		})
	}
}

// fixture is what one test of the suite works with.
type fixture struct {
	ctx   context.Context
	clock *clock
	store services.Store
}

// clock is a clock that moves only when told to.
type clock struct{ ms atomic.Int64 }

func (c *clock) Now() time.Time          { return time.UnixMilli(c.ms.Load()) }
func (c *clock) Advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// apply is Apply that must work.
func (f *fixture) apply(t *testing.T, o services.Object, b services.Batch) {
	t.Helper()
	if err := o.Apply(f.ctx, b); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

// put is Put that must work.
func (f *fixture) put(t *testing.T, kv services.KV, e services.KVEntry) {
	t.Helper()
	if err := kv.Put(f.ctx, e); err != nil {
		t.Fatalf("Put(%q): %v", e.Key, err)
	}
}

// pairs makes pairs of "key=value" texts.
func pairs(texts ...string) []services.Pair {
	ps := make([]services.Pair, len(texts))
	for i, text := range texts {
		ps[i] = pair(text)
	}
	return ps
}
