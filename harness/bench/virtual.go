package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"tracedge/harness/config"
	"tracedge/harness/deployment"
	"tracedge/harness/isolate"
	"tracedge/harness/services"
	"tracedge/harness/services/memory"
	"tracedge/harness/simulate"
)

// worker is the worker that wrangler.toml describes, loaded into this process.
type worker struct {
	config  *config.Config
	program *isolate.Program
}

// loadWorker loads it. entry replaces its main module where it is not "".
func loadWorker(ctx context.Context, s Setup, entry string) (*worker, error) {
	cfg, err := config.Load(filepath.Join(s.Root, "wrangler.toml"), config.Options{Vars: pairs(s.Vars), Known: []string{"JWT_SECRET"}})
	if err != nil {
		return nil, err
	}
	code, err := os.ReadFile(s.Wasm)
	if err != nil {
		return nil, err
	}
	if entry != "" {
		cfg.Main = entry
	}
	program, err := deployment.Load(ctx, cfg, code)
	return &worker{cfg, program}, err
}

func (w *worker) close() { w.program.Close(context.Background()) }

// virtual is the worker in one isolate whose time passes only when nothing is left to do, with random data that repeats:
// what it counts is the same in every run and on every machine.
type virtual struct {
	scheduler *simulate.Scheduler
	cluster   *isolate.Cluster
	crossing  crossing
}

// epoch is when what repeats begins.
var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// start begins a virtual run over an empty store. wrap sees calls to objects, nil for none.
func (w *worker) start(wrap func(isolate.CallFunc) isolate.CallFunc) (*virtual, error) {
	return w.startOver(func(now func() time.Time) services.Store { return memory.New(now) }, epoch, wrap)
}

// startOver begins a virtual run at a time, over a store.
func (w *worker) startOver(store func(now func() time.Time) services.Store, at time.Time, wrap func(isolate.CallFunc) isolate.CallFunc) (*virtual, error) {
	v := &virtual{scheduler: simulate.NewScheduler(at, 1)}
	failed := fmt.Errorf("the worker has not started")
	v.cluster = w.program.StartCluster(isolate.Options{
		Bindings: deployment.Bindings(w.config, store(v.scheduler.Now)), Scheduler: v.scheduler, Random: simulate.RandomData(1),
		WatchHostCall: v.crossing.watch, WatchHostResult: v.crossing.returned, WrapCalls: wrap,
	}, func(err error) { failed = err })
	v.pass(time.Second)
	if failed != nil {
		v.close()
		return nil, failed
	}
	return v, nil
}

// pass lets time pass.
func (v *virtual) pass(d time.Duration) { v.scheduler.Run(v.scheduler.Now().Add(d)) }

// tick is how much time passes with each request. What follows the response belongs to it, and waits for nothing: storage
// takes no time.
const tick = 10 * time.Millisecond

// fetch answers a request.
func (v *virtual) fetch(_ context.Context, r *http.Request) (response *http.Response, err error) {
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	r.Body = nil
	err = fmt.Errorf("%s %s is not answered", r.Method, r.URL.Path)
	v.cluster.Dispatch(0, r, body, func(res *http.Response, failure error) {
		if response, err = res, failure; failure == nil {
			text, _ := io.ReadAll(res.Body) // in memory
			response.Body = io.NopCloser(bytes.NewReader(text))
		}
	})
	v.pass(tick)
	for n := 0; n < 60 && response == nil; n++ {
		v.pass(time.Second) // it was refused and tries again
	}
	return response, err
}

// client speaks to the worker, and counts storage calls.
func (v *virtual) client() (*Client, *inside) {
	in := &inside{fetch: v.fetch}
	return &Client{&Service{Runtime: "wazero", URL: "http://127.0.0.1"}, &http.Client{Transport: in}, v.pass}, in
}

func (v *virtual) close() {
	v.cluster.Stop()
	v.pass(0)
}
