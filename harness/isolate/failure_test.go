package isolate_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

// panicky is a namespace whose implementation is broken.
type panicky struct{ services.KV }

func (panicky) Get(context.Context, string) (*services.KVEntry, error) {
	var none map[string][]int
	return nil, map[bool]error{}[none["x"][3] == 0]
}

// A panic of the host becomes a failed operation.
func TestServicePanics(t *testing.T) {
	w := script(t, `return new Response(await env.STORE.get("k").catch((e) => e.message))`,
		isolate.Options{Bindings: isolate.Bindings{KV: map[string]services.KV{"STORE": panicky{}}}})
	if got := w.get("/"); !strings.HasPrefix(got, "tracedge harness failure: runtime error: index out of range") {
		t.Errorf("got %s", got)
	}
}

type panickyObjects struct{ *memoryObjects }

func (p panickyObjects) Object(name string) services.Object {
	return panickyObject{p.memoryObjects.Object(name)}
}

type panickyObject struct{ services.Object }

func (panickyObject) Get(string) ([]byte, bool, error)            { panic("get is broken") }
func (panickyObject) Apply(context.Context, services.Batch) error { panic("apply is broken") }

func TestStoragePanics(t *testing.T) {
	w := run(t, load(t, `
	  import { DurableObject } from "cloudflare:workers";
	  export class Thing extends DurableObject {
	    get() { return this.ctx.storage.kv.get("k") }
	    put() { this.ctx.storage.kv.put("k", 1) }
	  }
	  export default { async fetch(request, env) {
	    return new Response(await env.THING.getByName("x")[new URL(request.url).pathname.slice(1)]().catch((e) => e.message));
	  } };`), isolate.Options{Bindings: isolate.Bindings{
		Objects: map[string]string{"THING": "Thing"},
		Classes: map[string]services.Objects{"Thing": panickyObjects{newObjects()}},
	}})
	for path, want := range map[string]string{
		"/get": "tracedge harness failure: get is broken",
		"/put": "storage of the Durable Object failed: tracedge harness failure: apply is broken",
	} {
		if got := w.get(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// A console that panics does not disturb the worker.
func TestConsolePanics(t *testing.T) {
	c, err := load(t, `export default { async fetch() { console.log("x"); return new Response("fine") } }`).
		NewCluster(isolate.Options{Console: func(isolate.Message) { panic("no paper") }})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Cluster: c, t: t, log: &journal{}}
	defer c.Stop()
	if got := w.get("/"); got != "fine" {
		t.Errorf("got %s", got)
	}
}

// KillPrograms is the death of a program from outside: the worker sees it, and
// the isolate goes on.
func TestKillPrograms(t *testing.T) {
	files, err := guestFiles()
	if err != nil {
		t.Fatal(err)
	}
	p, err := isolate.Load(t.Context(), isolate.Source{FS: files, Entry: "pool.mjs"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(context.Background())
	w := run(t, p, isolate.Options{})
	w.get("/hello")
	w.KillPrograms(0)
	if err := w.fetchError("/hello"); !strings.Contains(err.Error(), "RuntimeError: killed by its host") {
		t.Errorf("error %v", err)
	}
	w.Restart(0) // pool.mjs does not replace its program
	if got := w.get("/hello"); got != "hello " {
		t.Errorf("got %s", got)
	}
}

// A cluster that is closed leaves nothing running.
func TestNoGoroutinesStay(t *testing.T) {
	p := load(t, `export default { fetch: () => new Response("") }`)
	before := runtime.NumGoroutine()
	for range 3 {
		c, err := p.NewCluster(isolate.Options{Isolates: 4})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// What is being written when an object's isolate is thrown away is on disk before
// the next one reads.
func TestRestartWaitsForWrites(t *testing.T) {
	storage := newObjects()
	storage.gate = make(chan struct{})
	w := objects(t, counter, storage, isolate.Options{})
	replies := make(chan string, 2)
	go func() {
		_, body := w.do("GET", "/x/add?[5]", "")
		replies <- body
	}()
	for w.InFlight()[0] == 0 {
		time.Sleep(time.Millisecond)
	}
	w.get("/x2/read") // the write of x has begun: tasks run in order
	w.RestartObjects(0)
	if got := <-replies; got != "Error: the isolate was restarted remote retryable durableObjectReset" {
		t.Errorf("the call that ran: %s", got)
	}
	go func() { // comes while the write is under way, and waits for the next isolate
		_, body := w.do("GET", "/x/read", "")
		replies <- body
	}()
	for w.InFlight()[0] == 0 {
		time.Sleep(time.Millisecond)
	}
	close(storage.gate)
	if got := <-replies; got != "5" {
		t.Errorf("the next call: %s", got)
	}
}
