package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"tracedge/core/app"
	"tracedge/core/overhttp"
	corememory "tracedge/core/storage/memory"
	"tracedge/core/storage/wire"
	"tracedge/harness/native"
	"tracedge/harness/services"
	"tracedge/harness/services/memory"
	"tracedge/harness/simulate"
)

// seeded is the product as a Go program in this process, over a store that is filled through its API: a hundred times faster
// than over HTTP into the module. Its clock moves with each request.
type seeded struct {
	store *corememory.Store
	app   *app.App
	now   atomic.Int64 // Unix ms
}

// step is how much time passes with each request: little enough for a token to outlive 200,000 of them.
const step = 200 * time.Millisecond

func newSeeded(vars map[string]string) (*seeded, error) {
	s := &seeded{}
	s.now.Store(epoch.UnixMilli())
	s.store = corememory.New(corememory.Options{Clock: s.clock})
	var err error
	s.app, err = native.Assemble(native.Options{
		Vars: vars, Logger: silent{}, Store: s.store, Clock: s.clock, Random: simulate.RandomData(1),
	})
	return s, err
}

func (s *seeded) clock() time.Time { return time.UnixMilli(s.now.Load()).UTC() }

// client speaks to the product and waits for what follows each response.
func (s *seeded) client() (*Client, *inside) {
	served := overhttp.Handler(s.app.Answer)
	in := &inside{fetch: func(_ context.Context, r *http.Request) (*http.Response, error) {
		s.now.Add(step.Milliseconds())
		w := httptest.NewRecorder()
		served.ServeHTTP(w, r)
		s.app.Drain()
		return w.Result(), nil
	}}
	pause := func(d time.Duration) { s.now.Add(d.Milliseconds()) }
	return &Client{&Service{Runtime: "native", URL: "http://127.0.0.1"}, &http.Client{Transport: in}, pause}, in
}

// forget drops what single items hold: nothing that is measured reads it, and it is most of what there is.
func (s *seeded) forget() {
	s.store.Drop(func(partition string) bool {
		kind, _, _ := strings.Cut(partition, "/")
		return kind == "item" || kind == "local" || kind == "identifier" || kind == "eventref"
	})
}

// The names that wrangler.toml gives the sequencer's class and the rows that worker/sequencer keeps.
const (
	sequencerClass = "Sequencer"
	recordRow      = "r/"
	expiryRow      = "x/"
	replicaRow     = "k/"
	markRow        = "w"
)

// row is a record as worker/sequencer/records.mjs stores it.
type row struct {
	Version int64  `json:"v"`
	Doc     string `json:"d"`
	Expires int64  `json:"x,omitempty"`
	EdgeKey string `json:"e,omitempty"`
}

// copyTo puts every record into the storage of the sequencers' objects and its replica into KV, as if the module had written
// them and all were replicated.
func (s *seeded) copyTo(ctx context.Context, objects services.Objects, kv services.KV) error {
	var to copying
	for partition, r := range s.store.All() {
		if partition != to.partition || len(to.batch.Puts) > 1000 {
			if err := to.flush(ctx, objects, partition); err != nil {
				return err
			}
		}
		if err := to.add(r); err != nil {
			return err
		}
	}
	if err := to.flush(ctx, objects, ""); err != nil {
		return err
	}
	for _, r := range s.store.Edge().All() {
		if err := kv.Put(ctx, replica(r)); err != nil {
			return err
		}
	}
	return nil
}

// copying is the partition that is being copied.
type copying struct {
	partition string
	newest    int64 // version
	batch     services.Batch
}

func (c *copying) add(r wire.Record) error {
	value, err := json.Marshal(row{r.Version, r.Doc, r.Expires, r.EdgeKey})
	if err != nil {
		return err
	}
	c.put(recordRow+r.Key, value)
	if r.Expires != 0 {
		c.put(fmt.Sprintf("%s%016d/%s", expiryRow, r.Expires, r.Key), []byte("0"))
	}
	if r.EdgeKey != "" && r.EdgeKey != r.Key {
		c.put(replicaRow+r.EdgeKey, fmt.Appendf(nil, "%q", r.Key)) // keys are plain ASCII
	}
	c.newest = max(c.newest, r.Version)
	return nil
}

func (c *copying) put(key string, value []byte) {
	c.batch.Puts = append(c.batch.Puts, services.Pair{Key: key, Value: value})
}

// flush stores what was added, and goes on with a partition.
func (c *copying) flush(ctx context.Context, objects services.Objects, next string) error {
	if c.partition != "" {
		c.put(markRow, fmt.Appendf(nil, `"%016d/0000"`, c.newest))
		if err := objects.Object(c.partition).Apply(ctx, c.batch); err != nil {
			return err
		}
	}
	if next != c.partition {
		c.newest = 0
	}
	c.partition, c.batch = next, services.Batch{}
	return nil
}

// replica is what worker/sequencer/replicate.mjs puts into KV for a record.
func replica(r wire.Record) services.KVEntry {
	e := services.KVEntry{Key: r.Key, Value: []byte(r.Doc), Metadata: fmt.Appendf(nil, `{"v":%d}`, r.Version)}
	if r.Expires != 0 {
		e.Metadata = fmt.Appendf(nil, `{"v":%d,"x":%d}`, r.Version, r.Expires)
		e.Expiration = (r.Expires + 999) / 1000
	}
	return e
}

// module starts the module over a copy of the data, where its clock stands.
func (s *seeded) module(ctx context.Context, w *worker) (*virtual, error) {
	var failed error
	v, err := w.startOver(func(now func() time.Time) services.Store {
		store := memory.New(now)
		failed = s.copyTo(ctx, store.Objects(sequencerClass), store.KV(w.config.KVNamespaces[0].ID))
		return store
	}, s.clock().Add(time.Minute), nil)
	if failed != nil && err == nil {
		v.close()
		return nil, failed
	}
	return v, err
}
