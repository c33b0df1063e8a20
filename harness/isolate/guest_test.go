package isolate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

func TestGuestHello(t *testing.T) {
	w := guest(t, isolate.Options{Bindings: isolate.Bindings{Vars: map[string]any{"NAME": "wörld"}}})
	res, err := w.Fetch(t.Context(), httptest.NewRequest("GET", "/hello", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 200 || string(body) != "hello wörld" || res.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("status %d, header %v, body %q", res.StatusCode, res.Header, body)
	}
	if status, body := w.do("GET", "/missing", ""); status != 404 || !strings.Contains(body, "404 page not found") {
		t.Errorf("missing: status %d, body %q", status, body)
	}
}

func TestGuestEcho(t *testing.T) {
	w := guest(t, isolate.Options{})
	for _, size := range []int{1, 1000, 300_000, 3 << 20} { // the last is streamed into the worker
		body := strings.Repeat("x", size)
		r := httptest.NewRequest("POST", "/echo", strings.NewReader(body))
		r.Header.Set("Content-Type", "text/x")
		status, got := w.send(r)
		if status != 201 || got != body {
			t.Errorf("%d bytes: status %d, %d bytes back", size, status, len(got))
		}
	}
	// A body of unknown length.
	r := httptest.NewRequest("POST", "/echo", io.MultiReader(strings.NewReader("part one, "), strings.NewReader("part two")))
	r.ContentLength = -1
	if status, got := w.send(r); status != 201 || got != "part one, part two" {
		t.Errorf("chunked: status %d, %q", status, got)
	}
}

func TestGuestSeesRequest(t *testing.T) {
	w := guest(t, isolate.Options{})
	r := httptest.NewRequest("GET", "http://example.com/request?a=b&c=%20d", nil)
	r.RemoteAddr = "203.0.113.9:4711"
	r.Header.Set("User-Agent", "a test")
	_, body := w.send(r)
	var got map[string]any
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"method": "GET", "url": "http://example.com/request?a=b&c=%20d", "host": "example.com",
		"address": "203.0.113.9", "agent": "a test",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
}

func TestGuestStream(t *testing.T) {
	w := guest(t, isolate.Options{})
	for _, lines := range []string{"0", "1", "20000"} { // the last is more than the high water mark
		body := w.get("/stream?lines=" + lines)
		if n := strings.Count(body, "\n"); lines != "0" && n != 1 && n != 20000 || !strings.HasSuffix("\n"+body, "\n") {
			t.Errorf("%s lines: got %d", lines, n)
		}
	}
	if status, body := w.do("GET", "/empty", ""); status != 204 || body != "" {
		t.Errorf("empty: status %d, body %q", status, body)
	}
}

// A client that goes away in the middle of a body ends the stream in the
// worker, and the isolate is free again.
func TestGuestStreamAbandoned(t *testing.T) {
	w := guest(t, isolate.Options{})
	res, err := w.Fetch(t.Context(), httptest.NewRequest("GET", "/stream?lines=200000", nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(res.Body, make([]byte, 10_000)); err != nil {
		t.Fatal(err)
	}
	if got := w.InFlight(); !slices.Equal(got, []int{1}) {
		t.Errorf("in flight %v while the body is open", got)
	}
	res.Body.Close()
	if _, err := res.Body.Read(make([]byte, 1)); err == nil {
		t.Error("reading after Close succeeded")
	}
	w.get("/stream?lines=1")
	if got := w.InFlight(); !slices.Equal(got, []int{0}) {
		t.Errorf("in flight %v afterwards", got)
	}
}

func TestGuestKV(t *testing.T) {
	kv := newKV()
	w := guest(t, isolate.Options{Bindings: isolate.Bindings{KV: map[string]services.KV{"STORE": kv}}})
	for _, key := range []string{"a1", "a2", "a3", "a4", "a5", "b1"} {
		if status, body := w.do("PUT", "/kv/"+key, "value of "+key); status != 200 {
			t.Fatalf("put: status %d, %s", status, body)
		}
	}
	if got := w.get("/kv/a3"); got != "value of a3" {
		t.Errorf("get: %q", got)
	}
	if got := w.get("/kv/none"); got != "<null>" { // what syumai makes of a missing key
		t.Errorf("missing: %q", got)
	}
	w.do("DELETE", "/kv/a2", "")
	if got := w.get("/kv?prefix=a"); got != "a1\na3\na4\na5\n" {
		t.Errorf("list: %q", got)
	}
	kv.err = errors.New("KV is down")
	if status, body := w.do("GET", "/kv/a1", ""); status != 502 || !strings.Contains(body, "KV is down") {
		t.Errorf("failure: status %d, %q", status, body)
	}
}

func TestGuestSleeps(t *testing.T) {
	w := guest(t, isolate.Options{})
	if got := w.get("/sleep?for=30ms"); got != "true" {
		t.Errorf("slept long enough: %s", got)
	}
}

func TestGuestFetches(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		rw.Header().Set("X-Upstream", r.Method+" "+r.Header.Get("X-Guest"))
		rw.WriteHeader(http.StatusAccepted)
		_, _ = rw.Write(bytes.ToUpper(body))
	}))
	defer server.Close()
	w := guest(t, isolate.Options{})
	res, err := w.Fetch(t.Context(), httptest.NewRequest("GET", "/fetch?url="+server.URL, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != 202 || string(body) != "FROM THE GUEST" || res.Header.Get("X-Upstream") != "POST yes" {
		t.Errorf("status %d, header %v, body %q", res.StatusCode, res.Header, body)
	}
	server.Close()
	if status, body := w.do("GET", "/fetch?url="+server.URL, ""); status != 502 || !strings.Contains(body, "network connection lost") {
		t.Errorf("a server that is down: status %d, %q", status, body)
	}
}

// The usual entry module waits for ever when its program dies. The harness sees
// that nothing can come any more.
func TestGuestPanics(t *testing.T) {
	w := guest(t, isolate.Options{})
	_, err := w.Fetch(t.Context(), httptest.NewRequest("GET", "/panic", nil))
	if !errors.Is(err, isolate.ErrHung) {
		t.Errorf("error %v", err)
	}
	log := strings.ReplaceAll(w.log.String(), "\nerror: ", "")
	if !strings.Contains(log, "panic: a goroutine of the guest") || !strings.Contains(log, "exit code: 2") {
		t.Errorf("log:\n%s", w.log)
	}
	if got := w.get("/hello"); got != "hello " {
		t.Errorf("the next request: %q", got)
	}
}

func TestGuestScheduled(t *testing.T) {
	w := guest(t, isolate.Options{})
	if err := w.Scheduled(t.Context(), "*/5 * * * *", time.Unix(1_700_000_000, 0)); err != nil {
		t.Fatal(err)
	}
	if got := w.log.String(); got != "log: scheduled */5 * * * * 2023-11-14T22:13:20Z" {
		t.Errorf("log: %s", got)
	}
}

func TestGuestWaitsUntil(t *testing.T) {
	w := guest(t, isolate.Options{})
	if got := w.get("/later"); got != "now" {
		t.Errorf("body %q", got)
	}
	if err := w.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := w.log.String(); got != "log: done later" {
		t.Errorf("log: %q", got)
	}
}

func TestGuestObject(t *testing.T) {
	objects := newObjects()
	w := guest(t, isolate.Options{Bindings: isolate.Bindings{
		Objects: map[string]string{"COUNTER": "Counter"},
		Classes: map[string]services.Objects{"Counter": objects},
	}})
	for _, want := range []string{"jane /object/jane 1", "jane /object/jane 2"} {
		if got := w.get("/object/jane"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := w.get("/object/joe"); got != "joe /object/joe 1" {
		t.Errorf("got %q", got)
	}
	if got := objects.value("jane", "visits"); got != "2" {
		t.Errorf("stored %q", got)
	}
}

// Several isolates serve at once and share the compiled program.
func TestGuestIsolates(t *testing.T) {
	w := guest(t, isolate.Options{Isolates: 3})
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			if got := w.get("/sleep?for=1ms"); got != "true" {
				t.Errorf("got %q", got)
			}
		})
	}
	wg.Wait()
	if got := w.InFlight(); !slices.Equal(got, []int{0, 0, 0}) {
		t.Errorf("in flight %v", got)
	}
}
