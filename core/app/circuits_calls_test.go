package app_test

import (
	"fmt"
	"testing"
)

// What the routes that are asked for most cost in storage calls, authentication aside. A change of these numbers is a
// change of what a client waits for.
func TestCircuitCalls(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana, bia := s.person(t, "ana"), s.person(t, "bia")
	id := s.found(t, ana, `"allow_public_visibility":true`)
	const account = "accounts_get_user_edge " // authentication
	for _, c := range []struct {
		name, method, path, body string
		who                      person
		want                     string
	}{
		{"CI4", "GET", "/" + id, "", ana, account + "circuits_get_circuit"},
		{"CI4 of a stranger", "GET", "/" + id, "", bia, account + "circuits_get_circuit"},
		{"CP1", "GET", "/" + id + "/public", "", person{}, "circuits_get_public"},
		{"CR2", "GET", "/" + id + "/roles", "", ana, account + "circuits_list_roles"},
		{"CP3", "GET", "/" + id + "/public-settings", "", ana, account + "circuits_get_settings"},
		{"CJ2", "GET", "/" + id + "/requests/pending", "", ana, account + "circuits_list_requests"},
		{"CM1", "POST", "/" + id + "/members", fmt.Sprintf(`{"member_id":%q,"role":"viewer"}`, bia.id), ana,
			account + "accounts_get_user circuits_add_member circuits_put_membership"},
		{"CM2", "PATCH", "/" + id + "/members/" + bia.id, `{"role":"member"}`, ana, account + "circuits_assign_role"},
		{"CI5", "PATCH", "/" + id, `{"name":"Coffee"}`, ana, account + "circuits_update_circuit"},
		{"CM3", "DELETE", "/" + id + "/members/" + bia.id, "", ana, account + "circuits_remove_member circuits_drop_membership"},
	} {
		if code, v := s.as(t, c.who, c.method, c.path, c.body); code != 200 {
			t.Fatal(c.name, code, v)
		}
		if got := s.operations(t); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A refusal costs one look, whatever is refused: the body is judged in the same call as the rights.
func TestCircuitRefusalCalls(t *testing.T) {
	w := newWorld()
	s := w.start(t, nil)
	ana, bia := s.person(t, "ana"), s.person(t, "bia")
	id := s.found(t, ana, "")
	for _, body := range []string{`{"name":"x"}`, `{"name":7}`, `{`} {
		before := s.calls
		if code, _ := s.as(t, bia, "PATCH", "/"+id, body); code != 404 {
			t.Fatal(code)
		}
		if n := s.calls - before; n != 1 {
			t.Errorf("%s: %d calls of the sequencer", body, n)
		}
	}
}
