package main

import (
	"context"
	"fmt"
	"runtime"

	"tracedge/harness/config"
	"tracedge/harness/deployment"
	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

// cluster is a running worker.
type cluster struct {
	*isolate.Cluster
	program *isolate.Program
}

// startCluster loads the worker that cfg describes, with module as its
// WebAssembly, and starts the isolates over the data in store.
func startCluster(ctx context.Context, cfg *config.Config, module wasmModule, store services.Store, o *serveOptions, logs *logs) (*cluster, error) {
	program, err := deployment.Load(ctx, cfg, module.code)
	if err != nil {
		return nil, err
	}
	isolates := o.isolates
	if isolates == 0 {
		isolates = runtime.GOMAXPROCS(0)
	}
	c, err := program.NewCluster(isolate.Options{
		Bindings:       deployment.Bindings(cfg, store),
		Isolates:       isolates,
		ObjectIsolates: o.objectIsolates,
		WrapCalls:      o.wrapCalls,
		Console:        func(m isolate.Message) { logs.write(m.Level, m.Time, m.Args) },
	})
	if err != nil {
		program.Close(ctx)
		return nil, fmt.Errorf("start the worker: %w", err)
	}
	return &cluster{Cluster: c, program: program}, nil
}

// Close stops the isolates in good order and frees the program.
func (c *cluster) Close(ctx context.Context) error {
	err := c.Cluster.Close(ctx)
	c.program.Close(context.WithoutCancel(ctx))
	return err
}
