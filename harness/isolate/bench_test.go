package isolate_test

import (
	"context"
	"io"
	"net/http/httptest"
	"testing"

	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

// BenchmarkRequest measures whole requests through Cluster.Fetch.
func BenchmarkRequest(b *testing.B) {
	files, err := guestFiles()
	if err != nil {
		b.Fatal(err)
	}
	kv := newKV()
	_ = kv.Put(b.Context(), services.KVEntry{Key: "key", Value: []byte("value")})
	for _, bench := range []struct{ name, entry, path string }{
		{"kept", "pool.mjs", "/hello"},
		{"kept kv read", "pool.mjs", "/kv/key"},
		{"program per request", "worker.mjs", "/hello"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			p, err := isolate.Load(context.Background(), isolate.Source{FS: files, Entry: bench.entry})
			if err != nil {
				b.Fatal(err)
			}
			defer p.Close(context.Background())
			w := run(b, p, isolate.Options{Bindings: isolate.Bindings{KV: map[string]services.KV{"STORE": kv}}})
			w.get(bench.path)
			before := w.HostCalls()
			for b.Loop() {
				res, err := w.Fetch(b.Context(), httptest.NewRequest("GET", bench.path, nil))
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
			b.ReportMetric(float64(w.HostCalls()-before)/float64(b.N), "hostcalls/op")
		})
	}
}

// BenchmarkScript is a request that no Go program sees.
func BenchmarkScript(b *testing.B) {
	w := script(b, `return new Response("ok", { headers: { "x-a": "b" } });`, isolate.Options{})
	for b.Loop() {
		res, err := w.Fetch(b.Context(), httptest.NewRequest("GET", "/", nil))
		if err != nil {
			b.Fatal(err)
		}
		res.Body.Close()
	}
}

// BenchmarkObjectCall is a request with one call to a Durable Object that
// writes.
func BenchmarkObjectCall(b *testing.B) {
	w := run(b, load(b, `
	  import { DurableObject } from "cloudflare:workers";
	  export class Counter extends DurableObject {
	    async add(n) {
	      return this.ctx.storage.transactionSync(() => {
	        const sum = (this.ctx.storage.kv.get("sum") ?? 0) + n;
	        this.ctx.storage.kv.put("sum", sum);
	        return sum;
	      });
	    }
	  }
	  export default { async fetch(request, env) { return new Response(String(await env.COUNTER.getByName("a").add(1))); } };
	`), isolate.Options{Bindings: isolate.Bindings{
		Objects: map[string]string{"COUNTER": "Counter"},
		Classes: map[string]services.Objects{"Counter": newObjects()},
	}})
	for b.Loop() {
		res, err := w.Fetch(b.Context(), httptest.NewRequest("GET", "/", nil))
		if err != nil {
			b.Fatal(err)
		}
		res.Body.Close()
	}
}
