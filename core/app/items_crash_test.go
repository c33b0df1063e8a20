package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// shown is an item as its owner sees it.
type shown struct {
	DFID        string           `json:"dfid"`
	Identifiers []map[string]any `json:"identifiers"`
	Data        map[string]any   `json:"enriched_data"`
	Sources     []string         `json:"source_entries"`
	Status      string           `json:"status"`
	MergedInto  *string          `json:"merged_into"`
}

func (f *farm) item(t *testing.T, s *service, dfid string) (i shown) {
	t.Helper()
	w := s.serve("GET", itemsPath+"/"+dfid, "", "Authorization", "Bearer "+f.token)
	s.Drain()
	if w.Code != 200 {
		t.Fatalf("item %s: %d %s", dfid, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &i); err != nil {
		t.Fatal(err)
	}
	return i
}

func (i shown) values() (out []string) {
	for _, id := range i.Identifiers {
		out = append(out, id["value"].(string))
	}
	slices.Sort(out)
	return out
}

// consistent wants each item in the list as it is, the sums to be those of the items, and each identifier of an Active
// item to lead to it.
func (f *farm) consistent(t *testing.T, s *service) {
	t.Helper()
	list := f.must(t, s, "GET", itemsPath, "").([]any)
	counts := map[string]int{}
	for _, v := range list {
		dfid := text(v, "dfid")
		one := f.must(t, s, "GET", itemsPath+"/"+dfid, "")
		if fmt.Sprint(v) != fmt.Sprint(one) {
			t.Errorf("listed %v, is %v", v, one)
		}
		i := f.item(t, s, dfid)
		counts[i.Status]++
		if i.Status != "Active" {
			continue
		}
		for _, id := range i.Identifiers {
			if id["id_type"] != "Canonical" {
				continue
			}
			if got := f.newItem(t, s, "", pair("canonical", id["key"].(string), id["value"].(string))); got != dfid {
				t.Errorf("%v leads to %s, not to %s", id["value"], got, dfid)
			}
		}
		for _, id := range i.Identifiers {
			found := f.owned(t, s, fmt.Sprintf("?identifier_key=%s&identifier_value=%s", id["key"], id["value"]))
			if !slices.Contains(found, dfid) {
				t.Errorf("%s is not found by %v", dfid, id["value"])
			}
		}
	}
	sums := f.must(t, s, "GET", itemsPath+"/stats", "").(map[string]any)
	for member, n := range map[string]int{
		"total_items": len(list), "active_items": counts["Active"], "merged_items": counts["Merged"], "split_items": counts["Split"],
		"archived_items": counts["Deprecated"],
	} {
		if sums[member] != float64(n) {
			t.Errorf("%s is %v, want %d", member, sums[member], n)
		}
	}
}

func (f *farm) status(t *testing.T, s *service, method, path, body string, fields ...string) int {
	t.Helper()
	code, _ := f.ask(t, s, method, path, body, fields...)
	return code
}

// first and second are the items that the tests begin with.
func (f *farm) first(t *testing.T) string {
	return f.newItem(t, f.instance(t), `{"a":1,"b":1}`, pair("canonical", "sisbov", "BR1"), pair("contextual", "lote", "7"))
}

func (f *farm) second(t *testing.T) string {
	return f.newItem(t, f.instance(t), `{"b":2,"c":2}`, pair("canonical", "sisbov", "BR2"), pair("contextual", "lote", "8"))
}

func TestItemEditCrashes(t *testing.T) {
	var dfid string
	body := `{"enriched_data":{"x":1},"identifiers":[` + pair("canonical", "sisbov", "BR9") + `,` + pair("contextual", "lote", "8") + `]}`
	new(farm).crashes(t, func(t *testing.T, f *farm) {
		dfid = f.first(t)
		f.second(t)
	}, func(t *testing.T, f *farm, s *service) int {
		return f.status(t, s, "PUT", itemsPath+"/"+dfid, body)
	}, 200, func(t *testing.T, f *farm, code int) {
		s := f.instance(t)
		i := f.item(t, s, dfid)
		done := len(i.Identifiers) == 4
		if done != (i.Data["x"] != nil) || code == 200 && !done {
			t.Fatalf("answered %d: %+v", code, i)
		}
		f.must(t, s, "PUT", itemsPath+"/"+dfid, body)
		f.atRest(t, s)
		f.consistent(t, s)
	})
}

func TestItemDeprecationCrashes(t *testing.T) {
	var dfid string
	new(farm).crashes(t, func(t *testing.T, f *farm) { dfid = f.first(t) }, func(t *testing.T, f *farm, s *service) int {
		return f.status(t, s, "DELETE", itemsPath+"/"+dfid, "")
	}, 200, func(t *testing.T, f *farm, code int) {
		s := f.instance(t)
		found := f.newItem(t, s, "", pair("canonical", "sisbov", "BR1"))
		gone := f.item(t, s, dfid).Status == "Deprecated"
		if gone == (found == dfid) || code == 200 && !gone {
			t.Fatalf("answered %d, deprecated %t, its identifier leads to %s", code, gone, found)
		}
		f.must(t, s, "PUT", itemsPath+"/"+dfid+"/deprecate", "")
		f.atRest(t, s)
		f.consistent(t, s)
	})
}

func TestItemMergeCrashes(t *testing.T) {
	var one, two string
	new(farm).crashes(t, func(t *testing.T, f *farm) { one, two = f.first(t), f.second(t) }, func(t *testing.T, f *farm, s *service) int {
		return f.status(t, s, "POST", itemsPath+"/"+one+"/merge", fmt.Sprintf("%q", two), "Idempotency-Key", "one")
	}, 200, func(t *testing.T, f *farm, code int) {
		s := f.instance(t)
		// Nobody can write the secondary as if nothing had happened.
		edited := f.status(t, s, "PUT", itemsPath+"/"+two, `{"enriched_data":{"late":1}}`)
		primary, secondary := f.item(t, s, one), f.item(t, s, two)
		merged := len(primary.Identifiers) == 4
		if merged != (secondary.Status == "Merged") || merged == (edited == 200) || code == 200 && !merged {
			t.Fatalf("answered %d, edit %d: %+v %+v", code, edited, primary, secondary)
		}
		if again := f.status(t, s, "POST", itemsPath+"/"+one+"/merge", fmt.Sprintf("%q", two), "Idempotency-Key", "one"); again != 200 {
			t.Fatal(again)
		}
		f.atRest(t, s)
		f.consistent(t, s)
		primary, secondary = f.item(t, s, one), f.item(t, s, two)
		if got := fmt.Sprint(primary.values()); got != "[7 8 BR1 BR2]" || primary.Data["b"] != 2.0 || len(primary.Sources) < 2 {
			t.Fatalf("%+v", primary)
		}
		if secondary.Status != "Merged" || *secondary.MergedInto != one || secondary.Data["c"] != 2.0 {
			t.Fatalf("%+v", secondary)
		}
	})
}

func TestItemSplitCrashes(t *testing.T) {
	for _, mode := range []string{"display", "enforce"} {
		t.Run(mode, func(t *testing.T) {
			var one string
			ask := func(t *testing.T, f *farm, s *service) (int, any) {
				return f.ask(t, s, "POST", itemsPath+"/"+one+"/split", `{"identifiers_for_new_item":[`+pair("canonical", "sisbov", "BR1")+`]}`,
					"Idempotency-Key", "one")
			}
			vars := map[string]string{"CREDITS_MODE": mode, "LIMITS_MODE": mode}
			(&farm{vars: vars}).crashes(t, func(t *testing.T, f *farm) { one = f.first(t) }, func(t *testing.T, f *farm, s *service) int {
				code, _ := ask(t, f, s)
				return code
			}, 200, func(t *testing.T, f *farm, code int) {
				s := f.instance(t)
				found := f.newItem(t, s, "", pair("canonical", "sisbov", "BR1"))
				original := f.item(t, s, one)
				if split := original.Status == "Split"; split == (found == one) || code == 200 && !split {
					t.Fatalf("answered %d, BR1 leads to %s: %+v", code, found, original)
				}
				again, v := ask(t, f, s)
				if again != 200 {
					t.Fatal(again, v)
				}
				f.atRest(t, s)
				f.consistent(t, s)
				part := text(v.(map[string]any)["new_item"], "dfid")
				if got := f.newItem(t, s, "", pair("canonical", "sisbov", "BR1")); got != part || found != one && found != part {
					t.Fatalf("BR1 leads to %s, and to %s before, the new item is %s", got, found, part)
				}
				if ids := f.owned(t, s, ""); len(ids) != 2 {
					t.Fatal(ids)
				}
				want := 100.0
				if mode == "enforce" {
					want = 96
				}
				if got := f.must(t, s, "GET", "/users/me/credits/balance", "").(map[string]any)["credits"]; got != want {
					t.Fatalf("%v credits, want %v", got, want)
				}
			})
		})
	}
}

const bob = `{"username":"bob","email":"bob@farm.example","password":"Cocoa beans 2"}`

func TestItemShareCrashes(t *testing.T) {
	var one, token, user string
	new(farm).crashes(t, func(t *testing.T, f *farm) {
		one = f.first(t)
		code, v := f.instance(t).call(t, "POST", "/api/auth/register", "", bob)
		if code != 200 {
			t.Fatal(code, v)
		}
		token, user = v["token"].(string), v["user_id"].(string)
	}, func(t *testing.T, f *farm, s *service) int {
		return f.status(t, s, "POST", itemsPath+"/"+one+"/share", fmt.Sprintf(`{"recipient_user_id":%q}`, user), "Idempotency-Key", "one")
	}, 200, func(t *testing.T, f *farm, code int) {
		s := f.instance(t)
		sees, _ := s.call(t, "GET", itemsPath+"/"+one, token, "")
		if code == 200 && sees != 200 || sees != 200 && sees != 404 {
			t.Fatalf("answered %d, the recipient gets %d", code, sees)
		}
		again := f.must(t, s, "POST", itemsPath+"/"+one+"/share", fmt.Sprintf(`{"recipient_user_id":%q}`, user), "Idempotency-Key", "one")
		f.atRest(t, s)
		status, list := s.send(t, "GET", itemsPath+"/shared-to/"+user, "", "Authorization", "Bearer "+token)
		if status != 200 || len(list.([]any)) != 1 || text(list.([]any)[0], "share_id") != text(again, "share_id") {
			t.Fatal(status, list, again)
		}
	})
}

func TestPendingApprovalCrashes(t *testing.T) {
	var one, two, pending string
	ask := func(t *testing.T, f *farm, s *service) (int, any) {
		return f.ask(t, s, "POST", itemsPath+"/pending/"+pending+"/resolve", `{"action":"approve"}`)
	}
	new(farm).crashes(t, func(t *testing.T, f *farm) {
		one, two = f.first(t), f.second(t)
		s := f.instance(t)
		_, v := f.ask(t, s, "POST", itemsPath, itemBody(`{"new":1}`, pair("canonical", "sisbov", "BR1"), pair("canonical", "sisbov", "BR2")))
		pending = text(v, "pending_id")
		if got, v := ask(t, f, s); got != 200 || v.(map[string]any)["resolved"] != false {
			t.Fatal(got, v)
		}
		// Without the two it becomes an item of its own.
		f.must(t, s, "DELETE", itemsPath+"/"+one, "")
		f.must(t, s, "DELETE", itemsPath+"/"+two, "")
	}, func(t *testing.T, f *farm, s *service) int {
		code, _ := ask(t, f, s)
		return code
	}, 200, func(t *testing.T, f *farm, code int) {
		s := f.instance(t)
		again, v := ask(t, f, s)
		if again != 200 && again != 404 { // 200 while the row that removes it is on its way
			t.Fatalf("answered %d, and again %d %v", code, again, v)
		}
		f.atRest(t, s)
		if list := f.must(t, s, "GET", itemsPath+"/pending", "").([]any); len(list) != 0 {
			t.Fatal(list)
		}
		if ids := f.owned(t, s, "?status=active"); len(ids) != 1 {
			t.Fatalf("%d items", len(ids))
		}
		f.consistent(t, s)
	})
}
