package app_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/app"
	"tracedge/core/overhttp"
	"tracedge/core/platform"
	"tracedge/core/shell"
	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/storage/wire"
	"tracedge/core/trace"
	"tracedge/harness/fakekubo"
)

// world is what outlives an instance: the back end, the time, the mail that went out.
type world struct {
	mu      sync.Mutex
	now     time.Time
	backend *memory.Store
	mails   []string
	nodes   *fakekubo.Server // below nodesAt; nil is none
	place   *location        // whose cache the edge is; nil remembers nothing
}

// nodesAt is where IPFS nodes are reached.
const nodesAt = "http://nodes.example/"

func newWorld() *world {
	w := &world{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	w.backend = memory.New(memory.Options{Clock: w.clock})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Millisecond) // time passes with every look
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Fetch is the mail provider, and the IPFS nodes.
func (w *world) Fetch(ctx context.Context, r platform.FetchRequest) (platform.FetchResponse, error) {
	if strings.HasPrefix(r.URL, nodesAt) && w.nodes != nil {
		request := httptest.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
		for _, h := range r.Headers {
			request.Header.Set(h[0], h[1])
		}
		answer := httptest.NewRecorder()
		w.nodes.ServeHTTP(answer, request)
		return platform.FetchResponse{Status: answer.Code, Body: answer.Body.String()}, nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mails = append(w.mails, r.Body)
	return platform.FetchResponse{Status: http.StatusAccepted}, nil
}

// service is one instance of the product, with its records. It dies at a call of the sequencer when told to.
type service struct {
	*app.App
	world *world

	mu      sync.Mutex
	records []trace.Record
	calls   int
	dieAt   int  // number of the call, from 1; 0 is never
	applied bool // whether that call still takes effect
	outage  int  // how many calls fail; 0 is all from then on
}

func (w *world) start(t *testing.T, vars map[string]string) *service {
	t.Helper()
	all := map[string]string{
		"JWT_SECRET": strings.Repeat("s", 32), "BCRYPT_COST": "4", "FRONTEND_URL": "https://farm.example",
		"FROM_EMAIL": "no-reply@farm.example", "MAILERSEND_API_KEY": "key",
	}
	for k, v := range vars {
		all[k] = v
	}
	s := &service{world: w}
	a, err := app.New(app.Options{
		Vars: all, Sequencer: s, Edge: w.edge(), Fetcher: w, Logger: s,
		Clock: w.clock, Random: rand.Reader, Build: shell.Build{Version: "test"},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.App = a
	t.Cleanup(a.Drain)
	return s
}

func (s *service) Log(r trace.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, r)
}

// alive counts a call and tells whether it reaches the back end and whether its answer comes back.
func (s *service) alive() (reaches, answers bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	switch {
	case s.dieAt == 0 || s.calls < s.dieAt:
		return true, true
	case s.calls == s.dieAt:
		return s.applied, false
	case s.outage > 0 && s.calls >= s.dieAt+s.outage:
		return true, true
	default:
		s.world.pass(time.Second) // so that retries come to their end
		return false, false
	}
}

func (s *service) Read(ctx context.Context, r wire.ReadRequest) (wire.ReadReply, error) {
	if _, answers := s.alive(); !answers {
		return wire.ReadReply{}, storage.ErrUnavailable
	}
	return s.world.backend.Read(ctx, r)
}

func (s *service) Commit(ctx context.Context, r wire.CommitRequest) (wire.CommitReply, error) {
	reaches, answers := s.alive()
	var reply wire.CommitReply
	var err error
	if reaches {
		reply, err = s.world.backend.Commit(ctx, r)
	}
	if !answers {
		return wire.CommitReply{}, storage.ErrUnavailable
	}
	return reply, err
}

// last is the latest request record.
func (s *service) last(t *testing.T) trace.Request {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.records) - 1; i >= 0; i-- {
		if r, ok := s.records[i].(trace.Request); ok {
			return r
		}
	}
	t.Fatal("no request record")
	return trace.Request{}
}

// call sends a request, waits for what follows it, and decodes the answer.
func (s *service) call(t *testing.T, method, path, token, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	overhttp.Handler(s.Answer).ServeHTTP(w, r)
	s.Drain()
	var v map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%s %s: %d %q: %v", method, path, w.Code, w.Body, err)
	}
	return w.Code, v
}

// marks counts the partitions that ask for the sweep.
func (w *world) marks(t *testing.T) int {
	t.Helper()
	reply, err := w.backend.Edge().Scan(t.Context(), wire.EdgeScanRequest{Prefix: "sweep/", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return len(reply.Records)
}
