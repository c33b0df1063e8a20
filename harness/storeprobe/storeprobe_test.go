package storeprobe_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"tracedge/core/storage"
	"tracedge/core/storage/storagetest"
	"tracedge/harness/isolate"
	"tracedge/harness/services"
	"tracedge/harness/services/bolt"
	"tracedge/harness/services/memory"
	"tracedge/harness/storeprobe"
	"tracedge/harness/storeprobe/workerd"
)

var (
	_ storage.Sequencer = (*storeprobe.Client)(nil)
	_ storage.Edge      = (*storeprobe.Edge)(nil)
)

// root is the folder of wrangler.toml.
const root = "../.."

// The suite that the native back end passes holds for the module, the JavaScript and each runtime as well.
func TestConformance(t *testing.T) {
	guest := build(t)
	run := func(name string, client func(*testing.T) *storeprobe.Client) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client(t)
			storagetest.Run(t, func(testing.TB) storagetest.Backend {
				return storagetest.Backend{Name: name, Sequencer: c, Edge: c.Edge(), Slow: true}
			})
		})
	}
	run("WazeroMemory", func(t *testing.T) *storeprobe.Client { return host(t, guest, memory.New(nil)) })
	run("WazeroBolt", func(t *testing.T) *storeprobe.Client {
		store, err := bolt.Open(filepath.Join(t.TempDir(), "data"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return host(t, guest, store)
	})
	run("Workerd", func(t *testing.T) *storeprobe.Client {
		s := workerd.Start(t, workerd.Options{Root: root, Module: guest})
		return &storeprobe.Client{URL: s.URL}
	})
}

// build makes the module of the probe.
func build(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "guest.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "./guest")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// host runs the worker with the probe's module in isolates over a store, and closes both when t ends. What the worker
// logs as an error is one.
func host(t *testing.T, guest string, store services.Store) *storeprobe.Client {
	t.Helper()
	code, err := os.ReadFile(guest)
	if err != nil {
		t.Fatal(err)
	}
	program, err := isolate.Load(t.Context(), isolate.Source{
		FS: os.DirFS(root), Entry: "worker/worker.mjs", Wasm: map[string][]byte{"build/tracedge.wasm": code},
	})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var problems []string
	cluster, err := program.NewCluster(isolate.Options{
		Isolates: 2, ObjectIsolates: 2,
		Bindings: isolate.Bindings{
			KV:      map[string]services.KV{"STORE": store.KV("store")},
			Objects: map[string]string{"SEQUENCER": "Sequencer"},
			Classes: map[string]services.Objects{"Sequencer": store.Objects("Sequencer")},
		},
		Console: func(m isolate.Message) {
			if m.Uncaught || m.Level == "error" {
				mu.Lock()
				defer mu.Unlock()
				problems = append(problems, fmt.Sprintf("%s: %s", m.Isolate, m.Args))
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background() // that of t has ended
		if err := errors.Join(cluster.Close(ctx), store.Close()); err != nil {
			t.Error(err)
		}
		program.Close(ctx)
		mu.Lock()
		defer mu.Unlock()
		for _, problem := range problems {
			t.Error(problem)
		}
	})
	return &storeprobe.Client{URL: "http://probe", HTTP: &http.Client{Transport: transport{cluster}}}
}

// transport hands requests to a cluster without a network between.
type transport struct{ cluster *isolate.Cluster }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.cluster.Fetch(r.Context(), r)
}
