package bench

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"tracedge/core/overhttp"
	"tracedge/harness/bench/hash"
)

// HashCost is the cost of bcrypt that is compared.
const hashCost = 10

// hashes compares one comparison of bcrypt in the runtimes, behind the same worker.
func (b *Bench) hashes(ctx context.Context, report *Report) error {
	dir, err := os.MkdirTemp("", "tracedge-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	setup := b.options.Setup
	setup.Wasm = filepath.Join(dir, "hash.wasm")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", setup.Wasm, "./harness/bench/guest")
	build.Dir, build.Env = setup.Root, append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the module that hashes: %w\n%s", err, out)
	}
	b.progress("bcrypt at cost %d: %d rounds", hashCost, b.options.Rounds)
	call := Call{Method: "GET", Path: fmt.Sprintf("/bcrypt?cost=%d", hashCost)}
	var contenders []contender
	for _, r := range b.options.Runtimes {
		if !slices.Contains([]string{"native", "wazero", "workerd"}, r.Name) {
			continue
		}
		s, stop, err := startHash(ctx, r, setup)
		if err != nil {
			return err
		}
		defer stop()
		c := &Client{service: s, http: newHTTP(1)}
		defer c.http.CloseIdleConnections()
		contenders = append(contenders, contender{r, s, nil, func(ctx context.Context) ([]time.Duration, float64, error) {
			times := make([]time.Duration, 3)
			for i := range times {
				var err error
				if times[i], err = c.do(ctx, call, nil); err != nil {
					return nil, 0, err
				}
			}
			return times, median(times), nil
		}})
	}
	list, err := alternate(ctx, b.options.Rounds, contenders)
	if err == nil {
		report.add("bcrypt", fmt.Sprintf("one comparison at cost %d", hashCost), unitTime, list)
	}
	return err
}

// startHash starts the service that hashes; the native one runs in this process.
func startHash(ctx context.Context, r Runtime, s Setup) (*Service, func(), error) {
	if r.Name == "native" {
		server := httptest.NewServer(overhttp.Handler(hash.Serve))
		return &Service{Runtime: r.Name, URL: server.URL}, server.Close, nil
	}
	service, err := Start(ctx, r, s)
	if err != nil {
		return nil, nil, err
	}
	return service, service.Stop, nil
}
