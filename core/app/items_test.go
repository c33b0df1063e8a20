package app_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

func TestItemIsCreatedAndResolved(t *testing.T) {
	f := newFarm(t, nil)
	s := f.instance(t)
	first := f.newItem(t, s, `{"a":1,"b":1.0,"big":9007199254740993}`, pair("canonical", "sisbov", "BR1"), pair("contextual", "lote", "7"))
	again := f.must(t, s, "POST", itemsPath, itemBody(`{"a":2,"c":[1]}`, pair("canonical", "sisbov", "BR1"), pair("contextual", "brinco", "x")))
	if text(again, "dfid") != first {
		t.Fatalf("%v is not %s", again, first)
	}
	one := f.must(t, s, "GET", itemsPath+"/"+first, "").(map[string]any)
	if n := len(one["identifiers"].([]any)); n != 3 {
		t.Errorf("%d identifiers", n)
	}
	if got := fmt.Sprint(one["enriched_data"]); got != "map[a:2 b:1 big:9.007199254740992e+15 c:[1]]" {
		t.Error(got)
	}
	if n := len(one["source_entries"].([]any)); n != 2 {
		t.Errorf("%d sources", n)
	}
	other := f.newItem(t, s, "", pair("canonical", "sisbov", "BR2"))
	if other == first {
		t.Error("another identifier leads to the same item")
	}
	code, v := f.ask(t, s, "POST", itemsPath, itemBody("", pair("canonical", "sisbov", "BR1"), pair("canonical", "sisbov", "BR2")))
	if code != 400 || text(v, "reason") != "ConflictingDFIDs" || text(v, "pending_id") == "" {
		t.Errorf("%d %v", code, v)
	}
	if list := f.must(t, s, "GET", itemsPath+"/pending", "").([]any); len(list) != 1 || text(list[0], "id") != text(v, "pending_id") {
		t.Error(list)
	}
}

// Items that are created at the same moment with the same identifier end as one.
func TestSameIdentifierAtOnce(t *testing.T) {
	f := newFarm(t, nil)
	const abreast = 8
	ids := make([]string, abreast)
	var wg sync.WaitGroup
	for n := range abreast {
		s := f.instance(t)
		wg.Go(func() {
			w := s.serve("POST", itemsPath, itemBody(fmt.Sprintf(`{"n%d":1}`, n), pair("canonical", "sisbov", "BR1"), pair("contextual", "lote", "7")),
				"Authorization", "Bearer "+f.token)
			if w.Code != 200 {
				t.Error(w.Code, w.Body)
				return
			}
			ids[n] = decoded(t, w.Body.Bytes())["dfid"].(string)
		})
	}
	wg.Wait()
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) != 1 {
		t.Fatalf("%d items: %v", len(ids), ids)
	}
	s := f.instance(t)
	one := f.must(t, s, "GET", itemsPath+"/"+ids[0], "").(map[string]any)
	if n := len(one["enriched_data"].(map[string]any)); n != abreast {
		t.Errorf("%d of %d additions", n, abreast)
	}
	f.atRest(t, s)
}

// An item that was created once is there once, found by its identifiers, and paid for once.
func TestItemCreationCrashes(t *testing.T) {
	for _, mode := range []string{"display", "enforce"} {
		t.Run(mode, func(t *testing.T) {
			vars := map[string]string{"CREDITS_MODE": mode, "LIMITS_MODE": mode}
			body := itemBody(`{"a":1}`, pair("canonical", "sisbov", "BR1"), pair("contextual", "lote", "7"))
			request := func(t *testing.T, f *farm, s *service, fields ...string) int {
				code, _ := f.ask(t, s, "POST", itemsPath, body, fields...)
				return code
			}
			(&farm{vars: vars}).crashes(t, func(*testing.T, *farm) {}, func(t *testing.T, f *farm, s *service) int {
				return request(t, f, s, "Idempotency-Key", "one")
			}, 200, func(t *testing.T, f *farm, code int) {
				s := f.instance(t)
				var found string
				if code == 200 { // acknowledged: the identifiers lead to it, though lists may lag
					found = f.newItem(t, s, "", pair("contextual", "lote", "7"))
				}
				if again := request(t, f, s, "Idempotency-Key", "one"); again != 200 {
					t.Fatal(again)
				}
				f.atRest(t, s)
				if ids := f.owned(t, s, ""); len(ids) != 1 || found != "" && found != ids[0] {
					t.Fatalf("items %v, found %s", ids, found)
				}
				if got := f.newItem(t, s, "", pair("canonical", "sisbov", "BR1")); got != f.owned(t, s, "")[0] {
					t.Fatal(got)
				}
				want := 100
				if mode == "enforce" {
					want -= 2
				}
				if got := f.must(t, s, "GET", "/users/me/credits/balance", "").(map[string]any)["credits"].(float64); got != float64(want) {
					t.Fatalf("%v credits, want %d", got, want)
				}
			})
		})
	}
}
