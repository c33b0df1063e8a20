package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// The matrix of roles and routes, written out from the contract (circuits, sections 1, 3 and 4) and not from the code. A
// test holds the code's table of base roles against this one.

// ninePermissions is the order of section 4.1.
var ninePermissions = []string{
	"Push", "Pull", "Invite", "ManageMembers", "ManagePermissions", "ManageRoles", "Delete", "Certify", "Audit",
}

// baseRoles is the table of section 4.1, x by x.
var baseRoles = []struct {
	role string
	has  string
}{
	{"Owner", "x x x x x x x x x"},
	{"Admin", "x x x x - x - x -"},
	{"Member", "x x - - - - - - -"},
	{"Viewer", "- x - - - - - - -"},
}

// permissionsOfBase is a row of the table as a list.
func permissionsOfBase(role string) []string {
	out := []string{}
	for _, row := range baseRoles {
		if row.role != role {
			continue
		}
		for i, mark := range strings.Fields(row.has) {
			if mark == "x" {
				out = append(out, ninePermissions[i])
			}
		}
	}
	return out
}

// matrixRoute is a route with a request that anybody with the right can send without changing anything.
type matrixRoute struct {
	id   string
	need string // permission; "member", "see", "any" or "public"
	read bool   // an admin account may do it too
	send func(m *matrix, u *user) Request

	granted Check                     // what the right leads to
	undo    func(m *matrix) []Request // takes back what a success has changed
}

// matrix is a circuit with what the requests need.
type matrix struct {
	circuit
	target, waiting *user // a member; somebody with a pending request
}

func matrixRoutes() []matrixRoute {
	simple := func(method, rest string, body fields) func(*matrix, *user) Request {
		return func(m *matrix, u *user) Request { return m.at(u, method, rest, body) }
	}
	return []matrixRoute{
		{id: "CI4", need: "see", read: true, send: simple("GET", "", nil), granted: ok},
		{id: "CI5-patch", need: "ManagePermissions", send: simple("PATCH", "", fields{}), granted: ok},
		{id: "CI5-put", need: "ManagePermissions", send: simple("PUT", "", fields{}), granted: ok},
		{id: "CI7", need: "ManagePermissions", send: simple("PUT", "/reactivate", nil), granted: ok},
		{id: "CM1", need: "Invite", send: simple("POST", "/members", fields{"member_id": "nobody-at-all", "role": "viewer"}),
			granted: all(notFound, field("member_id"))},
		{id: "CM2", need: "ManageMembers", send: func(m *matrix, u *user) Request {
			return m.at(u, "PATCH", "/members/"+m.owner.id, fields{"role": "Viewer"})
		}, granted: rule403("owner_immutable")},
		{id: "CM3", need: "ManageMembers", send: func(m *matrix, u *user) Request {
			return m.at(u, "DELETE", "/members/"+m.owner.id, nil)
		}, granted: rule403("owner_immutable")},
		{id: "CR1", need: "ManageRoles", send: simple("POST", "/roles", fields{"role_name": "oWNER", "permissions": []string{}, "description": ""}),
			granted: rule409("role_exists")},
		{id: "CR2", need: "member", read: true, send: simple("GET", "/roles", nil), granted: ok},
		{id: "CR3", need: "ManageRoles", send: simple("PUT", "/roles/Owner", fields{}), granted: rule409("default_role")},
		{id: "CR4", need: "ManageRoles", send: simple("DELETE", "/roles/Member", nil), granted: rule409("default_role")},
		{id: "CJ2", need: "ManageMembers", read: true, send: simple("GET", "/requests/pending", nil), granted: ok},
		{id: "CJ3", need: "ManageMembers", send: func(m *matrix, u *user) Request {
			return m.at(u, "POST", "/requests/"+m.waiting.id+"/approve", fields{"role": "Owner"})
		}, granted: rule403("owner_role")},
		{id: "CJ4", need: "ManageMembers", send: func(m *matrix, u *user) Request {
			return m.at(u, "POST", "/requests/"+m.waiting.id+"/reject", fields{"admin_id": "somebody-else"})
		}, granted: all(refused(403, "auth_error"), lacks("code"))},
		{id: "CP3", need: "member", read: true, send: simple("GET", "/public-settings", nil), granted: ok},
		{id: "CP4", need: "ManagePermissions", send: simple("PUT", "/public-settings", fields{"access_mode": "nonsense"}), granted: details("access_mode")},
		{id: "CP1", need: "public", read: true, send: simple("GET", "/public", nil), granted: ok},
		{id: "AD1", need: "member", read: true, send: simple("GET", "/adapter", nil), granted: ok},
		{id: "AD2", need: "ManagePermissions", send: simple("PUT", "/adapter", fields{"adapter_type": "nonsense"}),
			granted: all(unprocessable, field("adapter_type"))},
		{id: "WH1", need: "ManagePermissions", read: true, send: simple("GET", "/post-actions", nil), granted: ok},
		{id: "WH2", need: "ManagePermissions", send: simple("PUT", "/post-actions", actions("nonsense")),
			granted: all(unprocessable, field("trigger_events[0]"))},
		{id: "WH3", need: "ManagePermissions", send: simple("POST", "/post-actions/webhooks", fields{"name": "x", "url": "http://localhost"}),
			granted: all(badRequest, text("code", "webhook_url_refused"))},
		{id: "WH4", need: "ManagePermissions", read: true, send: simple("GET", noHook, nil), granted: notFound},
		{id: "WH5", need: "ManagePermissions", send: simple("PUT", noHook, fields{}), granted: notFound},
		{id: "WH6", need: "ManagePermissions", send: simple("DELETE", noHook, nil), granted: notFound},
		{id: "WH7", need: "ManagePermissions", send: simple("POST", noHook+"/test", nil), granted: notFound},
		{id: "WH8", need: "ManagePermissions", read: true, send: simple("GET", "/post-actions/deliveries", nil), granted: ok},
		{id: "CI8", need: "ManagePermissions", send: simple("PUT", "/visibility/toggle", nil), granted: ok,
			undo: func(m *matrix) []Request { return []Request{m.own("PUT", "/visibility/toggle", nil)} }},
		{id: "CI6", need: "ManagePermissions", send: simple("PUT", "/deactivate", nil), granted: ok,
			undo: func(m *matrix) []Request { return []Request{m.own("PUT", "/reactivate", nil)} }},
	}
}

// subject is somebody who sends every request of the matrix.
type subject struct {
	name   string
	user   *user
	has    []string // permissions
	member bool
	admin  bool
}

// may tells what the contract has the subject get from a route of a circuit.
func (w subject) may(r matrixRoute, public bool) Check {
	visible := w.member || w.admin || public
	switch {
	case r.id == "CP1" && public:
		return ok
	case r.id == "CP1":
		return notListed
	case w.user == nil:
		return unauthorized
	case !visible:
		return notFound
	case r.need == "see", r.read && w.admin, r.need == "member" && w.member, w.member && slices.Contains(w.has, r.need):
		return r.granted
	case r.need == "member":
		return rule403("permission_denied")
	default:
		return deniedFor(r.need)
	}
}

func circuitMatrixCases() []Case {
	cases := []Case{}
	for _, public := range []bool{false, true} {
		name := "matrix/private"
		if public {
			name = "matrix/public"
		}
		cases = append(cases, Case{Name: name, Alone: true, Run: func(s *Session) { s.runMatrix(public) }})
	}
	return cases
}

// subjects makes one of each kind: the base roles, a custom role of each single permission, one of none, and those who
// are no members.
func (s *Session) subjects(m *matrix) []subject {
	s.Helper()
	out := []subject{{name: "Owner", user: m.owner, has: permissionsOfBase("Owner"), member: true}}
	for _, row := range baseRoles[1:] {
		out = append(out, subject{name: row.role, user: s.newMember(m.circuit, row.role), has: permissionsOfBase(row.role), member: true})
	}
	for _, p := range append([]string{""}, ninePermissions...) {
		list := []string{}
		if p != "" {
			list = []string{p}
		}
		name := "only " + p
		s.ask("CR1", m.own("POST", "/roles", fields{"role_name": name, "permissions": list, "description": ""}), ok)
		out = append(out, subject{name: name, user: s.newMember(m.circuit, name), has: list, member: true})
	}
	return append(out,
		subject{name: "a stranger", user: s.newUser()},
		subject{name: "an admin account", user: s.newAdmin(), admin: true},
		subject{name: "an admin account that is a viewer", user: s.add(m.circuit, s.newAdmin(), "viewer"), has: []string{"Pull"}, member: true, admin: true},
		subject{name: "nobody"},
	)
}

func (s *Session) runMatrix(public bool) {
	owner := s.newUser()
	m := &matrix{circuit: s.newCircuit(owner, fields{"allow_public_visibility": public})}
	m.target, m.waiting = s.newMember(m.circuit, "viewer"), s.newUser()
	s.ask("CJ1", m.at(m.waiting, "POST", "/requests", nil), ok)
	for _, who := range s.subjects(m) {
		for _, r := range matrixRoutes() {
			says := fmt.Sprintf("circuits 1, 3, 4.1: %s of %s, public %t", r.id, who.name, public)
			want := who.may(r, public)
			reply := s.ask(says, r.send(m, who.user), want)
			if reply.Status == 200 && r.undo != nil {
				for _, back := range r.undo(m) {
					s.ask(says, back, ok)
				}
			}
		}
	}
}
