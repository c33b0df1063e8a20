package conformance

import "strings"

func circuitMemberCases() []Case {
	return []Case{
		{Name: "members/add", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			a, b, d := s.newUser(), s.newUser(), s.newUser()
			r := s.ask("CM1: 200 C", c.own("POST", "/members", fields{"member_id": a.id, "role": "aDMIN", "permissions": []string{"x"}}), ok, isC(""),
				number("member_count", 2), text("members.1.member_id", a.id), text("members.1.role", "Admin"))
			s.same(r, "4.1", "permissions", listAt(r, "members.1.permissions"), permissionsOfBase("Admin"))
			s.ask("CM1: a username; user_id in its place; the stored id is the user id", c.own("POST", "/members", fields{"user_id": strings.ToUpper(b.name), "role": "viewer"}), ok,
				text("members.2.member_id", b.id))
			s.ask("CM1: member_id wins", c.own("POST", "/members", fields{"user_id": a.id, "member_id": d.id, "role": "member"}), ok, text("members.3.member_id", d.id))
			s.ask("CM1: 409 already_member", c.own("POST", "/members", fields{"member_id": a.name, "role": "viewer"}), rule409("already_member"))
			s.ask("CM1: 409 already_member", c.own("POST", "/members", fields{"member_id": c.owner.id, "role": "viewer"}), rule409("already_member"))
			s.ask("CM1: 404 with field member_id", c.own("POST", "/members", fields{"member_id": "user-" + nowhere, "role": "viewer"}), notFound, field("member_id"))
			for _, id := range []string{"", strings.Repeat("n", 3000), "a/b", "../user", "\u0000"} {
				s.ask("CM1: 404 with field member_id", c.own("POST", "/members", fields{"member_id": id, "role": "viewer"}), notFound, field("member_id"))
			}
			s.ask("CM1: member_id!", c.own("POST", "/members", fields{"role": "viewer"}), unprocessable, field("member_id"))
			s.ask("CM1: role!", c.own("POST", "/members", fields{"member_id": a.id}), unprocessable, field("role"))
			s.ask("4.4: 422 with provided and allowed", c.own("POST", "/members", fields{"member_id": a.id, "role": "boss"}), unprocessable, field("role"),
				text("provided", "boss"), text("allowed.0", "Admin"), text("allowed.2", "Viewer"), lacks("allowed.3"))
			s.ask("G2: owner_role", c.own("POST", "/members", fields{"member_id": s.newUser().id, "role": "owner"}), rule403("owner_role"))
			s.ask("G2: before any 409", c.own("POST", "/members", fields{"member_id": a.id, "role": "owner"}), rule403("owner_role"))
			s.ask("G4: grant_exceeds_own; missing names the others", c.at(a, "POST", "/members", fields{"member_id": s.newUser().id, "role": "member"}), ok)
		}},
		{Name: "members/grants", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			s.ask("CR1", c.own("POST", "/roles", fields{"role_name": "Host", "permissions": []string{"invite", "managemembers", "pull"}, "description": ""}), ok)
			host, viewer, strong := s.newMember(c, "Host"), s.newMember(c, "viewer"), s.newMember(c, "Admin")
			r := s.ask("G4: grant_exceeds_own; missing names the others", c.at(host, "POST", "/members", fields{"member_id": s.newUser().id, "role": "Admin"}),
				rule403("grant_exceeds_own"))
			s.same(r, "G4", "missing", listAt(r, "missing"), []string{"Push", "ManageRoles", "Certify"})
			s.ask("G4 holds for a change of oneself too", c.at(host, "PATCH", "/members/"+host.id, fields{"role": "Admin"}), rule403("grant_exceeds_own"))
			s.ask("G3: target_outranks", c.at(host, "PATCH", "/members/"+strong.id, fields{"role": "viewer"}), rule403("target_outranks"))
			s.ask("G3: target_outranks", c.at(host, "DELETE", "/members/"+strong.id, nil), rule403("target_outranks"))
			s.ask("G1 before G3", c.at(host, "DELETE", "/members/"+c.owner.id, nil), rule403("owner_immutable"))
			s.ask("G1 before G2", c.own("PATCH", "/members/"+c.owner.id, fields{"role": "owner"}), rule403("owner_immutable"))
			s.ask("G2 before G3", c.at(host, "PATCH", "/members/"+strong.id, fields{"role": "Owner"}), rule403("owner_role"))
			s.ask("G3 before G4", c.at(host, "PATCH", "/members/"+strong.id, fields{"role": "admin"}), rule403("target_outranks"))
			s.ask("CM2", c.at(host, "PATCH", "/members/"+viewer.id, fields{"role": "Host"}), ok, text("members.2.custom_role_name", "Host"))
			s.ask("4.2: a change of a role holds for all its members at once", c.own("PUT", "/roles/Host", fields{"permissions": []string{"pull"}}), ok, number("member_count", 2))
			s.ask("4.2", c.at(viewer, "GET", "/requests/pending", nil), deniedFor("ManageMembers"))
			s.ask("4.2", c.at(host, "POST", "/members", fields{"member_id": s.newUser().id, "role": "viewer"}), deniedFor("Invite"))
		}},
		{Name: "members/assign", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u := s.newMember(c, "viewer")
			s.ask("CR1", c.own("POST", "/roles", fields{"role_name": "Weigher", "permissions": []string{"push"}, "description": ""}), ok)
			at := func(body fields) Request { return c.own("PATCH", "/members/"+u.id, body) }
			s.ask("4.4: the name of a custom role; base role unchanged (CM2)", at(fields{"role": "Weigher"}), ok, text("members.1.role", "Viewer"),
				text("members.1.custom_role_name", "Weigher"))
			s.ask("4.4: custom_role_name counts; role when a base role", at(fields{"role": "admin", "custom_role_name": "Weigher"}), ok, text("members.1.role", "Admin"),
				text("members.1.custom_role_name", "Weigher"))
			r := s.ask("2.2: nothing changes: 200", at(fields{"role": "Admin", "custom_role_name": "Weigher"}), ok)
			s.same(r, "4.2: exactly the list of that role", "permissions", listAt(r, "members.1.permissions"), []string{"Push"})
			s.ask("4.4: names are compared byte for byte", at(fields{"role": "weigher"}), unprocessable, text("provided", "weigher"), text("allowed.3", "Weigher"))
			s.ask("4.4: 422 names the field that counts", at(fields{"role": "admin", "custom_role_name": "Boss"}), unprocessable, field("custom_role_name"))
			s.ask("4.4: a base role: custom_role_name null", at(fields{"role": "MEMBER"}), ok, text("members.1.role", "Member"), is("members.1.custom_role_name", nil))
			s.ask("CM2: 404 not a member", c.own("PATCH", "/members/"+s.newUser().id, fields{"role": "viewer"}), notFound)
			s.ask("CM2: 404 not a member", c.own("PATCH", "/members/"+strings.Repeat("x", 2000), fields{"role": "viewer"}), notFound)
			s.ask("CM2: 404 after the 403 of the right", c.at(u, "PATCH", "/members/nobody", fields{"role": "viewer"}), deniedFor("ManageMembers"))
		}},
		{Name: "members/remove", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u, stays := s.newMember(c, "member"), s.newMember(c, "viewer")
			s.ask("CM3", c.at(u, "DELETE", "/members/"+stays.id, nil), deniedFor("ManageMembers"), is("success", false))
			s.ask("CM3: 200", c.own("DELETE", "/members/"+u.id, nil), ok, is("success", true), nonEmpty("message"), text("circuit_id", c.id), text("member_id", u.id))
			s.ask("CM3: access ends with D", c.at(u, "GET", "", nil), notFound)
			s.ask("CM3: 404 not a member", c.own("DELETE", "/members/"+u.id, nil), notFound, is("success", false))
			s.ask("CM3: a member may always leave", c.at(stays, "DELETE", "/members/"+stays.id, nil), ok, text("member_id", stays.id))
			s.ask("G1: the owner cannot", c.own("DELETE", "/members/"+c.owner.id, nil), rule403("owner_immutable"))
			s.add(c, u, "viewer")
			s.ask("CM1 after CM3", c.at(u, "GET", "", nil), ok, is("is_member", true), number("member_count", 2))
			if list := s.list("CI2", get(circuitsAt+"?include_public=false").bearer(u.token)); len(list) != 1 {
				s.Errorf("CI2: one who came back lists %d circuits", len(list))
			}
		}},
	}
}
