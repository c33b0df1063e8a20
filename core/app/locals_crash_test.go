package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tracedge/core/storage"
)

// The instance dies at every call of the sequencer while local items are created, merged and taken apart again.

// keyedPost is a POST under an idempotency key.
func (s *service) keyedPost(t *testing.T, token, path, body string) (int, map[string]any) {
	t.Helper()
	code, v := s.send(t, "POST", path, body, "Authorization", "Bearer "+token, "Idempotency-Key", "the-one")
	object, _ := v.(map[string]any)
	return code, object
}

// owned is what the list of an account says: status by id.
func (s *service) owned(t *testing.T, token string) map[string]string {
	t.Helper()
	code, v := s.send(t, "GET", "/api/items?limit=200", "", "Authorization", "Bearer "+token)
	if code != 200 {
		t.Fatal(code, v)
	}
	out := map[string]string{}
	for _, e := range v.([]any) {
		i := e.(map[string]any)
		out[strings.TrimPrefix(i["dfid"].(string), "LID-")] = i["status"].(string)
	}
	return out
}

// localCrashes runs a request on an instance that dies at each step, in a world that setUp has made, and then check.
func localCrashes(t *testing.T, setUp func(t *testing.T, s *service) string, run func(t *testing.T, s *service, token string) int,
	check func(t *testing.T, w *world, healthy *service, token string, code int),
) {
	start := func(t *testing.T) (*world, *service, string) {
		w := newWorld()
		s := w.start(t, nil)
		return w, s, setUp(t, s)
	}
	_, s, token := start(t)
	before := s.calls
	if code := run(t, s, token); code != 200 {
		t.Fatal(code)
	}
	everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
		w, dying, token := start(t)
		dying.dieAt, dying.applied = dying.calls+step, applied
		code := run(t, dying, token)
		w.pass(61 * time.Second) // the life of a reservation
		check(t, w, w.start(t, nil), token, code)
	})
}

func TestLocalCreationCrashes(t *testing.T) {
	const path = "/api/items/local"
	body := tagged("BR123456789012", `{"a":1}`)
	localCrashes(t, func(t *testing.T, s *service) string {
		token := s.newAna(t)
		s.newLocal(t, token, body)
		return token
	}, func(t *testing.T, s *service, token string) int {
		code, _ := s.keyedPost(t, token, path, body)
		return code
	}, func(t *testing.T, w *world, healthy *service, token string, code int) {
		again, v := healthy.keyedPost(t, token, path, body)
		if again != 200 {
			t.Fatalf("the repeat answers %d: %v", again, v)
		}
		lid := v["data"].(map[string]any)["local_id"].(string)
		w.atRest(t, healthy)
		if got := w.local(t, lid); got.Version != 1 {
			t.Fatalf("%+v", got)
		}
		if list := healthy.owned(t, token); len(list) != 2 || list[lid] != "Active" {
			t.Fatalf("%v, want two with %s", list, lid)
		}
		if _, sums := healthy.groups(t, token); fmt.Sprint(sums) != "map[duplicate_groups:1 items_in_duplicates:2 total_items:2]" {
			t.Fatal(sums)
		}
		if n := w.events(t, healthy.userOf(t, token), "create_local_item"); n != 2 {
			t.Fatalf("%d events for two local items", n)
		}
	})
}

// family makes local items that share an identifier, with the letters as names in the world's store of ids.
func family(t *testing.T, s *service, ids map[string]string, names ...string) string {
	token := s.newAna(t)
	for _, name := range names {
		ids[name] = s.newLocal(t, token, tagged("BR123456789012", fmt.Sprintf(`{"list":[%q],"%s":1}`, name, name)))
	}
	return token
}

func TestLocalMergeCrashes(t *testing.T) {
	const path = "/api/items/local/merge"
	for name, keyed := range map[string]bool{"keyed": true, "without a key": false} {
		t.Run(name, func(t *testing.T) {
			ids := map[string]string{}
			localCrashes(t, func(t *testing.T, s *service) string {
				return family(t, s, ids, "a", "b", "c", "d")
			}, func(t *testing.T, s *service, token string) int {
				if keyed {
					code, _ := s.keyedPost(t, token, path, mergeBody(ids["a"], ids["c"], ids["b"]))
					return code
				}
				code, _ := s.call(t, "POST", path, token, mergeBody(ids["a"], ids["c"], ids["b"]))
				return code
			}, func(t *testing.T, w *world, healthy *service, token string, code int) {
				if keyed { // the same request again ends it
					again, v := healthy.keyedPost(t, token, path, mergeBody(ids["a"], ids["c"], ids["b"]))
					if again != 200 || v["data"].(map[string]any)["merged_count"] != 2.0 {
						t.Fatalf("the repeat answers %d: %v", again, v)
					}
				} else { // another request wants the same items
					rival, v := healthy.call(t, "POST", path, token, mergeBody(ids["d"], ids["b"]))
					if code == 200 && rival != 400 || rival != 400 && rival != 200 {
						t.Fatalf("acknowledged with %d, and a rival gets %d: %v", code, rival, v)
					}
				}
				merged := w.local(t, ids["a"]).Version == 2
				if code == 200 && !merged {
					t.Fatal("acknowledged and not merged")
				}
				w.atRest(t, healthy)
				master, other := "a", "d"
				if !merged {
					master, other = other, master
				}
				if got := w.local(t, ids["b"]); got.Status != "MergedInto" || got.Master != ids[master] || got.Version != 2 || string(got.Data) != `{"b":1,"list":["b"]}` {
					t.Fatalf("b is %+v", got)
				}
				want, total := `{"a":1,"b":1,"c":1,"list":["a","c","b"]}`, 2
				if !merged {
					want, total = `{"b":1,"d":1,"list":["d","b"]}`, 3
				}
				if got := w.local(t, ids[master]); got.Status != "Active" || string(got.Data) != want || got.Version != 2 {
					t.Fatalf("%s is %+v", got.Data, got)
				}
				if got := w.local(t, ids[other]); got.Version != 1 {
					t.Fatalf("%s is %+v", other, got)
				}
				w.agree(t, healthy, token, ids)
				if _, sums := healthy.groups(t, token); sums["total_items"] != float64(total) {
					t.Fatal(sums)
				}
				if n := w.events(t, healthy.userOf(t, token), "merge_local_items"); n != 1 {
					t.Fatalf("%d events of one merge", n)
				}
			})
		})
	}
}

// agree checks that the list of the owner says what the local items say, and that nobody holds a claim.
func (w *world) agree(t *testing.T, s *service, token string, ids map[string]string) {
	t.Helper()
	list := s.owned(t, token)
	for name, lid := range ids {
		want := w.local(t, lid)
		text := want.Status
		if text == "MergedInto" {
			text = fmt.Sprintf("MergedInto(%q)", want.Master)
		}
		if list[lid] != text {
			t.Errorf("%s is %s, and in the list %s", name, text, list[lid])
		}
		if c, claimed := w.dump(t, storage.In("local", lid))["claim/work"]; claimed {
			t.Errorf("%s is claimed: %s", name, c)
		}
	}
}

func TestLocalUnmergeCrashes(t *testing.T) {
	const path = "/api/items/local/unmerge"
	for name, keyed := range map[string]bool{"keyed": true, "without a key": false} {
		t.Run(name, func(t *testing.T) {
			ids := map[string]string{}
			body := func() string { return fmt.Sprintf(`{"merged_lid":%q}`, ids["b"]) }
			localCrashes(t, func(t *testing.T, s *service) string {
				token := family(t, s, ids, "a", "b", "c")
				if code, v := s.call(t, "POST", "/api/items/local/merge", token, mergeBody(ids["a"], ids["b"], ids["c"])); code != 200 {
					t.Fatal(code, v)
				}
				return token
			}, func(t *testing.T, s *service, token string) int {
				if keyed {
					code, _ := s.keyedPost(t, token, path, body())
					return code
				}
				code, _ := s.call(t, "POST", path, token, body())
				return code
			}, func(t *testing.T, w *world, healthy *service, token string, code int) {
				var again int
				var v map[string]any
				if keyed {
					if again, v = healthy.keyedPost(t, token, path, body()); again != 200 || v["restored_lid"] != ids["b"] {
						t.Fatalf("the repeat answers %d: %v", again, v)
					}
				} else {
					again, v = healthy.call(t, "POST", path, token, body())
					if code == 200 && again != 400 || again != 400 && again != 200 {
						t.Fatalf("acknowledged with %d, and the repeat gets %d: %v", code, again, v)
					}
				}
				w.atRest(t, healthy)
				if got := w.local(t, ids["b"]); got.Status != "Active" || got.Version != 3 || string(got.Data) != `{"b":1,"list":["b"]}` {
					t.Fatalf("b is %+v", got)
				}
				if got := w.local(t, ids["a"]); string(got.Data) != `{"a":1,"c":1,"list":["a","c"]}` || got.Version != 3 || len(got.Sources) != 2 {
					t.Fatalf("a is %s %+v", got.Data, got)
				}
				w.agree(t, healthy, token, ids)
				if n := w.events(t, healthy.userOf(t, token), "unmerge_local_item"); n != 1 {
					t.Fatalf("%d events", n)
				}
			})
		})
	}
}

// An edit and a share are one commit each with a row; under a death at any step they are there once or not at all.
func TestLocalEditCrashes(t *testing.T) {
	ids := map[string]string{}
	localCrashes(t, func(t *testing.T, s *service) string {
		return family(t, s, ids, "a", "b")
	}, func(t *testing.T, s *service, token string) int {
		code, _ := s.call(t, "PUT", "/api/items/LID-"+ids["a"], token, `{"enriched_data":{"edited":1}}`)
		return code
	}, func(t *testing.T, w *world, healthy *service, token string, code int) {
		got := w.local(t, ids["a"])
		if code == 200 && got.Version != 2 {
			t.Fatalf("acknowledged: %+v", got)
		}
		if again, v := healthy.call(t, "PUT", "/api/items/LID-"+ids["a"], token, `{"enriched_data":{"again":1}}`); again != 200 {
			t.Fatal(again, v)
		}
		w.atRest(t, healthy)
		want := `{"a":1,"again":1,"list":["a"]}`
		if got.Version == 2 {
			want = `{"a":1,"again":1,"edited":1,"list":["a"]}`
		}
		if now := w.local(t, ids["a"]); string(now.Data) != want || now.Version != got.Version+1 || len(now.Sources) != now.Version {
			t.Fatalf("%s %+v", now.Data, now)
		}
		w.agree(t, healthy, token, ids)
		if n := w.events(t, healthy.userOf(t, token), "update_item"); n != got.Version {
			t.Fatalf("%d events of %d edits", n, got.Version)
		}
	})
}

func TestLocalShareCrashes(t *testing.T) {
	ids := map[string]string{}
	var friend, friendToken string
	localCrashes(t, func(t *testing.T, s *service) string {
		token := family(t, s, ids, "a")
		code, v := s.call(t, "POST", "/api/auth/register", "", `{"username":"bob","email":"bob@farm.example","password":"Coffee beans 2"}`)
		if code != 200 {
			t.Fatal(code, v)
		}
		friend, friendToken = v["user_id"].(string), v["token"].(string)
		return token
	}, func(t *testing.T, s *service, token string) int {
		code, _ := s.keyedPost(t, token, "/api/items/LID-"+ids["a"]+"/share", fmt.Sprintf(`{"recipient_user_id":%q}`, friend))
		return code
	}, func(t *testing.T, w *world, healthy *service, token string, code int) {
		again, v := healthy.keyedPost(t, token, "/api/items/LID-"+ids["a"]+"/share", fmt.Sprintf(`{"recipient_user_id":%q}`, friend))
		if again != 200 {
			t.Fatalf("the repeat answers %d: %v", again, v)
		}
		if seen, v := healthy.call(t, "GET", "/api/items/LID-"+ids["a"], friendToken, ""); seen != 200 {
			t.Fatalf("the share does not count at once: %d %v", seen, v)
		}
		w.atRest(t, healthy)
		shares := 0
		for k := range w.dump(t, storage.In("local", ids["a"])) {
			if strings.HasPrefix(k, "share/") {
				shares++
			}
		}
		_, list := healthy.send(t, "GET", "/api/items/shared-to/"+friend, "", "Authorization", "Bearer "+friendToken)
		if shares != 1 || len(list.([]any)) != 1 {
			t.Fatalf("%d shares, %v", shares, list)
		}
		if n := w.events(t, healthy.userOf(t, token), "share_item"); n != 1 {
			t.Fatalf("%d events", n)
		}
	})
}
