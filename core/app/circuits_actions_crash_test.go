package app_test

import (
	"strings"
	"testing"

	"tracedge/core/storage"
)

func freshRing(t *testing.T) *ring { return newRing(t, "") }

// hooks are the names of a circuit's webhooks, and whether they are enabled.
func (s *service) hooks(t *testing.T, r *ring) []string {
	t.Helper()
	data, _ := s.must(t, r.ana, "GET", "/"+r.id+"/post-actions", "")["data"].(map[string]any)
	out := []string{}
	list, _ := data["webhooks"].([]any)
	for _, w := range list {
		out = append(out, w.(map[string]any)["name"].(string))
	}
	return out
}

// AD2: what was acknowledged is there, and after a repeat every member has been told once.
func TestCircuitAdapterCrashes(t *testing.T) {
	ask := func(t *testing.T, r *ring, s *service) int {
		code, _ := s.as(t, r.ana, "PUT", "/"+r.id+"/adapter", `{"adapter_type":"ipfs-ipfs"}`)
		return code
	}
	ringCrashes(t, freshRing, func(t *testing.T, r *ring, s *service) int {
		code := ask(t, r, s)
		if code == 200 && r.instance(t).must(t, r.bia, "GET", "/"+r.id+"/adapter", "")["adapter_type"] != "ipfs-ipfs" {
			t.Fatal("acknowledged, and not so")
		}
		return code
	}, func(t *testing.T, r *ring, s *service, _ int) {
		if code := ask(t, r, s); code != 200 {
			t.Fatal(code)
		}
		r.atRest(t, s)
		for _, p := range []person{r.ana, r.bia} {
			if n := len(r.noticesOf(t, p, "CircuitAdapterConfigUpdated")); n != 1 {
				t.Errorf("told %d times", n)
			}
		}
	})
}

// WH3: under a key there is one webhook, named by the settings, whatever died.
func TestWebhookCreationCrashes(t *testing.T) {
	ask := func(t *testing.T, r *ring, s *service) (int, map[string]any) {
		return s.as(t, r.ana, "POST", "/"+r.id+"/post-actions/webhooks", hookBody, keyed("hook")...)
	}
	ringCrashes(t, freshRing, func(t *testing.T, r *ring, s *service) int {
		code, _ := ask(t, r, s)
		if code == 200 && len(r.instance(t).hooks(t, r)) != 1 {
			t.Fatal("acknowledged, and not there")
		}
		return code
	}, func(t *testing.T, r *ring, s *service, _ int) {
		code, v := ask(t, r, s)
		if code != 200 {
			t.Fatal(code, v)
		}
		r.atRest(t, s)
		id := v["data"].(map[string]any)["id"].(string)
		rows := r.circuitRows(t, r.id)
		n := 0
		for _, row := range rows {
			if strings.HasPrefix(row, "webhook/") {
				n++
			}
		}
		if got := s.hooks(t, r); len(got) != 1 || n != 1 || s.must(t, r.ana, "GET", "/"+r.id+"/post-actions/webhooks/"+id, "")["success"] != true {
			t.Errorf("%v, %d rows", got, n)
		}
	})
}

// WH5: a webhook reads as it was or as it was to be, and its row and the settings agree on whether it is enabled.
func TestWebhookUpdateCrashes(t *testing.T) {
	at := map[string]string{}
	setup := func(t *testing.T) *ring {
		r := newRing(t, "")
		s := r.instance(t)
		v := s.must(t, r.ana, "POST", "/"+r.id+"/post-actions/webhooks", hookBody)
		at[r.id] = "/" + r.id + "/post-actions/webhooks/" + v["data"].(map[string]any)["id"].(string)
		return r
	}
	ask := func(t *testing.T, r *ring, s *service) int {
		code, _ := s.as(t, r.ana, "PUT", at[r.id], `{"name":"Door","enabled":false,"auth_credentials":"user:another","headers":{"Cookie":"***"}}`)
		return code
	}
	is := func(t *testing.T, r *ring, s *service) bool {
		v := s.must(t, r.ana, "GET", at[r.id], "")["data"].(map[string]any)
		told := strings.Contains(r.dump(t, storage.In("circuit", r.id))["postactions"], `"enabled":true}`)
		if enabled := v["enabled"].(bool); enabled != told || enabled != (v["name"] == "Gate") {
			t.Errorf("%v, the settings say %t", v, told)
		}
		return v["name"] == "Door"
	}
	ringCrashes(t, setup, func(t *testing.T, r *ring, s *service) int {
		code := ask(t, r, s)
		if now := is(t, r, r.instance(t)); code == 200 && !now {
			t.Fatal("acknowledged, and not so")
		}
		return code
	}, func(t *testing.T, r *ring, s *service, _ int) {
		if code := ask(t, r, s); code != 200 || !is(t, r, s) {
			t.Fatal(code)
		}
	})
}
