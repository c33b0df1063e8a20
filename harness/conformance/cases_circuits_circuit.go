package conformance

import "strings"

func circuitCases() []Case {
	return []Case{
		{Name: "create/plain", Run: func(s *Session) {
			u := s.newUser()
			r := s.ask("CI1, 9.1: C; the caller is owner and the only member", post(circuitsAt, circuitBody(nil).String()).bearer(u.token), ok, isC(""),
				text("name", "Cocoa"), text("description", "Beans of the valley"), text("owner_id", u.id), text("status", "Active"),
				is("permissions.allow_public_visibility", false), is("permissions.require_approval_for_push", false),
				is("permissions.require_approval_for_pull", false), is("is_member", true), number("member_count", 1),
				text("default_namespace", "generic"), is("alias_config", nil), is("public_settings", nil),
				text("members.0.member_id", u.id), text("members.0.role", "Owner"), is("members.0.custom_role_name", nil), integer("members.0.joined_timestamp"),
				text("custom_roles.0.role_name", "Owner"), text("custom_roles.0.color", "#gold"), text("custom_roles.0.created_by", "system"),
				is("custom_roles.0.is_default", true), number("custom_roles.0.member_count", 1), matching("custom_roles.0.role_id", "a UUID", uuidForm),
				text("custom_roles.1.role_name", "Member"), text("custom_roles.1.color", "#gray"), number("custom_roles.1.member_count", 0),
			)
			s.same(r, "4.1", "the owner's permissions", listAt(r, "members.0.permissions"), ninePermissions)
			s.same(r, "4.5", "Member's permissions", listAt(r, "custom_roles.1.permissions"), []string{"Push", "Pull"})
			id := r.text("circuit_id")
			s.ask("CI4: 200 C", get(circuitsAt+"/"+id).bearer(u.token), ok, isC(""), number("last_modified", r.int("last_modified")), text("owner_id", u.id))
			for _, form := range []string{strings.ToUpper(id), strings.ReplaceAll(id, "-", ""), "urn:uuid:" + id, "%7B" + id + "%7D"} {
				s.ask("C5: UUID forms", get(circuitsAt+"/"+form).bearer(u.token), ok, text("circuit_id", id))
			}
		}},
		{Name: "create/full", Run: func(s *Session) {
			u := s.newUser()
			alias := fields{"required_canonical": []string{"sisbov"}, "required_contextual": []string{}, "use_fingerprint": true, "auto_apply_namespace": false}
			r := s.ask("CI1: all fields", post(circuitsAt, circuitBody(fields{
				"require_approval_for_push": true, "require_approval_for_pull": true, "default_namespace": "bovino", "alias_config": alias,
				"adapter_config": fields{"adapter_type": "none", "requires_approval": true}, "auto_approve_members": true,
				"public_settings": fields{"access_mode": "open", "tagline": "Beans"},
			}).String()).bearer(u.token), ok, isC(""),
				is("permissions.allow_public_visibility", true), is("permissions.require_approval_for_push", true),
				is("permissions.require_approval_for_pull", true), text("default_namespace", "bovino"),
				text("alias_config.required_canonical.0", "sisbov"), is("alias_config.allowed_namespaces", nil), is("alias_config.use_fingerprint", true),
				text("public_settings.access_mode", "Public"), text("public_settings.tagline", "Beans"), is("public_settings.auto_approve_members", true),
				instant("public_settings.public_since"))
			s.ask("CP3: the same", get(circuitsAt+"/"+r.text("circuit_id")+"/public-settings").bearer(u.token), ok, is("configured", true), text("tagline", "Beans"))
		}},
		{Name: "create/refused", Run: func(s *Session) {
			u := s.newUser()
			ask := func(says string, more fields, checks ...Check) {
				s.Helper()
				s.ask(says, post(circuitsAt, circuitBody(more).String()).bearer(u.token), checks...)
			}
			ask("5: name required", fields{"name": nil}, unprocessable, field("name"))
			ask("5: description required", fields{"description": nil}, unprocessable, field("description"))
			ask("5: name not blank", fields{"name": " \u2003 "}, unprocessable, field("name"))
			ask("5: name 1 to 255 bytes", fields{"name": strings.Repeat("é", 128)}, unprocessable, field("name"))
			ask("5: no control characters", fields{"name": "a\u0007b"}, unprocessable, field("name"))
			ask("5: description at most 4096 bytes", fields{"description": strings.Repeat("a", 4097)}, unprocessable, field("description"))
			ask("CI1: default_namespace not blank", fields{"default_namespace": ""}, unprocessable, field("default_namespace"))
			ask("CI1: unknown adapter_type", fields{"adapter_config": fields{"adapter_type": "floppy"}}, unprocessable,
				field("adapter_config.adapter_type"), text("provided", "floppy"))
			ask("CI1: alias_config needs all keys", fields{"alias_config": fields{"required_canonical": []string{}}}, unprocessable)
			ask("CI1: no blank entries", fields{"alias_config": fields{"required_canonical": []string{" "}, "required_contextual": []string{},
				"use_fingerprint": true, "auto_apply_namespace": false}}, unprocessable, field("alias_config.required_canonical"))
			ask("CI1: CP4 rules", fields{"public_settings": fields{"access_mode": "secret"}}, details("access_mode"))
			ask("CI1: published_items must be empty", fields{"public_settings": settings(fields{"published_items": []string{"DFID-20250101-000001-F7BD"}})},
				details("published_items"))
			ask("CI1: 403 adapter outside the allowed set, its text naming tier and adapter", fields{"adapter_config": fields{"adapter_type": "stellar_mainnet-ipfs"}},
				refused(403, "auth_error"), text("adapter_type", "stellar_mainnet-ipfs"), text("available_adapters.0", "ipfs-ipfs"),
				matching("error", "a text with tier and adapter", "Basic.*stellar_mainnet-ipfs"))
			s.ask("1: no credential", post(circuitsAt, circuitBody(nil).String()), unauthorized)
			list := s.list("CI1: a refusal stores nothing", get(circuitsAt+"?include_public=false").bearer(u.token))
			if len(list) != 0 {
				s.Fatal("a refused circuit is listed")
			}
		}},
		{Name: "create/idempotent", Run: func(s *Session) {
			u := s.newUser()
			send := post(circuitsAt, circuitBody(nil).String()).bearer(u.token).with("Idempotency-Key", "found")
			first := s.ask("C9", send, ok)
			s.ask("C9: the stored reply", send, ok, header("Idempotency-Replayed", "true"), text("circuit_id", first.text("circuit_id")))
			if list := s.list("CI2", get(circuitsAt+"?include_public=false").bearer(u.token)); len(list) != 1 {
				s.Fatalf("%d circuits", len(list))
			}
		}},
		{Name: "update", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			before := s.ask("CI4", c.own("GET", "", nil), ok)
			for _, method := range []string{"PATCH", "PUT"} {
				s.ask("CI5: both verbs update partially", c.own(method, "", fields{"name": "Coffee " + method, "owner_id": "me", "status": "Archived",
					"permissions": fields{"require_approval_for_push": method == "PUT"}}), ok, isC(""), text("name", "Coffee "+method),
					text("description", "Beans of the valley"), text("status", "Active"), text("owner_id", c.owner.id),
					is("permissions.require_approval_for_push", method == "PUT"))
			}
			r := s.ask("CI4", c.own("GET", "", nil), ok, text("name", "Coffee PUT"))
			if r.int("last_modified") < before.int("last_modified") {
				s.wrong(r, "last_modified went back", "2.2")
			}
			s.ask("CI5: 422 texts", c.own("PATCH", "", fields{"name": ""}), unprocessable, field("name"))
			s.ask("CI5: null is absent", c.own("PATCH", "", fields{"name": nil, "description": ""}), ok, text("name", "Coffee PUT"), text("description", ""))
			s.ask("C5", c.own("PATCH", "", fields{"permissions": true}), unprocessable, field("permissions"))
			s.ask("C2: visibility before the body", c.at(s.newUser(), "PATCH", "", fields{"name": 1}), notFound)
			s.ask("C2: the right before the body", c.at(s.newMember(c, "viewer"), "PATCH", "", fields{"name": 1}), deniedFor("ManagePermissions"))
			s.ask("C5: no JSON", c.own("PATCH", "", nil).carrying("x").with("Content-Type", "text/plain"), wrongType)
		}},
		{Name: "deactivate", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"allow_public_visibility": true})
			u, stranger := s.newMember(c, "Admin"), s.newUser()
			s.ask("3: outsider form", c.at(stranger, "GET", "", nil), ok, outside(""))
			s.ask("CI6: 200 C Inactive", c.own("PUT", "/deactivate", nil), ok, text("status", "Inactive"))
			s.ask("CI6: already so: 200", c.own("PUT", "/deactivate", nil), ok, text("status", "Inactive"))
			s.ask("CI6: members keep reading", c.at(u, "GET", "", nil), ok, text("status", "Inactive"))
			s.ask("CI6: outsiders get 404 from D on", c.at(stranger, "GET", "", nil), notFound)
			s.ask("CI6: public pages get 404", c.at(nil, "GET", "/public", nil), notListed)
			s.ask("CJ1: other circuits are 404", c.at(stranger, "POST", "/requests", nil), notFound)
			const inactive = "1: 409 circuit_inactive for mutations other than CI6, CI7, CM3"
			for _, r := range []Request{
				c.own("PATCH", "", fields{}), c.own("PUT", "/visibility/toggle", nil), c.own("POST", "/members", fields{"member_id": stranger.id, "role": "viewer"}),
				c.own("PATCH", "/members/"+u.id, fields{"role": "viewer"}), c.own("POST", "/roles", fields{"role_name": "x", "permissions": []string{}, "description": ""}),
				c.own("PUT", "/roles/x", fields{}), c.own("DELETE", "/roles/x", nil), c.own("POST", "/requests/"+stranger.id+"/approve", fields{"role": "viewer"}),
				c.own("POST", "/requests/"+stranger.id+"/reject", nil), c.own("PUT", "/public-settings", settings(nil)),
			} {
				s.ask(inactive, r, rule409("circuit_inactive"))
			}
			s.ask("1: 403 before 409", c.at(u, "PATCH", "", fields{}), deniedFor("ManagePermissions"))
			s.ask("CM3: leave, also from an Inactive circuit", c.at(u, "DELETE", "/members/"+u.id, nil), ok)
			s.ask("CI7: 200 C Active", c.own("PUT", "/reactivate", nil), ok, text("status", "Active"))
			s.ask("CI7: already so", c.own("PUT", "/reactivate", nil), ok, text("status", "Active"))
			s.ask("3: listed again", c.at(stranger, "GET", "", nil), ok, outside(""), number("member_count", 1))
		}},
		{Name: "toggle", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			for i := range 4 {
				public, word := i%2 == 0, "private"
				if public {
					word = "public"
				}
				s.ask("CI8: the state after the change", c.own("PUT", "/visibility/toggle", nil), ok, is("success", true), text("circuit_id", c.id),
					text("name", "Cocoa"), text("visibility", word), is("allow_public_visibility", public))
				s.ask("CI4", c.own("GET", "", nil), ok, is("permissions.allow_public_visibility", public))
			}
			s.ask("CI8: errors have success false", c.at(s.newUser(), "PUT", "/visibility/toggle", nil), notFound, is("success", false))
		}},
		{Name: "bad-ids", Run: func(s *Session) {
			u := s.newUser()
			for _, id := range []string{"x", "123", nowhere + "0", "operations", "list-x"} {
				s.ask("1: :id is a UUID", get(circuitsAt+"/"+id).bearer(u.token), status(400, 404, 405))
			}
			s.ask("1: :id is a UUID", get(circuitsAt+"/x").bearer(u.token), badRequest, field("id"))
			s.ask("1: list is never a circuit id", get(circuitsAt+"/list").bearer(u.token), ok)
			s.ask("1: member is never a circuit id", get(circuitsAt+"/member").bearer(u.token), notFound)
			s.ask("1: no GET on members", get(circuitsAt+"/"+nowhere+"/members").bearer(u.token), notAllowed, header("Allow", "POST, OPTIONS"))
			s.ask("CP4: bad circuit id: details", put(circuitsAt+"/x/public-settings", "{}").bearer(u.token), badRequest, text("code", "validation_error"),
				text("details.field", "circuit_id"), nonEmpty("details.issue"), is("success", false))
		}},
	}
}

// listAt are the strings of an array at a path.
func listAt(r *Reply, path string) []string {
	out := []string{}
	value, _ := r.get(path)
	list, _ := value.([]any)
	for _, v := range list {
		text, _ := v.(string)
		out = append(out, text)
	}
	return out
}
