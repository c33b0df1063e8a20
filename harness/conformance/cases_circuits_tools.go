package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
)

// circuit is a circuit that a case knows.
type circuit struct {
	id    string
	owner *user
}

const circuitsAt = "/api/circuits"

// nowhere is the id of no circuit.
const nowhere = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"

// circuitBody is a good body of CI1 with further members.
func circuitBody(more fields) fields {
	body := fields{"name": "Cocoa", "description": "Beans of the valley"}
	for name, value := range more {
		if body[name] = value; value == nil {
			delete(body, name)
		}
	}
	return body
}

// newCircuit founds a circuit of u.
func (s *Session) newCircuit(u *user, more fields) circuit {
	s.Helper()
	r := s.ask("CI1: 200 C", post(circuitsAt, circuitBody(more).String()).bearer(u.token), ok, matching("circuit_id", "a UUID", uuidForm))
	return circuit{r.text("circuit_id"), u}
}

const uuidForm = `^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`

// at is a request below the circuit, of a user; nil is nobody. A nil body is none.
func (c circuit) at(u *user, method, rest string, body fields) Request {
	r := bare(method, circuitsAt+"/"+c.id+rest)
	if body != nil {
		r = r.carrying(body.String()).with("Content-Type", "application/json")
	}
	if u != nil {
		r = r.bearer(u.token)
	}
	return r
}

// own is at of the circuit's owner.
func (c circuit) own(method, rest string, body fields) Request {
	return c.at(c.owner, method, rest, body)
}

// add makes an account a member.
func (s *Session) add(c circuit, u *user, role string) *user {
	s.Helper()
	s.ask("CM1", c.own("POST", "/members", fields{"member_id": u.id, "role": role}), ok)
	return u
}

// newMember makes an account that is a member.
func (s *Session) newMember(c circuit, role string) *user {
	s.Helper()
	return s.add(c, s.newUser(), role)
}

// list returns the entries of a bare array, each as a reply of its own.
func (s *Session) list(says string, r Request, checks ...Check) []*Reply {
	s.Helper()
	reply := s.ask(says, r, append(checks, ok)...)
	return s.entries(reply, says, reply.Body)
}

func (s *Session) entries(r *Reply, says string, body []byte) []*Reply {
	s.Helper()
	var raw []json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil || raw == nil {
		s.wrong(r, "no array", says)
		s.FailNow()
	}
	out := make([]*Reply, len(raw))
	for i, one := range raw {
		out[i] = newReply(r.Request, r.Status, r.Header, one)
	}
	return out
}

// under returns the entries of an array at a dotted path of a reply.
func (s *Session) under(r *Reply, path string) []*Reply {
	s.Helper()
	value, _ := r.get(path)
	body, err := json.Marshal(value)
	if err != nil {
		s.Fatal(err)
	}
	return s.entries(r, path, body)
}

// texts are the strings at a path of entries.
func textsOf(list []*Reply, path string) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, r.text(path))
	}
	return out
}

// texts at a path of an array within a reply.
func (s *Session) textsAt(r *Reply, array, path string) []string {
	s.Helper()
	return textsOf(s.under(r, array), path)
}

// same wants two lists to be equal.
func (s *Session) same(r *Reply, says, what string, got, want []string) {
	s.Helper()
	if !slices.Equal(got, want) {
		s.wrong(r, fmt.Sprintf("%s are %v, want %v", what, got, want), says)
		s.FailNow()
	}
}

// rule wants an error with the code of a rule of the circuits contract.
func rule403(code string) Check { return all(refused(403, "auth_error"), text("code", code)) }
func rule409(code string) Check { return all(refused(409, "conflict"), text("code", code)) }

// denied wants the 403 of a missing right.
func deniedFor(permission string) Check {
	return all(rule403("permission_denied"), text("required", permission))
}

// notListed wants the 404 of the public routes.
var notListed = all(notFound, text("code", "CIRCUIT_NOT_PUBLIC"), is("success", false))

// details wants the 422 of public settings for a field.
func details(field string) Check {
	return all(unprocessable, text("code", "validation_error"), text("details.field", field), nonEmpty("details.issue"))
}

// isC wants all keys of CircuitResponse.
func isC(at string) Check {
	return all(
		matching(at+"circuit_id", "a UUID", uuidForm), integer(at+"created_timestamp", at+"last_modified", at+"member_count"),
		each([]string{at + "members", at + "pending_requests", at + "custom_roles"}, "an array", func(v any) bool { _, is := v.([]any); return is }),
		each([]string{
			at + "permissions.require_approval_for_push", at + "permissions.require_approval_for_pull",
			at + "permissions.allow_public_visibility", at + "is_member",
		}, "a boolean", func(v any) bool { _, is := v.(bool); return is }),
		each([]string{at + "public_settings", at + "alias_config"}, "an object or null", func(v any) bool {
			_, is := v.(map[string]any)
			return is || v == nil
		}),
		each([]string{at + "name", at + "description", at + "owner_id", at + "default_namespace"}, "a string", func(v any) bool {
			_, is := v.(string)
			return is
		}),
		each([]string{at + "status"}, "a status", func(v any) bool { return v == "Active" || v == "Inactive" }),
	)
}

// outside wants the form of a circuit for everybody.
func outside(at string) Check {
	empty := func(v any) bool { list, is := v.([]any); return is && len(list) == 0 }
	return all(isC(at), text(at+"owner_id", ""), is(at+"public_settings", nil), is(at+"alias_config", nil), is(at+"is_member", false),
		each([]string{at + "members", at + "pending_requests", at + "custom_roles"}, "an empty array", empty))
}

// settings is a good body of CP4 with further members.
func settings(more fields) fields {
	body := fields{"access_mode": "public"}
	for name, value := range more {
		body[name] = value
	}
	return body
}

// newSecret is the password of a circuit, which no record and no reply may hold.
func (s *Session) newSecret() string { return s.tag("the password of a circuit") }

// withPassword gives a request of CP1 a password.
func withPassword(r Request, password string) Request { return r.with("X-Circuit-Password", password) }
