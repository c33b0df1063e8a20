// Package deployment runs in the pure Go host what a wrangler.toml describes.
package deployment

import (
	"context"
	"fmt"
	"os"

	"tracedge/harness/config"
	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

// ModulePath is where the worker imports its WebAssembly from and where the build leaves it, within the folder of
// wrangler.toml.
const ModulePath = "build/tracedge.wasm"

// Load compiles the worker of a configuration with a module as its WebAssembly.
func Load(ctx context.Context, cfg *config.Config, module []byte) (*isolate.Program, error) {
	program, err := isolate.Load(ctx, isolate.Source{
		FS: os.DirFS(cfg.Dir), Entry: cfg.Main, Wasm: map[string][]byte{ModulePath: module},
	})
	if err != nil {
		return nil, fmt.Errorf("load the worker: %w", err)
	}
	return program, nil
}

// Bindings gives the worker what a configuration names, from a store.
func Bindings(cfg *config.Config, store services.Store) isolate.Bindings {
	b := isolate.Bindings{
		Vars:        cfg.Vars,
		KV:          map[string]services.KV{},
		Objects:     map[string]string{},
		Classes:     map[string]services.Objects{},
		Unsupported: cfg.Unsupported,
	}
	for _, n := range cfg.KVNamespaces {
		b.KV[n.Binding] = store.KV(n.ID)
	}
	for _, o := range cfg.DurableObjects {
		b.Objects[o.Binding] = o.Class
		b.Classes[o.Class] = store.Objects(o.Class)
	}
	return b
}
