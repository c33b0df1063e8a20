package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCircuitFromFoundingToPage(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana, bia, cid := s.person(t, "ana"), s.person(t, "bia"), s.person(t, "cid")
	id := s.found(t, ana, "")
	at := "/" + id
	if got := ids(s.must(t, ana, "GET", "", "")); !slices.Equal(got, []string{id}) {
		t.Fatal(got)
	}
	s.refused(t, bia, "GET", at, "", 404, "")
	s.must(t, ana, "POST", at+"/members", fmt.Sprintf(`{"member_id":%q,"role":"Admin"}`, bia.id))
	s.refused(t, ana, "POST", at+"/members", `{"member_id":"bia","role":"Admin"}`, 409, "already_member")
	v := s.must(t, bia, "GET", at, "")
	if v["is_member"] != true || v["member_count"] != 2.0 || len(v["custom_roles"].([]any)) != 2 {
		t.Fatal(v)
	}
	if got := ids(s.must(t, bia, "GET", "", "")); !slices.Equal(got, []string{id}) {
		t.Fatal(got)
	}
	s.must(t, bia, "POST", at+"/roles", `{"role_name":"Weigher","permissions":["push"],"description":"Weighs"}`)
	s.refused(t, bia, "POST", at+"/roles", `{"role_name":"Boss","permissions":["Delete"],"description":""}`, 403, "grant_exceeds_own")
	s.must(t, cid, "POST", at+"/requests", `{"message":"Let me in"}`)
	s.refused(t, cid, "POST", at+"/requests", "", 409, "request_pending")
	if v := s.must(t, bia, "GET", at+"/requests/pending", ""); len(v["list"].([]any)) != 1 {
		t.Fatal(v)
	}
	s.must(t, bia, "POST", at+"/requests/"+cid.id+"/approve", `{"role":"Weigher"}`)
	s.refused(t, bia, "POST", at+"/requests/"+cid.id+"/approve", `{"role":"Weigher"}`, 409, "request_decided")
	s.refused(t, bia, "DELETE", at+"/roles/Weigher", "", 409, "role_in_use")
	s.must(t, bia, "PATCH", at+"/members/"+cid.id, `{"role":"viewer"}`)
	s.must(t, bia, "DELETE", at+"/roles/Weigher", "")
	s.refused(t, bia, "DELETE", at+"/members/"+ana.id, "", 403, "owner_immutable")
	s.must(t, cid, "DELETE", at+"/members/"+cid.id, "")
	s.refused(t, cid, "GET", at, "", 404, "")
	s.refused(t, cid, "GET", at+"/public", "", 404, "CIRCUIT_NOT_PUBLIC")
	s.must(t, ana, "PUT", at+"/public-settings", `{"access_mode":"protected","access_password":"Cocoa"}`)
	v = s.must(t, person{}, "GET", at+"/public", "")
	if v["data"].(map[string]any)["is_currently_accessible"] != false {
		t.Fatal(v)
	}
	code, v := s.as(t, person{}, "GET", at+"/public", "", "X-Circuit-Password", "Cocoa")
	if code != 200 || v["data"].(map[string]any)["is_currently_accessible"] != true {
		t.Fatal(code, v)
	}
	if code, v := s.as(t, person{}, "GET", at+"/public", "", "X-Circuit-Password", "Coffee"); code != 403 || v["code"] != "wrong_password" {
		t.Fatal(code, v)
	}
	if got := ids(s.must(t, person{}, "GET", "?include_public=true", "")); !slices.Equal(got, []string{id}) {
		t.Fatal(got)
	}
	s.must(t, cid, "POST", at+"/public/join", `{"access_password":"Cocoa"}`)
	s.must(t, ana, "PUT", at+"/deactivate", "")
	s.refused(t, cid, "GET", at+"/public", "", 404, "CIRCUIT_NOT_PUBLIC")
	s.must(t, ana, "PUT", at+"/reactivate", "")
	s.must(t, ana, "PUT", at+"/visibility/toggle", "")
	s.refused(t, cid, "GET", at+"/public", "", 404, "CIRCUIT_NOT_PUBLIC")
	w.atRest(t, s)
}

// calls are the storage calls of the latest request.
func (s *service) operations(t *testing.T) string {
	var out []string
	for _, op := range s.last(t).Ops {
		out = append(out, op.Label)
	}
	return strings.Join(out, " ")
}
