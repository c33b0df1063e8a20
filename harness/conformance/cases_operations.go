package conformance

// operationCases are OP1 to OP3 and PI1 to PI3.
func operationCases() []Case {
	approving := fields{"require_approval_for_push": true, "require_approval_for_pull": true}
	return []Case{
		{Name: "approve", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), approving)
			m := s.newMember(c, "member")
			dfid := s.newItem(m)
			op := s.ask("4.1: Pending", c.push(m, dfid), ok, isOperation(""), text("status", "Pending")).text("operation_id")
			s.ask("4.3: a repeat returns that operation", c.push(m, dfid), ok, text("operation_id", op))
			s.held(c, c.owner)
			s.operations(c, c.owner, "/pending", op)
			s.operations(c, m, "", op)
			s.operations(c, s.newMember(c, "member"), "")
			s.ask("OP2: ManageMembers", c.at(m, "GET", "/operations/pending", nil), deniedFor("ManageMembers"))
			s.ask("2.2: a Pending operation gives nothing", get("/api/items/"+dfid).bearer(c.owner.token), notFound)
			approve := func(u *user, body string) Request {
				return post(circuitsAt+"/operations/"+op+"/approve", body).bearer(u.token)
			}
			s.ask("OP3", approve(m, "{}"), deniedFor("ManageMembers"))
			s.ask("OP3", approve(s.newUser(), "{}"), notFound)
			s.ask("approver_id: the caller", approve(c.owner, fields{"approver_id": m.id}.String()), refused(403, "auth_error"))
			s.ask("404", post(circuitsAt+"/operations/"+nobody+"/approve", "{}").bearer(c.owner.token), notFound)
			s.ask("C5", post(circuitsAt+"/operations/x/approve", "{}").bearer(c.owner.token), badRequest)
			s.ask("8.1: OpR, Completed", approve(c.owner, fields{"approver_id": c.owner.id}.String()), ok, isOperation(""), text("operation_id", op),
				text("status", "Completed"), text("metadata.approved_by", c.owner.id), instant("metadata.approved_at"), text("requester_id", m.id))
			s.ask("409", approve(c.owner, "{}"), rule409("operation_decided"), text("status", "Completed"))
			s.held(c, c.owner, dfid)
			s.ask("holder", get("/api/items/"+dfid).bearer(c.owner.token), ok)
			list := s.eventList(c.owner, "/item/"+dfid)
			if len(list) != 1 {
				s.Errorf("2.2: one event: %v", list)
			} else if m, _ := list[0]["metadata"].(map[string]any); m["approved_by"] != c.owner.id {
				s.Errorf("2.2: after an approval also approved_by: %v", list)
			}
		}},
		{Name: "pending-items", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), approving)
			m := s.newMember(c, "member")
			first, second := s.newItem(m), s.newItem(m)
			a := s.pushes(c, m, first)
			b := s.pushes(c, m, second)
			r := s.ask("PI1", c.own("GET", "/pending-items", nil), ok, is("success", true), is("next_cursor", nil))
			s.same(r, "PI1: newest first", "pending", s.textsAt(r, "data", "pending_id"), []string{b, a})
			for _, e := range s.under(r, "data") {
				s.want(e, "PendingR", all(text("pushed_by", m.id), text("status", "Pending"), text("operation_type", "Push"), integer("pushed_at"), object("item_preview"),
					object("item_preview.enriched_data")))
			}
			s.same(r, "PI1", "of pull", s.textsAt(s.ask("PI1", c.own("GET", "/pending-items?operation_type=PULL", nil), ok), "data", "dfid"), []string{})
			s.ask("PI1: other 400", c.own("GET", "/pending-items?operation_type=x", nil), badRequest, field("operation_type"), is("success", false))
			r = s.ask("C8", c.own("GET", "/pending-items?limit=1", nil), ok, nonEmpty("next_cursor"))
			r = s.ask("C8", c.own("GET", "/pending-items?limit=1&cursor="+r.text("next_cursor"), nil), ok)
			s.same(r, "C8", "second page", s.textsAt(r, "data", "pending_id"), []string{a})
			s.ask("PI1", c.at(m, "GET", "/pending-items", nil), deniedFor("ManageMembers"))
			s.ask("PI2", c.own("POST", "/pending-items/"+a+"/approve", fields{"admin_id": c.owner.id}), ok, is("success", true), nonEmpty("message"), text("data.dfid", first),
				text("data.circuit_id", c.id), text("data.pushed_by", m.id), text("data.approved_by", c.owner.id), text("data.status", "active"), integer("data.pushed_at", "data.approved_at"))
			other := s.newCircuit(c.owner, nil)
			s.ask("404 also of another circuit", other.own("POST", "/pending-items/"+b+"/approve", nil), notFound)
			s.ask("422", c.own("POST", "/pending-items/"+b+"/reject", fields{"reason": string(make([]byte, 1001))}), unprocessable, field("reason"))
			s.ask("PI3", c.own("POST", "/pending-items/"+b+"/reject", fields{"reason": "too late"}), ok, is("success", true), nonEmpty("message"))
			s.ask("409", c.own("POST", "/pending-items/"+b+"/reject", nil), rule409("operation_decided"), text("status", "Rejected"))
			s.held(c, c.owner, first)
			s.operations(c, c.owner, "", b, a)
			list := s.entriesOf("OP1", c.own("GET", "/operations", nil))
			s.want(list[0], "8.2", text("metadata.rejection_reason", "too late"), text("metadata.rejected_by", c.owner.id), instant("metadata.rejected_at"))
			s.ask("a rejected push may be asked for again", c.push(m, second), ok, text("status", "Pending"))
		}},
		{Name: "requester-gone", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), approving)
			m := s.newMember(c, "member")
			dfid := s.newItem(m)
			op := s.pushes(c, m, dfid)
			s.ask("CM2", c.own("PATCH", "/members/"+m.id, fields{"role": "viewer"}), ok)
			approve := c.own("POST", "/pending-items/"+op+"/approve", nil)
			s.ask("8.1", approve, rule409("requester_not_allowed"))
			s.ask("CM2", c.own("PATCH", "/members/"+m.id, fields{"role": "member"}), ok)
			s.ask("I8", m.send("PUT", "/api/items/"+dfid+"/deprecate", fields{}), ok)
			s.ask("8.1", approve, rule409("item_not_active"))
			r := s.ask("PI1: null unless Active", c.own("GET", "/pending-items", nil), ok)
			s.want(s.under(r, "data")[0], "PI1", is("item_preview", nil))
			s.ask("it stays Pending and can be rejected", c.own("POST", "/pending-items/"+op+"/reject", nil), ok)
		}},
		{Name: "race", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), approving)
			m := s.newMember(c, "member")
			op := s.pushes(c, m, s.newItem(m))
			codes := map[int]int{}
			for _, r := range s.together(s.settled, []Request{
				c.own("POST", "/pending-items/"+op+"/approve", nil), c.own("POST", "/pending-items/"+op+"/reject", nil),
				post(circuitsAt+"/operations/"+op+"/approve", "{}").bearer(c.owner.token),
			}) {
				codes[r.Status]++
			}
			if codes[200] != 1 || codes[409] != 2 {
				s.Errorf("8.1: two decisions at once: one 200, the other 409; got %v", codes)
			}
		}},
	}
}
