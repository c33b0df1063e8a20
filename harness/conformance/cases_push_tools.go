package conformance

import (
	"fmt"
)

// push is PU1.
func (c circuit) push(u *user, dfid string) Request { return c.at(u, "POST", "/push/"+dfid, nil) }

// pull is PL1.
func (c circuit) pull(u *user, dfid string) Request { return c.at(u, "POST", "/pull/"+dfid, nil) }

// isOperation is OpR.
func isOperation(at string) Check {
	return all(uuid(at+"operation_id"), uuid(at+"circuit_id"), nonEmpty(at+"dfid", at+"operation_type", at+"requester_id", at+"status"),
		integer(at+"timestamp"), object(at+"metadata"))
}

// entriesOf reads a bare array below the circuit.
func (s *Session) entriesOf(says string, r Request) []*Reply {
	s.Helper()
	reply := s.ask(says, r, ok)
	return s.entries(reply, says, reply.Body)
}

// held wants the circuit to list exactly these items, newest first.
func (s *Session) held(c circuit, u *user, want ...string) {
	s.Helper()
	r := s.ask("LI1: bare ItemR[], newest pushed_at first", c.at(u, "GET", "/items", nil), ok)
	s.same(r, "LI1", "items", textsOf(s.entries(r, "LI1", r.Body), "dfid"), want)
}

// operations wants the circuit to list exactly these operations, newest first.
func (s *Session) operations(c circuit, u *user, path string, want ...string) {
	s.Helper()
	r := s.ask("OP1, OP2: bare OpR[], newest first", c.at(u, "GET", "/operations"+path, nil), ok)
	s.same(r, "OP1, OP2", "operations", textsOf(s.entries(r, "OP1", r.Body), "operation_id"), want)
}

func (s *Session) pushes(c circuit, u *user, dfid string) string {
	s.Helper()
	id := s.ask("PU1", c.push(u, dfid), ok, isOperation("")).text("operation_id")
	return id
}

// stringsAt are the texts of an array in a reply.
func (r *Reply) stringsAt(path string) []string {
	v, _ := r.get(path)
	list, _ := v.([]any)
	out := []string{}
	for _, e := range list {
		out = append(out, fmt.Sprint(e))
	}
	return out
}

func (s *Session) balance(u *user) int64 {
	s.Helper()
	return s.ask("U3", u.sees("/users/me/credits/balance"), ok).int("credits")
}
