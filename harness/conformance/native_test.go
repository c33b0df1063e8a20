package conformance

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"tracedge/core/app"
	"tracedge/core/overhttp"
	"tracedge/core/trace"
	servednative "tracedge/harness/native"
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
	handler := overhttp.Handler(a.Answer)
	if n.wrap != nil {
		handler = n.wrap(handler)
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
	log := new(journal)
	a, err := servednative.New(settings, log)
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
