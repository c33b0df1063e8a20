package app_test

import (
	"fmt"
	"testing"
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
