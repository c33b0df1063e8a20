package web

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/fault"
	"tracedge/core/overhttp"
	"tracedge/core/trace"
)

// fixture is a server over routes, with a fixed clock and reproducible ids.
type fixture struct {
	http.Handler
	server *Server
	t      *testing.T
	logs   *records
}

// records keeps what was logged.
type records struct {
	mu  sync.Mutex
	all []trace.Record
}

func (r *records) Log(record trace.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, record)
}

// requests are the canonical records so far.
func (r *records) requests() []trace.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []trace.Request
	for _, record := range r.all {
		if q, ok := record.(trace.Request); ok {
			out = append(out, q)
		}
	}
	return out
}

func (r *records) notices() []trace.Notice {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []trace.Notice
	for _, record := range r.all {
		if n, ok := record.(trace.Notice); ok {
			out = append(out, n)
		}
	}
	return out
}

// callers authenticates by an X-Test-Caller header: its value is the key of the map.
type callers map[string]*Caller

func (cs callers) Authenticate(c *Call, class Class) (*Caller, error) {
	name := c.Request().Header.Get("X-Test-Caller")
	if name == "" {
		return nil, nil
	}
	if caller := cs[name]; caller != nil {
		return caller, nil
	}
	return nil, fault.Unauthorized("Bad credential")
}

var people = callers{
	"ann":    {UserID: "user-ann", Credential: ByJWT},
	"bob":    {UserID: "user-bob", Credential: ByJWT},
	"root":   {UserID: "user-root", Credential: ByJWT, Admin: true},
	"reader": {UserID: "user-ann", Credential: ByKey, KeyID: "key-r", Key: Permissions{Read: true}},
	"writer": {UserID: "user-ann", Credential: ByKey, KeyID: "key-w", Key: Permissions{Write: true}},
	"robot":  {UserID: "user-root", Credential: ByKey, KeyID: "key-a", Admin: true, Key: Permissions{true, true, true}},
	"lesser": {UserID: "user-root", Credential: ByKey, KeyID: "key-l", Admin: true, Key: Permissions{true, true, false}},
	"fallen": {UserID: "user-ann", Credential: ByKey, KeyID: "key-f", Key: Permissions{true, true, true}},
}

var noon = time.Date(2026, 1, 28, 10, 11, 12, 345678901, time.FixedZone("", 3600))

// seeded is reproducible randomness.
func seeded() io.Reader { return rand.NewChaCha8([32]byte{1}) }

func serve(t *testing.T, o Options, routes ...Route) *fixture {
	t.Helper()
	table, err := NewTable(routes)
	if err != nil {
		t.Fatal(err)
	}
	logs := new(records)
	o.Table, o.Authenticator, o.Logger, o.Version = table, people, logs, "v-test"
	if o.Clock == nil {
		o.Clock = func() time.Time { return noon }
	}
	if o.Random == nil {
		o.Random = seeded()
	}
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &fixture{overhttp.Handler(h.Serve), h, t, logs}
}

// route fills in what a test does not care about.
func route(method, pattern string, h Handler) Route {
	return Route{Method: method, Pattern: pattern, Class: Public, Doc: "Test.", Handler: h}
}

func ok(*Call) (any, error) { return map[string]bool{"ok": true}, nil }

// request builds a request whose target is sent as it stands, malformed encoding included.
func request(method, target, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	path, query, _ := strings.Cut(target, "?")
	r.RequestURI, r.URL.Path, r.URL.RawQuery = target, path, query
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// do sends a request; headers are name, value, ...
func (f *fixture) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	f.t.Helper()
	return answer(f, request(method, target, body, headers...))
}

// answer is what a handler answered.
func answer(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// post sends JSON.
func (f *fixture) post(target, body string, headers ...string) *httptest.ResponseRecorder {
	f.t.Helper()
	return f.do("POST", target, body, append(headers, "Content-Type", "application/json")...)
}

// object is the JSON object of a response.
func object(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil {
		t.Fatalf("body %q: %v", w.Body, err)
	}
	return m
}

// wantFault checks status, kind and trace id of an error response and returns its body.
func wantFault(t *testing.T, w *httptest.ResponseRecorder, status int, kind fault.Kind) map[string]any {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d; body %s", w.Code, status, w.Body)
	}
	m := object(t, w)
	if m["error_kind"] != string(kind) {
		t.Errorf("error_kind %v, want %s", m["error_kind"], kind)
	}
	if text, _ := m["error"].(string); text == "" {
		t.Errorf("error is %v, want text", m["error"])
	}
	if id := w.Header().Get("X-Trace-Id"); len(id) != 32 || m["trace_id"] != id {
		t.Errorf("trace_id %v, X-Trace-Id %q", m["trace_id"], id)
	}
	return m
}

func TestNewNeedsItsParts(t *testing.T) {
	table, err := NewTable()
	if err != nil {
		t.Fatal(err)
	}
	whole := Options{Table: table, Authenticator: people, Logger: new(records), Clock: time.Now, Random: seeded()}
	if _, err := New(whole); err != nil {
		t.Errorf("complete options: %v", err)
	}
	for name, drop := range map[string]func(*Options){
		"table":         func(o *Options) { o.Table = nil },
		"authenticator": func(o *Options) { o.Authenticator = nil },
		"logger":        func(o *Options) { o.Logger = nil },
		"clock":         func(o *Options) { o.Clock = nil },
		"random":        func(o *Options) { o.Random = nil },
	} {
		o := whole
		drop(&o)
		if _, err := New(o); err == nil {
			t.Errorf("without %s: no error", name)
		}
	}
}
