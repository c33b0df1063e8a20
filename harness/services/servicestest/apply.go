package servicestest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"tracedge/harness/services"
)

// alarms returns the stored alarms of class as "name@time" texts, sorted.
func alarms(t *testing.T, f *fixture, class services.Objects) []string {
	t.Helper()
	as, err := class.Alarms(f.ctx)
	if err != nil {
		t.Fatalf("Alarms: %v", err)
	}
	texts := []string{}
	for _, a := range as {
		texts = append(texts, fmt.Sprintf("%s@%d", a.Object, a.Time))
	}
	slices.Sort(texts)
	return texts
}

func testAlarms(t *testing.T, f *fixture) {
	class := f.store.Objects("C")
	set := func(name string, at int64) {
		f.apply(t, class.Object(name), services.Batch{Alarm: &at})
	}
	want(t, "alarms of an empty class", alarms(t, f, class))
	set("a", 10)
	set("", 20)
	set("b", 1<<53)
	set("a", 11)
	want(t, "alarms", alarms(t, f, class), "@20", "a@11", "b@9007199254740992")
	want(t, "alarms of another class", alarms(t, f, f.store.Objects("D")))

	f.apply(t, class.Object("a"), services.Batch{Puts: pairs("k=v")}) // leaves the alarm alone
	set("b", 0)
	set("missing", 0)
	want(t, "alarms", alarms(t, f, class), "@20", "a@11")
	want(t, "an alarm is no key", list(t, class.Object("a"), services.ListOptions{}), "k=v")
}

// testApplyAtomic lets readers look at an object while batches that must be seen
// as a whole are applied.
func testApplyAtomic(t *testing.T, f *fixture) {
	o := f.store.Objects("C").Object("o")
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		wg.Go(func() {
			for running := true; running; {
				select {
				case <-done:
					running = false // one more look at the end
				default:
				}
				ps, err := o.List(services.ListOptions{})
				if err != nil {
					t.Errorf("List: %v", err)
					return
				}
				for _, p := range ps {
					if len(ps) != 3 || string(p.Value) != string(ps[0].Value) {
						t.Errorf("part of a batch is visible: %q", ps)
						return
					}
				}
			}
		})
	}
	for i := range 100 {
		v := fmt.Sprint(i)
		b := services.Batch{DeleteAll: i%3 == 0, Puts: pairs("a="+v, "b="+v, "c"+fmt.Sprint(i%2)+"="+v)}
		if i%3 != 0 {
			b.Deletes = []string{"c" + fmt.Sprint((i+1)%2)}
		}
		f.apply(t, o, b)
	}
	close(done)
	wg.Wait()
}

func testApplyErrors(t *testing.T, f *fixture) {
	class := f.store.Objects("C")
	o := class.Object("o")
	f.apply(t, o, services.Batch{Puts: pairs("a=0")})
	at := int64(5)
	for _, b := range []services.Batch{
		{Puts: pairs("a=1", "a=2"), Alarm: &at},
		{Puts: pairs("a=1"), Deletes: []string{"a"}, DeleteAll: true},
	} {
		if err := o.Apply(f.ctx, b); err == nil {
			t.Errorf("Apply(%+v) has no error", b)
		}
	}
	gone, cancel := context.WithCancel(f.ctx)
	cancel()
	if err := o.Apply(gone, services.Batch{Puts: pairs("b=1")}); !errors.Is(err, context.Canceled) {
		t.Errorf("Apply under a cancelled context: %v", err)
	}
	want(t, "List after refused batches", list(t, o, services.ListOptions{}), "a=0")
	want(t, "alarms after refused batches", alarms(t, f, class))
}

// testConcurrentApply has many objects write at once, as isolates do.
func testConcurrentApply(t *testing.T, f *fixture) {
	class := f.store.Objects("C")
	const objects, batches = 16, 20
	var wg sync.WaitGroup
	for i := range objects {
		wg.Go(func() {
			o := class.Object(fmt.Sprint(i))
			for n := range batches {
				b := services.Batch{Puts: pairs(fmt.Sprintf("n%02d=%d", n, i), fmt.Sprintf("last=%d", n))}
				if err := o.Apply(f.ctx, b); err != nil {
					t.Errorf("Apply: %v", err)
				}
				if v, ok, err := o.Get("last"); !ok || err != nil || string(v) != fmt.Sprint(n) {
					t.Errorf("Get after Apply %d = %q, %v, %v", n, v, ok, err)
				}
			}
		})
	}
	wg.Wait()
	for i := range objects {
		if got := list(t, class.Object(fmt.Sprint(i)), services.ListOptions{Prefix: "n"}); len(got) != batches {
			t.Errorf("object %d has %d of %d batches", i, len(got), batches)
		}
	}
}

func testClosed(t *testing.T, f *fixture) {
	o, kv := f.store.Objects("C").Object("o"), f.store.KV("n")
	f.apply(t, o, services.Batch{Puts: pairs("k=v")})
	if err := f.store.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	_, _, get := o.Get("k")
	_, list := o.List(services.ListOptions{})
	_, alarms := f.store.Objects("C").Alarms(f.ctx)
	_, kvGet := kv.Get(f.ctx, "k")
	_, kvList := kv.List(f.ctx, "", "", 1)
	for name, err := range map[string]error{
		"Get": get, "List": list, "Alarms": alarms, "KV Get": kvGet, "KV List": kvList,
		"Apply":     o.Apply(f.ctx, services.Batch{Puts: pairs("k=v")}),
		"KV Put":    kv.Put(f.ctx, services.KVEntry{Key: "k"}),
		"KV Delete": kv.Delete(f.ctx, "k"),
	} {
		if !errors.Is(err, services.ErrClosed) {
			t.Errorf("%s of a closed store: %v, want ErrClosed", name, err)
		}
	}
}
