package app_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tracedge/core/adaptertype"
	"tracedge/core/storage"
	"tracedge/core/storagehistory"
)

// From nothing over a pending upload to a record, and what every route shows of it.
func TestPlacementFromMigrationToRecord(t *testing.T) {
	p := newPlaced(t, "display")
	s := p.instance(t)
	if code, v := p.ask(t, s, "GET", p.at(""), ""); code != 404 || text(v, "dfid") != p.dfid {
		t.Fatal(code, v)
	}
	if v := p.must(t, s, "GET", p.at("/locations?dfid=another"), "").(map[string]any); v["count"] != 0.0 || text(v, "dfid") != p.dfid {
		t.Fatal(v)
	}
	p.node.Fail("add", 1)
	code, v := p.migrate(t, s)
	if code != 200 || text(v, "status") != "pending" || text(v, "target_adapter") != "ipfs-ipfs" || text(v, "circuit_id") != p.circuit {
		t.Fatal(code, v)
	}
	id := text(v, "outbox_id")
	h := p.shown(t, s)
	if len(h.Records) != 0 || len(h.Pending) != 1 || h.Primary != nil || h.Created != h.Updated {
		t.Fatalf("%+v", h)
	}
	u := h.Pending[0]
	if u["outbox_id"] != id || u["attempts"] != 1.0 || u["status"] != "pending" || u["operation_type"] != "migration" || u["circuit_id"] != p.circuit ||
		u["adapter_type"] != "ipfs-ipfs" || u["queued_at"] != h.Created || !strings.HasSuffix(h.Created, "+00:00") {
		t.Fatal(u)
	}
	if code, v := p.migrate(t, s); code != 409 || text(v, "dfid") != p.dfid {
		t.Fatalf("pending there, and it answers %d %v", code, v)
	}
	p.atRest(t, s)
	h = p.shown(t, s)
	if len(h.Records) != 1 || len(h.Pending) != 0 || h.Primary == nil {
		t.Fatalf("%+v", h)
	}
	r := h.Records[0]
	if r["is_primary"] != true || r["circuit_id"] != p.circuit || r["user_id"] != p.user || r["operation_type"] != "migration" || r["stored_at"] != h.Created {
		t.Fatal(r)
	}
	cid := r["metadata"].(map[string]any)["ipfs_cid"].(string)
	content := p.node.Pinned()[cid]
	if !strings.HasPrefix(content, fmt.Sprintf(`{"dfid":%q,"item":{`, p.dfid)) || !strings.Contains(content, `"enriched_data":{"beans":1}`) || strings.Contains(content, p.user) {
		t.Fatal(content)
	}
	if code, v := p.migrate(t, s); code != 409 {
		t.Fatalf("stored there, and it answers %d %v", code, v)
	}
	listed := p.must(t, s, "GET", p.at("/locations"), "").(map[string]any)
	if fmt.Sprint(listed["locations"]) != fmt.Sprint([]any{r["storage_location"]}) || listed["count"] != 1.0 {
		t.Fatal(listed)
	}
	other := p.must(t, s, "GET", itemsPath+"/"+p.dfid+"/storage-history", "").(map[string]any)
	if records := other["records"].([]any); len(records) != 1 || text(records[0], "ipfs_cid") != cid || len(other["pending"].([]any)) != 0 {
		t.Fatal(other)
	}
	for token, scope := range map[string]string{p.token: "own", p.root: "all"} {
		v := p.statistics(t, s, token)
		if v["total_items_tracked"] != 1.0 || v["total_storage_locations"] != 1.0 || fmt.Sprint(v["adapter_distribution"]) != "map[ipfs-ipfs:1]" ||
			v["migration_count"] != 0.0 || v["scope"] != scope || !strings.HasSuffix(v["generated_at"].(string), "Z") {
			t.Fatal(v)
		}
	}
	if n := p.audited(t, "storage_migrate"); n != 1 {
		t.Fatalf("%d events", n)
	}
}

// The sums of an account cost as many calls whatever there is.
func TestPlacementStatisticsCost(t *testing.T) {
	p := newPlaced(t, "display")
	s := p.instance(t)
	p.migrate(t, s)
	p.atRest(t, s)
	for token, want := range map[string]int{p.token: 1, p.root: 4} {
		p.statistics(t, s, token) // the caller is known now
		before := s.calls
		p.statistics(t, s, token)
		if n := s.calls - before; n != want {
			t.Errorf("%d calls, want %d", n, want)
		}
	}
}

func TestPlacementRefusals(t *testing.T) {
	p := newPlaced(t, "enforce")
	s := p.instance(t)
	bia := s.person(t, "bia")
	body := func(target, circuit string) string {
		return fmt.Sprintf(`{"target_adapter_type":%q,"circuit_id":%q}`, target, circuit)
	}
	empty := s.found(t, person{p.user, p.token}, "")
	foreign := s.found(t, bia, "")
	p.hold(t, foreign, p.dfid)
	refused := func(what string, token, path, body string, want int, more ...string) {
		t.Helper()
		code, v := s.call(t, "POST", path, token, body)
		if code != want || v["success"] != false || v["dfid"] == nil {
			t.Errorf("%s: %d %v, want %d", what, code, v, want)
		}
		for i := 0; i < len(more); i += 2 {
			if fmt.Sprint(v[more[i]]) != more[i+1] {
				t.Errorf("%s: %s is %v", what, more[i], v[more[i]])
			}
		}
	}
	at := p.at("/migrate")
	refused("an item that is not seen", bia.token, at, `{`, 404)
	refused("none", p.token, at, body("none", p.circuit), 422, "field", "target_adapter_type")
	refused("a circuit of another form", p.token, at, body("ipfs-ipfs", "x"), 422, "field", "circuit_id")
	refused("somebody else", p.token, at, fmt.Sprintf(`{"target_adapter_type":"ipfs-ipfs","circuit_id":%q,"user_id":%q}`, p.circuit, bia.id), 403, "field", "user_id")
	refused("a circuit that is not seen", p.token, at, body("ipfs-ipfs", foreign), 404)
	refused("a circuit without the item", p.token, at, body("ipfs-ipfs", empty), 404, "field", "circuit_id")
	refused("outside the allowed set", p.token, at, body("polygon-arweave", p.circuit), 403, "adapter_type", "polygon-arweave", "available_adapters", "[ipfs-ipfs]")

	p.must(t, s, "POST", itemsPath+"/"+p.dfid+"/share", fmt.Sprintf(`{"recipient_user_id":%q}`, bia.id))
	refused("seen, and the circuit is not", bia.token, at, body("ipfs-ipfs", p.circuit), 404)
	owner := person{p.user, p.token}
	s.must(t, owner, "POST", "/"+p.circuit+"/members", fmt.Sprintf(`{"member_id":%q,"role":"Admin"}`, bia.id))
	refused("without ManagePermissions", bia.token, at, body("ipfs-ipfs", p.circuit), 403, "required", "ManagePermissions", "code", "permission_denied")
	refused("not the owner", bia.token, p.at("/primary"), `{`, 403)

	setAdapters := func(list string) {
		t.Helper()
		if code, v := s.call(t, "PUT", "/api/admin/users/"+p.user, p.root, `{"available_adapters":`+list+`}`); code != 200 {
			t.Fatal(code, v)
		}
	}
	setAdapters(`["ipfs-ipfs","stellar_testnet-ipfs"]`)
	p.plantRecord(t, adaptertype.StellarTestnet, "a", p.circuit)
	refused("stored before 501", p.token, at, body("stellar_testnet-ipfs", p.circuit), 409)
	refused("one more than the tier allows", p.token, at, body("ipfs-ipfs", p.circuit), 403, "code", "tier_limit_exceeded",
		"limit_name", "max_storage_locations", "limit", "1", "current", "1")
	setAdapters(`["polygon-arweave"]`)
	refused("no implementation before the limit", p.token, at, body("polygon-arweave", p.circuit), 501, "adapter_type", "polygon-arweave")
	if got := p.balance(t, s); got != 98 {
		t.Errorf("%v credits", got)
	}
	if h := p.shown(t, s); len(h.Pending) != 0 || len(h.Records) != 1 || p.audited(t, "storage_migrate") != 0 {
		t.Errorf("something was written: %+v", h)
	}
}

func TestPlacementWithoutConfiguration(t *testing.T) {
	p := newPlaced(t, "enforce")
	s := p.instance(t)
	for key := range p.dump(t, storage.In("adapters", "configurations")) {
		if id, ok := strings.CutPrefix(key, "config/"); ok {
			if code, v := s.call(t, "DELETE", "/api/admin/adapters/"+id, p.root, ""); code != 200 {
				t.Fatal(code, v)
			}
		}
	}
	if code, v := p.migrate(t, s); code != 503 || text(v, "error_kind") != "external_error" || text(v, "adapter_type") != "ipfs-ipfs" || p.balance(t, s) != 98 {
		t.Fatal(code, v)
	}
}

// A manager of the circuit migrates what is not its own, and pays; the record counts in the owner's statistics.
func TestPlacementByManager(t *testing.T) {
	p := newPlaced(t, "enforce")
	s := p.instance(t)
	bia, owner := s.person(t, "bia"), person{p.user, p.token}
	p.must(t, s, "POST", itemsPath+"/"+p.dfid+"/share", fmt.Sprintf(`{"recipient_user_id":%q}`, bia.id))
	s.must(t, owner, "POST", "/"+p.circuit+"/roles", `{"role_name":"Keeper","permissions":["ManagePermissions"],"description":""}`)
	s.must(t, owner, "POST", "/"+p.circuit+"/members", fmt.Sprintf(`{"member_id":%q,"role":"Keeper"}`, bia.id))
	if code, v := s.call(t, "POST", p.at("/migrate"), bia.token, p.migration()); code != 200 {
		t.Fatal(code, v)
	}
	p.atRest(t, s)
	if r := p.shown(t, s).Records; len(r) != 1 || r[0]["user_id"] != bia.id {
		t.Fatal(r)
	}
	if n := p.statistics(t, s, p.token)["total_items_tracked"]; n != 1.0 {
		t.Errorf("the owner tracks %v", n)
	}
	if n := p.statistics(t, s, bia.token)["total_items_tracked"]; n != 0.0 {
		t.Errorf("the manager tracks %v", n)
	}
	_, v := s.call(t, "GET", "/users/me/credits/balance", bia.token, "")
	if v["credits"] != 90.0 || p.balance(t, s) != 98 {
		t.Error(v, p.balance(t, s))
	}
}

// What cannot be paid is refused with nothing written, and what fails for good is given back, once.
func TestPlacementCharges(t *testing.T) {
	p := newPlaced(t, "enforce")
	s := p.instance(t)
	adjust := func(amount int) {
		t.Helper()
		if code, v := s.call(t, "POST", "/api/admin/users/"+p.user+"/credits", p.root, fmt.Sprintf(`{"amount":%d,"reason":"a test"}`, amount)); code != 200 {
			t.Fatal(code, v)
		}
	}
	adjust(-89)
	code, v := p.migrate(t, s)
	if code != 402 || text(v, "operation") != "storage_migration" || fmt.Sprint(v.(map[string]any)["required"], v.(map[string]any)["balance"]) != "10 9" {
		t.Fatal(code, v)
	}
	if p.balance(t, s) != 9 || p.audited(t, "storage_migrate") != 0 || len(p.transactions(t, "Consumption")) != 0 {
		t.Fatal("something was written")
	}
	adjust(1)
	p.node.Fail("add", 3)
	code, v = p.migrate(t, s)
	id := text(v, "outbox_id")
	if code != 200 || p.balance(t, s) != 0 || !slices.Equal(p.transactions(t, "Consumption"), []string{"-10 " + id}) {
		t.Fatal(code, v, p.transactions(t, "Consumption"))
	}
	p.atRest(t, s)
	if h := p.shown(t, s); len(h.Pending) != 1 || h.Pending[0]["status"] != "failed" || h.Pending[0]["attempts"] != 3.0 {
		t.Fatalf("%+v", h)
	}
	if p.balance(t, s) != 10 || !slices.Equal(p.transactions(t, "Refund"), []string{"10 " + id}) {
		t.Fatal(p.balance(t, s), p.transactions(t, "Refund"))
	}
	if code, v := p.migrate(t, s); code != 200 { // one that has failed is not in the way
		t.Fatal(code, v)
	}
	p.atRest(t, s)
	if h := p.shown(t, s); len(h.Records) != 1 || p.balance(t, s) != 0 {
		t.Fatalf("%+v %v", h, p.balance(t, s))
	}
}

func TestPlacementRace(t *testing.T) {
	p := newPlaced(t, "enforce")
	s := p.instance(t)
	const n = 8
	codes := make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			codes[i] = s.serve("POST", p.at("/migrate"), p.migration(), "Authorization", "Bearer "+p.token).Code
		})
	}
	wg.Wait()
	s.Drain()
	slices.Sort(codes)
	if codes[0] != 200 || codes[1] != 409 || codes[n-1] != 409 {
		t.Fatal(codes)
	}
	p.atRest(t, s)
	if h := p.shown(t, s); len(h.Records) != 1 || len(h.Pending) != 0 || p.balance(t, s) != 88 || p.audited(t, "storage_migrate") != 1 {
		t.Fatalf("%+v, %v credits", h, p.balance(t, s))
	}
}

func TestPlacementPrimary(t *testing.T) {
	p := newPlaced(t, "display")
	s := p.instance(t)
	choose := func(location string) (int, any) {
		t.Helper()
		return p.ask(t, s, "POST", p.at("/primary"), `{"storage_location":`+location+`}`)
	}
	const one, two = `{"Arweave":{"transaction_id":"a"}}`, `{"Arweave":{"transaction_id":"bb"}}`
	if code, v := choose(one); code != 404 || text(v, "dfid") != p.dfid {
		t.Fatal(code, v)
	}
	p.plantRecord(t, adaptertype.PolygonArweave, "a", p.circuit)
	p.plantRecord(t, adaptertype.PolygonArweave, "bb", p.circuit)
	for _, unknown := range []string{`{"Arweave":{"transaction_id":"c"}}`, `{"IPFS":{"cid":"a","pinned":true}}`, `{"Local":{"id":"` + strings.Repeat("é", 10_000) + `"}}`} {
		if code, v := choose(unknown); code != 422 || text(v, "field") != "storage_location" {
			t.Fatal(code, v)
		}
	}
	before := p.rows(t, storagehistory.Partition(p.dfid))
	if code, v := choose(two); code != 200 || fmt.Sprint(v.(map[string]any)["current_primary"]) != "map[Arweave:map[transaction_id:bb]]" {
		t.Fatal(code, v)
	}
	if after := p.rows(t, storagehistory.Partition(p.dfid)); !slices.Equal(before, after) || p.audited(t, "storage_primary") != 0 {
		t.Fatal("what is primary already was written")
	}
	was := p.shown(t, s)
	code, v := choose(one)
	if code != 200 || fmt.Sprint(v.(map[string]any)["requested_primary"]) != "map[Arweave:map[transaction_id:a]]" || text(v, "note") == "" {
		t.Fatal(code, v)
	}
	h := p.shown(t, s)
	if h.Records[0]["is_primary"] != false || h.Records[1]["is_primary"] != true || h.Updated <= was.Updated || h.Created != was.Created || p.audited(t, "storage_primary") != 1 {
		t.Fatalf("%+v", h)
	}
	p.plantRecord(t, adaptertype.PolygonArweave, "ccc", p.circuit) // a newer record leaves the choice
	if h := p.shown(t, s); len(h.Records) != 3 || h.Records[2]["is_primary"] != true {
		t.Fatalf("%+v", h)
	}
	p.migrate(t, s) // a migration that completes does not
	if h := p.shown(t, s); len(h.Records) != 4 || h.Records[0]["is_primary"] != true {
		t.Fatalf("%+v", h)
	}
	if n := p.statistics(t, s, p.token); n["migration_count"] != 1.0 {
		t.Fatal(n)
	}
}

func TestPlacementPublic(t *testing.T) {
	p := newPlaced(t, "display")
	s := p.instance(t)
	owner := person{p.user, p.token}
	at := "/api/public/storage-history/" + p.dfid
	closed := func(what string) {
		t.Helper()
		if code, v := s.call(t, "GET", at, "", ""); code != 404 || text(v, "code") != "ITEM_NOT_PUBLIC" || text(v, "dfid") != p.dfid || v["success"] != false {
			t.Fatalf("%s: %d %v", what, code, v)
		}
	}
	settings := func(body string) {
		t.Helper()
		s.must(t, owner, "PUT", "/"+p.circuit+"/public-settings", body)
		p.atRest(t, s)
	}
	closed("not published")
	s.must(t, owner, "PUT", "/"+p.circuit+"/visibility/toggle", "")
	settings(fmt.Sprintf(`{"access_mode":"public","published_items":[%q]}`, p.dfid))
	if code, v := s.call(t, "GET", at, "", ""); code != 404 || text(v, "dfid") != p.dfid || v["code"] != nil {
		t.Fatal("published and stored nowhere:", code, v)
	}
	p.migrate(t, s)
	hidden := s.found(t, owner, "")
	p.plantRecord(t, adaptertype.PolygonArweave, "a", hidden)
	code, v := s.call(t, "GET", at, "", "")
	if code != 200 {
		t.Fatal(code, v)
	}
	data := v["data"].(map[string]any)
	records := data["storage_records"].([]any)
	if _, ok := data["pending"]; ok || len(records) != 2 {
		t.Fatal(data)
	}
	for i, want := range []any{nil, p.circuit} {
		if r := records[i].(map[string]any); r["circuit_id"] != want || r["user_id"] != "" {
			t.Fatal(r)
		}
	}
	settings(`{"access_mode":"protected","access_password":"Cocoa"}`)
	closed("protected")
	settings(fmt.Sprintf(`{"access_mode":"scheduled","scheduled_date":%q}`, p.clock().Add(24*time.Hour).Format(time.RFC3339)))
	closed("scheduled for later")
	p.pass(25 * time.Hour)
	p.relogin(t, s)
	if code, v := s.call(t, "GET", at, "", ""); code != 200 {
		t.Fatal("its time has come:", code, v)
	}
	owner.token = p.token
	s.must(t, owner, "PUT", "/"+p.circuit+"/deactivate", "")
	closed("inactive")
}
