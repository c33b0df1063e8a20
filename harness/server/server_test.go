package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// worker is a Worker made of functions; those that are nil do nothing.
type worker struct {
	fetch     func(ctx context.Context, r *http.Request) (*http.Response, error)
	scheduled func(ctx context.Context, cron string, at time.Time) error
	close     func(ctx context.Context) error
}

func (w *worker) Fetch(ctx context.Context, r *http.Request) (*http.Response, error) {
	return w.fetch(ctx, r)
}

func (w *worker) Scheduled(ctx context.Context, cron string, at time.Time) error {
	if w.scheduled == nil {
		return nil
	}
	return w.scheduled(ctx, cron, at)
}

func (w *worker) Close(ctx context.Context) error {
	if w.close == nil {
		return nil
	}
	return w.close(ctx)
}

// reply is a response with this body.
func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h[header[i]] = append(h[header[i]], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body))}
}

// output collects what a server logs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// running is a server that serves until stop is called.
type running struct {
	url  string
	addr string
	log  *output
	stop func() error // tells it to stop and returns what Serve returns
}

func start(t *testing.T, o Options) *running {
	t.Helper()
	out := &output{}
	o.Log = log.New(out, "", 0)
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	stop := sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { stop() })
	return &running{url: "http://" + l.Addr().String(), addr: l.Addr().String(), log: out, stop: stop}
}

func TestNewRefusesBadCron(t *testing.T) {
	if _, err := New(Options{Worker: &worker{}, Crons: []string{"* * * * *", "* *"}}); err == nil {
		t.Error("a bad cron expression is accepted")
	}
}

func TestDrain(t *testing.T) {
	arrived, finish := make(chan struct{}), make(chan struct{})
	var closed, answered bool
	s := start(t, Options{Worker: &worker{
		fetch: func(ctx context.Context, r *http.Request) (*http.Response, error) {
			close(arrived)
			<-finish
			if ctx.Err() != nil {
				t.Error("the request under way was cancelled")
			}
			answered = true
			return reply(200, "done"), nil
		},
		close: func(ctx context.Context) error {
			if !answered {
				t.Error("the worker is closed before the request under way is answered")
			}
			if _, ok := ctx.Deadline(); !ok || ctx.Err() != nil {
				t.Error("Close has no time left, or no deadline")
			}
			closed = true
			return nil
		},
	}})
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get(s.url)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	<-arrived
	stopped := make(chan error, 1)
	go func() { stopped <- s.stop() }()
	for { // until the server takes no more connections
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			break
		}
		c.Close()
		time.Sleep(time.Millisecond)
	}
	select {
	case err := <-stopped:
		t.Fatalf("Serve returned %v with a request under way", err)
	default:
	}
	close(finish)
	if err := <-stopped; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if body := <-answer; body != "done" {
		t.Errorf("the request under way got %q", body)
	}
	if !closed {
		t.Error("the worker was not closed")
	}
}

func TestDrainEnds(t *testing.T) {
	arrived := make(chan struct{})
	s := start(t, Options{Drain: 20 * time.Millisecond, Worker: &worker{
		fetch: func(ctx context.Context, r *http.Request) (*http.Response, error) {
			close(arrived)
			<-ctx.Done() // for ever, if the server did not cut it off
			return nil, ctx.Err()
		},
		close: func(ctx context.Context) error { return errors.New("an isolate hangs") },
	}})
	answer := make(chan error, 1)
	go func() {
		resp, err := http.Get(s.url)
		if err == nil {
			resp.Body.Close()
		}
		answer <- err
	}()
	<-arrived
	err := s.stop()
	if err == nil || !strings.Contains(err.Error(), "requests were still under way") || !strings.Contains(err.Error(), "an isolate hangs") {
		t.Errorf("Serve: %v", err)
	}
	if err := <-answer; err == nil {
		t.Error("the request that was cut off has an answer")
	}
}

func TestListenerBreaks(t *testing.T) {
	closed := false
	s, err := New(Options{Worker: &worker{close: func(context.Context) error { closed = true; return nil }}, Crons: []string{"* * * * *"}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := s.Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "accept connections") {
		t.Errorf("Serve: %v", err)
	}
	if !closed {
		t.Error("the worker was not closed")
	}
}
