package conformance

import (
	"bytes"
	"fmt"
	"strings"
)

func circuitHostileCases() []Case {
	return []Case{
		{Name: "hostile/private-like-missing", Run: func(s *Session) {
			const says = "C3, circuits 1: missing, Archived or invisible: one body for all"
			c, u := s.newCircuit(s.newUser(), nil), s.newUser()
			missing := circuit{nowhere, c.owner}
			s.ask("CJ1", c.at(u, "POST", "/requests", nil), ok)
			for _, r := range matrixRoutes() {
				m, n := &matrix{circuit: c, target: u, waiting: u}, &matrix{circuit: missing, target: u, waiting: u}
				there, not := s.ask(says, r.send(m, u), notFound), s.ask(says, r.send(n, u), notFound)
				a := bytes.ReplaceAll(there.Body, []byte(there.traceID()), nil)
				b := bytes.ReplaceAll(not.Body, []byte(not.traceID()), nil)
				if !bytes.Equal(a, b) {
					s.Errorf("%s: %s tells a private circuit from a missing one: %s and %s", says, r.id, a, b)
				}
				// A new account is looked for twice until the replica has it, so the numbers may differ for a moment.
				if storageCalls(there) != storageCalls(not) && !s.poll(mailWait, func() bool {
					there, not = s.ask(says, r.send(m, u), notFound), s.ask(says, r.send(n, u), notFound)
					return storageCalls(there) == storageCalls(not)
				}) {
					s.Errorf("%s: %s takes %d storage calls for one and %d for the other", says, r.id, storageCalls(there), storageCalls(not))
				}
			}
		}},
		{Name: "hostile/self-promotion", Run: func(s *Session) {
			const says = "4.3: nobody can grant more than they hold"
			c := s.newCircuit(s.newUser(), nil)
			u, accomplice := s.newMember(c, "Admin"), s.newUser()
			s.ask(says, c.at(u, "POST", "/roles", fields{"role_name": "Boss", "permissions": ninePermissions, "description": ""}), rule403("grant_exceeds_own"))
			s.ask("CR1", c.at(u, "POST", "/roles", fields{"role_name": "Half", "permissions": []string{"push"}, "description": ""}), ok)
			s.ask(says, c.at(u, "PUT", "/roles/Half", fields{"permissions": []string{"push", "delete"}}), rule403("grant_exceeds_own"))
			s.ask("CR1", c.own("POST", "/roles", fields{"role_name": "Deputy", "permissions": ninePermissions, "description": ""}), ok)
			s.ask(says, c.at(u, "PATCH", "/members/"+u.id, fields{"role": "Deputy"}), rule403("grant_exceeds_own"))
			s.ask(says, c.at(u, "POST", "/members", fields{"member_id": accomplice.id, "role": "viewer", "custom_role_name": "Deputy"}), rule403("grant_exceeds_own"))
			s.ask("CJ1", c.at(accomplice, "POST", "/requests", nil), ok)
			s.ask(says, c.at(u, "POST", "/requests/"+accomplice.id+"/approve", fields{"role": "Deputy"}), rule403("grant_exceeds_own"))
			s.ask("G4: nor take from a role what they lack", c.at(u, "PUT", "/roles/Deputy", fields{"permissions": []string{}}), rule403("grant_exceeds_own"))
			s.ask("CM2", c.own("PATCH", "/members/"+u.id, fields{"role": "Deputy"}), ok)
			s.ask("G1: all nine are not the owner", c.at(u, "DELETE", "/members/"+c.owner.id, nil), rule403("owner_immutable"))
			s.ask("G1", c.at(u, "PATCH", "/members/"+c.owner.id, fields{"role": "viewer"}), rule403("owner_immutable"))
			s.ask("G2", c.at(u, "PATCH", "/members/"+u.id, fields{"role": "owner", "custom_role_name": "Deputy"}), rule403("owner_role"))
			s.ask("CM2: the owner takes it back", c.own("PATCH", "/members/"+u.id, fields{"role": "viewer"}), ok)
			s.ask("CM2: at once", c.at(u, "PATCH", "/members/"+u.id, fields{"role": "Deputy"}), deniedFor("ManageMembers"))
		}},
		{Name: "hostile/role-names", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			for i, name := range []string{"../head", "member/x", "%2e%2e", "Owner ", "ＯＷＮＥＲ", "owneŕ", "'; DROP", "<b>", "\u202eAdmin", "a/../b", ".", "..", "__proto__", strings.Repeat("ü", 50)} {
				s.ask("7: any name that keeps the rules", c.own("POST", "/roles", fields{"role_name": name, "permissions": []string{"push"}, "description": fmt.Sprint(i)}), ok, text("role_name", name))
				u := s.newMember(c, name)
				r := s.ask("4.4: byte for byte", c.at(u, "GET", "", nil), ok, number("member_count", int64(i+2)))
				s.same(r, "4.2", "permissions", listAt(r, fmt.Sprintf("members.%d.permissions", i+1)), []string{"Push"})
			}
		}},
		{Name: "hostile/keys-of-others", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			k := s.newKey(c.owner, fields{"permissions": permissions(true, false, false)})
			s.ask("C3: a key without write", k.use(c.at(nil, "PATCH", "", fields{})), refusedKey(403, "insufficient_permissions"))
			s.ask("C3: read", k.use(c.at(nil, "GET", "", nil)), ok, is("is_member", true))
			root := s.root()
			plain := s.newKey(root, fields{"permissions": permissions(true, true, false)})
			full := s.newKey(root, fields{"permissions": permissions(true, true, true)})
			s.ask("3: a key also needs admin", plain.use(c.at(nil, "GET", "", nil)), notFound)
			s.ask("3: for reading only", full.use(c.at(nil, "GET", "", nil)), ok, is("is_member", false), text("owner_id", c.owner.id))
			s.ask("3: for reading only", full.use(c.at(nil, "PATCH", "", fields{})), deniedFor("ManagePermissions"))
		}},
	}
}

func circuitRaceCases() []Case {
	cases := under("race",
		Case{Name: "200-joins-and-role-changes", Run: func(s *Session) {
			const says = "a circuit is not one document: changes of different members lose nothing"
			const crowd = 100
			c := s.newCircuit(s.newUser(), nil)
			s.ask("CP4", c.own("PUT", "/public-settings", settings(fields{"auto_approve_members": true})), ok)
			s.ask("CR1", c.own("POST", "/roles", fields{"role_name": "Weigher", "permissions": []string{"push"}, "description": ""}), ok)
			drafts := make([]Request, 2*crowd)
			users := make([]*user, 2*crowd)
			for i := range users {
				users[i] = s.draft()
				drafts[i] = users[i].registration()
			}
			for i, r := range s.together(s.settled, drafts) {
				s.want(r, "A2", ok)
				users[i].id, users[i].token = r.text("user_id"), r.text("token")
			}
			early, late := users[:crowd], users[crowd:]
			requests := make([]Request, crowd)
			for i, u := range early {
				requests[i] = c.own("POST", "/members", fields{"member_id": u.id, "role": "viewer"})
			}
			for _, r := range s.together(s.settled, requests) {
				s.want(r, says, ok)
			}
			requests = nil
			for i := range crowd {
				requests = append(requests, c.at(late[i], "POST", "/public/join", nil), c.own("PATCH", "/members/"+early[i].id, fields{"role": "Weigher"}))
			}
			for _, r := range s.together(s.settled, requests) {
				s.want(r, says, ok)
			}
			r := s.ask(says, c.own("GET", "", nil), ok, number("member_count", 2*crowd+1))
			roles := map[string]string{}
			for _, m := range s.under(r, "members") {
				roles[m.text("member_id")] = m.text("role") + " " + m.text("custom_role_name")
			}
			for i := range crowd {
				if roles[early[i].id] != "Viewer Weigher" || roles[late[i].id] != "Member " {
					s.Errorf("%s: %q and %q", says, roles[early[i].id], roles[late[i].id])
				}
			}
			s.ask("10.1: member_count", c.at(nil, "GET", "/public", nil), ok, number("data.member_count", 2*crowd+1))
		}},
		Case{Name: "two-approvals", Run: func(s *Session) {
			const says = "CJ3: two approvals at once: one 200, the other 409"
			c, u := s.newCircuit(s.newUser(), nil), s.newUser()
			s.ask("CJ1", c.at(u, "POST", "/requests", nil), ok)
			requests := make([]Request, 10)
			for i := range requests {
				requests[i] = c.own("POST", "/requests/"+u.id+"/approve", fields{"role": "viewer"})
			}
			s.winner(says, s.together(s.settled, requests), rule409("request_decided"))
			s.ask(says, c.own("GET", "", nil), ok, number("member_count", 2))
		}},
		Case{Name: "assign-while-deleted", Run: func(s *Session) {
			const says = "2.2: no role is deleted while it is being assigned"
			c, u := s.newCircuit(s.newUser(), nil), s.newUser()
			s.add(c, u, "viewer")
			for i := range 10 {
				name := fmt.Sprint("Role ", i)
				s.ask("CR1", c.own("POST", "/roles", fields{"role_name": name, "permissions": []string{"push"}, "description": ""}), ok)
				got := s.together(s.settled, []Request{
					c.own("PATCH", "/members/"+u.id, fields{"role": name}), c.own("DELETE", "/roles/"+strings.ReplaceAll(name, " ", "%20"), nil),
				})
				s.want(got[0], says, status(200, 422))
				s.want(got[1], says, status(200, 409))
				if (got[0].Status == 200) == (got[1].Status == 200) {
					s.Errorf("%s: assigned %d, deleted %d", says, got[0].Status, got[1].Status)
				}
				s.ask("CM2", c.own("PATCH", "/members/"+u.id, fields{"role": "viewer"}), ok)
			}
		}},
		Case{Name: "toggles", Run: func(s *Session) {
			const says = "CI8: reads and flips in one commit, so two toggles end where they began"
			c := s.newCircuit(s.newUser(), nil)
			requests := make([]Request, 10)
			for i := range requests {
				requests[i] = c.own("PUT", "/visibility/toggle", nil)
			}
			flips := 0
			for _, r := range s.together(s.try, requests) {
				s.want(r, says, status(200, 503))
				if r.Status == 200 {
					flips++
				}
			}
			s.ask(says, c.own("GET", "", nil), ok, is("permissions.allow_public_visibility", flips%2 == 1))
		}},
	)
	for i := range cases {
		cases[i].Alone = true
	}
	return cases
}
