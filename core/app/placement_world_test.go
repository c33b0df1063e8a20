package app_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tracedge/core/adaptertype"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
	"tracedge/core/trace"
	"tracedge/harness/fakekubo"
)

// Places of an item: a farm with an item, a circuit that holds it, and an IPFS node that the service uses.
//
// What puts items into circuits is not part of it: the row by which a circuit holds the item is planted.

type placed struct {
	*farm
	node    *fakekubo.Node
	root    string // token of the admin
	dfid    string
	circuit string
}

// placedVars are settings with credits and limits in a mode.
func placedVars(mode string) map[string]string {
	v := adapterVars()
	v["CREDITS_MODE"], v["LIMITS_MODE"] = mode, mode
	return v
}

func newPlaced(t *testing.T, mode string) *placed {
	return placedAt(t, newFarm(t, placedVars(mode)))
}

// placedAt sets everything up on a farm.
func placedAt(t *testing.T, f *farm) *placed {
	t.Helper()
	f.nodes = fakekubo.New()
	p := &placed{farm: f, node: f.nodes.Node("one")}
	s := f.instance(t)
	s.Sweep(t.Context())
	code, v := s.call(t, "POST", "/api/auth/login", "", `{"username":"root","password":"Cocoa beans 1"}`)
	if code != 200 {
		t.Fatal(code, v)
	}
	p.root = v["token"].(string)
	p.configure(t, s)
	p.dfid = f.newItem(t, s, `{"beans":1}`, pair("canonical", "sisbov", "BR1"))
	p.circuit = s.found(t, person{f.user, f.token}, "")
	p.hold(t, p.circuit, p.dfid)
	return p
}

// configure has the service use the node, which it tries twice again.
func (p *placed) configure(t *testing.T, s *service) (id string) {
	t.Helper()
	code, v := s.call(t, "POST", "/api/admin/adapters", p.root, fmt.Sprintf(`{"name":"node %d","description":"","adapter_type":"ipfs-ipfs",`+
		`"connection_details":{"endpoint":"%sone","auth_type":"None","timeout_ms":1000,"retry_attempts":2,"max_concurrent_requests":0,"custom_headers":{}}}`,
		p.clock().UnixNano(), nodesAt))
	if code != 200 {
		t.Fatal(code, v)
	}
	return v["config"].(map[string]any)["config_id"].(string)
}

// plant changes a partition behind the product's back.
func (w *world) plant(t *testing.T, p storage.Partition, fn func(*storage.Tx) error) {
	t.Helper()
	store := storage.New(storage.Options{Sequencer: w.backend, Edge: w.backend.Edge(), Clock: w.clock, Random: rand.Reader, Logger: discard{}})
	ctx := trace.With(t.Context(), trace.Start(trace.Options{Clock: w.clock, Random: rand.Reader}, "TEST", ""))
	if err := store.Update(ctx, "planted_put_row", p, fn); err != nil {
		t.Fatal(err)
	}
}

type discard struct{}

func (discard) Log(trace.Record) {}

// plantRecord plants a record of the item with another adapter.
func (p *placed) plantRecord(t *testing.T, kind adaptertype.Type, transaction, circuit string) {
	t.Helper()
	p.plant(t, storagehistory.Partition(p.dfid), func(tx *storage.Tx) error {
		_, err := storagehistory.Add(tx, storagehistory.Record{
			ID: fmt.Sprintf("%08d-0000-4000-8000-000000000000", len(transaction)), Type: kind,
			Location: storagehistory.Location{Arweave: &storagehistory.Arweave{TransactionID: transaction}},
			StoredAt: p.clock().Truncate(time.Millisecond), TriggeredBy: storagehistory.CircuitPush, TriggeredByID: &circuit, UserID: p.user, Active: true,
		}, false)
		return err
	})
}

func (p *placed) at(rest string) string { return "/api/storage-history/" + p.dfid + rest }

func (p *placed) migration() string {
	return fmt.Sprintf(`{"target_adapter_type":"ipfs-ipfs","circuit_id":%q}`, p.circuit)
}

// migrate asks for a migration of the owner's.
func (p *placed) migrate(t *testing.T, s *service, fields ...string) (int, any) {
	t.Helper()
	return p.ask(t, s, "POST", p.at("/migrate"), p.migration(), fields...)
}

// shown is the history as the owner sees it.
func (p *placed) shown(t *testing.T, s *service) placedHistory {
	t.Helper()
	var h placedHistory
	doc, err := json.Marshal(p.must(t, s, "GET", p.at(""), "").(map[string]any)["data"])
	if err == nil {
		err = json.Unmarshal(doc, &h)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

type placedHistory struct {
	DFID    string           `json:"dfid"`
	Records []map[string]any `json:"storage_records"`
	Primary map[string]any   `json:"current_primary"`
	Created string           `json:"created_at"`
	Updated string           `json:"updated_at"`
	Pending []map[string]any `json:"pending"`
}

func (p *placed) balance(t *testing.T, s *service) float64 {
	t.Helper()
	return p.must(t, s, "GET", "/users/me/credits/balance", "").(map[string]any)["credits"].(float64)
}

// transactions are the amounts of a type in the account's own list, with the operation that they name.
func (p *placed) transactions(t *testing.T, kind string) (out []string) {
	t.Helper()
	for key, doc := range p.dump(t, storage.In("user", p.user)) {
		var v struct {
			Amount      int64   `json:"amount"`
			Type        string  `json:"transaction_type"`
			Operation   *string `json:"operation_type"`
			OperationID *string `json:"operation_id"`
		}
		if strings.HasPrefix(key, "transaction/") && json.Unmarshal([]byte(doc), &v) == nil && v.Type == kind && v.Operation != nil && *v.Operation == "storage_migration" {
			out = append(out, fmt.Sprintf("%d %s", v.Amount, *v.OperationID))
		}
	}
	return out
}

func (p *placed) statistics(t *testing.T, s *service, token string) map[string]any {
	t.Helper()
	code, v := s.call(t, "GET", "/api/storage-history/statistics", token, "")
	if code != 200 {
		t.Fatal(code, v)
	}
	return v["statistics"].(map[string]any)
}

// audited counts the audit events of the item.
func (p *placed) audited(t *testing.T, action string) int {
	return p.events(t, storagehistory.Partition(p.dfid), action)
}

// relogin takes a new token, after one has expired.
func (p *placed) relogin(t *testing.T, s *service) {
	t.Helper()
	code, v := s.call(t, "POST", "/api/auth/login", "", loginBody("Cocoa beans 1"))
	if code != 200 {
		t.Fatal(code, v)
	}
	p.token = v["token"].(string)
}
