package bench

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"

	"tracedge/harness/config"
	"tracedge/harness/deployment"
	"tracedge/harness/isolate"
	"tracedge/harness/services/memory"
)

// What the creation of a local item may take, with data of some thirty bytes. Above what was measured by a tenth; bytes are
// those of the messages to objects and of their replies.
const (
	maxHostCalls = 290
	maxBytes     = 8_000
)

// TestLocalItemIsCheap holds the most frequent write to what it costs on any machine: two storage calls beside the look at
// the account's status, calls of the module to its host, bytes between the module and objects. What follows the response
// is counted too, but for the storage calls.
func TestLocalItemIsCheap(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tracedge.wasm")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "../../worker")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the module: %v\n%s", err, out)
	}
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	cfg, err := config.Load("../../wrangler.toml", config.Options{
		Vars: pairs(Vars(4)), Known: []string{"JWT_SECRET"},
	})
	if err != nil {
		t.Fatal(err)
	}
	program, err := deployment.Load(ctx, cfg, code)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close(ctx)
	var bytesSent, messages atomic.Int64
	cluster, err := program.NewCluster(isolate.Options{
		Bindings: deployment.Bindings(cfg, memory.New(nil)),
		WrapCalls: func(next isolate.CallFunc) isolate.CallFunc {
			return func(call isolate.Call, reply func(isolate.Reply)) {
				messages.Add(1)
				for _, v := range call.Args {
					bytesSent.Add(int64(len(v.Text)))
				}
				next(call, func(r isolate.Reply) {
					for _, v := range r.Values {
						bytesSent.Add(int64(len(v.Text)))
					}
					reply(r)
				})
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close(ctx)
	s, err := findScenario("local-item")
	if err != nil {
		t.Fatal(err)
	}
	in := &inside{fetch: cluster.Fetch}
	hostCalls := uint64(0)
	err = count(ctx, s, in, func() {
		bytesSent.Store(0)
		messages.Store(0)
		hostCalls = cluster.HostCalls()
	}, func() { hostCalls = cluster.HostCalls() - hostCalls })
	if err != nil {
		t.Fatal(err)
	}
	perRequest := func(n int64) float64 { return float64(n) / countRequests }
	t.Logf("%.1f storage calls, %.1f host calls, %.1f messages to objects of %.0f bytes in all",
		perRequest(int64(in.storageCalls)), perRequest(int64(hostCalls)), perRequest(messages.Load()), perRequest(bytesSent.Load()))
	if got := in.storageCalls; got != 3*countRequests {
		t.Errorf("%d storage calls in %d requests, want three each", got, countRequests)
	}
	if got := perRequest(int64(hostCalls)); got > maxHostCalls {
		t.Errorf("%.1f host calls, at most %d", got, maxHostCalls)
	}
	if got := perRequest(bytesSent.Load()); got > maxBytes {
		t.Errorf("%.0f bytes to and from objects, at most %d", got, maxBytes)
	}
}
