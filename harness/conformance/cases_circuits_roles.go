package conformance

import "strings"

func circuitRoleCases() []Case {
	role := func(more fields) fields {
		body := fields{"role_name": "Weigher", "permissions": []string{"PUSH", "push", "pull"}, "description": "Weighs", "color": "#123456"}
		for name, value := range more {
			if body[name] = value; value == nil {
				delete(body, name)
			}
		}
		return body
	}
	return []Case{
		{Name: "roles/create", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			r := s.ask("CR1: RoleR", c.own("POST", "/roles", role(nil)), ok, text("role_name", "Weigher"), text("description", "Weighs"), text("color", "#123456"),
				number("member_count", 0), integer("created_timestamp"), text("created_by", c.owner.id), is("is_default", false), matching("role_id", "a UUID", uuidForm))
			s.same(r, "7: repeats count once", "permissions", listAt(r, "permissions"), []string{"Push", "Pull"})
			s.ask("CR1: 409 role_exists", c.own("POST", "/roles", role(nil)), rule409("role_exists"))
			s.ask("CR1: exact name", c.own("POST", "/roles", role(fields{"role_name": "weigher", "color": nil})), ok, is("color", nil))
			for _, name := range []string{"Owner", "owner", "ADMIN", "Member", "vIEWER"} {
				s.ask("CR1: a base role name in any case", c.own("POST", "/roles", role(fields{"role_name": name})), rule409("role_exists"))
			}
			for name, body := range map[string]fields{
				"role_name":      {"role_name": " "},
				"permissions[1]": {"permissions": []string{"push", "manage_members"}},
				"description":    {"description": strings.Repeat("x", 4097)},
				"color":          {"color": strings.Repeat("x", 65)},
			} {
				s.ask("7: 422 with field", c.own("POST", "/roles", role(body)), unprocessable, field(name))
			}
			s.ask("7: role_name 1 to 100 bytes", c.own("POST", "/roles", role(fields{"role_name": strings.Repeat("x", 101)})), unprocessable, field("role_name"))
			s.ask("7: no control characters", c.own("POST", "/roles", role(fields{"role_name": "a\nb"})), unprocessable, field("role_name"))
			s.ask("11: unknown: provided, allowed", c.own("POST", "/roles", role(fields{"permissions": []string{"fly"}})), unprocessable, text("provided", "fly"), text("allowed.0", "Push"))
			s.ask("CR1: description!", c.own("POST", "/roles", role(fields{"description": nil})), unprocessable, field("description"))
		}},
		{Name: "roles/list", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			for _, name := range []string{"Zeta", "Alpha", "Mid"} {
				s.ask("CR1", c.own("POST", "/roles", role(fields{"role_name": name})), ok)
			}
			u := s.newMember(c, "Alpha")
			s.newMember(c, "member")
			const says = "CR2: Owner, Member, then in order of creation"
			r := s.ask(says, c.at(u, "GET", "/roles", nil), ok)
			list := s.entries(r, says, r.Body)
			s.same(r, says, "roles", textsOf(list, "role_name"), []string{"Owner", "Member", "Zeta", "Alpha", "Mid"})
			for i, n := range []int64{1, 1, 0, 1, 0} {
				s.want(list[i], "9.1: members whose effective role this is", number("member_count", n))
			}
			first := s.ask("C8", c.own("GET", "/roles?limit=4", nil), ok, headerLike("Link", "cursor="))
			s.same(first, "C8", "roles", textsOf(s.entries(first, says, first.Body), "role_name"), []string{"Owner", "Member", "Zeta", "Alpha"})
			next := first.Header.Get("Link")
			next = next[1:strings.Index(next, ">")]
			s.ask("CR1", c.own("POST", "/roles", role(fields{"role_name": "Late"})), ok)
			last := s.ask("C8", get(next).bearer(c.owner.token), ok, header("Link", ""))
			s.same(last, "C8", "roles", textsOf(s.entries(last, says, last.Body), "role_name"), []string{"Mid", "Late"})
			s.ask("C8: a cursor is bound to its caller", get(next).bearer(u.token), badRequest)
		}},
		{Name: "roles/update-delete", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			admin := s.newMember(c, "Admin")
			s.ask("CR1", c.own("POST", "/roles", role(fields{"role_name": "A/B ü"})), ok)
			at := "/roles/A%2FB%20%C3%BC"
			s.ask("CR3", c.own("PUT", at, fields{"description": "New", "color": ""}), ok, text("description", "New"), is("color", nil), text("role_name", "A/B ü"))
			s.ask("CR3: null is absent", c.own("PUT", at, fields{"permissions": nil}), ok, text("permissions.1", "Pull"))
			s.ask("CR3: the whole list", c.own("PUT", at, fields{"permissions": []string{"audit", "pull"}}), ok, text("permissions.0", "Pull"), text("permissions.1", "Audit"))
			s.ask("G4: each permission added or dropped", c.at(admin, "PUT", at, fields{"permissions": []string{"pull"}}), rule403("grant_exceeds_own"), text("missing.0", "Audit"))
			s.ask("G4: what stays is not tested", c.at(admin, "PUT", at, fields{"permissions": []string{"audit"}}), ok)
			s.ask("CR3: 404 role_not_found", c.own("PUT", "/roles/none", fields{}), notFound, text("code", "role_not_found"))
			s.ask("CR3: 409 default_role", c.own("PUT", "/roles/Member", fields{"description": "x"}), rule409("default_role"))
			s.ask("CR4: 409 default_role", c.own("DELETE", "/roles/Owner", nil), rule409("default_role"))
			u := s.newMember(c, "A/B ü")
			s.ask("CR4: 409 role_in_use with member_count", c.own("DELETE", at, nil), rule409("role_in_use"), number("member_count", 1), is("success", false))
			s.ask("CM2", c.own("PATCH", "/members/"+u.id, fields{"role": "viewer"}), ok)
			s.ask("CR4", c.own("DELETE", at, nil), ok, is("success", true), nonEmpty("message"))
			s.ask("CR4: 404 role_not_found", c.own("DELETE", at, nil), notFound, text("code", "role_not_found"), is("success", false))
		}},
		{Name: "roles/full", Alone: true, Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			requests := make([]Request, 110)
			for i := range requests {
				requests[i] = c.own("POST", "/roles", role(fields{"role_name": "Role " + strings.Repeat("i", i+1)[:min(i+1, 90)] + string(rune('a'+i%26))}))
			}
			made := 0
			for _, r := range s.together(s.settled, requests) {
				if r.Status == 200 {
					made++
				} else {
					s.want(r, "14: 100 custom roles, 409 circuit_full with limit_name and limit", conflict)
				}
			}
			if list := s.list("CR2", c.own("GET", "/roles", nil)); made > 100 || len(list) != made+2 {
				s.Errorf("14: parallel inserts cannot pass a limit: %d made, %d listed", made, len(list))
			}
			s.ask("14", c.own("POST", "/roles", role(fields{"role_name": "One more"})), rule409("circuit_full"), text("limit_name", "roles"), number("limit", 100))
		}},
	}
}
