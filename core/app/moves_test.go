package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"tracedge/core/adaptertype"
	"tracedge/core/storage"
	"tracedge/core/storage/wire"
)

// ask sends a request of a person to any path and wants it to succeed; a bare array is under "list".
func (s *service) get(t *testing.T, who person, path string) map[string]any {
	t.Helper()
	code, v := s.send(t, "GET", path, "", "Authorization", "Bearer "+who.token)
	if code != 200 {
		t.Fatalf("GET %s: %d %v", path, code, v)
	}
	if list, ok := v.([]any); ok {
		return map[string]any{"list": list}
	}
	return v.(map[string]any)
}

// make creates an item of a person and returns its dfid.
func (s *service) makeItem(t *testing.T, who person, data string, identifiers ...string) string {
	t.Helper()
	code, v := s.send(t, "POST", itemsPath, itemBody(data, identifiers...), "Authorization", "Bearer "+who.token)
	if code != 200 {
		t.Fatal(code, v)
	}
	return text(v, "dfid")
}

func (s *service) join(t *testing.T, owner person, circuit string, who person, role string) {
	t.Helper()
	s.must(t, owner, "POST", "/"+circuit+"/members", fmt.Sprintf(`{"member_id":%q,"role":%q}`, who.id, role))
}

func TestPushAndPull(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana, bruno := s.person(t, "ana"), s.person(t, "bruno")
	circuit := s.found(t, ana, "")
	s.join(t, ana, circuit, bruno, "member")
	dfid := s.makeItem(t, ana, `{"a":1}`, pair("Canonical", "sisbov", "BR123456789012"))
	s.refused(t, bruno, "POST", "/"+circuit+"/push/"+dfid, "", 404, "")
	v := s.must(t, ana, "POST", "/"+circuit+"/push/"+dfid, "")
	if v["status"] != "Completed" || v["operation_type"] != "Push" || v["dfid"] != dfid {
		t.Fatal(v)
	}
	if got := s.get(t, bruno, itemsPath+"/"+dfid); got["dfid"] != dfid {
		t.Fatal(got)
	}
	events := s.get(t, bruno, "/api/events/item/"+dfid)["list"].([]any)
	if len(events) != 1 || text(events[0], "event_type") != "PushedToCircuit" || text(events[0], "visibility") != "CircuitOnly" {
		t.Fatal(events)
	}
	s.must(t, bruno, "POST", "/"+circuit+"/push/"+dfid, "") // the circuit holds it
	held := s.must(t, bruno, "GET", "/"+circuit+"/items?include_events=true&include_layers=true", "")["list"].([]any)
	if len(held) != 1 || text(held[0], "pushed_by") != bruno.id || len(held[0].(map[string]any)["events"].([]any)) != 2 {
		t.Fatal(held)
	}
	if got := s.must(t, bruno, "GET", "/"+circuit+"/activities", "")["list"].([]any); len(got) != 2 {
		t.Fatal(got)
	}
	v = s.must(t, bruno, "POST", "/"+circuit+"/pull/"+dfid, "")
	if v["events_count"] != 2.0 || text(v["operation"], "status") != "Completed" || text(v["item"], "dfid") != dfid {
		t.Fatal(v)
	}
	s.refused(t, bruno, "POST", "/"+circuit+"/pull/"+dfid, "", 404, "")
	s.get(t, bruno, itemsPath+"/"+dfid) // a share is left
	if got := s.must(t, ana, "GET", "/"+circuit+"/items", "")["list"].([]any); len(got) != 0 {
		t.Fatal(got)
	}
	s.must(t, ana, "POST", "/"+circuit+"/push/"+dfid, "")
	if got := s.must(t, ana, "GET", "/"+circuit+"/operations", "")["list"].([]any); len(got) != 4 {
		t.Fatal(got)
	}
	w.atRest(t, s)
}

func TestApprovedPush(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana, bruno := s.person(t, "ana"), s.person(t, "bruno")
	circuit := s.found(t, ana, `"require_approval_for_push":true,"require_approval_for_pull":true`)
	s.join(t, ana, circuit, bruno, "member")
	dfid := s.makeItem(t, bruno, `{"a":1}`, pair("Canonical", "sisbov", "BR123456789012"))
	op := s.must(t, bruno, "POST", "/"+circuit+"/push/"+dfid, "")
	if op["status"] != "Pending" {
		t.Fatal(op)
	}
	if again := s.must(t, bruno, "POST", "/"+circuit+"/push/"+dfid, ""); again["operation_id"] != op["operation_id"] {
		t.Fatal(again)
	}
	s.refused(t, bruno, "GET", "/"+circuit+"/operations/pending", "", 403, "permission_denied")
	pending := s.must(t, ana, "GET", "/"+circuit+"/pending-items?operation_type=PUSH", "")["data"].([]any)
	if len(pending) != 1 || text(pending[0], "pending_id") != op["operation_id"] || pending[0].(map[string]any)["item_preview"] == nil {
		t.Fatal(pending)
	}
	id := op["operation_id"].(string)
	s.refused(t, bruno, "POST", "/operations/"+id+"/approve", "", 403, "permission_denied")
	if v := s.must(t, ana, "POST", "/operations/"+id+"/approve", ""); v["status"] != "Completed" || text(v["metadata"], "approved_by") != ana.id {
		t.Fatal(v)
	}
	s.refused(t, ana, "POST", "/operations/"+id+"/approve", "", 409, "operation_decided")
	s.get(t, ana, itemsPath+"/"+dfid)
	op = s.must(t, ana, "POST", "/"+circuit+"/pull/"+dfid, "")["operation"].(map[string]any)
	if op["status"] != "Pending" {
		t.Fatal(op)
	}
	s.must(t, ana, "POST", "/"+circuit+"/pending-items/"+op["operation_id"].(string)+"/reject", `{"reason":"no"}`)
	op = s.must(t, ana, "POST", "/"+circuit+"/pull/"+dfid, "")["operation"].(map[string]any)
	v := s.must(t, ana, "POST", "/"+circuit+"/pending-items/"+op["operation_id"].(string)+"/approve", "")
	if text(v["data"], "status") != "active" {
		t.Fatal(v)
	}
	if got := s.must(t, ana, "GET", "/"+circuit+"/items", "")["list"].([]any); len(got) != 0 {
		t.Fatal(got)
	}
	s.get(t, ana, itemsPath+"/"+dfid)
	w.atRest(t, s)
}

// pushed is a local item that a person has pushed: the data of the reply.
func (s *service) pushLocal(t *testing.T, who person, circuit, lid, more string) map[string]any {
	t.Helper()
	v := s.must(t, who, "POST", "/"+circuit+"/push-local", fmt.Sprintf(`{"local_id":%q%s}`, lid, more))
	return v["data"].(map[string]any)
}

func TestPushLocal(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana, bruno := s.person(t, "ana"), s.person(t, "bruno")
	circuit := s.found(t, ana, `"default_namespace":"bovino"`)
	s.join(t, ana, circuit, bruno, "member")
	lid := s.newLocal(t, ana.token, tagged("BR123456789012", `{"breed":"Nelore","weight":410}`))
	first := s.pushLocal(t, ana, circuit, lid, `,"identifiers":[{"key":"lote","value":"L-7"}],"enriched_data":{"weight":415}`)
	if first["status"] != "NewItemCreated" || first["operation_status"] != "Completed" {
		t.Fatal(first)
	}
	dfid := first["dfid"].(string)
	got := s.get(t, ana, itemsPath+"/LID-"+lid)
	if got["dfid"] != dfid || fmt.Sprint(got["enriched_data"]) != "map[breed:Nelore weight:415]" {
		t.Fatal(got)
	}
	again := s.pushLocal(t, ana, circuit, lid, "")
	if again["status"] != "ExistingItemEnriched" || again["dfid"] != dfid || again["operation_id"] != first["operation_id"] {
		t.Fatal(again)
	}
	other := s.newLocal(t, bruno.token, tagged("BR123456789012", `{"weight":500,"vaccine":"FMD"}`))
	second := s.pushLocal(t, bruno, circuit, other, "")
	if second["dfid"] != dfid || second["status"] != "ExistingItemEnriched" || second["operation_status"] != "Completed" {
		t.Fatal(second)
	}
	for _, who := range []person{ana, bruno} {
		if got := s.get(t, who, itemsPath+"/"+dfid); fmt.Sprint(got["enriched_data"]) != "map[breed:Nelore vaccine:FMD weight:415]" {
			t.Fatal(got)
		}
	}
	third := s.pushLocal(t, bruno, circuit, other, `,"enriched_data":{"vaccine":"FMD","color":"red"}`)
	if third["dfid"] != dfid || third["operation_id"] != second["operation_id"] {
		t.Fatal(third)
	}
	if got := s.get(t, ana, itemsPath+"/"+dfid); fmt.Sprint(got["enriched_data"]) != "map[breed:Nelore color:red vaccine:FMD weight:415]" {
		t.Fatal(got)
	}
	if list := s.must(t, ana, "GET", "/"+circuit+"/activities", "")["list"].([]any); len(list) != 3 || text(list[0], "activity_type") != "Enrich" {
		t.Fatal(list)
	}
	w.atRest(t, s)
	if got := s.must(t, ana, "GET", "/"+circuit+"/items?include_layers=true", "")["list"].([]any); len(got) != 1 || len(got[0].(map[string]any)["layers"].([]any)) != 1 {
		t.Fatal(got)
	}
	if list := s.owned(t, ana.token); len(list) != 1 {
		t.Fatal(list)
	}
}

func TestPushLocalApproved(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana, bruno := s.person(t, "ana"), s.person(t, "bruno")
	circuit := s.found(t, ana, `"require_approval_for_push":true`)
	s.join(t, ana, circuit, bruno, "member")
	lid := s.newLocal(t, ana.token, tagged("BR123456789012", `{"a":1}`))
	first := s.pushLocal(t, ana, circuit, lid, "")
	if first["operation_status"] != "Pending" || first["status"] != "NewItemCreated" {
		t.Fatal(first)
	}
	if again := s.pushLocal(t, ana, circuit, lid, ""); again["operation_id"] != first["operation_id"] || again["operation_status"] != "Pending" {
		t.Fatal(again)
	}
	s.must(t, ana, "POST", "/operations/"+first["operation_id"].(string)+"/approve", "")
	other := s.newLocal(t, bruno.token, tagged("BR123456789012", `{"a":2,"b":1}`))
	second := s.pushLocal(t, bruno, circuit, other, "")
	if second["operation_status"] != "Pending" || second["dfid"] != first["dfid"] {
		t.Fatal(second)
	}
	if got := s.get(t, bruno, itemsPath+"/"+first["dfid"].(string)); fmt.Sprint(got["enriched_data"]) != "map[a:1]" {
		t.Fatal(got)
	}
	if more := s.pushLocal(t, bruno, circuit, other, `,"enriched_data":{"c":1}`); more["operation_id"] != second["operation_id"] || more["operation_status"] != "Pending" {
		t.Fatal(more)
	}
	list := s.must(t, ana, "GET", "/"+circuit+"/pending-items", "")["data"].([]any)
	if fmt.Sprint(list[0].(map[string]any)["item_preview"].(map[string]any)["enriched_data"]) != "map[a:1 b:1 c:1]" {
		t.Fatal(list)
	}
	s.must(t, ana, "POST", "/operations/"+second["operation_id"].(string)+"/approve", "")
	if got := s.get(t, bruno, itemsPath+"/"+first["dfid"].(string)); fmt.Sprint(got["enriched_data"]) != "map[a:1 b:1 c:1]" {
		t.Fatal(got)
	}
	w.atRest(t, s)
}

// ops are the storage calls of the latest request before its deciding commit, in order, and after it, by name.
func (s *service) ops(t *testing.T, decides string) (before, after []string) {
	t.Helper()
	for _, o := range s.last(t).Ops {
		switch {
		case after != nil:
			after = append(after, o.Label)
		case o.Label == decides:
			after = []string{}
		default:
			before = append(before, o.Label)
		}
	}
	slices.Sort(after)
	return before, after
}

// TestCallsOfPushLocal holds the hottest path to its storage calls, beside the look at the account's status in KV: with k
// identifiers, of which c are canonical, a new item costs 9+c+2k, and of them are before the decision one after the other
// two reads (the first two side by side, the c look-ups side by side, the last one alone), the draw where the instance has
// no number left, the intent and k reservations. A repeat that says nothing new reads four times.
func TestCallsOfPushLocal(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana := s.person(t, "ana")
	circuit := s.found(t, ana, "")
	lid := s.newLocal(t, ana.token, tagged("BR123456789012", `{"a":1}`))
	s.pushLocal(t, ana, circuit, lid, `,"identifiers":[{"key":"lote","value":"L-7"}]`)
	before, after := s.ops(t, "items_mint_item")
	slices.Sort(before[1:3]) // side by side
	if want := []string{
		"accounts_get_user_edge", "circuits_read_scene", "locals_get_source", "identifiers_find_holders", "sequence_draw_dfid", "locals_begin_mint",
	}; len(before) != len(want)+3 || !slices.Equal(before[:len(want)], want) {
		t.Errorf("before: %v", before)
	}
	reserved := before[len(before)-3:]
	slices.Sort(reserved[:2])
	if want := []string{"identifiers_join_push", "identifiers_reserve_push", "circuits_read_standing"}; !slices.Equal(reserved, want) {
		t.Errorf("reserved: %v", reserved)
	}
	if want := []string{
		"circuits_apply_rows", "eventrefs_confirm_home", "identifiers_confirm_claim", "identifiers_confirm_claim", "locals_finish_mint", "users_apply_rows",
	}; !slices.Equal(after, want) {
		t.Errorf("after: %v", after)
	}
	s.pushLocal(t, ana, circuit, lid, "")
	repeat, _ := s.ops(t, "")
	slices.Sort(repeat)
	if want := []string{"accounts_get_user_edge", "circuits_read_scene", "circuits_read_standing", "items_read_ground", "locals_get_source"}; !slices.Equal(repeat, want) {
		t.Errorf("repeat: %v", repeat)
	}
}

// TestSideRecordsOfMoves wants what follows from moves at the accounts that they concern: notices and audited activities.
func TestSideRecordsOfMoves(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana, bruno, bia := s.person(t, "ana"), s.person(t, "bruno"), s.person(t, "bia")
	circuit := s.found(t, ana, `"require_approval_for_push":true`)
	s.join(t, ana, circuit, bruno, "member")
	s.join(t, ana, circuit, bia, "admin")
	notices := func(who person) (kinds []string) {
		t.Helper()
		p := storage.In("user", who.id)
		reply, err := w.backend.Read(t.Context(), wire.ReadRequest{
			Partition: p.String(), Scans: []wire.Scan{{Prefix: string(p.Prefix("notice")), Limit: 100}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reply.Scans[0].Records {
			var n struct {
				Type string         `json:"notification_type"`
				Data map[string]any `json:"data"`
			}
			if err := json.Unmarshal([]byte(r.Doc), &n); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(n.Type, "CircuitItem") {
				kinds = append(kinds, n.Type)
				if n.Data["circuit_id"] != circuit || n.Data["circuit_name"] != "Cocoa" || n.Data["dfid"] == nil || n.Data["operation_id"] == nil {
					t.Error(n)
				}
			}
		}
		return kinds
	}
	dfid := s.makeItem(t, bruno, "", pair("Canonical", "rfid", "982000123456789"))
	first := s.must(t, bruno, "POST", "/"+circuit+"/push/"+dfid, "")["operation_id"].(string)
	s.must(t, bia, "POST", "/"+circuit+"/pending-items/"+first+"/reject", "")
	lid := s.newLocal(t, bruno.token, tagged("BR123456789012", `{"a":1}`))
	second := s.pushLocal(t, bruno, circuit, lid, "")["operation_id"].(string)
	s.must(t, ana, "POST", "/operations/"+second+"/approve", "")
	s.must(t, bruno, "POST", "/"+circuit+"/pull/LID-"+lid, "")
	w.atRest(t, s)
	for who, want := range map[person]string{
		ana: "[CircuitItemPendingApproval CircuitItemPendingApproval]", bia: "[CircuitItemPendingApproval CircuitItemPendingApproval]",
		bruno: "[CircuitItemRejected CircuitItemApproved]",
	} {
		if got := fmt.Sprint(notices(who)); got != want {
			t.Errorf("notices %s, want %s", got, want)
		}
	}
	for action, who := range map[string]person{
		"push_item": bruno, "push_local_item": bruno, "pull_item": bruno, "reject_operation": bia, "approve_operation": ana,
	} {
		if n := w.events(t, storage.In("user", who.id), action); n != 1 {
			t.Errorf("%d audit events %s", n, action)
		}
	}
}

// TestPushesAndPullsAgree has pushes, pushes of local items and pulls of one item at once: in the end item and circuit say
// the same.
func TestPushesAndPullsAgree(t *testing.T) {
	for range 12 {
		w := newWorld()
		s := w.start(t, nil)
		ana, bruno := s.person(t, "ana"), s.person(t, "bruno")
		circuit := s.found(t, ana, "")
		s.join(t, ana, circuit, bruno, "member")
		lid := s.newLocal(t, ana.token, tagged("BR123456789012", `{"a":1}`))
		other := s.newLocal(t, bruno.token, tagged("BR123456789012", `{"b":1}`))
		dfid := s.pushLocal(t, ana, circuit, lid, "")["dfid"].(string)
		var all sync.WaitGroup
		for _, ask := range []func() int{
			func() int { return s.status(ana, "/"+circuit+"/pull/"+dfid, "") },
			func() int { return s.status(ana, "/"+circuit+"/push/"+dfid, "") },
			func() int { return s.status(bruno, "/"+circuit+"/pull/"+dfid, "") },
			func() int { return s.status(bruno, "/"+circuit+"/push-local", fmt.Sprintf(`{"local_id":%q}`, other)) },
			func() int {
				return s.status(ana, "/"+circuit+"/push-local", fmt.Sprintf(`{"local_id":%q,"enriched_data":{"c":1}}`, lid))
			},
		} {
			all.Go(func() {
				if code := ask(); code >= 500 && code != 503 {
					t.Errorf("status %d", code)
				}
			})
		}
		all.Wait()
		s.Drain()
		w.atRest(t, s)
		held := slices.Contains(w.rows(t, storage.In("circuit", circuit)), "item/"+dfid)
		holds := slices.Contains(w.rows(t, storage.In("item", dfid)), "holder/"+circuit)
		if held != holds {
			t.Errorf("the circuit holds the item: %t, and the item says %t", held, holds)
		}
	}
}

func (s *service) status(who person, path, body string) int {
	return s.serve("POST", "/api/circuits"+path, body, "Authorization", "Bearer "+who.token).Code
}

// TestPushWithinTier wants a push refused, and nothing paid, that would store an item in more places than the tier allows.
func TestPushWithinTier(t *testing.T) {
	p := newPlaced(t, "enforce")
	s := p.instance(t)
	owner := person{p.user, p.token}
	circuit := s.found(t, owner, `"adapter_config":{"adapter_type":"ipfs-ipfs"}`)
	p.plantRecord(t, adaptertype.StellarTestnet, "a", p.circuit)
	before := p.balance(t, s)
	s.refused(t, owner, "POST", "/"+circuit+"/push/"+p.dfid, "", 403, "tier_limit_exceeded")
	lid := s.newLocal(t, p.token, `{"identifiers":[`+pair("canonical", "sisbov", "BR1")+`]}`)
	s.refused(t, owner, "POST", "/"+circuit+"/push-local", fmt.Sprintf(`{"local_id":%q}`, lid), 403, "tier_limit_exceeded")
	p.atRest(t, s)
	if got := p.balance(t, s); got != before {
		t.Errorf("%v credits, want %v", got, before)
	}
	s.must(t, owner, "POST", "/"+p.circuit+"/push/"+p.dfid, "") // it has no adapter
	if got := p.balance(t, s); got != before-3 {
		t.Errorf("%v credits, want 3 less than %v", got, before)
	}
}
