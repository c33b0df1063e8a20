package adapters_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/adapters"
	"tracedge/core/adaptertype"
	"tracedge/core/config"
	"tracedge/core/platform"
	"tracedge/core/storage"
	"tracedge/core/storage/memory"
	"tracedge/core/storage/wire"
	"tracedge/core/storagehistory"
	"tracedge/core/trace"
	"tracedge/core/userrows"
	"tracedge/harness/fakekubo"
)

// stage is what outlives an instance: the back end, the time, the node.
type stage struct {
	mu      sync.Mutex
	now     time.Time
	backend *memory.Store
	fake    *fakekubo.Server
	node    *fakekubo.Node
	pinata  []platform.FetchRequest
}

func newStage() *stage {
	st := &stage{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), fake: fakekubo.New()}
	st.node = st.fake.Node("one")
	st.backend = memory.New(memory.Options{Clock: st.clock})
	return st
}

func (st *stage) clock() time.Time {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.now = st.now.Add(time.Millisecond)
	return st.now
}

func (st *stage) pass(d time.Duration) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.now = st.now.Add(d)
}

// Fetch asks the node.
func (st *stage) Fetch(ctx context.Context, r platform.FetchRequest) (platform.FetchResponse, error) {
	if strings.HasPrefix(r.URL, "https://api.pinata.cloud/") {
		st.pinata = append(st.pinata, r)
		return platform.FetchResponse{Status: 200, Body: `{"IpfsHash":"bafypinata"}`}, nil
	}
	if strings.HasPrefix(r.URL, "late:") {
		return platform.FetchResponse{}, platform.ErrFetchTimeout
	}
	request := httptest.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
	for _, h := range r.Headers {
		request.Header.Set(h[0], h[1])
	}
	w := httptest.NewRecorder()
	st.fake.ServeHTTP(w, request)
	return platform.FetchResponse{Status: w.Code, Body: w.Body.String()}, nil
}

func (*stage) Log(trace.Record) {}

// instance is one instance of the program. It dies at a call of the sequencer when told to.
type instance struct {
	*stage
	store  *storage.Store
	counts *storagehistory.Counts

	mu      sync.Mutex
	calls   int
	dieAt   int
	applied bool
}

func (st *stage) start() *instance {
	in := &instance{stage: st}
	in.store = storage.New(storage.Options{
		Sequencer: in, Edge: st.backend.Edge(), Logger: st, Clock: st.clock, Random: rand.Reader,
		Sleep: func(context.Context, time.Duration) error { st.pass(time.Second); return nil },
	})
	rows := userrows.New(in.store)
	in.counts = storagehistory.NewCounts(in.store, rows)
	key, _ := base64.StdEncoding.DecodeString("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	adapters.New(adapters.Options{
		Config: config.Config{SecretsKey: key}, Store: in.store, Accounts: accounts.NewDirectory(in.store), Fetcher: st, Logger: st,
		Clock: st.clock, Random: rand.Reader, Rows: rows, Counts: in.counts,
	})
	return in
}

func (in *instance) alive() (reaches, answers bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.calls++
	switch {
	case in.dieAt == 0 || in.calls < in.dieAt:
		return true, true
	case in.calls == in.dieAt:
		return in.applied, false
	}
	in.pass(time.Second) // so that retries come to their end
	return false, false
}

func (in *instance) Read(ctx context.Context, r wire.ReadRequest) (wire.ReadReply, error) {
	if _, answers := in.alive(); !answers {
		return wire.ReadReply{}, storage.ErrUnavailable
	}
	return in.backend.Read(ctx, r)
}

func (in *instance) Commit(ctx context.Context, r wire.CommitRequest) (wire.CommitReply, error) {
	reaches, answers := in.alive()
	var reply wire.CommitReply
	var err error
	if reaches {
		reply, err = in.backend.Commit(ctx, r)
	}
	if !answers {
		return wire.CommitReply{}, storage.ErrUnavailable
	}
	return reply, err
}

// traced is a context with a span, in which work that follows a response is done at once.
func (in *instance) traced(t *testing.T) context.Context {
	span := trace.Start(trace.Options{Clock: in.clock, Random: rand.Reader}, "POST", "")
	span.SetEndpoint("/test")
	return trace.With(t.Context(), span)
}

// configure stores a configuration of the node.
func (in *instance) configure(t *testing.T, change func(*adapters.Config)) {
	t.Helper()
	cfg := adapters.Config{
		ID: "8e03978e-40d5-43e8-bc93-6894a57f9324", Name: "one", Type: adaptertype.IPFS, Active: true, CreatedAt: in.clock(), UpdatedAt: in.clock(),
		Connection: adapters.Connection{
			Endpoint: "http://node.example/one", Auth: adapters.AuthType{Name: "None"}, TimeoutMS: 1000, Retries: 2, Concurrent: 10,
		},
	}
	if change != nil {
		change(&cfg)
	}
	p := storage.In("adapters", "configurations")
	err := in.store.Update(in.traced(t), "test_put_config", p, func(tx *storage.Tx) error { return tx.Put(p.Key("config", cfg.ID), cfg) })
	if err != nil {
		t.Fatal(err)
	}
}

const (
	dfid          = "DFID-20260301-000001-A1B2"
	causer, owner = "user-ana", "user-bruno"
)

// account makes an account with a balance.
func (in *instance) account(t *testing.T, id string, credits int64) {
	t.Helper()
	p := accounts.Partition(id)
	err := in.store.Update(in.traced(t), "test_put_account", p, func(tx *storage.Tx) error {
		accounts.PutAccount(tx, accounts.Account{UserID: id, Status: accounts.Active})
		return accounts.PutBalance(tx, p, accounts.Balance{Credits: credits, UpdatedAt: in.stage.now})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// upload is one with a charge, as a push would queue it.
func (in *instance) upload(content string) adapters.Upload {
	circuit := "7b1f0c52-0b6e-4d6f-9a61-2f4f5f0c9d10"
	return adapters.Upload{
		ID: in.store.NewID(), DFID: dfid, Type: adaptertype.IPFS, Content: content, TriggeredBy: storagehistory.CircuitPush,
		TriggeredByID: &circuit, UserID: causer, OwnerID: owner, QueuedAt: in.store.Now(),
		Charge: &adapters.Charge{Amount: 5, OperationType: "premium_adapter_usage", OperationID: "op-1", RefundID: in.store.NewID()},
	}
}

// change is a resource's own deciding commit, with an upload.
func (in *instance) change(t *testing.T, u adapters.Upload) error {
	p := storagehistory.Partition(u.DFID)
	return in.store.Update(in.traced(t), "test_change_item", p, func(tx *storage.Tx) error {
		tx.Put(p.Key("item"), map[string]string{"dfid": u.DFID})
		return adapters.Queue(tx, u)
	}, storage.AssumeAbsent(u.Absent()))
}

// rest sweeps until nothing is marked any more.
func (in *instance) rest(t *testing.T) {
	t.Helper()
	for range 40 {
		in.pass(2 * time.Minute)
		_, _ = in.store.Sweep(in.traced(t), 100)
		marks, err := in.backend.Edge().Scan(t.Context(), wire.EdgeScanRequest{Prefix: "sweep/", Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if len(marks.Records) == 0 {
			return
		}
	}
	t.Fatal("there is no rest")
}

// dump is what is stored in a partition below a prefix, in order.
func (st *stage) dump(t *testing.T, p storage.Partition, prefix storage.Key) (docs []string) {
	t.Helper()
	reply, err := st.backend.Read(t.Context(), wire.ReadRequest{Partition: p.String(), Scans: []wire.Scan{{Prefix: string(prefix), Limit: 1000}}})
	if err != nil || !reply.OK {
		t.Fatal(err, reply)
	}
	for _, r := range reply.Scans[0].Records {
		docs = append(docs, r.Doc)
	}
	return docs
}

// history is what is stored of the item's history.
func (st *stage) history(t *testing.T) (records []storagehistory.Record, pending []storagehistory.Upload, head storagehistory.Head) {
	t.Helper()
	p := storagehistory.Partition(dfid)
	decode := func(doc string, into any) {
		if err := json.Unmarshal([]byte(doc), into); err != nil {
			t.Fatal(err)
		}
	}
	for _, doc := range st.dump(t, p, storagehistory.RecordPrefix(p)) {
		records = append(records, storagehistory.Record{})
		decode(doc, &records[len(records)-1])
	}
	for _, doc := range st.dump(t, p, storagehistory.PendingPrefix(p)) {
		pending = append(pending, storagehistory.Upload{})
		decode(doc, &pending[len(pending)-1])
	}
	for _, doc := range st.dump(t, p, storagehistory.HeadKey(p)) {
		decode(doc, &head)
	}
	return records, pending, head
}
