package app_test

import (
	"testing"
	"time"
)

// keyStage is an account with a key, ready for an instance to die.
type keyStage struct {
	*world
	token    string
	text, id string
}

func newKeyStage(t *testing.T, vars map[string]string, more string) keyStage {
	w := newWorld()
	s := w.start(t, vars)
	k := keyStage{world: w, token: s.newAna(t)}
	k.text, k.id = s.newKey(t, k.token, more)
	return k
}

// instance starts another one; its start is not part of what it is then asked for.
func (k keyStage) instance(t *testing.T, vars map[string]string) *service {
	s := k.start(t, vars)
	s.call(t, "GET", "/health", "", "")
	return s
}

// dyingAt starts an instance that dies at a call of the sequencer.
func (k keyStage) dyingAt(t *testing.T, vars map[string]string, step int, applied bool) *service {
	s := k.instance(t, vars)
	s.dieAt, s.applied = s.calls+step, applied
	return s
}

// crashes runs a request undisturbed to know its calls, and then once for each of them dying there.
func crashes(t *testing.T, vars map[string]string, more string, request func(*testing.T, keyStage, *service) int, want int,
	after func(t *testing.T, k keyStage, code int)) {
	k := newKeyStage(t, vars, more)
	s := k.instance(t, vars)
	before := s.calls
	if code := request(t, k, s); code != want {
		t.Fatalf("undisturbed: %d", code)
	}
	everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
		k := newKeyStage(t, vars, more)
		code := request(t, k, k.dyingAt(t, vars, step, applied))
		k.pass(61 * time.Second) // the life of a reservation
		after(t, k, code)
	})
}

// own sends a request of the key's owner.
func (k keyStage) own(t *testing.T, s *service, method, path, body string, fields ...string) (int, any) {
	return s.send(t, method, "/api/api-keys"+path, body, append(fields, "Authorization", "Bearer "+k.token)...)
}

// A key that was created once is there once: whoever repeats the request gets its text, and it works.
func TestKeyCreationCrashes(t *testing.T) {
	ask := func(t *testing.T, k keyStage, s *service) (int, any) {
		return k.own(t, s, "POST", "", keyBody(""), "Idempotency-Key", "one")
	}
	crashes(t, nil, "", func(t *testing.T, k keyStage, s *service) int {
		code, v := ask(t, k, s)
		if code == 200 { // acknowledged: it works at once, whatever was still to be done
			s := k.instance(t, nil)
			s.want(t, "GET", profilePath, v.(map[string]any)["api_key"].(string), 200, "")
			if n := len(s.listed(t, k.token, "")); n != 2 {
				t.Fatalf("acknowledged, and %d keys are listed", n)
			}
		}
		return code
	}, 200, func(t *testing.T, k keyStage, code int) {
		s := k.instance(t, nil)
		repeat, v := ask(t, k, s)
		if repeat != 200 {
			t.Fatal(repeat, v)
		}
		s.want(t, "GET", profilePath, v.(map[string]any)["api_key"].(string), 200, "")
		k.atRest(t, s)
		if n := len(s.listed(t, k.token, "")); n != 2 {
			t.Fatalf("%d keys, want 2", n)
		}
		if n := k.events(t, s.userOf(t, k.token), "api_key_create"); n != 2 {
			t.Fatalf("%d events, want 2", n)
		}
	})
}

// Without an idempotency key there is at most one key more, which nobody has the text of; its owner can see and delete
// it.
func TestKeyCreationCrashesWithoutIdempotencyKey(t *testing.T) {
	crashes(t, nil, "", func(t *testing.T, k keyStage, s *service) int {
		code, _ := k.own(t, s, "POST", "", keyBody(""))
		return code
	}, 200, func(t *testing.T, k keyStage, code int) {
		s := k.instance(t, nil)
		home := s.userOf(t, k.token)
		ids := s.listed(t, k.token, "include_inactive=true")
		if code == 200 && len(ids) != 2 || len(ids) > 2 || ids[0] != k.id {
			t.Fatalf("answered %d, listed %v", code, ids)
		}
		for _, id := range ids {
			if code, v := k.own(t, s, "DELETE", "/"+id, ""); code != 204 {
				t.Fatal(code, v)
			}
		}
		k.atRest(t, s)
		if ids := s.listed(t, k.token, "include_inactive=true"); len(ids) != 0 {
			t.Fatal(ids)
		}
		k.wantGone(t, home, k.text)
	})
}

func TestRevocationCrashes(t *testing.T) {
	ask := func(t *testing.T, k keyStage, s *service) int {
		code, _ := k.own(t, s, "POST", "/"+k.id+"/revoke", "", "Idempotency-Key", "one")
		return code
	}
	crashes(t, nil, "", func(t *testing.T, k keyStage, s *service) int {
		code := ask(t, k, s)
		if code == 200 { // acknowledged: refused at once
			k.instance(t, nil).want(t, "GET", profilePath, k.text, 401, "api_key_inactive")
		}
		return code
	}, 200, func(t *testing.T, k keyStage, _ int) {
		s := k.instance(t, nil)
		if code := ask(t, k, s); code != 200 {
			t.Fatal(code)
		}
		s.want(t, "GET", profilePath, k.text, 401, "api_key_inactive")
		k.atRest(t, s)
		k.wantNoted(t, s, "api_key_revoke", 0)
	})
}

// wantNoted wants one event of an action, and so many keys in the list of active ones, of one in all.
func (k keyStage) wantNoted(t *testing.T, s *service, action string, active int) {
	t.Helper()
	if n := k.events(t, s.userOf(t, k.token), action); n != 1 {
		t.Fatalf("%d events %s, want 1", n, action)
	}
	if some, all := len(s.listed(t, k.token, "")), len(s.listed(t, k.token, "include_inactive=true")); some != active || all != 1 {
		t.Fatalf("%d of %d keys listed, want %d of 1", some, all, active)
	}
}

func TestPauseCrashes(t *testing.T) {
	ask := func(t *testing.T, k keyStage, s *service) int {
		code, _ := k.own(t, s, "PATCH", "/"+k.id, `{"is_active":false,"name":"paused"}`)
		return code
	}
	crashes(t, nil, "", func(t *testing.T, k keyStage, s *service) int {
		code := ask(t, k, s)
		if code == 200 {
			k.instance(t, nil).want(t, "GET", profilePath, k.text, 401, "api_key_inactive")
		}
		return code
	}, 200, func(t *testing.T, k keyStage, _ int) {
		s := k.instance(t, nil)
		works, _ := s.keyed(t, "GET", profilePath, k.text)
		if n := len(s.listed(t, k.token, "")); (n == 1) != (works == 200) {
			t.Fatalf("the key answers %d, and %d are listed as active", works, n)
		}
		if code := ask(t, k, s); code != 200 {
			t.Fatal(code)
		}
		s.want(t, "GET", profilePath, k.text, 401, "api_key_inactive")
		k.atRest(t, s)
		k.wantNoted(t, s, "api_key_update", 0)
	})
}

func TestResumeCrashes(t *testing.T) {
	ask := func(t *testing.T, k keyStage, s *service) int {
		if code, _ := k.own(t, k.instance(t, nil), "PATCH", "/"+k.id, `{"is_active":false}`); code != 200 {
			t.Fatal(code)
		}
		code, _ := k.own(t, s, "PATCH", "/"+k.id, `{"is_active":true}`)
		return code
	}
	crashes(t, nil, "", ask, 200, func(t *testing.T, k keyStage, code int) {
		s := k.instance(t, nil)
		if code == 200 {
			s.want(t, "GET", profilePath, k.text, 200, "")
		}
		if code, _ := k.own(t, s, "PATCH", "/"+k.id, `{"is_active":true}`); code != 200 {
			t.Fatal(code)
		}
		s.want(t, "GET", profilePath, k.text, 200, "")
		k.atRest(t, s)
		if ids := s.listed(t, k.token, ""); len(ids) != 1 {
			t.Fatal(ids)
		}
		if n := k.events(t, s.userOf(t, k.token), "api_key_update"); n != 2 {
			t.Fatalf("%d events, want 2", n)
		}
	})
}

// A pause whose note has not reached the list, and then a resumption whose note has: the late one says nothing any more.
func TestLateNote(t *testing.T) {
	crashes(t, nil, "", func(t *testing.T, k keyStage, s *service) int {
		code, _ := k.own(t, s, "PATCH", "/"+k.id, `{"is_active":false}`)
		return code
	}, 200, func(t *testing.T, k keyStage, _ int) {
		s := k.instance(t, nil)
		if code, _ := k.own(t, s, "PATCH", "/"+k.id, `{"is_active":true}`); code != 200 {
			t.Fatal(code)
		}
		k.atRest(t, s)
		if ids := s.listed(t, k.token, ""); len(ids) != 1 {
			t.Fatal("the key works and is not listed")
		}
	})
}

func TestDeletionCrashes(t *testing.T) {
	ask := func(t *testing.T, k keyStage, s *service) int {
		code, _ := k.own(t, s, "DELETE", "/"+k.id, "")
		return code
	}
	crashes(t, nil, "", func(t *testing.T, k keyStage, s *service) int {
		code := ask(t, k, s)
		if code == 204 {
			s := k.instance(t, nil)
			s.want(t, "GET", profilePath, k.text, 401, "invalid_api_key")
			if ids := s.listed(t, k.token, "include_inactive=true"); len(ids) != 0 {
				t.Fatal(ids)
			}
			if code, _ := k.own(t, s, "GET", "/"+k.id, ""); code != 404 {
				t.Fatal(code)
			}
		}
		return code
	}, 204, func(t *testing.T, k keyStage, _ int) {
		s := k.instance(t, nil)
		home := s.userOf(t, k.token)
		if code := ask(t, k, s); code != 204 && code != 404 {
			t.Fatal(code)
		}
		s.want(t, "GET", profilePath, k.text, 401, "invalid_api_key")
		k.atRest(t, s)
		if n := k.events(t, home, "api_key_delete"); n != 1 {
			t.Fatalf("%d events, want 1", n)
		}
		k.wantGone(t, home, k.text)
	})
}

// A request that died counts at most once, is never charged twice, and leaves the window after an hour like any other.
func TestKeyedRequestCrashes(t *testing.T) {
	enforced := map[string]string{"CREDITS_MODE": "enforce", "LIMITS_MODE": "enforce"}
	credit := func(t *testing.T, k keyStage, s *service) {
		home := s.userOf(t, k.token)
		k.edit(t, home, "balance", `"credits":`+start(t, k.world, home), `"credits":2`)
	}
	crashes(t, enforced, `"rate_limit_per_hour":1`, func(t *testing.T, k keyStage, s *service) int {
		credit(t, k, k.instance(t, nil))
		code, _ := s.keyed(t, "GET", profilePath, k.text)
		return code
	}, 200, func(t *testing.T, k keyStage, code int) {
		s := k.instance(t, enforced)
		next, _ := s.keyed(t, "GET", profilePath, k.text)
		if code == 200 && next != 429 || next != 200 && next != 429 {
			t.Fatalf("answered %d, the next one %d", code, next)
		}
		k.pass(time.Hour)
		s.want(t, "GET", profilePath, k.text, 200, "")
		s.want(t, "GET", profilePath, k.text, 429, "rate_limit_exceeded")
		home := s.userOf(t, k.token)
		charges, _ := k.transactions(t, home, 2)
		if charges > 2 || code == 200 && charges != 2 || charges < 1 {
			t.Fatalf("%d charges", charges)
		}
		if total := k.total(t, k.text); total != "2" {
			t.Fatalf("%s requests counted", total)
		}
		k.atRest(t, s)
	})
}
