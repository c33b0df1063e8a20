package isolate_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

// objects runs a worker that exports class Thing with the given members. A
// request to /name/method?json-arguments calls a method of the object name and
// answers with the JSON of the result, or with the error.
func objects(t *testing.T, members string, storage services.Objects, o isolate.Options) *world {
	t.Helper()
	o.Bindings.Objects = map[string]string{"THING": "Thing"}
	o.Bindings.Classes = map[string]services.Objects{"Thing": storage}
	return run(t, load(t, `
	  import { DurableObject } from "cloudflare:workers";
	  export class Thing extends DurableObject { `+members+` }
	  export default { async fetch(request, env) {
	    const url = new URL(request.url);
	    const [, name, method] = url.pathname.split("/");
	    const args = url.search ? JSON.parse(decodeURIComponent(url.search.slice(1))) : [];
	    try {
	      const result = await env.THING.getByName(name)[method](...args);
	      return new Response(JSON.stringify(result) ?? "undefined");
	    } catch (e) {
	      return new Response(e instanceof Error
	        ? [e.name + ": " + e.message, ...["remote", "retryable", "overloaded", "durableObjectReset"].filter((p) => e[p])].join(" ")
	        : "thrown: " + e);
	    }
	  } };`), o)
}

const counter = `
  get sum() { return this.ctx.storage.kv.get("sum") ?? 0 }
  add(n) { this.ctx.storage.kv.put("sum", this.sum + n); return this.sum }
  async read() { return this.sum }
`

func TestObjectCalls(t *testing.T) {
	storage := newObjects()
	w := objects(t, counter+`
	  field = () => "not a method";
	  echo(...args) { return args }
	  nothing() {}
	  text(s) { return s.length }
	  async fail(message) { throw Object.assign(new RangeError(message), { retryable: true, overloaded: true }) }
	  throwText() { throw "just text" }
	  date() { return new Date() }
	  ident() { return [this.ctx.id.name, this.ctx.id.toString(), typeof this.env.THING] }
	`, storage, isolate.Options{ObjectIsolates: 2})
	for _, c := range [][2]string{
		{"/a/add?[2]", "2"}, {"/a/add?[3]", "5"}, {"/b/add?[1]", "1"}, {"/a/read", "5"},
		{"/a/echo?[1,\"x\",null,{\"k\":[true]}]", `[1,"x",null,{"k":[true]}]`},
		{"/a/nothing", "undefined"},
		{"/a/text?[\"tëxt\"]", "4"},
		{"/a/fail?[\"too%20much\"]", "RangeError: too much remote retryable overloaded"},
		{"/a/throwText", "thrown: just text"},
		{"/a/date", "TypeError: tracedge harness: an object of class Date in a call to a Durable Object is not emulated (docs/harness.md) remote"},
		{"/a/missing", `TypeError: The RPC receiver does not implement the method "missing". remote`},
		{"/a/field", `TypeError: The RPC receiver does not implement the method "field". remote`},
		{"/a/constructor", "undefined"},
		{"/a/alarm", `TypeError: The RPC receiver does not implement the method "alarm". remote`},
	} {
		if c[0] == "/a/constructor" {
			continue // a property of every stub
		}
		if got := w.get(c[0]); got != c[1] {
			t.Errorf("%s gives %s\n want %s", c[0], got, c[1])
		}
	}
	if got := storage.value("a", "sum") + storage.value("b", "sum"); got != "51" {
		t.Errorf("stored %s", got)
	}
	id := w.get("/a/ident")
	if id != w.get("/a/ident") || id == w.get("/b/ident") || len(id) != len(`["a","object"]`)+64+3 {
		t.Errorf("id %s", id)
	}
}

func TestNamespace(t *testing.T) {
	w := run(t, load(t, `
	  import { DurableObject } from "cloudflare:workers";
	  export class Thing extends DurableObject { hi() { return "hi" } }
	  export class Plain { hi() {} }
	  export default { async fetch(request, { THING, PLAIN, GONE }) {
	    const id = THING.idFromName("x");
	    const stub = THING.get(id);
	    const errors = [];
	    for (const f of [() => PLAIN.getByName("x").hi(), () => GONE.getByName("x").hi(), () => THING.newUniqueId(), () => THING.idFromString("00"), () => stub.hi(() => 1)]) {
	      try { await f(); errors.push("none") } catch (e) { errors.push(e.message.replace(/tracedge harness: | \(docs.*\)/g, "")) }
	    }
	    return Response.json([id.name, id.equals(THING.idFromName("x")), id.equals(THING.idFromName("y")), String(id).length,
	      stub.name, stub.id === id, (await stub) === stub, await stub.hi(), ...errors]);
	  } };`), isolate.Options{Bindings: isolate.Bindings{
		Objects: map[string]string{"THING": "Thing", "PLAIN": "Plain", "GONE": "Gone"},
		Classes: map[string]services.Objects{"Thing": newObjects(), "Plain": newObjects(), "Gone": newObjects()},
	}})
	want := `["x",true,false,64,"x",true,true,"hi",` +
		"\"The receiving Durable Object does not support RPC, because its class was not declared with `extends DurableObject`.\"," +
		`"the worker does not export the class Gone","DurableObjectNamespace.newUniqueId is not emulated",` +
		`"DurableObjectNamespace.idFromString is not emulated","a function in a call to a Durable Object is not emulated"]`
	if got := w.get("/"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestStorage(t *testing.T) {
	w := objects(t, `
	  constructor(ctx, env) { super(ctx, env); this.kv = ctx.storage.kv }
	  values() {
	    const values = ["tëxt \"\\\n\u0001", 1.5, -1, 1e21, true, null, [1, [2]], { a: { b: [] } }, ""];
	    values.forEach((v, n) => this.kv.put("v" + n, v));
	    return JSON.stringify(values.map((_, n) => this.kv.get("v" + n))) === JSON.stringify(values);
	  }
	  refused() {
	    const loop = []; loop.push(loop);
	    return [undefined, new Date(), () => 1, Symbol("s"), 1n, NaN, { a: undefined }, new Map(), loop, new Uint8Array(1)].map((v) => {
	      try { this.kv.put("x", v); return "accepted" } catch (e) { return e.message.split(" in the storage")[0].slice(18) }
	    });
	  }
	  list() {
	    for (const k of ["a1", "a2", "a3", "b1"]) this.kv.put(k, k);
	    const keys = (o) => [...this.kv.list(o)].map(([k]) => k).join();
	    this.kv.delete("a2");
	    return [keys({ prefix: "a" }), keys({ prefix: "a", reverse: true }), keys({ start: "a3" }), keys({ startAfter: "a3" }),
	      keys({ end: "a3" }), keys({ prefix: "a", limit: 1 }), keys({ prefix: "none" }), [...this.kv.list({ prefix: "b" })][0][1], this.kv.delete("zz"), this.kv.delete("b1")];
	  }
	  async asynchronous() {
	    const s = this.ctx.storage;
	    await s.put("p", 1); await s.put({ q: 2, r: 3 });
	    return [await s.get("p"), [...await s.get(["q", "none"])], await s.delete(["p", "none"]), [...await s.list({ prefix: "q" })]];
	  }
	  async clear() { await this.ctx.storage.deleteAll(); return [...this.kv.list()].length }
	  bounds() { try { this.kv.list({ start: "a", startAfter: "b" }) } catch (e) { return e.message } }
	  big() { try { this.kv.put("k", "x".repeat(2 ** 21)) } catch (e) { return e.message } }
	  sql() { return this.ctx.storage.sql.exec("SELECT 1") }
	`, newObjects(), isolate.Options{})
	for _, c := range [][2]string{
		{"values", "true"},
		{"refused", `["undefined","an object of class Date","a function","a Symbol","a BigInt","NaN","undefined","an object of class Map","a cyclic or very deep object","an object of class Uint8Array"]`},
		{"list", `["a1,a3","a3,a1","a3,b1,v0,v1,v2,v3,v4,v5,v6,v7,v8","b1,v0,v1,v2,v3,v4,v5,v6,v7,v8","a1","a1","","b1",false,true]`},
		{"asynchronous", `[1,[["q",2]],1,[["q",2]]]`},
		{"clear", "0"},
		{"bounds", `"list() cannot be called with both start and startAfter values."`},
		{"big", `"string or blob too big: SQLITE_TOOBIG"`},
		{"sql", `Error: tracedge harness: ctx.storage.sql is not emulated (docs/harness.md) remote`},
	} {
		if got := w.get("/x/" + c[0]); got != c[1] {
			t.Errorf("%s gives %s\n want %s", c[0], got, c[1])
		}
	}
}

func TestTransactions(t *testing.T) {
	storage := newObjects()
	w := objects(t, `
	  run() {
	    const { kv } = this.ctx.storage, seen = [];
	    kv.put("kept", 1);
	    try {
	      this.ctx.storage.transactionSync(() => {
	        kv.put("gone", 1); kv.delete("kept"); seen.push(kv.get("gone"), kv.get("kept") ?? "none", [...kv.list()].length);
	        throw new Error("roll back");
	      });
	    } catch (e) { seen.push(e.message) }
	    const result = this.ctx.storage.transactionSync(() => {
	      kv.put("outer", 1);
	      try { this.ctx.storage.transactionSync(() => { kv.put("inner", 1); throw 0 }) } catch {}
	      return "result";
	    });
	    return [...seen, result, [...kv.list()].map(([k]) => k)];
	  }
	  lost() { this.ctx.storage.kv.put("before the throw", 1); throw new Error("the method fails") }
	`, storage, isolate.Options{})
	if got, want := w.get("/x/run"), `[1,"none",1,"roll back","result",["kept","outer"]]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := len(storage.batches); n != 1 {
		t.Errorf("%d batches, want one for the whole event", n)
	}
	w.get("/x/lost")
	if storage.value("x", "before the throw") != "1" {
		t.Error("an exception alone must not undo what was written")
	}
}

// A reply leaves the object only after what it tells of is on disk, and events
// that come meanwhile see it all the same.
func TestOutputGate(t *testing.T) {
	storage := newObjects()
	storage.gate = make(chan struct{})
	w := objects(t, counter, storage, isolate.Options{Isolates: 1})
	replies := make(chan string, 3)
	call := func(path string) {
		go func() {
			_, body := w.do("GET", path, "")
			replies <- body
		}()
	}
	call("/x/add?[1]")
	for w.InFlight()[0] != 1 {
		time.Sleep(time.Millisecond)
	}
	call("/x/read") // sees the write, and waits for it
	for w.InFlight()[0] != 2 {
		time.Sleep(time.Millisecond)
	}
	w.get("/y/read") // another object has nothing to wait for
	select {
	case r := <-replies:
		t.Fatalf("reply %s before the write was on disk", r)
	case <-time.After(20 * time.Millisecond):
	}
	storage.gate <- struct{}{}
	if got := []string{<-replies, <-replies}; !slices.Equal(got, []string{"1", "1"}) {
		t.Errorf("replies %v", got)
	}
	close(storage.gate)
}

// When storage fails, nobody hears of what was not stored, and the object starts
// again from what is on disk.
func TestStorageFailure(t *testing.T) {
	storage := newObjects()
	w := objects(t, counter, storage, isolate.Options{})
	w.get("/x/add?[1]")
	storage.fail(errors.New("disk full"))
	want := "Error: storage of the Durable Object failed: disk full remote retryable durableObjectReset"
	if got := w.get("/x/add?[1]"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	storage.fail(nil)
	if got := w.get("/x/add?[1]"); got != "2" {
		t.Errorf("afterwards: %s", got)
	}
}

func TestBlockConcurrencyWhile(t *testing.T) {
	w := objects(t, `
	  constructor(ctx, env) {
	    super(ctx, env);
	    this.log = [];
	    ctx.blockConcurrencyWhile(async () => {
	      await new Promise((r) => setTimeout(r, 10));
	      if (ctx.id.name === "broken") throw new Error("cannot start");
	      this.log.push("ready");
	    });
	  }
	  visit() { this.log.push("visit"); return this.log }
	`, newObjects(), isolate.Options{})
	if got := w.get("/x/visit"); got != `["ready","visit"]` {
		t.Errorf("got %s", got)
	}
	if got := w.get("/broken/visit"); got != "Error: cannot start remote durableObjectReset" {
		t.Errorf("got %s", got)
	}
}

func TestHungObject(t *testing.T) {
	w := objects(t, counter+`async never() { await new Promise(() => {}) }`, newObjects(), isolate.Options{})
	if got := w.get("/x/never"); !strings.Contains(got, isolate.ErrHung.Error()) {
		t.Errorf("got %s", got)
	}
	if got := w.get("/x/add?[1]"); got != "1" {
		t.Errorf("afterwards: %s", got)
	}
}

func TestEviction(t *testing.T) {
	storage := newObjects()
	w := objects(t, counter+`
	  made = Symbol("in memory only");
	  remember() { this.visits = (this.visits ?? 0) + 1; return this.visits }
	`, storage, isolate.Options{MaxObjects: 2})
	w.get("/a/add?[5]")
	w.get("/a/remember")
	evicted := make(chan bool, 1)
	w.EvictObject("Thing", "a", func(ok bool) { evicted <- ok })
	if !<-evicted {
		t.Error("an idle object was not evicted")
	}
	if got := w.get("/a/remember"); got != "1" {
		t.Errorf("memory survived: %s", got)
	}
	if got := w.get("/a/read"); got != "5" {
		t.Errorf("storage did not survive: %s", got)
	}
	for n := range 20 { // far more than MaxObjects
		w.get(fmt.Sprintf("/o%d/add?[1]", n))
	}
	if got := w.get("/a/remember"); got != "1" {
		t.Errorf("the oldest object was kept: %s", got)
	}
	if got := w.get("/o3/add?[1]"); got != "2" {
		t.Errorf("o3: %s", got)
	}
}

func TestRestartObjects(t *testing.T) {
	w := objects(t, counter+`async wait() { await new Promise((r) => setTimeout(r, 60_000)) }`, newObjects(), isolate.Options{})
	w.get("/x/add?[1]")
	reply := make(chan string, 1)
	go func() {
		_, body := w.do("GET", "/x/wait", "")
		reply <- body
	}()
	for w.InFlight()[0] == 0 {
		time.Sleep(time.Millisecond)
	}
	w.get("/x/read")
	w.RestartObjects(0)
	if got := <-reply; got != "Error: the isolate was restarted remote retryable durableObjectReset" {
		t.Errorf("the call that ran: %s", got)
	}
	if got := w.get("/x/add?[1]"); got != "2" {
		t.Errorf("afterwards: %s", got)
	}
}

// An object may call objects and use KV; what it sends waits for its writes.
func TestObjectCallsOut(t *testing.T) {
	storage, kv := newObjects(), newKV()
	storage.gate = make(chan struct{}, 1)
	w := objects(t, counter+`
	  async forward(n) {
	    this.add(n);
	    await this.env.STORE.put("copy", String(this.sum));
	    return await this.env.THING.getByName("other").add(n);
	  }`, storage, isolate.Options{Bindings: isolate.Bindings{KV: map[string]services.KV{"STORE": kv}}})
	reply := make(chan string, 1)
	go func() {
		_, body := w.do("GET", "/x/forward?[3]", "")
		reply <- body
	}()
	time.Sleep(20 * time.Millisecond)
	if e, _ := kv.Get(t.Context(), "copy"); e != nil {
		t.Error("KV was written before the object's storage")
	}
	storage.gate <- struct{}{}
	storage.gate <- struct{}{}
	if got := <-reply; got != "3" {
		t.Errorf("got %s", got)
	}
	if e, _ := kv.Get(t.Context(), "copy"); e == nil || string(e.Value) != "3" {
		t.Errorf("KV has %v", e)
	}
	close(storage.gate)
}

// WrapCalls sees every call and may fail it before or after it is applied.
func TestWrapCalls(t *testing.T) {
	var seen []string
	w := objects(t, counter, newObjects(), isolate.Options{WrapCalls: func(next isolate.CallFunc) isolate.CallFunc {
		return func(call isolate.Call, reply func(isolate.Reply)) {
			seen = append(seen, call.From+" "+call.Class+"/"+call.Object+"."+call.Method)
			lost := isolate.Reply{Err: &isolate.RemoteError{Name: "Error", Message: "Network connection lost.", Retryable: true}}
			switch len(seen) {
			case 1:
				reply(lost)
			case 2:
				next(call, func(isolate.Reply) { reply(lost) })
			default:
				next(call, reply)
			}
		}
	}})
	lost := "Error: Network connection lost. remote retryable"
	for _, want := range []string{lost, lost, "2"} {
		if got := w.get("/x/add?[1]"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if seen[0] != "request/0 Thing/x.add" {
		t.Errorf("seen %v", seen)
	}
}

func TestObjectWithoutStorage(t *testing.T) {
	w := script(t, `return new Response(await env.THING.getByName("x").hi().catch((e) => e.message))`,
		isolate.Options{Bindings: isolate.Bindings{Objects: map[string]string{"THING": "Thing"}}})
	_, body := w.send(httptest.NewRequest("GET", "/", nil))
	if body != "no storage for Durable Object class Thing" {
		t.Errorf("got %s", body)
	}
}
