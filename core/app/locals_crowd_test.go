package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
)

// insist sends a request until it is not answered by the 503 that asks for a repetition.
func (s *service) insist(method, path, token, body string) (int, map[string]any) {
	for n := 0; ; n++ {
		w := s.serve(method, path, body, "Authorization", "Bearer "+token)
		var v map[string]any
		_ = json.Unmarshal(w.Body.Bytes(), &v)
		if w.Code != http.StatusServiceUnavailable || n == 100 {
			return w.Code, v
		}
	}
}

// Two hundred requests at once create local items and edit a few: nothing that was acknowledged is lost, and lists, groups
// and sums come out as if they had been sent one after the other.
func TestCrowdOfLocalItems(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	token := s.newAna(t)
	const creations, edited, edits = 120, 4, 80
	var ids [edited]string
	for n := range ids {
		ids[n] = s.newLocal(t, token, `{"enriched_data":{"list":[]}}`)
	}
	instances := [4]*service{s, w.start(t, nil), w.start(t, nil), w.start(t, nil)}
	var group sync.WaitGroup
	for n := range creations {
		group.Go(func() {
			code, v := instances[n%4].insist("POST", "/api/items/local", token, tagged(fmt.Sprintf("BR%012d", n/3), `{"n":1}`))
			if code != 200 {
				t.Error(code, v)
			}
		})
	}
	for n := range edits {
		group.Go(func() {
			body := fmt.Sprintf(`{"enriched_data":{"k%d":%d},"identifiers":[{"key":"lote","value":"%d"}]}`, n, n, n)
			code, v := instances[n%4].insist("PUT", "/api/items/LID-"+ids[n%edited], token, body)
			if code != 200 {
				t.Error(code, v)
			}
		})
	}
	group.Wait()
	for _, i := range instances {
		i.Drain()
	}
	w.atRest(t, s)
	for n, lid := range ids {
		code, v := s.call(t, "GET", "/api/items/LID-"+lid, token, "")
		if code != 200 {
			t.Fatal(code, v)
		}
		data := v["enriched_data"].(map[string]any)
		if len(data) != 1+edits/edited || len(v["identifiers"].([]any)) != edits/edited || len(v["source_entries"].([]any)) != 1+edits/edited {
			t.Errorf("local item %d: %v", n, v)
		}
		if got := w.local(t, lid); got.Version != 1+edits/edited {
			t.Errorf("local item %d has version %d", n, got.Version)
		}
	}
	if _, sums := s.groups(t, token); fmt.Sprint(sums) != "map[duplicate_groups:40 items_in_duplicates:120 total_items:124]" {
		t.Error(sums)
	}
	code, v := s.call(t, "GET", "/api/items/stats", token, "")
	if code != 200 || v["total_items"] != 124.0 || v["active_items"] != 124.0 {
		t.Error(code, v)
	}
}
