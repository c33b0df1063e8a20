package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tracedge/core/accounts"
	"tracedge/core/storage"
)

// ring is a circuit with people, ready for an instance to die.
type ring struct {
	*world
	ana, bia, cid person // owner, member, stranger
	id            string // "" before it is founded
}

var enforcedLimits = map[string]string{
	"LIMITS_MODE": "enforce", "SECRETS_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
}

func newRing(t *testing.T, more string) *ring {
	w := newWorld()
	s := w.start(t, enforcedLimits)
	r := &ring{world: w, ana: s.person(t, "ana"), bia: s.person(t, "bia"), cid: s.person(t, "cid")}
	if more != "none" {
		r.id = s.found(t, r.ana, more)
		s.must(t, r.ana, "POST", "/"+r.id+"/members", fmt.Sprintf(`{"member_id":%q,"role":"viewer"}`, r.bia.id))
	}
	return r
}

// instance starts another one; its start is not part of what it is then asked for.
func (r *ring) instance(t *testing.T) *service {
	s := r.start(t, enforcedLimits)
	s.call(t, "GET", "/health", "", "")
	return s
}

// ringCrashes runs a request undisturbed to know its calls, and then once for each of them dying there. Afterwards a
// repeat under the same idempotency key, or by a client that looks first, leads to the one outcome.
func ringCrashes(t *testing.T, setup func(*testing.T) *ring, request func(*testing.T, *ring, *service) int,
	after func(*testing.T, *ring, *service, int)) {
	r := setup(t)
	s := r.instance(t)
	before := s.calls
	if code := request(t, r, s); code != 200 {
		t.Fatalf("undisturbed: %d", code)
	}
	everyStep(t, s.calls-before, func(t *testing.T, step int, applied bool) {
		r := setup(t)
		dying := r.instance(t)
		dying.dieAt, dying.applied = dying.calls+step, applied
		code := request(t, r, dying)
		r.pass(61 * time.Second) // the life of a reservation
		healthy := r.instance(t)
		after(t, r, healthy, code)
		r.atRest(t, healthy)
		r.consistent(t)
	})
}

// consistent holds the pointers against the circuits, and the numbers against the rows.
func (r *ring) consistent(t *testing.T) {
	t.Helper()
	people := []person{r.ana, r.bia, r.cid}
	listed := r.rows(t, storage.In("public", "circuits"))
	for _, p := range people {
		for _, row := range r.rows(t, accounts.Partition(p.id)) {
			if strings.HasPrefix(row, "claim/circuit-") {
				t.Errorf("a reservation is left: %s", row)
			}
			end, ok := strings.CutPrefix(row, "circuit/")
			if ok && !slices.Contains(r.circuitRows(t, end[len(end)-36:]), "member/"+p.id) {
				t.Errorf("a pointer of somebody who is no member")
			}
		}
	}
	if r.id == "" {
		return
	}
	rows := r.circuitRows(t, r.id)
	dump := r.dump(t, storage.In("circuit", r.id))
	head := dump["head"]
	active, public := strings.Contains(head, `"status":"Active"`), strings.Contains(head, `"allow_public_visibility":true`)
	members := 0
	for _, p := range people {
		is := slices.Contains(rows, "member/"+p.id)
		if is {
			members++
		}
		mine := r.rows(t, accounts.Partition(p.id))
		if points := slices.ContainsFunc(mine, func(row string) bool {
			return strings.HasPrefix(row, "circuit/") && strings.HasSuffix(row, r.id)
		}); points != is {
			t.Errorf("member %t, pointer %t", is, points)
		}
		if counts := slices.Contains(mine, "owned/"+r.id); counts != (active && p == r.ana) {
			t.Errorf("counted %t, active %t", counts, active)
		}
	}
	if n := dump["tally/members"]; n != fmt.Sprint(members) {
		t.Errorf("%d members, the number is %s", members, n)
	}
	if points := slices.ContainsFunc(listed, func(row string) bool {
		return strings.HasPrefix(row, "circuit/") && strings.HasSuffix(row, r.id)
	}); points != (active && public) {
		t.Errorf("listed %t, active %t, public %t", points, active, public)
	}
}

func keyed(text string) []string { return []string{"Idempotency-Key", text} }

func TestFoundingCrashes(t *testing.T) {
	ask := func(t *testing.T, r *ring, s *service) (int, map[string]any) {
		return s.as(t, r.ana, "POST", "", circuitBody(`"allow_public_visibility":true`), keyed("found")...)
	}
	ringCrashes(t, func(t *testing.T) *ring { return newRing(t, "none") }, func(t *testing.T, r *ring, s *service) int {
		code, _ := ask(t, r, s)
		if code == 200 { // acknowledged: listed at once, whatever was still to be done
			if n := len(ids(r.instance(t).must(t, r.ana, "GET", "?include_public=false", ""))); n != 1 {
				t.Fatalf("acknowledged, and %d circuits are listed", n)
			}
		}
		return code
	}, func(t *testing.T, r *ring, s *service, _ int) {
		code, v := ask(t, r, s)
		if code != 200 {
			t.Fatal(code, v)
		}
		r.id = v["circuit_id"].(string)
		if got := ids(s.must(t, r.ana, "GET", "?include_public=false", "")); !slices.Equal(got, []string{r.id}) {
			t.Fatalf("%v are listed, founded was %s", got, r.id)
		}
		for n := range 4 { // of five
			s.found(t, r.ana, fmt.Sprintf(`"default_namespace":"n%d"`, n))
		}
		s.refused(t, r.ana, "POST", "", circuitBody(""), 403, "tier_limit_exceeded")
	})
}

// A founding without a key that died leaves one circuit or none, and never a place that is taken for good.
func TestFoundingCrashesWithoutKey(t *testing.T) {
	ringCrashes(t, func(t *testing.T) *ring { return newRing(t, "none") }, func(t *testing.T, r *ring, s *service) int {
		code, _ := s.as(t, r.ana, "POST", "", circuitBody(""))
		return code
	}, func(t *testing.T, r *ring, s *service, code int) {
		n := len(ids(s.must(t, r.ana, "GET", "?include_public=false", "")))
		if n > 1 || code == 200 && n != 1 {
			t.Fatalf("answered %d, %d circuits", code, n)
		}
		for range 5 - n {
			s.found(t, r.ana, "")
		}
		s.refused(t, r.ana, "POST", "", circuitBody(""), 403, "tier_limit_exceeded")
	})
}

func TestReactivationCrashes(t *testing.T) {
	setup := func(t *testing.T) *ring {
		r := newRing(t, `"allow_public_visibility":true`)
		r.instance(t).must(t, r.ana, "PUT", "/"+r.id+"/deactivate", "")
		return r
	}
	ringCrashes(t, setup, func(t *testing.T, r *ring, s *service) int {
		code, _ := s.as(t, r.ana, "PUT", "/"+r.id+"/reactivate", "")
		return code
	}, func(t *testing.T, r *ring, s *service, code int) {
		v := s.must(t, r.ana, "GET", "/"+r.id, "")
		if code == 200 && v["status"] != "Active" {
			t.Fatal("acknowledged, and it is", v["status"])
		}
		want := 5
		if v["status"] == "Active" {
			want--
		}
		for range want {
			s.found(t, r.ana, "")
		}
		s.refused(t, r.ana, "POST", "", circuitBody(""), 403, "tier_limit_exceeded")
		if v["status"] != "Active" {
			s.refused(t, r.ana, "PUT", "/"+r.id+"/reactivate", "", 403, "tier_limit_exceeded")
		}
	})
}

func TestDeactivationCrashes(t *testing.T) {
	ringCrashes(t, func(t *testing.T) *ring { return newRing(t, `"allow_public_visibility":true`) }, func(t *testing.T, r *ring, s *service) int {
		code, _ := s.as(t, r.ana, "PUT", "/"+r.id+"/deactivate", "")
		if code == 200 {
			r.instance(t).refused(t, person{}, "GET", "/"+r.id+"/public", "", 404, "CIRCUIT_NOT_PUBLIC")
		}
		return code
	}, func(t *testing.T, r *ring, s *service, _ int) {
		s.must(t, r.ana, "PUT", "/"+r.id+"/deactivate", "")
	})
}

// memberCrashes is for changes of one member: what the client was told holds, and a repeat ends in the same state.
func memberCrashes(t *testing.T, more string, ready func(*testing.T, *ring, *service), who func(*ring) person, method string,
	rest func(*ring) string, body func(*ring) string, member bool, also int) {
	setup := func(t *testing.T) *ring {
		r := newRing(t, more)
		if ready != nil {
			ready(t, r, r.instance(t))
		}
		return r
	}
	ask := func(t *testing.T, r *ring, s *service) int {
		code, _ := s.as(t, who(r), method, "/"+r.id+rest(r), body(r), keyed("one")...)
		return code
	}
	is := func(t *testing.T, r *ring, s *service, p person) bool {
		code, v := s.as(t, p, "GET", "/"+r.id, "")
		return code == 200 && v["is_member"] == true
	}
	subject := func(r *ring) person {
		if member {
			return r.cid
		}
		return r.bia
	}
	ringCrashes(t, setup, func(t *testing.T, r *ring, s *service) int {
		code := ask(t, r, s)
		if code == 200 && is(t, r, r.instance(t), subject(r)) != member {
			t.Fatal("acknowledged, and not so")
		}
		return code
	}, func(t *testing.T, r *ring, s *service, code int) {
		if repeat := ask(t, r, s); repeat != 200 && repeat != also {
			t.Fatal("answered", code, "and the repeat", repeat)
		}
		if is(t, r, s, subject(r)) != member {
			t.Fatal("repeated, and not so")
		}
		r.atRest(t, s)
		if n := r.noticed(t, r.cid) + r.noticed(t, r.bia) + r.noticed(t, r.ana); n < 1 {
			t.Fatal("nobody was told")
		}
	})
}

// noticed counts somebody's notices of circuits.
func (w *world) noticed(t *testing.T, p person) int {
	n := 0
	for _, row := range w.rows(t, accounts.Partition(p.id)) {
		if strings.HasPrefix(row, "notice/") {
			n++
		}
	}
	return n
}

func none(*ring) string { return "" }

func TestAddMemberCrashes(t *testing.T) {
	memberCrashes(t, "", nil, func(r *ring) person { return r.ana }, "POST", func(*ring) string { return "/members" },
		func(r *ring) string { return fmt.Sprintf(`{"member_id":%q,"role":"member"}`, r.cid.id) }, true, 0)
}

func TestRemoveMemberCrashes(t *testing.T) {
	memberCrashes(t, "", nil, func(r *ring) person { return r.ana }, "DELETE", func(r *ring) string { return "/members/" + r.bia.id }, none, false, 404)
}

func TestApprovalCrashes(t *testing.T) {
	memberCrashes(t, "", func(t *testing.T, r *ring, s *service) { s.must(t, r.cid, "POST", "/"+r.id+"/requests", "") },
		func(r *ring) person { return r.ana }, "POST", func(r *ring) string { return "/requests/" + r.cid.id + "/approve" },
		func(*ring) string { return `{"role":"viewer"}` }, true, 0)
}

func TestPublicJoinCrashes(t *testing.T) {
	open := `"public_settings":{"access_mode":"protected","access_password":"Cocoa","auto_approve_members":true}`
	memberCrashes(t, open, nil, func(r *ring) person { return r.cid }, "POST", func(*ring) string { return "/public/join" },
		func(*ring) string { return `{"access_password":"Cocoa"}` }, true, 0)
}

func TestPublicSettingsCrashes(t *testing.T) {
	const dfid = "DFID-20250101-000001-F7BD"
	item := storage.In("item", dfid)
	ask := func(t *testing.T, r *ring, s *service, list string) int {
		code, _ := s.as(t, r.ana, "PUT", "/"+r.id+"/public-settings", `{"access_mode":"public","published_items":[`+list+`]}`)
		return code
	}
	for _, publish := range []bool{true, false} {
		list := ""
		if publish {
			list = `"` + dfid + `"`
		}
		t.Run(fmt.Sprintf("publish=%t", publish), func(t *testing.T) {
			setup := func(t *testing.T) *ring {
				r := newRing(t, "")
				r.hold(t, r.id, dfid)
				if !publish {
					if code := ask(t, r, r.instance(t), `"`+dfid+`"`); code != 200 {
						t.Fatal(code)
					}
				}
				return r
			}
			ringCrashes(t, setup, func(t *testing.T, r *ring, s *service) int { return ask(t, r, s, list) },
				func(t *testing.T, r *ring, s *service, _ int) {
					if code := ask(t, r, s, list); code != 200 {
						t.Fatal(code)
					}
					r.atRest(t, s)
					shown := s.must(t, person{}, "GET", "/"+r.id+"/public", "")["data"].(map[string]any)
					if shown["items_count"] != map[bool]float64{true: 1, false: 0}[publish] {
						t.Fatal(shown)
					}
					if points := slices.Contains(r.rows(t, item), "published/"+r.id); points != publish {
						t.Fatalf("the item points to the circuit: %t", points)
					}
				})
		})
	}
}
