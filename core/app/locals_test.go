package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tracedge/core/storage"
)

// newLocal makes a local item and returns its id.
func (s *service) newLocal(t *testing.T, token, body string) string {
	t.Helper()
	code, v := s.call(t, "POST", "/api/items/local", token, body)
	if code != 200 {
		t.Fatal(code, v)
	}
	return v["data"].(map[string]any)["local_id"].(string)
}

// tagged is a body with a canonical identifier and data.
func tagged(value, data string) string {
	return fmt.Sprintf(`{"identifiers":[{"namespace":"bovino","key":"sisbov","value":%q,"id_type":"Canonical"}],"enriched_data":%s}`, value, data)
}

// local is a local item as it is stored.
type local struct {
	Status   string          `json:"status"`
	Master   string          `json:"merged_into"`
	Data     json.RawMessage `json:"enriched_data"`
	Version  int             `json:"version"`
	Sources  []string        `json:"source_entries"`
	Modified string          `json:"last_modified"`
}

func (w *world) local(t *testing.T, lid string) local {
	t.Helper()
	var l local
	if err := json.Unmarshal([]byte(w.dump(t, storage.In("local", lid))["item"]), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func mergeBody(master string, lids ...string) string {
	return fmt.Sprintf(`{"master_lid":%q,"merge_lids":["%s"]}`, master, strings.Join(lids, `","`))
}

func (s *service) groups(t *testing.T, token string) (groups []any, summary map[string]any) {
	t.Helper()
	code, v := s.call(t, "GET", "/api/items/local/duplicates?limit=200", token, "")
	if code != 200 {
		t.Fatal(code, v)
	}
	return v["duplicate_groups"].([]any), v["summary"].(map[string]any)
}

// TestCreateLocalIsTwoCalls holds the hot path to its two storage calls, beside the look at the account's status in KV that
// every request makes. Each is one call of the sequencer; where an identifier is canonical one more reads who has it too.
func TestCreateLocalIsTwoCalls(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	token := s.newAna(t)
	for body, calls := range map[string]int{
		`{}`: 2, `{"enriched_data":{"weight":412.5}}`: 2,
		`{"identifiers":[{"key":"lote","value":"7"}]}`: 2,
		tagged("BR123456789012", `{"a":1}`):            3,
	} {
		before := s.calls
		if code := s.serve("POST", "/api/items/local", body, "Authorization", "Bearer "+token).Code; code != 200 {
			t.Fatal(code)
		}
		var ops []string
		for _, o := range s.last(t).Ops {
			ops = append(ops, o.Label)
		}
		if want := []string{"accounts_get_user_edge", "locals_create_item", "users_apply_rows"}; !slices.Equal(ops, want) {
			t.Errorf("%s: %v", body, ops)
		}
		if got := s.calls - before; got != calls {
			t.Errorf("%s: %d calls of the sequencer, want %d", body, got, calls)
		}
		s.Drain()
	}
}

func TestMergeAndUnmerge(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	token := s.newAna(t)
	const first, second = `{"l":[1,2],"o":{"x":1},"s":"a"}`, `{"l":[2,3],"n":null,"o":{"y":2},"s":"b"}`
	a := s.newLocal(t, token, tagged("BR123456789012", first))
	b := s.newLocal(t, token, tagged("BR123456789012", second))
	if groups, summary := s.groups(t, token); len(groups) != 1 || fmt.Sprint(summary) != "map[duplicate_groups:1 items_in_duplicates:2 total_items:2]" {
		t.Error(groups, summary)
	}
	if code, v := s.call(t, "POST", "/api/items/local/merge", token, mergeBody(a, b)); code != 200 {
		t.Fatal(code, v)
	}
	ids := map[string]string{"a": a, "b": b}
	w.agree(t, s, token, ids)
	if got := string(w.local(t, a).Data); got != `{"l":[1,2,3],"n":null,"o":{"x":1,"y":2},"s":"b"}` {
		t.Error(got)
	}
	if got := w.local(t, b); got.Status != "MergedInto" || got.Master != a || string(got.Data) != second {
		t.Error(got)
	}
	if groups, summary := s.groups(t, token); len(groups) != 0 || fmt.Sprint(summary) != "map[duplicate_groups:0 items_in_duplicates:0 total_items:1]" {
		t.Error(groups, summary)
	}
	if code, v := s.call(t, "POST", "/api/items/local/unmerge", token, fmt.Sprintf(`{"merged_lid":%q}`, b)); code != 200 {
		t.Fatal(code, v)
	}
	w.agree(t, s, token, ids)
	for lid, want := range map[string]string{a: first, b: second} {
		if got := w.local(t, lid); got.Status != "Active" || string(got.Data) != want || len(got.Sources) != 1 {
			t.Error(got)
		}
	}
	w.atRest(t, s)
}
