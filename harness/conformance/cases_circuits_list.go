package conformance

import (
	"fmt"
	"slices"
	"strings"
)

func circuitListCases() []Case {
	return []Case{
		{Name: "list/own", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			a, b := s.newCircuit(u, nil), s.newCircuit(u, nil)
			c := s.newCircuit(other, nil)
			s.add(c, u, "viewer")
			const says = "CI2: newest first; a circuit the caller created is there in the next call"
			for _, at := range []string{circuitsAt, circuitsAt + "/list"} {
				r := s.ask(says, get(at+"?include_public=false").bearer(u.token), ok)
				s.same(r, says, "circuits", textsOf(s.entries(r, says, r.Body), "circuit_id"), []string{c.id, b.id, a.id})
				for _, one := range s.entries(r, says, r.Body) {
					s.want(one, "CI2: C in the viewer's form", isC(""), is("is_member", true))
				}
			}
			s.ask("CI6", a.own("PUT", "/deactivate", nil), ok)
			for filter, want := range map[string][]string{"active": {c.id, b.id}, "INACTIVE": {a.id}, "Archived": {}} {
				r := s.ask("CI2: status in any case", get(circuitsAt+"?include_public=false&status="+filter).bearer(u.token), ok)
				s.same(r, "CI2: filters", "circuits", textsOf(s.entries(r, says, r.Body), "circuit_id"), want)
			}
			s.ask("CI2: else 400", get(circuitsAt+"?status=open").bearer(u.token), badRequest, text("provided", "open"), text("allowed.0", "Active"))
			s.ask("C5", get(circuitsAt+"?include_public=1").bearer(u.token), badRequest)
			s.ask("CM3", c.at(u, "DELETE", "/members/"+u.id, nil), ok)
			r := s.ask("CM3: gone from the list", get(circuitsAt+"?include_public=false").bearer(u.token), ok)
			s.same(r, says, "circuits", textsOf(s.entries(r, says, r.Body), "circuit_id"), []string{b.id, a.id})
		}},
		{Name: "list/pages", Run: func(s *Session) {
			u := s.newUser()
			want := []string{}
			for range 5 {
				want = append(want, s.newCircuit(u, nil).id)
			}
			slices.Reverse(want)
			const says = "C8: limit, cursor, Link; a page never repeats an entry"
			next, got := circuitsAt+"?include_public=false&limit=2", []string{}
			for n := 0; next != ""; n++ {
				r := s.ask(says, get(next).bearer(u.token), ok)
				got = append(got, textsOf(s.entries(r, says, r.Body), "circuit_id")...)
				link := r.Header.Get("Link")
				next = ""
				if link != "" {
					next = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
				}
				if n == 0 {
					s.newCircuit(u, nil)
				}
			}
			if !slices.Equal(got, want) {
				s.Errorf("%s: the pages are %v, want %v", says, got, want)
			}
			if list := s.list("C8: 0 is an empty page", get(circuitsAt+"?limit=0").bearer(u.token)); len(list) != 0 {
				s.Error("limit=0 is not empty")
			}
			s.ask("C8", get(circuitsAt+"?limit=-1").bearer(u.token), badRequest)
			s.ask("C8: unusable cursor", get(circuitsAt+"?cursor=eHg").bearer(u.token), badRequest)
		}},
		{Name: "list/public", Run: func(s *Session) {
			u, stranger := s.newUser(), s.newUser()
			c := s.newCircuit(u, fields{"allow_public_visibility": true, "name": "Listed one"})
			hidden := s.newCircuit(u, nil)
			find := func(r Request) map[string]*Reply {
				s.Helper()
				found := map[string]*Reply{}
				for next := r; ; {
					reply := s.ask("CI2", next, ok)
					for _, one := range s.entries(reply, "CI2", reply.Body) {
						found[one.text("circuit_id")] = one
					}
					link := reply.Header.Get("Link")
					if link == "" {
						return found
					}
					next.Target = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
				}
			}
			for _, r := range []Request{
				get(circuitsAt + "?include_public=true&limit=200"), get(circuitsAt + "?limit=200").bearer(stranger.token),
			} {
				found := find(r)
				if found[c.id] == nil || found[hidden.id] != nil {
					s.Fatalf("%s lists the public one %t, the private one %t", r, found[c.id] != nil, found[hidden.id] != nil)
				}
				s.want(found[c.id], "CI2: outsider form", outside(""), text("name", "Listed one"), text("description", ""))
			}
			if list := s.list("CI2: anonymous without include_public: []", get(circuitsAt)); len(list) != 0 {
				s.Error("anonymous callers are shown circuits")
			}
			s.ask("3: a bad credential is refused", get(circuitsAt).bearer("nonsense"), unauthorized)
			own := find(get(circuitsAt + "?limit=200").bearer(u.token))
			if own[c.id] == nil || own[c.id].text("owner_id") != u.id {
				s.Error("the owner does not see its public circuit in full")
			}
			s.ask("CI8", c.own("PUT", "/visibility/toggle", nil), ok)
			if found := find(get(circuitsAt + "?include_public=true&limit=200")); found[c.id] != nil {
				s.Error("CI8: one that went private is shown")
			}
		}},
		{Name: "list/of-member", Run: func(s *Session) {
			a, b, stranger := s.newUser(), s.newUser(), s.newUser()
			shared, alone := s.newCircuit(a, nil), s.newCircuit(a, fields{"allow_public_visibility": true})
			s.add(shared, b, "member")
			ask := func(who, of *user) []string {
				return textsOf(s.list("CI3", get(circuitsAt+"/member/"+of.id).bearer(who.token)), "circuit_id")
			}
			for _, c := range []struct {
				who, of *user
				want    []string
			}{
				{a, a, []string{alone.id, shared.id}}, {b, a, []string{shared.id}}, {a, b, []string{shared.id}},
				{stranger, a, []string{}}, {a, stranger, []string{}}, {s.root(), a, []string{alone.id, shared.id}},
			} {
				if got := ask(c.who, c.of); !slices.Equal(got, c.want) {
					s.Errorf("CI3: own list, or circuits in common: %v, want %v", got, c.want)
				}
			}
			for _, id := range []string{"nobody", strings.Repeat("x", 600), "%2F%2F"} {
				if list := s.list("CI3: unknown id: []", get(circuitsAt+"/member/"+id).bearer(a.token)); len(list) != 0 {
					s.Error("an unknown member has circuits")
				}
			}
			list := s.list("CI2: user_id counts for admins", get(circuitsAt+"?include_public=false&user_id="+a.id).bearer(s.root().token))
			if got := textsOf(list, "circuit_id"); !slices.Equal(got, []string{alone.id, shared.id}) {
				s.Errorf("CI2: an admin gets %v", got)
			}
			list = s.list("CI2: user_id is ignored for others", get(circuitsAt+"?include_public=false&user_id="+a.id).bearer(stranger.token))
			if len(list) != 0 {
				s.Errorf("CI2: others get %d circuits of a user", len(list))
			}
		}},
	}
}

func circuitLimitCases() []Case {
	const max = 5 // max_circuits of Basic
	full := func(current int64) Check {
		return all(refused(403, "auth_error"), text("code", "tier_limit_exceeded"), text("limit_name", "max_circuits"), number("limit", max), number("current", current))
	}
	return []Case{
		{Name: "limit/active-circuits", Run: func(s *Session) {
			u := s.newUser()
			found := post(circuitsAt, circuitBody(nil).String()).bearer(u.token)
			list := []circuit{}
			for range max {
				list = append(list, s.newCircuit(u, nil))
			}
			s.ask("CI1: 403 tier_limit_exceeded", found, full(max))
			s.ask("CI6", list[0].own("PUT", "/deactivate", nil), ok)
			s.newCircuit(u, nil)
			s.ask("14: Active circuits only", found, full(max))
			s.ask("CI7: 403 tier_limit_exceeded", list[0].own("PUT", "/reactivate", nil), full(max))
			s.ask("CI7: it stays Inactive", list[0].own("GET", "", nil), ok, text("status", "Inactive"))
			s.ask("CI6", list[1].own("PUT", "/deactivate", nil), ok)
			s.ask("CI7", list[0].own("PUT", "/reactivate", nil), ok)
			s.ask("14", found, full(max))
			other := s.newCircuit(s.newUser(), nil)
			s.add(other, u, "Admin")
			s.ask("14: circuits that one has joined do not count", other.at(u, "GET", "", nil), ok)
		}},
		{Name: "limit/at-once", Alone: true, Run: func(s *Session) {
			const says = "2.3: parallel creations cannot pass the limit"
			u := s.newUser()
			requests := make([]Request, 3*max)
			for i := range requests {
				requests[i] = post(circuitsAt, circuitBody(fields{"name": fmt.Sprint("Circuit ", i)}).String()).bearer(u.token)
			}
			made := 0
			for _, r := range s.together(s.settled, requests) {
				if r.Status == 200 {
					made++
					continue
				}
				s.want(r, says, refused(403, "auth_error"), text("code", "tier_limit_exceeded"))
			}
			list := s.list("CI2", get(circuitsAt+"?include_public=false").bearer(u.token))
			if made != max || len(list) != max {
				s.Errorf("%s: %d made, %d listed, want %d", says, made, len(list), max)
			}
		}},
	}
}
