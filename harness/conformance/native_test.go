package conformance

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/app"
	"tracedge/core/platform"
	"tracedge/core/shell"
	"tracedge/core/storage/memory"
	"tracedge/core/trace"
)

func TestNative(t *testing.T) {
	t.Parallel()
	Run(t, native{})
}

// native runs the product's handler in this process, behind net/http.
type native struct {
	wrap func(http.Handler) http.Handler // around the handler, nil for none
}

func (native) Name() string { return "native" }

func (n native) Start(t testing.TB, settings map[string]string) *Target {
	t.Helper()
	a, log := newNative(t, settings)
	handler := http.Handler(a)
	if n.wrap != nil {
		handler = n.wrap(a)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.Close()
		a.Drain()
	})
	return &Target{
		Name: n.Name(), URL: server.URL, Settings: settings, Records: log.records,
		Sweep: func(testing.TB) { a.Sweep(context.Background()) },
	}
}

// newNative assembles the product over storage in memory.
func newNative(t testing.TB, settings map[string]string) (*app.App, *journal) {
	t.Helper()
	backend, log := memory.New(memory.Options{}), new(journal)
	a, err := app.New(app.Options{
		Vars: settings, Sequencer: backend, Edge: backend.Edge(), Fetcher: fetcher{}, Logger: log,
		Clock: time.Now, Random: rand.Reader, Build: shell.Build{Version: "conformance"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a, log
}

// journal keeps records in their JSON form.
type journal struct {
	mu   sync.Mutex
	list []Record
}

func (j *journal) Log(r trace.Record) {
	line, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = append(j.list, parseRecord(string(line)))
}

func (j *journal) records() []Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Record(nil), j.list...)
}

// take returns the records since the last call.
func (j *journal) take() []Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	taken := j.list
	j.list = nil
	return taken
}

// fetcher is the platform's fetch over net/http.
type fetcher struct{}

func (fetcher) Fetch(ctx context.Context, r platform.FetchRequest) (platform.FetchResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		return platform.FetchResponse{}, err
	}
	for _, h := range r.Headers {
		request.Header.Set(h[0], h[1])
	}
	response, err := direct.Do(request)
	if err != nil {
		return platform.FetchResponse{}, late(ctx, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, platform.MaxFetched))
	out := platform.FetchResponse{Status: response.StatusCode, Body: string(body)}
	for name, values := range response.Header {
		out.Headers = append(out.Headers, [2]string{strings.ToLower(name), strings.Join(values, ", ")})
	}
	return out, late(ctx, err)
}

// direct follows no redirect, like the platform.
var direct = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// late tells a failure for want of time from others.
func late(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.Join(platform.ErrFetchTimeout, err)
	}
	return err
}
