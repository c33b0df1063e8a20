package bench

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"

	"tracedge/core/overhttp"
	"tracedge/core/trace"
	"tracedge/harness/config"
	"tracedge/harness/deployment"
	"tracedge/harness/isolate"
	"tracedge/harness/native"
	"tracedge/harness/services/memory"
)

// Count is what one request of a scenario takes, whatever the machine.
type Count struct {
	Scenario     string  `json:"scenario"`
	StorageCalls float64 `json:"storage_calls"`
	HostCalls    float64 `json:"host_calls"`  // from the module to its host
	Allocations  float64 `json:"allocations"` // of the product as a Go program
	AllocatedKiB float64 `json:"allocated_kib"`
}

// countRequests is over how many requests is counted, after as many that warm up.
const countRequests = 50

// counts counts per scenario in a cluster of one isolate, and in the native product, both within this process.
func (b *Bench) counts(ctx context.Context, report *Report) error {
	b.progress("host calls and allocations")
	cluster, closeCluster, err := newCluster(ctx, b.options.Setup)
	if err != nil {
		return err
	}
	defer closeCluster()
	app, err := native.New(b.options.Vars, silent{})
	if err != nil {
		return err
	}
	served := overhttp.Handler(app.Answer)
	for _, s := range b.options.Scenarios {
		c := Count{Scenario: s.Name}
		module := &inside{fetch: cluster.Fetch}
		if err := count(ctx, s, module, func() { c.HostCalls -= float64(cluster.HostCalls()) }, func() { c.HostCalls += float64(cluster.HostCalls()) }); err != nil {
			return err
		}
		c.HostCalls /= countRequests
		c.StorageCalls = float64(module.storageCalls) / countRequests
		handler := &inside{fetch: func(_ context.Context, r *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			served.ServeHTTP(w, r)
			return w.Result(), nil
		}}
		var before, after runtime.MemStats
		if err := count(ctx, s, handler, func() { app.Drain(); runtime.ReadMemStats(&before) }, func() { app.Drain(); runtime.ReadMemStats(&after) }); err != nil {
			return err
		}
		c.Allocations = float64(after.Mallocs-before.Mallocs) / countRequests
		c.AllocatedKiB = float64(after.TotalAlloc-before.TotalAlloc) / countRequests / 1024
		report.Counts = append(report.Counts, c)
	}
	return nil
}

func count(ctx context.Context, s Scenario, in *inside, begin, end func()) error {
	c := &Client{&Service{Runtime: "inside", URL: "http://127.0.0.1"}, &http.Client{Transport: in}}
	next, err := s.prepare(ctx, c)
	if err != nil {
		return err
	}
	for i := range 2 * countRequests {
		if i == countRequests {
			in.storageCalls = 0
			begin()
		}
		if _, err := c.do(ctx, next(), nil); err != nil {
			return err
		}
	}
	end()
	return nil
}

// inside carries requests to a worker in this process.
type inside struct {
	fetch        func(context.Context, *http.Request) (*http.Response, error)
	storageCalls int
}

// storageOps is the number of storage calls in Server-Timing.
var storageOps = regexp.MustCompile(`desc="(\d+) ops?"`)

// RoundTrip implements http.RoundTripper.
func (t *inside) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("CF-Connecting-IP", "127.0.0.1")
	r.Header.Set("Host", "127.0.0.1")
	r.Host = "127.0.0.1"
	res, err := t.fetch(r.Context(), r)
	if err == nil {
		t.storageCalls += storageCalls(res.Header.Get("Server-Timing"))
	}
	return res, err
}

// newCluster loads the worker that wrangler.toml describes, over storage in memory.
func newCluster(ctx context.Context, s Setup) (*isolate.Cluster, func(), error) {
	cfg, err := config.Load(filepath.Join(s.Root, "wrangler.toml"), config.Options{Vars: pairs(s.Vars), Known: []string{"JWT_SECRET"}})
	if err != nil {
		return nil, nil, err
	}
	code, err := os.ReadFile(s.Wasm)
	if err != nil {
		return nil, nil, err
	}
	program, err := deployment.Load(ctx, cfg, code)
	if err != nil {
		return nil, nil, err
	}
	cluster, err := program.NewCluster(isolate.Options{Bindings: deployment.Bindings(cfg, memory.New(nil))})
	if err != nil {
		program.Close(ctx)
		return nil, nil, err
	}
	return cluster, func() {
		_ = cluster.Close(ctx)
		program.Close(context.WithoutCancel(ctx))
	}, nil
}

// silent drops records.
type silent struct{}

func (silent) Log(trace.Record) {}
