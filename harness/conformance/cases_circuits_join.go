package conformance

import "strings"

func circuitJoinCases() []Case {
	return []Case{
		{Name: "join/by-request", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u := s.newUser()
			s.ask("CJ1: any Active circuit, listed or not; of an unlisted one nothing is shown", c.at(u, "POST", "/requests", fields{"message": "Let me in"}), ok,
				isC(""), text("circuit_id", c.id), text("name", ""), text("description", ""), text("owner_id", ""), number("member_count", 0),
				lacks("members.0", "custom_roles.0"), text("pending_requests.0.requester_id", u.id), is("public_settings", nil))
			s.ask("CJ1: no membership before the approval", c.at(u, "GET", "", nil), notFound)
		}},
		{Name: "join/requests", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"allow_public_visibility": true})
			u, other, third := s.newUser(), s.newUser(), s.newUser()
			s.ask("CJ1: outsider form with the own request as only entry", c.at(u, "POST", "/requests", fields{"message": "Let me in"}), ok,
				text("name", "Cocoa"), text("owner_id", ""), number("member_count", 1), text("pending_requests.0.requester_id", u.id),
				text("pending_requests.0.message", "Let me in"), text("pending_requests.0.status", "Pending"), integer("pending_requests.0.requested_at"), lacks("pending_requests.1"))
			s.ask("CJ1: body optional", c.at(other, "POST", "/requests", nil), ok, is("pending_requests.0.message", nil), text("pending_requests.0.requester_id", other.id))
			s.ask("CJ1: 409 request_pending", c.at(u, "POST", "/requests", nil), rule409("request_pending"))
			s.ask("CJ1: 409 already_member", c.own("POST", "/requests", nil), rule409("already_member"))
			s.ask("CJ1: message at most 2048 bytes", c.at(third, "POST", "/requests", fields{"message": strings.Repeat("x", 2049)}), unprocessable, field("message"))
			s.ask("CJ1: 404", circuit{nowhere, u}.own("POST", "/requests", nil), notFound)
			const says = "CJ2: Pending only, oldest first"
			r := s.ask(says, c.own("GET", "/requests/pending", nil), ok)
			s.same(r, says, "requests", textsOf(s.entries(r, says, r.Body), "requester_id"), []string{u.id, other.id})
			r = s.ask("C8", c.own("GET", "/requests/pending?limit=1", nil), ok, headerLike("Link", "cursor="))
			next := r.Header.Get("Link")
			r = s.ask("C8", get(next[1:strings.Index(next, ">")]).bearer(c.owner.token), ok, header("Link", ""))
			s.same(r, says, "requests", textsOf(s.entries(r, says, r.Body), "requester_id"), []string{other.id})
			s.ask("9.1: managers see them", c.own("GET", "", nil), ok, text("pending_requests.1.requester_id", other.id))
			s.ask("3: members do not", c.at(s.newMember(c, "member"), "GET", "", nil), ok, lacks("pending_requests.0"))
			s.ask("CJ3: 200 C", c.own("POST", "/requests/"+u.id+"/approve", fields{"role": "viewer", "admin_id": c.owner.id}), ok, isC(""), number("member_count", 3))
			s.ask("CJ3: 409 request_decided with status", c.own("POST", "/requests/"+u.id+"/approve", fields{"role": "viewer"}), rule409("request_decided"), text("status", "Approved"))
			s.ask("CJ4: 409 request_decided", c.own("POST", "/requests/"+u.id+"/reject", nil), rule409("request_decided"))
			s.ask("CJ4: 200 C", c.own("POST", "/requests/"+other.id+"/reject", fields{"admin_id": c.owner.name}), ok, isC(""), lacks("pending_requests.0"))
			s.ask("CJ3: 409", c.own("POST", "/requests/"+other.id+"/approve", fields{"role": "viewer"}), rule409("request_decided"), text("status", "Rejected"))
			s.ask("CJ1: after a rejection the caller may ask again", c.at(other, "POST", "/requests", nil), ok)
			s.ask("CJ3: G2", c.own("POST", "/requests/"+other.id+"/approve", fields{"role": "owner"}), rule403("owner_role"))
			s.ask("CJ3: admin_id is the caller, else 403", c.own("POST", "/requests/"+other.id+"/approve", fields{"role": "viewer", "admin_id": u.id}), refused(403, "auth_error"))
			for _, id := range []string{third.id, "nobody", strings.Repeat("x", 700)} {
				s.ask("CJ3: 404 no request of that user", c.own("POST", "/requests/"+id+"/approve", fields{"role": "viewer"}), notFound)
				s.ask("CJ4: 404", c.own("POST", "/requests/"+id+"/reject", nil), notFound)
			}
			s.ask("CM1: a Pending request becomes Approved", c.own("POST", "/members", fields{"member_id": other.id, "role": "viewer"}), ok, lacks("pending_requests.0"))
			s.ask("CM1", c.own("POST", "/requests/"+other.id+"/approve", fields{"role": "viewer"}), rule409("request_decided"), text("status", "Approved"))
			s.ask("CI4: in", c.at(other, "GET", "", nil), ok, is("is_member", true))
		}},
		{Name: "join/public", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u, other := s.newUser(), s.newUser()
			s.ask("CP2: 404", c.at(u, "POST", "/public/join", nil), notListed)
			s.ask("CP2: members included", c.own("POST", "/public/join", nil), notListed)
			s.ask("CP4", c.own("PUT", "/public-settings", settings(nil)), ok)
			s.ask("CP2: a Pending request", c.at(u, "POST", "/public/join", fields{"message": "Hello"}), ok, is("success", true), nonEmpty("message"), is("requires_approval", true))
			s.ask("CP2: 409 request_pending", c.at(u, "POST", "/public/join", nil), rule409("request_pending"), is("success", false))
			s.ask("CP2: 409 already_member", c.own("POST", "/public/join", nil), rule409("already_member"))
			s.ask("CP2: no credential", c.at(nil, "POST", "/public/join", nil), unauthorized)
			s.ask("CP4", c.own("PUT", "/public-settings", settings(fields{"auto_approve_members": true})), ok)
			s.ask("CP2: the open request becomes Approved", c.at(u, "POST", "/public/join", nil), ok, is("requires_approval", false))
			s.ask("CP2", c.own("POST", "/requests/"+u.id+"/approve", fields{"role": "viewer"}), rule409("request_decided"), text("status", "Approved"))
			s.ask("CP2: base role Member", c.at(other, "POST", "/public/join", nil), ok, is("requires_approval", false))
			s.ask("CP2", c.own("GET", "", nil), ok, number("member_count", 3), text("members.1.member_id", u.id), text("members.1.role", "Member"), text("members.2.member_id", other.id))
			s.ask("CP2", c.at(other, "POST", "/public/join", nil), rule409("already_member"))
			s.ask("CP2: body", c.at(s.newUser(), "POST", "/public/join", fields{"message": strings.Repeat("x", 2049)}), unprocessable, field("message"))
		}},
		{Name: "join/password", Run: func(s *Session) {
			c, u, secret := s.newCircuit(s.newUser(), nil), s.newUser(), s.newSecret()
			s.ask("CP4", c.own("PUT", "/public-settings", settings(fields{"access_mode": "Protected", "access_password": secret, "auto_approve_members": true})), ok)
			join := func(password any) Request {
				return c.at(u, "POST", "/public/join", fields{"access_password": password})
			}
			s.ask("CP2: 403 wrong_password, also when absent", c.at(u, "POST", "/public/join", nil), rule403("wrong_password"))
			s.ask("CP2", join(s.newSecret()), rule403("wrong_password"))
			s.ask("CP2", join(strings.Repeat(secret, 8)), rule403("wrong_password"))
			s.ask("CP2: members need none", c.own("POST", "/public/join", nil), rule409("already_member"))
			s.ask("CP2", join(secret), ok, is("requires_approval", false))
			changed := s.newSecret()
			s.ask("CP4", c.own("PUT", "/public-settings", settings(fields{"access_mode": "Protected", "access_password": changed})), ok)
			late := s.newUser()
			s.ask("CP2: the former password", c.at(late, "POST", "/public/join", fields{"access_password": secret}), rule403("wrong_password"))
			s.ask("CP2", c.at(late, "POST", "/public/join", fields{"access_password": changed}), ok, is("requires_approval", true))
		}},
	}
}
