package bench

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"

	"tracedge/core/overhttp"
	"tracedge/core/trace"
	"tracedge/harness/native"
)

// Count is what one request of a scenario takes, with all that follows its response, whatever the machine.
type Count struct {
	Scenario     string  `json:"scenario"`
	StorageCalls float64 `json:"storage_calls"`
	HostCalls    float64 `json:"host_calls"`  // from the module to its host
	BytesIn      float64 `json:"bytes_in"`    // of strings and byte arrays, from the host to the module
	BytesOut     float64 `json:"bytes_out"`   // from the module to its host
	Allocations  float64 `json:"allocations"` // of the product as a Go program
	AllocatedKiB float64 `json:"allocated_kib"`
}

// countWarm is how many requests warm up, countRequests over how many is counted: enough for the garbage collector of the
// module to run a few times, which releases references at its host.
const (
	countWarm     = 50
	countRequests = 200
)

// counts counts per scenario in the module, and in the native product, both within this process.
func (b *Bench) counts(ctx context.Context, report *Report) error {
	setup := b.options.Setup
	setup.Vars = maps.Clone(setup.Vars)
	setup.Vars["BCRYPT_COST"] = "4" // which costs time and nothing that is counted
	w, err := loadWorker(ctx, setup, "")
	if err != nil {
		return err
	}
	defer w.close()
	for _, s := range b.options.Counted {
		b.progress("%s: counts", s.Name)
		c, err := w.count(ctx, s)
		if err != nil {
			return err
		}
		if err := countAllocations(ctx, s, setup, &c); err != nil {
			return err
		}
		report.Counts = append(report.Counts, c)
	}
	return nil
}

// count counts what a request takes in the module.
func (w *worker) count(ctx context.Context, s Scenario) (Count, error) {
	v, err := w.start(nil)
	if err != nil {
		return Count{}, err
	}
	defer v.close()
	c, in := v.client()
	var before crossing
	if err := sequence(ctx, s, c, func() { before, in.storageCalls = v.crossing, 0 }); err != nil {
		return Count{}, err
	}
	sum := v.crossing.minus(before)
	each := func(n int) float64 { return float64(n) / countRequests }
	return Count{Scenario: s.Name, StorageCalls: each(in.storageCalls), HostCalls: each(sum.calls), BytesIn: each(sum.in), BytesOut: each(sum.out)}, nil
}

// countAllocations counts those of the product as a Go program.
func countAllocations(ctx context.Context, s Scenario, setup Setup, c *Count) error {
	app, err := native.New(setup.Vars, silent{})
	if err != nil {
		return err
	}
	served := overhttp.Handler(app.Answer)
	in := &inside{fetch: func(_ context.Context, r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		served.ServeHTTP(w, r)
		return w.Result(), nil
	}}
	var before, after runtime.MemStats
	client := &Client{service: &Service{Runtime: "native", URL: "http://127.0.0.1"}, http: &http.Client{Transport: in}}
	err = sequence(ctx, s, client, func() {
		app.Drain()
		runtime.ReadMemStats(&before)
	})
	app.Drain()
	runtime.ReadMemStats(&after)
	c.Allocations = float64(after.Mallocs-before.Mallocs) / countRequests
	c.AllocatedKiB = float64(after.TotalAlloc-before.TotalAlloc) / countRequests / 1024
	return err
}

// sequence sends the requests that are counted after begin is called.
func sequence(ctx context.Context, s Scenario, c *Client, begin func()) error {
	made, err := s.prepare(ctx, c)
	if err == nil {
		err = made.ready(ctx, countWarm+countRequests)
	}
	for i := 0; i < countWarm+countRequests && err == nil; i++ {
		if i == countWarm {
			begin()
		}
		_, err = c.do(ctx, made.next(), nil)
	}
	return err
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

// silent drops records.
type silent struct{}

func (silent) Log(trace.Record) {}
