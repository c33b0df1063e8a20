// Package kubo tests the adapters with a real IPFS node: Kubo, built from its module and started offline. It is a module
// of its own, so that nothing of Kubo is a dependency of the product.
package kubo

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/adapters"
	rpc "tracedge/core/adapters/kubo"
	"tracedge/core/adaptertype"
	"tracedge/core/app"
	"tracedge/core/config"
	"tracedge/core/overhttp"
	"tracedge/core/shell"
	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/storagehistory"
	"tracedge/core/trace"
	"tracedge/core/userrows"
	"tracedge/harness/fakekubo"
	"tracedge/harness/native"
)

type quiet struct{}

func (quiet) Log(trace.Record) {}

// TestSameAsFake makes the same calls to the node and to the one that stands for it in other tests.
func TestSameAsFake(t *testing.T) {
	fake := httptest.NewServer(fakekubo.New())
	defer fake.Close()
	real := rpc.Client{Fetcher: native.Fetcher{}, Endpoint: node(t), Timeout: time.Minute}
	double := rpc.Client{Fetcher: native.Fetcher{}, Endpoint: fake.URL + "/one", Timeout: time.Minute}
	if err := errors.Join(real.Check(t.Context()), double.Check(t.Context())); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 256, 250 << 10} {
		content := make([]byte, size)
		_, _ = rand.Read(content)
		want, err := real.Add(t.Context(), content)
		if err != nil {
			t.Fatal(err)
		}
		again, err := real.Add(t.Context(), content)
		if err != nil || again != want {
			t.Errorf("%d bytes: %s and %s, %v", size, want, again, err)
		}
		if got, err := double.Add(t.Context(), content); err != nil || got != want {
			t.Errorf("%d bytes: the node says %s, its double %s, %v", size, want, got, err)
		}
		for _, c := range []rpc.Client{real, double} {
			if got, err := c.Cat(t.Context(), want); err != nil || string(got) != string(content) {
				t.Errorf("%d bytes came back as %d, %v", size, len(got), err)
			}
			if err := c.Remove(t.Context(), want); err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
			if err := c.Remove(t.Context(), want); err == nil {
				t.Errorf("%d bytes: removed twice", size)
			}
			if _, err := c.Cat(t.Context(), want); err == nil && size > 0 {
				t.Errorf("%d bytes are still there", size)
			}
		}
	}
	// Content of several blocks has a root that only the node knows how to make.
	long := make([]byte, 700<<10)
	_, _ = rand.Read(long)
	cid, err := real.Add(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := real.Cat(t.Context(), cid); err != nil || string(got) != string(long) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

const secretsKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// TestThroughTheAPI configures the node as an admin does, asks for its status and health, probes it, and uploads to it.
func TestThroughTheAPI(t *testing.T) {
	endpoint := node(t)
	backend := memory.New(memory.Options{})
	a, err := app.New(app.Options{
		Vars: map[string]string{
			"JWT_SECRET": strings.Repeat("s", 32), "BCRYPT_COST": "4", "SECRETS_KEY": secretsKey, "BOOTSTRAP_ADMIN_USERNAME": "root",
			"BOOTSTRAP_ADMIN_PASSWORD": "Cocoa beans 1", "BOOTSTRAP_ADMIN_EMAIL": "root@farm.example",
		},
		Sequencer: backend, Edge: backend.Edge(), Fetcher: native.Fetcher{}, Logger: quiet{}, Clock: time.Now, Random: rand.Reader,
		Build: shell.Build{Version: "test"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Drain()
	a.Sweep(t.Context())
	token := ""
	call := func(method, path, body string) map[string]any {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		overhttp.Handler(a.Answer).ServeHTTP(w, r)
		a.Drain()
		var v map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != 200 {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return v
	}
	token = call("POST", "/api/auth/login", `{"username":"root","password":"Cocoa beans 1"}`)["token"].(string)
	made := call("POST", "/api/admin/adapters", fmt.Sprintf(`{"name":"node","description":"","adapter_type":"ipfs-ipfs","connection_details":`+
		`{"endpoint":%q,"auth_type":"Bearer","api_key":"k","timeout_ms":30000,"retry_attempts":0,"max_concurrent_requests":4,"custom_headers":{}}}`, endpoint))
	if v := call("GET", "/api/adapters/ipfs-ipfs/health", ""); v["healthy"] != true {
		t.Error(v)
	}
	id := made["config"].(map[string]any)["config_id"].(string)
	if v := call("GET", "/api/admin/adapters/"+id, "")["config"].(map[string]any); v["test_status"] != "Passed" {
		t.Error(v)
	}
	if v := call("POST", "/api/test/blockchain", `{"adapter_type":"ipfs-ipfs"}`); v["verified"] != true || v["deleted"] != true {
		t.Error(v)
	}
	cid := upload(t, backend, `{"dfid":"DFID-20260301-000001-A1B2","breed":"Nelore"}`)
	status := call("GET", "/api/adapters/ipfs-ipfs/status", "")["status"].(map[string]any)
	if status["is_synced"] != true || status["last_sync"] == nil || status["pending_operations"] != 0.0 || status["error_count"] != 0.0 {
		t.Error(status)
	}
	client := rpc.Client{Fetcher: native.Fetcher{}, Endpoint: endpoint, Timeout: time.Minute}
	if got, err := client.Cat(t.Context(), cid); err != nil || !strings.Contains(string(got), "Nelore") {
		t.Errorf("%s, %v", got, err)
	}
	if err := client.Remove(t.Context(), cid); err != nil { // fails for what is not pinned
		t.Error(err)
	}
}

// upload queues one as a resource does, with the configuration that the API has made, and returns the CID of the record.
func upload(t *testing.T, backend *memory.Store, content string) string {
	t.Helper()
	store := storage.New(storage.Options{Sequencer: backend, Edge: backend.Edge(), Logger: quiet{}, Clock: time.Now, Random: rand.Reader})
	rows := userrows.New(store)
	c, _ := config.Parse(map[string]string{"JWT_SECRET": strings.Repeat("s", 32), "SECRETS_KEY": secretsKey})
	adapters.New(adapters.Options{
		Config: c, Store: store, Accounts: accounts.NewDirectory(store), Fetcher: native.Fetcher{}, Logger: quiet{}, Clock: time.Now, Random: rand.Reader,
		Rows: rows, Counts: storagehistory.NewCounts(store, rows),
	})
	span := trace.Start(trace.Options{Clock: time.Now, Random: rand.Reader}, "POST", "")
	span.SetEndpoint("/test")
	ctx := trace.With(t.Context(), span)
	const dfid = "DFID-20260301-000001-A1B2"
	p := storagehistory.Partition(dfid)
	u := adapters.Upload{
		ID: store.NewID(), DFID: dfid, Type: adaptertype.IPFS, Content: content, TriggeredBy: storagehistory.ItemCreation,
		UserID: "user-ana", OwnerID: "user-ana", QueuedAt: store.Now(),
	}
	if err := store.Update(ctx, "test_queue_upload", p, func(tx *storage.Tx) error { return adapters.Queue(tx, u) }); err != nil {
		t.Fatal(err)
	}
	found, err := store.Scan(ctx, "test_scan_records", p, storagehistory.RecordPrefix(p), storage.Page{Limit: 10})
	if err != nil || len(found.Records) != 1 {
		t.Fatal(found, err)
	}
	var r storagehistory.Record
	if err := found.Records[0].Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r.Location.CID()
}
