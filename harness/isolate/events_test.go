package isolate_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"tracedge/harness/isolate"
)

// fetchError sends a request that must fail.
func (w *world) fetchError(path string) error {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	res, err := w.Fetch(ctx, httptest.NewRequest("GET", path, nil))
	if err == nil {
		w.t.Fatalf("GET %s: status %d, want an error", path, res.StatusCode)
	}
	return err
}

func TestExceptions(t *testing.T) {
	w := script(t, `
	  const path = new URL(request.url).pathname;
	  if (path === "/throw") throw new RangeError("too far");
	  if (path === "/value") throw { a: 1 };
	  if (path === "/wrong") return "a string";
	  if (path === "/deep") { const f = () => f() + 1; return f(); }
	  if (path === "/never") await new Promise(() => {});
	  if (path === "/used") { const r = new Response("x"); await r.text(); return r; }
	  if (path === "/stream") return new Response(new ReadableStream({ pull(c) { c.error(new Error("in the middle")) } }));
	  return new Response("fine");`, isolate.Options{})
	for path, want := range map[string]string{
		"/throw": "uncaught RangeError: too far",
		"/value": "uncaught [object Object]",
		"/wrong": "uncaught TypeError: The handler did not return a Response",
		"/used":  "uncaught TypeError: Body has already been used. It can only be used once. Use tee() first if you need to read it twice.",
		"/never": isolate.ErrHung.Error(),
	} {
		if err := w.fetchError(path); err.Error() != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	var e *isolate.ExceptionError
	if err := w.fetchError("/throw"); !errors.As(err, &e) || !strings.Contains(e.Stack, "worker.mjs") {
		t.Errorf("no stack in %v", err)
	}
	res, err := w.Fetch(t.Context(), httptest.NewRequest("GET", "/stream", nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(res.Body); err == nil || !strings.Contains(err.Error(), "in the middle") {
		t.Errorf("reading the body: %v", err)
	}
	if got := w.get("/"); got != "fine" {
		t.Errorf("afterwards: %s", got)
	}
	if got := w.InFlight(); !slices.Equal(got, []int{0}) {
		t.Errorf("in flight %v", got)
	}
}

// Endless recursion breaks the isolate, which is replaced, and nothing else.
func TestStackOverflow(t *testing.T) {
	w := script(t, `
	  if (request.url.endsWith("/deep")) { const f = () => f() + 1; return f(); }
	  return new Response("fine");`, isolate.Options{})
	var broken *isolate.BrokenError
	if err := w.fetchError("/deep"); !errors.As(err, &broken) {
		t.Errorf("error %v", err)
	}
	if got := w.get("/"); got != "fine" {
		t.Errorf("afterwards: %s", got)
	}
}

func TestEntrypointClass(t *testing.T) {
	w := run(t, load(t, `
	  import { WorkerEntrypoint, env } from "cloudflare:workers";
	  export default class extends WorkerEntrypoint {
	    fetch(request) { return new Response(this.env.A + env.A + typeof this.ctx.waitUntil) }
	  }`), isolate.Options{Bindings: isolate.Bindings{Vars: map[string]any{"A": "x"}}})
	if got := w.get("/"); got != "xxfunction" {
		t.Errorf("got %q", got)
	}
}

func TestVars(t *testing.T) {
	w := script(t, `return new Response(JSON.stringify(env))`, isolate.Options{Bindings: isolate.Bindings{
		Vars:        map[string]any{"S": "str", "N": 1.5, "O": map[string]any{"a": []any{true, nil}}},
		Unsupported: map[string]string{},
	}})
	if got := w.get("/"); got != `{"N":1.5,"O":{"a":[true,null]},"S":"str"}` {
		t.Errorf("env is %s", got)
	}
	w = script(t, `return new Response(typeof env.DB + await env.DB.prepare("x"))`, isolate.Options{
		Bindings: isolate.Bindings{Unsupported: map[string]string{"DB": "d1"}},
	})
	want := "uncaught Error: tracedge harness: the binding env.DB (d1).prepare is not emulated (docs/harness.md)"
	if err := w.fetchError("/"); err.Error() != want {
		t.Errorf("error %v", err)
	}
}

func TestConsole(t *testing.T) {
	w := script(t, `
	  console.log("text", 1, 1.5, true, null, undefined, { a: [1], b: "x" }, [2]);
	  console.warn(new TypeError("an error"));
	  console.assert(1 === 2, "math");
	  const loop = {}; loop.loop = loop;
	  console.error(loop);
	  console.debug(Symbol("s"), function named() {});
	  Promise.reject(new Error("nobody cares"));
	  setTimeout(() => { throw new Error("in a timer") }, 0);
	  ctx.waitUntil(Promise.reject("in the background"));
	  await new Promise((r) => setTimeout(r, 1)); // until after the timer above
	  return new Response("");`, isolate.Options{})
	w.get("/")
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines := w.log.lines()
	for n, line := range lines {
		lines[n], _, _ = strings.Cut(line, "\n")
	}
	got := strings.Join(lines, "\n")
	for _, want := range []string{
		`log: text 1 1.5 true <nil> <nil> {"a":[1],"b":"x"} [2]`,
		`warn: TypeError: an error`,
		`error: Assertion failed math`,
		`error: [object that JSON cannot express: TypeError: Converting circular structure to JSON`,
		`debug: s function named() {}`,
		`error: Uncaught (in promise) Error: nobody cares`,
		`error: Uncaught Error: in a timer`,
		`error: Uncaught (in waitUntil) in the background`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the log lacks %q:\n%s", want, got)
		}
	}
	if m := w.log.messages[0]; m.Isolate != "request/0" || m.Time.IsZero() {
		t.Errorf("message %+v", m)
	}
}

// The clock stands still while code runs, for JavaScript as for everything, and
// moves with each event.
func TestClockStands(t *testing.T) {
	body := `
	  const before = [Date.now(), performance.now()];
	  for (let n = 0; n < 300_000; n++);
	  const after = [Date.now(), performance.now()];
	  const start = Date.now();
	  await new Promise((r) => setTimeout(r, 5));
	  return new Response([before[0] === after[0] && before[1] === after[1], Date.now() - start >= 5].join());`
	if got := script(t, body, isolate.Options{}).get("/"); got != "true,true" {
		t.Errorf("got %s", got)
	}
	if got := script(t, body, isolate.Options{RunningClock: true}).get("/"); got != "false,true" {
		t.Errorf("with a running clock: %s", got)
	}
}

func TestGlobalScope(t *testing.T) {
	for source, want := range map[string]string{
		`setTimeout(() => {}, 1)`:                      "Disallowed operation called within global scope",
		`crypto.randomUUID()`:                          "Disallowed operation called within global scope",
		`Math.random()`:                                "Disallowed operation called within global scope",
		`await fetch("http://x")`:                      "Disallowed operation called within global scope",
		`await new Promise(() => {})`:                  "top-level await did not settle",
		`throw new Error("at once")`:                   "at once",
		`if (Date.now() !== 0) throw new Error("now")`: "",
		`await Promise.resolve(1)`:                     "",
	} {
		c, err := load(t, source+"\nexport default {}").NewCluster(isolate.Options{})
		if err == nil {
			c.Stop()
		}
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", source, err, want)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	for source, want := range map[string]string{
		`import "./missing.mjs"`:                                      "file does not exist",
		`import x from "bare"`:                                        "bare specifiers need a bundler",
		`import fs from "node:fs"`:                                    "the module node:fs is not emulated",
		`import text from "./a.txt"`:                                  "importing a data file is not emulated",
		`import { Nonsense } from "cloudflare:workers"; Nonsense;`:    "Nonsense",
		`import { x } from "./lib/a.mjs"; export default x; export {`: "worker.mjs",
	} {
		p, err := isolate.Load(t.Context(), isolate.Source{
			FS:    fstest.MapFS{"worker.mjs": {Data: []byte(source)}, "lib/a.mjs": {Data: []byte("export const x = 1")}},
			Entry: "worker.mjs",
		})
		if err == nil { // sobek finds missing exports when it evaluates
			_, err = p.NewCluster(isolate.Options{})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", source, err, want)
		}
	}
}

func TestModules(t *testing.T) {
	p, err := isolate.Load(t.Context(), isolate.Source{
		FS: fstest.MapFS{
			"src/worker.mjs": {Data: []byte(`
			  import { twice } from "../lib/a.mjs";
			  import * as all from "/lib/b.mjs";
			  import again from "./../lib/b.mjs";
			  export default { async fetch(request) {
			    const late = await import("../lib/c.mjs");
			    let failed; try { await import("../lib/none.mjs") } catch (e) { failed = e.message }
			    return new Response([twice(all.default), again === all.default, late.c, failed].join())
			  } }`)},
			"lib/a.mjs": {Data: []byte(`export { default } from "./b.mjs"; export const twice = (x) => 2 * x;`)},
			"lib/b.mjs": {Data: []byte(`export default 21;`)},
			"lib/c.mjs": {Data: []byte(`export const c = "late";`)},
		},
		Entry: "src/worker.mjs",
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the records serve several runtimes
		w := run(t, p, isolate.Options{Isolates: 2})
		got := w.get("/")
		if !strings.HasPrefix(got, "42,true,late,import of \"../lib/none.mjs\" in src/worker.mjs: ") {
			t.Errorf("got %s", got)
		}
	}
}

func TestClientGoes(t *testing.T) {
	w := script(t, `
	  request.signal.addEventListener("abort", () => console.log("client gone"));
	  console.log("waiting");
	  await new Promise((r) => setTimeout(r, 30));
	  console.log("went on");
	  return new Response("for nobody");`, isolate.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		eventually(t, "the handler begins", func() bool { return w.log.String() != "" })
	}()
	if _, err := w.Fetch(ctx, httptest.NewRequest("GET", "/", nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(w.log.lines(), "|"); got != "log: waiting|log: client gone|log: went on" {
		t.Errorf("log: %s", got)
	}
}

// held is real time whose queues can be held up.
type held struct {
	isolate.Scheduler
	gate atomic.Pointer[chan struct{}] // tasks wait until it is closed
}

type heldQueue struct {
	isolate.Queue
	s *held
}

func (s *held) Queue(name string) isolate.Queue { return heldQueue{s.Scheduler.Queue(name), s} }

func (q heldQueue) Post(task func()) bool {
	return q.Queue.Post(func() {
		if gate := q.s.gate.Load(); gate != nil {
			<-*gate
		}
		task()
	})
}

// A client that is gone before its request begins is no secret to the handler.
func TestClientGoneBefore(t *testing.T) {
	scheduler := &held{Scheduler: isolate.RealTime()}
	w := script(t, `
	  request.signal.addEventListener("abort", () => console.log("client gone"));
	  await new Promise((r) => setTimeout(r, 5));
	  return new Response("");`, isolate.Options{Scheduler: scheduler})
	gate := make(chan struct{})
	scheduler.gate.Store(&gate)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		eventually(t, "the request is sent", func() bool { return w.InFlight()[0] == 1 })
	}()
	if _, err := w.Fetch(ctx, httptest.NewRequest("GET", "/", nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	close(gate)
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.log.String(); got != "log: client gone" {
		t.Errorf("log: %q", got)
	}
}

func TestRequestBodyStreams(t *testing.T) {
	w := script(t, `
	  const reader = request.body.getReader();
	  const { value } = await reader.read();
	  await reader.cancel();
	  return new Response(String(value.length > 0));`, isolate.Options{})
	r := httptest.NewRequest("POST", "/", endless{})
	r.ContentLength = -1
	if _, body := w.send(r); body != "true" {
		t.Errorf("got %q", body)
	}
}

// endless is a body that never ends.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestSubrequests(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(rw, r, "/target?x=1", http.StatusFound)
		case "/slow":
			<-r.Context().Done()
		default:
			body, _ := io.ReadAll(r.Body)
			rw.Header().Add("Set-Cookie", "a=1")
			rw.Header().Add("Set-Cookie", "b=2")
			fmt.Fprintf(rw, "%s %s %s %s", r.Method, r.URL, r.Header.Get("X-A"), body)
		}
	}))
	defer server.Close()
	w := run(t, load(t, `
	  const base = "`+server.URL+`";
	  const cases = {
	    "/plain": async () => await (await fetch(base + "/p", { headers: { "x-a": "b" } })).text(),
	    "/post": async () => await (await fetch(new Request(base + "/p", { method: "POST", body: "data" }))).text(),
	    "/cookies": async () => (await fetch(base + "/p")).headers.getSetCookie().join(),
	    "/follow": async () => { const r = await fetch(base + "/redirect"); return r.redirected + r.url.slice(base.length) },
	    "/manual": async () => { const r = await fetch(base + "/redirect", { redirect: "manual" }); return r.status + r.headers.get("location") },
	    "/error": async () => { try { await fetch(base + "/redirect", { redirect: "error" }) } catch (e) { return "failed" } },
	    "/abort": async () => { try { await fetch(base + "/slow", { signal: AbortSignal.timeout(5) }) } catch (e) { return e.name } },
	    "/json": async () => JSON.stringify(await (await fetch(base + "/p")).json().catch((e) => e.name)),
	  };
	  export default { async fetch(request) { return new Response(await cases[new URL(request.url).pathname]()) } };`), isolate.Options{})
	for path, want := range map[string]string{
		"/plain": "GET /p b ", "/post": "POST /p  data", "/cookies": "a=1,b=2", "/follow": "true/target?x=1",
		"/manual": "302/target?x=1", "/error": "failed", "/abort": "TimeoutError", "/json": `"SyntaxError"`,
	} {
		if got := w.get(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestScheduled(t *testing.T) {
	w := run(t, load(t, `export default { async scheduled(event, env, ctx) {
	  console.log(event.cron, event.scheduledTime, event.type);
	  ctx.waitUntil((async () => { await new Promise((r) => setTimeout(r, 5)); console.log("afterwards") })());
	  if (event.cron === "bad") throw new Error("sweep failed");
	} }`), isolate.Options{})
	if err := w.Scheduled(t.Context(), "* * * * *", time.UnixMilli(1234)); err != nil {
		t.Error(err)
	}
	if err := w.Scheduled(t.Context(), "bad", time.UnixMilli(0)); err == nil || err.Error() != "uncaught Error: sweep failed" {
		t.Errorf("error %v", err)
	}
	if err := w.fetchError("/"); err.Error() != "uncaught TypeError: Handler does not export a fetch() function." {
		t.Errorf("fetch: %v", err)
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(w.log.lines(), "|"); !strings.HasPrefix(got, "log: * * * * * 1234 scheduled|log: ") || strings.Count(got, "afterwards") != 2 {
		t.Errorf("log: %s", got)
	}
}

func TestRestart(t *testing.T) {
	w := run(t, load(t, `
	  let count = 0;
	  export default { async fetch(request) {
	    count++;
	    if (request.url.endsWith("/wait")) await new Promise((r) => setTimeout(r, 60_000));
	    return new Response(String(count));
	  } };`), isolate.Options{})
	w.get("/")
	if got := w.get("/"); got != "2" {
		t.Errorf("count %s", got)
	}
	failed := make(chan error, 1)
	go func() {
		_, err := w.Fetch(t.Context(), httptest.NewRequest("GET", "/wait", nil))
		failed <- err
	}()
	for w.InFlight()[0] == 0 {
		time.Sleep(time.Millisecond)
	}
	w.Restart(0)
	if err := <-failed; !errors.Is(err, isolate.ErrRestarted) {
		t.Errorf("the request that ran: %v", err)
	}
	if got := w.get("/"); got != "1" {
		t.Errorf("count %s after the restart", got)
	}
}

func TestClosed(t *testing.T) {
	w := script(t, `return new Response("")`, isolate.Options{})
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.fetchError("/"); !errors.Is(err, isolate.ErrClosed) {
		t.Errorf("error %v", err)
	}
	if err := w.Scheduled(t.Context(), "", time.Now()); !errors.Is(err, isolate.ErrClosed) {
		t.Errorf("error %v", err)
	}
}

// A request goes to the isolate with the fewest in flight.
func TestLeastBusy(t *testing.T) {
	w := run(t, load(t, `
	  let count = 0;
	  export default { async fetch(request) {
	    count++;
	    if (request.url.endsWith("/wait")) await new Promise((r) => setTimeout(r, 60_000));
	    return new Response(String(count));
	  } };`), isolate.Options{Isolates: 2})
	go func() { _, _ = w.FetchOn(t.Context(), 1, httptest.NewRequest("GET", "/wait", nil)) }()
	for w.InFlight()[1] == 0 {
		time.Sleep(time.Millisecond)
	}
	for n := 1; n <= 4; n++ {
		if got := w.get("/"); got != fmt.Sprint(n) {
			t.Errorf("request %d was answered with %s: not by the idle isolate", n, got)
		}
	}
	w.Restart(1)
}
