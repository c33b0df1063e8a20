package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/storage"
)

const hookBody = `{"name":"Gate","url":"https://hooks.farm.example/in","auth_type":"BasicAuth","auth_credentials":"user:sesame",` +
	`"signing_secret":"open sesame, please","headers":{"Cookie":"biscuit"}}`

const allActions = `{"enabled":true,"include_storage_details":true,"include_item_metadata":true,` +
	`"trigger_events":["item_pushed","item_approved","item_tokenized","item_published"]}`

// noticesOf are the data of somebody's notices of a type, oldest first.
func (w *world) noticesOf(t *testing.T, p person, kind string) []map[string]any {
	t.Helper()
	var out []map[string]any
	home := accounts.Partition(p.id)
	dump := w.dump(t, home)
	for _, row := range w.rows(t, home) {
		if !strings.HasPrefix(row, "notice/") {
			continue
		}
		var n struct {
			Type string         `json:"notification_type"`
			Data map[string]any `json:"data"`
		}
		if err := json.Unmarshal([]byte(dump[row]), &n); err != nil {
			t.Fatal(err)
		}
		if n.Type == kind {
			out = append(out, n.Data)
		}
	}
	return out
}

// Every member is told of another adapter, the caller too, and nobody when nothing changes. The circuit itself has not
// changed by it.
func TestCircuitAdapterIsTold(t *testing.T) {
	r := newRing(t, "")
	s := r.instance(t)
	before := s.must(t, r.ana, "GET", "/"+r.id, "")["last_modified"]
	r.pass(5 * time.Second)
	for range 2 {
		s.must(t, r.ana, "PUT", "/"+r.id+"/adapter", `{"adapter_type":"ipfs-ipfs","sponsor_adapter_access":true}`)
	}
	for _, p := range []person{r.ana, r.bia} {
		got := r.noticesOf(t, p, "CircuitAdapterConfigUpdated")
		if len(got) != 1 || got[0]["adapter_type"] != "IpfsIpfs" || got[0]["sponsor_adapter_access"] != true || got[0]["configured_by"] != r.ana.id ||
			got[0]["circuit_id"] != r.id || got[0]["circuit_name"] != "Cocoa" {
			t.Errorf("%v", got)
		}
	}
	if after := s.must(t, r.ana, "GET", "/"+r.id, "")["last_modified"]; after != before {
		t.Errorf("last_modified %v, was %v", after, before)
	}
	if n := r.events(t, accounts.Partition(r.ana.id), "update_adapter"); n != 1 {
		t.Errorf("%d audit events", n)
	}
	if got := r.noticesOf(t, r.cid, "CircuitAdapterConfigUpdated"); len(got) != 0 {
		t.Errorf("a stranger was told: %v", got)
	}
}

// However many members there are, each is told once.
func TestCircuitAdapterIsToldToACrowd(t *testing.T) {
	const crowd = 250 // more than one look at an outbox takes in
	r := newRing(t, "")
	s := r.start(t, map[string]string{"REGISTER_RATE_LIMIT_PER_HOUR": "0"})
	people := []person{r.ana, r.bia}
	for n := range crowd {
		p := s.person(t, fmt.Sprint("person", n))
		s.must(t, r.ana, "POST", "/"+r.id+"/members", fmt.Sprintf(`{"member_id":%q,"role":"viewer"}`, p.id))
		people = append(people, p)
	}
	s.must(t, r.ana, "PUT", "/"+r.id+"/adapter", `{"adapter_type":"none"}`)
	r.atRest(t, s)
	for _, p := range people {
		if n := len(r.noticesOf(t, p, "CircuitAdapterConfigUpdated")); n != 1 {
			t.Fatalf("told %d times", n)
		}
	}
}

// Nothing that is stored holds a secret in the clear.
func TestWebhookSecretsAtRest(t *testing.T) {
	r := newRing(t, "")
	s := r.instance(t)
	v := s.must(t, r.ana, "POST", "/"+r.id+"/post-actions/webhooks", hookBody, keyed("one")...)
	at := "/" + r.id + "/post-actions/webhooks/" + v["data"].(map[string]any)["id"].(string)
	s.must(t, r.ana, "PUT", at, `{"auth_type":"CustomHeader","headers":{"X-Farm":"barn door"}}`)
	before := r.active(t, r.ana)
	s.must(t, r.ana, "POST", at+"/test", "")
	if n := r.active(t, r.ana) - before; n != 0 {
		t.Errorf("the test of a webhook leaves %d activities", n)
	}
	for _, p := range []storage.Partition{storage.In("circuit", r.id), accounts.Partition(r.ana.id), accounts.Partition(r.bia.id)} {
		for k, doc := range r.dump(t, p) {
			for _, secret := range []string{"sesame", "biscuit", "barn door"} {
				if strings.Contains(doc, secret) {
					t.Errorf("%s holds a secret", k)
				}
			}
		}
	}
}

// active counts somebody's activities.
func (w *world) active(t *testing.T, p person) (n int) {
	t.Helper()
	for _, row := range w.rows(t, accounts.Partition(p.id)) {
		if strings.HasPrefix(row, "activity/") {
			n++
		}
	}
	return n
}

// deliveries are the trigger, webhook and status of what is to be delivered, newest first.
func (s *service) deliveries(t *testing.T, who person, id string) []string {
	t.Helper()
	var out []string
	for _, d := range s.must(t, who, "GET", "/"+id+"/post-actions/deliveries?limit=200", "")["data"].([]any) {
		d := d.(map[string]any)
		item, _ := d["payload"].(map[string]any)["item"].(map[string]any)
		out = append(out, fmt.Sprint(d["trigger_event"], " ", item["dfid"], " ", d["status"]))
	}
	return out
}

// Publishing an item tells each enabled webhook once, in the commit that publishes it.
func TestPublishingIsDelivered(t *testing.T) {
	r := newRing(t, "")
	s := r.instance(t)
	const a, b = "DFID-20250101-000001-F7BD", "DFID-20250101-000002-F7BE"
	r.hold(t, r.id, a)
	r.hold(t, r.id, b)
	at := "/" + r.id + "/post-actions"
	s.must(t, r.ana, "PUT", at, allActions)
	s.must(t, r.ana, "POST", at+"/webhooks", hookBody)
	s.must(t, r.ana, "POST", at+"/webhooks", `{"name":"Off","url":"https://hooks.farm.example/in","enabled":false}`)
	publish := func(list string) {
		t.Helper()
		s.must(t, r.ana, "PUT", "/"+r.id+"/public-settings", `{"access_mode":"public","published_items":[`+list+`]}`)
	}
	publish(`"` + a + `"`)
	publish(`"` + a + `","` + b + `"`)
	publish(`"` + b + `"`)
	if got := s.deliveries(t, r.ana, r.id); !slices.Equal(got, []string{"ItemPublished " + b + " Pending", "ItemPublished " + a + " Pending"}) {
		t.Errorf("%q", got)
	}
	s.must(t, r.ana, "PUT", at, strings.Replace(allActions, "true", "false", 1))
	publish(`"` + a + `"`)
	if got := s.deliveries(t, r.ana, r.id); len(got) != 2 {
		t.Errorf("%q", got)
	}
	r.atRest(t, s)
}

// More deliveries than one commit should hold follow by rows, and are there when the request is answered.
func TestManyArePublished(t *testing.T) {
	r := newRing(t, "")
	s := r.instance(t)
	at := "/" + r.id + "/post-actions"
	s.must(t, r.ana, "PUT", at, allActions)
	for range 50 {
		s.must(t, r.ana, "POST", at+"/webhooks", `{"name":"Gate","url":"https://hooks.farm.example/in"}`)
	}
	var list []string
	for i := range 11 {
		dfid := fmt.Sprintf("DFID-20250101-%06d-F7BD", i)
		r.hold(t, r.id, dfid)
		list = append(list, `"`+dfid+`"`)
	}
	s.must(t, r.ana, "PUT", "/"+r.id+"/public-settings", `{"access_mode":"public","published_items":[`+strings.Join(list, ",")+`]}`)
	n := 0
	for _, row := range r.circuitRows(t, r.id) {
		if strings.HasPrefix(row, "delivery/") {
			n++
		}
	}
	if n != 550 {
		t.Errorf("%d deliveries", n)
	}
	r.atRest(t, s)
}

// What the routes of adapter and webhooks cost in storage calls, authentication aside.
func TestPostActionCalls(t *testing.T) {
	r := newRing(t, "")
	s := r.start(t, map[string]string{"SECRETS_KEY": enforcedLimits["SECRETS_KEY"]})
	s.call(t, "GET", "/health", "", "")
	at := "/post-actions"
	const account = "accounts_get_user_edge " // authentication
	hook := s.must(t, r.ana, "POST", "/"+r.id+at+"/webhooks", hookBody)["data"].(map[string]any)["id"].(string)
	one := at + "/webhooks/" + hook
	for _, c := range []struct{ name, method, path, body, want string }{
		{"AD1", "GET", "/adapter", "", account + "circuits_get_adapter"},
		{"AD2", "PUT", "/adapter", `{"adapter_type":"ipfs-ipfs"}`, account + "accounts_get_user circuits_update_adapter"},
		{"WH1", "GET", at, "", account + "circuits_get_postactions"},
		{"WH2", "PUT", at, allActions, account + "circuits_update_postactions"},
		{"WH3", "POST", at + "/webhooks", hookBody, account + "circuits_create_webhook"},
		{"WH4", "GET", one, "", account + "circuits_get_webhook"},
		{"WH5", "PUT", one, `{"name":"Door"}`, account + "circuits_update_webhook"},
		{"WH7", "POST", one + "/test", "", account + "circuits_create_delivery"},
		{"WH8", "GET", at + "/deliveries", "", account + "circuits_list_deliveries"},
		{"WH6", "DELETE", one, "", account + "circuits_delete_webhook"},
	} {
		s.must(t, r.ana, c.method, "/"+r.id+c.path, c.body)
		if got := s.operations(t); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
