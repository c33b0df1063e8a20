package app_test

import "testing"

// An item is seen by everybody while an open circuit that holds it publishes it. The item's own row is a pointer: when it
// is behind, the circuit's word counts.
func TestPublishedItem(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana, bia := s.person(t, "ana"), s.person(t, "bia")
	code, v := s.send(t, "POST", "/api/items", `{"identifiers":[{"namespace":"bovino","key":"sisbov","value":"BR123456789012","id_type":"Canonical"}],"source_entry":"550e8400-e29b-41d4-a716-446655440000"}`,
		"Authorization", "Bearer "+ana.token)
	object, _ := v.(map[string]any)
	if data, ok := object["data"].(map[string]any); ok {
		object = data
	}
	dfid, _ := object["dfid"].(string)
	if code != 200 || dfid == "" {
		t.Fatal(code, v)
	}
	id := s.found(t, ana, "")
	w.hold(t, id, dfid)
	seen := func(want int) {
		t.Helper()
		if code, v := s.send(t, "GET", "/api/items/"+dfid, "", "Authorization", "Bearer "+bia.token); code != want {
			t.Fatal(code, v)
		}
	}
	publish := `{"access_mode":"public","published_items":["` + dfid + `"]}`
	seen(404)
	s.must(t, ana, "PUT", "/"+id+"/public-settings", publish)
	seen(200)
	s.must(t, ana, "PUT", "/"+id+"/visibility/toggle", "")
	seen(404)
	s.must(t, ana, "PUT", "/"+id+"/visibility/toggle", "")
	seen(200)
	s.must(t, ana, "PUT", "/"+id+"/public-settings", `{"access_mode":"protected","access_password":"Cocoa"}`)
	seen(404)
	s.must(t, ana, "PUT", "/"+id+"/public-settings", `{"access_mode":"public","published_items":[]}`)
	seen(404)
	s.refused(t, ana, "PUT", "/"+id+"/public-settings", `{"access_mode":"public","published_items":["DFID-20250101-000009-AAAA"]}`, 422, "validation_error")
}
