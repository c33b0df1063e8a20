package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tracedge/core/storage"
)

// adapterStage is an admin with two configurations, the first of them the default, ready for an instance to die.
type adapterStage struct {
	*world
	token    string
	one, two string // ids
}

const adminVars = `root`

func adapterVars() map[string]string {
	return map[string]string{
		"SECRETS_KEY":              "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
		"BOOTSTRAP_ADMIN_USERNAME": adminVars, "BOOTSTRAP_ADMIN_PASSWORD": "Cocoa beans 1", "BOOTSTRAP_ADMIN_EMAIL": "root@farm.example",
	}
}

func newAdapterStage(t *testing.T) adapterStage {
	w := newWorld()
	s := w.start(t, adapterVars())
	s.call(t, "GET", "/health", "", "")
	s.Sweep(t.Context())
	code, v := s.call(t, "POST", "/api/auth/login", "", `{"username":"root","password":"Cocoa beans 1"}`)
	if code != 200 {
		t.Fatal(code, v)
	}
	a := adapterStage{world: w, token: v["token"].(string)}
	a.one, a.two = a.make(t, s, "one"), a.make(t, s, "two")
	if code, v := s.call(t, "POST", "/api/admin/adapters/"+a.one+"/set-default", a.token, ""); code != 200 {
		t.Fatal(code, v)
	}
	return a
}

func configBody(name string) string {
	return fmt.Sprintf(`{"name":%q,"description":"","adapter_type":"ipfs-ipfs","connection_details":{"endpoint":"http://127.0.0.1:1",`+
		`"auth_type":"Bearer","api_key":"key of %s","timeout_ms":1,"retry_attempts":0,"max_concurrent_requests":1,"custom_headers":{}}}`, name, name)
}

func (a adapterStage) make(t *testing.T, s *service, name string) (id string) {
	t.Helper()
	code, v := s.call(t, "POST", "/api/admin/adapters", a.token, configBody(name))
	if code != 200 {
		t.Fatal(code, v)
	}
	return v["config"].(map[string]any)["config_id"].(string)
}

// instance starts another one; its start is not part of what it is then asked for.
func (a adapterStage) instance(t *testing.T) *service {
	s := a.start(t, adapterVars())
	s.call(t, "GET", "/health", "", "")
	return s
}

// stored are the configurations by name.
func (a adapterStage) stored(t *testing.T) map[string]map[string]any {
	t.Helper()
	out := make(map[string]map[string]any)
	for key, doc := range a.dump(t, storage.In("adapters", "configurations")) {
		if !strings.HasPrefix(key, "config/") {
			continue
		}
		if strings.Contains(doc, "key of") {
			t.Errorf("a secret is stored in the clear: %s", doc)
		}
		var v map[string]any
		if err := json.Unmarshal([]byte(doc), &v); err != nil {
			t.Fatal(err)
		}
		if _, twice := out[v["name"].(string)]; twice {
			t.Errorf("two configurations are named %v", v["name"])
		}
		out[v["name"].(string)] = v
	}
	return out
}

// actions counts the actions of a type in the log of admins.
func (a adapterStage) actions(t *testing.T, kind string) (n int) {
	t.Helper()
	for key, doc := range a.dump(t, storage.In("system", "actions")) {
		if strings.HasPrefix(key, "action/") && strings.Contains(doc, fmt.Sprintf(`"action_type":%q`, kind)) {
			n++
		}
	}
	return n
}

// defaults counts the configurations that are default.
func defaults(configs map[string]map[string]any) (n int) {
	for _, c := range configs {
		if c["is_default"] == true {
			n++
		}
	}
	return n
}

// adapterCrashes runs a request undisturbed to know its calls, and then once for each of them dying there. check sees the
// world at rest, with what the dying and a repeat by a healthy instance answered.
func adapterCrashes(t *testing.T, ask func(*testing.T, adapterStage, *service) int, check func(t *testing.T, a adapterStage, first, repeat int)) {
	a := newAdapterStage(t)
	s := a.instance(t)
	before := s.calls
	if code := ask(t, a, s); code != 200 {
		t.Fatalf("undisturbed: %d", code)
	}
	everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
		a := newAdapterStage(t)
		dying := a.instance(t)
		dying.dieAt, dying.applied = dying.calls+step, applied
		first := ask(t, a, dying)
		if n := defaults(a.stored(t)); n != 1 {
			t.Fatalf("%d defaults before anything was mended", n)
		}
		a.pass(61 * 1e9) // an interrupted request's key is free again
		healthy := a.instance(t)
		repeat := ask(t, a, healthy)
		a.atRest(t, healthy)
		if n := defaults(a.stored(t)); n != 1 {
			t.Fatalf("%d defaults", n)
		}
		check(t, a, first, repeat)
	})
}

func TestConfigCreationCrashes(t *testing.T) {
	adapterCrashes(t, func(t *testing.T, a adapterStage, s *service) int {
		code, _ := s.send(t, "POST", "/api/admin/adapters", configBody("three"), "Authorization", "Bearer "+a.token, "Idempotency-Key", "one")
		return code
	}, func(t *testing.T, a adapterStage, first, repeat int) {
		if repeat != 200 {
			t.Fatalf("the first run answered %d, the repeat %d", first, repeat)
		}
		if n := len(a.stored(t)); n != 3 {
			t.Fatalf("%d configurations", n)
		}
		if n := a.actions(t, "AdapterCreated"); n != 3 {
			t.Fatalf("%d actions", n)
		}
	})
}

func TestConfigUpdateCrashes(t *testing.T) {
	adapterCrashes(t, func(t *testing.T, a adapterStage, s *service) int {
		code, _ := s.send(t, "PUT", "/api/admin/adapters/"+a.two, `{"description":"changed"}`, "Authorization", "Bearer "+a.token)
		return code
	}, func(t *testing.T, a adapterStage, first, repeat int) {
		if repeat != 200 {
			t.Fatalf("the first run answered %d, the repeat %d", first, repeat)
		}
		if c := a.stored(t)["two"]; c["description"] != "changed" {
			t.Fatal(c)
		}
		if n := a.actions(t, "AdapterUpdated"); n != 2 { // this and the default of the stage
			t.Fatalf("%d actions", n)
		}
	})
}

func TestConfigDeletionCrashes(t *testing.T) {
	adapterCrashes(t, func(t *testing.T, a adapterStage, s *service) int {
		code, _ := s.send(t, "DELETE", "/api/admin/adapters/"+a.two, "", "Authorization", "Bearer "+a.token)
		return code
	}, func(t *testing.T, a adapterStage, first, repeat int) {
		if repeat != 200 && repeat != 404 {
			t.Fatalf("the first run answered %d, the repeat %d", first, repeat)
		}
		if _, there := a.stored(t)["two"]; there {
			t.Fatal("it is still there")
		}
		if n := a.actions(t, "AdapterDeleted"); n != 1 {
			t.Fatalf("%d actions", n)
		}
	})
}

func TestSetDefaultCrashes(t *testing.T) {
	adapterCrashes(t, func(t *testing.T, a adapterStage, s *service) int {
		code, _ := s.send(t, "POST", "/api/admin/adapters/"+a.two+"/set-default", "", "Authorization", "Bearer "+a.token, "Idempotency-Key", "one")
		return code
	}, func(t *testing.T, a adapterStage, first, repeat int) {
		if repeat != 200 {
			t.Fatalf("the first run answered %d, the repeat %d", first, repeat)
		}
		if c := a.stored(t)["two"]; c["is_default"] != true {
			t.Fatal(c)
		}
		if n := a.actions(t, "AdapterUpdated"); n != 2 {
			t.Fatalf("%d actions", n)
		}
	})
}

func TestAdapterSelectionCrashes(t *testing.T) {
	adapterCrashes(t, func(t *testing.T, a adapterStage, s *service) int {
		code, _ := s.send(t, "POST", "/api/adapters/select", `{"adapter_type":"ipfs-ipfs"}`, "Authorization", "Bearer "+a.token, "Idempotency-Key", "one")
		return code
	}, func(t *testing.T, a adapterStage, first, repeat int) {
		if repeat != 200 {
			t.Fatalf("the first run answered %d, the repeat %d", first, repeat)
		}
		s := a.instance(t)
		if n := a.events(t, s.userOf(t, a.token), "adapter_select"); n != 1 {
			t.Fatalf("%d events", n)
		}
	})
}

// First configurations come of the settings once, wherever a sweep dies.
func TestFirstConfigurationsCrashes(t *testing.T) {
	vars := adapterVars()
	vars["PINATA_API_KEY"], vars["PINATA_SECRET_KEY"] = "key of pinata", "key of pinata"
	vars["STELLAR_MAINNET_IPCM_CONTRACT"], vars["STELLAR_MAINNET_NFT_CONTRACT"], vars["STELLAR_MAINNET_SECRET_KEY"] = "a", "b", "key of stellar"
	run := func(t *testing.T, step int, applied bool) int {
		a := adapterStage{world: newWorld()}
		s := a.start(t, vars)
		s.call(t, "GET", "/health", "", "")
		before := s.calls
		if step > 0 {
			s.dieAt, s.applied = before+step, applied
		}
		s.Sweep(t.Context())
		if n := len(a.stored(t)); n != 0 && n != 2 {
			t.Fatalf("%d configurations", n)
		}
		calls := s.calls - before
		healthy := a.start(t, vars)
		healthy.Sweep(t.Context())
		healthy.Sweep(t.Context())
		if n := len(a.stored(t)); n != 2 {
			t.Fatalf("%d configurations", n)
		}
		return calls
	}
	everyStep(t, run(t, 0, false), func(t *testing.T, step int, applied bool) { run(t, step, applied) })
}

// A test of our own storage that is interrupted leaves at most a record that expires, and one event.
func TestProbeCrashes(t *testing.T) {
	adapterCrashes(t, func(t *testing.T, a adapterStage, s *service) int {
		code, _ := s.send(t, "POST", "/api/test/blockchain", "", "Authorization", "Bearer "+a.token, "Idempotency-Key", "one")
		return code
	}, func(t *testing.T, a adapterStage, first, repeat int) {
		if repeat != 200 {
			t.Fatalf("the first run answered %d, the repeat %d", first, repeat)
		}
		s := a.instance(t)
		if n := a.events(t, s.userOf(t, a.token), "adapter_test"); n != 1 {
			t.Fatalf("%d events", n)
		}
	})
}
