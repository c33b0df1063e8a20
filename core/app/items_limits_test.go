package app_test

import (
	"fmt"
	"testing"
	"time"

	"tracedge/core/storage"
)

// calls is how many storage calls the record of a request tells of.
func (f *farm) calls(t *testing.T, s *service, method, path, body string) int {
	t.Helper()
	f.must(t, s, method, path, body)
	return s.last(t).StorageCalls
}

// A page of fifty costs the same number of storage calls however many things there are. Package listing tests the same
// with more than twenty thousand.
func TestListingCosts(t *testing.T) {
	counts := map[string][]int{}
	for _, n := range []int{500, 2500} {
		f := newFarm(t, nil)
		s := f.instance(t)
		for at := 0; at < n; at += 500 {
			body := `{"items":[`
			for i := range 500 {
				if i > 0 {
					body += ","
				}
				body += itemBody("", pair("canonical", "n", fmt.Sprint(at+i)), pair("contextual", "half", fmt.Sprint(at+i)))
			}
			f.must(t, s, "POST", itemsPath+"/batch", body+"]}")
		}
		for _, path := range []string{
			"", "/search?status=active", "?identifier_key=n", "?identifier_key=half&status=active", "?identifier_key=n&identifier_value=7",
			"/stats", "/identifier/n/7", "/pending",
		} {
			counts[path] = append(counts[path], f.calls(t, s, "GET", itemsPath+path, ""))
		}
		if got := f.must(t, s, "GET", itemsPath+"/stats", "").(map[string]any)["total_items"]; got != float64(n) {
			t.Errorf("%v items, want %d", got, n)
		}
	}
	for path, c := range counts {
		if len(c) == 2 && c[0] != c[1] {
			t.Errorf("%q: %d calls with 500 items, %d with 2,500", path, c[0], c[1])
		}
		t.Logf("%q: %v calls", path, c)
	}
}

// What each change costs, the account's check and what follows the response not counted.
func TestItemCosts(t *testing.T) {
	f := newFarm(t, nil)
	s := f.instance(t)
	one := f.newItem(t, s, "", pair("canonical", "k", "1"))
	f.newItem(t, s, "", pair("canonical", "k", "2"))
	costs := func(method, path, body string, want int, says string) {
		t.Helper()
		f.pass(time.Minute) // the instance has no number left
		if got := f.calls(t, s, method, path, body); got != want {
			t.Errorf("%s: %d storage calls, want %d", says, got, want)
		}
	}
	const account = 1 // the look at the caller's account, of every request
	costs("POST", itemsPath, itemBody("", pair("canonical", "k", "3")), account+6, "create: find, draw, reserve, create, confirm, list")
	costs("POST", itemsPath, itemBody(`{"a":1}`, pair("canonical", "k", "3")), account+3, "resolve: find, update, list")
	costs("POST", itemsPath, itemBody("", pair("canonical", "k", "3")), account+2, "nothing to add: find, look")
	costs("GET", itemsPath+"/"+one, "", account+1, "one item")
	costs("GET", itemsPath, "", account+1, "a page")
	costs("PUT", itemsPath+"/"+one, `{"enriched_data":{"a":1}}`, account+3, "update: access, update, list")
	costs("DELETE", itemsPath+"/"+one, "", account+4, "deprecate: access, status, release, list")
}

// The month of an account is counted where limits are enforced, and the count is taken back with what was not made.
func TestItemsPerMonth(t *testing.T) {
	f := newFarm(t, map[string]string{"LIMITS_MODE": "enforce"})
	s := f.instance(t)
	one := f.newItem(t, s, "", pair("canonical", "k", "1"), pair("canonical", "k", "2"))
	f.edit(t, storage.In("user", f.user), "minted/2026-03", "1", "999")
	f.newItem(t, s, "", pair("canonical", "k", "3"))
	for path, body := range map[string]string{
		itemsPath:                        itemBody("", pair("canonical", "k", "4")),
		itemsPath + "/" + one + "/split": `{"identifiers_for_new_item":[` + pair("canonical", "k", "1") + `]}`,
	} {
		code, v := f.ask(t, s, "POST", path, body)
		object, _ := v.(map[string]any)
		if code != 403 || text(v, "code") != "tier_limit_exceeded" || text(v, "limit_name") != "max_items_per_month" || object["limit"] != 1000.0 || object["current"] != 1000.0 {
			t.Errorf("%s: %d %v", path, code, v)
		}
	}
	f.must(t, s, "POST", itemsPath, itemBody(`{"a":1}`, pair("canonical", "k", "3"))) // resolving is no new item
	f.atRest(t, s)
	if i := f.item(t, s, one); i.Status != "Active" || len(i.Identifiers) != 2 {
		t.Errorf("%+v", i)
	}
	f.pass(31 * 24 * 60 * 60 * 1e9)
	s = f.instance(t)
	code, v := s.call(t, "POST", "/api/auth/login", "", loginBody("Cocoa beans 1"))
	if code != 200 {
		t.Fatal(code, v)
	}
	f.token = v["token"].(string)
	f.newItem(t, s, "", pair("canonical", "k", "4"))
}
