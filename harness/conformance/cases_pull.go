package conformance

// heldCases are LI1 and LI2.
func heldCases() []Case {
	return []Case{
		{Name: "items", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			m := s.newMember(c, "viewer")
			a, b := s.newItem(c.owner), s.newItem(c.owner)
			s.pushes(c, c.owner, a)
			s.pushes(c, c.owner, b)
			s.ask("E1", c.owner.event(a, "created", "private", `{"secret":1}`), ok)
			s.held(c, m, b, a)
			list := s.entriesOf("LI1", c.at(m, "GET", "/items?include_events=true&include_layers=true", nil))
			for _, e := range list {
				s.want(e, "ItemR", text("circuit_id", c.id), text("circuit_name", "Cocoa"), text("pushed_by", c.owner.id), integer("pushed_at"))
				if got := len(s.under(e, "events")); got != 1 {
					s.wrong(e, "not one event", "LI1: events, Private ones of others left out")
				}
				s.want(s.under(e, "events")[0], "Event", instant("timestamp"), text("event_type", "PushedToCircuit"), is("is_local", false))
				s.same(e, "LI1", "permissions", e.stringsAt("permissions"), []string{"read", "verify"})
				s.same(e, "LI1", "layers", textsOf(s.under(e, "layers"), "source_user_id"), []string{})
			}
			s.want(s.entriesOf("LI1", c.at(m, "GET", "/items", nil))[0], "LI1", lacks("events", "layers"))
			s.ask("bool", c.at(m, "GET", "/items?include_events=yes", nil), badRequest, field("include_events"))
			r := s.ask("C8", c.at(m, "GET", "/items?limit=1", nil), ok, headerLike("Link", `rel="next"`))
			s.same(r, "C8", "page", textsOf(s.entries(r, "LI1", r.Body), "dfid"), []string{b})
			stranger := s.newUser()
			s.ask("404", c.at(stranger, "GET", "/items", nil), notFound)
			s.ask("404", c.at(stranger, "GET", "/activities", nil), notFound)
			s.ask("404", c.at(stranger, "GET", "/operations", nil), notFound)
		}},
		{Name: "activities", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			dfid := s.newItem(c.owner)
			s.pushes(c, c.owner, dfid)
			s.ask("PL1", c.pull(c.owner, dfid), ok)
			list := s.entriesOf("LI2", c.own("GET", "/activities", nil))
			if len(list) != 2 || list[0].text("activity_type") != "Pull" || list[1].text("activity_type") != "Push" {
				s.Fatalf("LI2: newest first: %v", textsOf(list, "activity_type"))
			}
			for _, e := range list {
				s.want(e, "ActivityResponse", matching("activity_id", "ACTIVITY-...", `^ACTIVITY-\d{14}-[0-9A-F]{8}$`), text("circuit_id", c.id), text("circuit_name", "Cocoa"),
					text("user_id", c.owner.id), text("status", "Success"), integer("timestamp"), number("details.items_count", 1), number("details.success_count", 1),
					is("details.permissions", nil), is("details.error_message", nil))
				s.same(e, "LI2", "dfids", e.stringsAt("item_dfids"), []string{dfid})
			}
		}},
	}
}

// pullCases are PL1.
func pullCases() []Case {
	return []Case{
		{Name: "direct", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			m, viewer := s.newMember(c, "member"), s.newMember(c, "viewer")
			dfid := s.newItem(c.owner)
			s.ask("7: the circuit does not hold the item: 404", c.pull(c.owner, dfid), notFound)
			s.pushes(c, c.owner, dfid)
			s.ask("E1", c.owner.event(dfid, "created", "private", `{"secret":1}`), ok)
			s.ask("CR1", c.own("POST", "/roles", fields{"role_name": "Pusher", "permissions": []string{"push"}, "description": ""}), ok)
			pusher := s.newUser()
			s.ask("CM1", c.own("POST", "/members", fields{"member_id": pusher.id, "role": "member", "custom_role_name": "Pusher"}), ok)
			s.ask("Pull 403", c.pull(pusher, dfid), deniedFor("Pull"))
			r := s.ask("7", c.pull(m, dfid), ok, text("item.dfid", dfid), integer("item.creation_timestamp", "item.last_modified"), text("item.status", "Active"),
				number("events_count", 1), isOperation("operation."), text("operation.status", "Completed"), text("operation.operation_type", "Pull"))
			s.want(s.under(r, "events")[0], "3: Private events of others are left out", text("event_type", "PushedToCircuit"))
			s.want(s.under(r, "item.identifiers")[0], "raw form", nonEmpty("key", "value"))
			s.ask("7: two pulls: the second is 404", c.pull(m, dfid), notFound)
			s.held(c, c.owner)
			s.ask("7: the caller keeps reading access", m.sees("/api/items/"+dfid), ok)
			s.ask("the circuit item ends for all members", viewer.sees("/api/items/"+dfid), notFound)
			s.ask("I18: a share", m.sees("/api/items/"+dfid+"/shared-with/"+m.id), ok, is("is_shared", true))
			list := s.eventList(c.owner, "/item/"+dfid)
			if list[0]["event_type"] != "PulledFromCircuit" {
				s.Errorf("event PulledFromCircuit: %v", list)
			}
			s.ask("read and verify are not push", c.push(m, dfid), rule403("item_not_pushable"))
			s.pushes(c, c.owner, dfid)
			s.ask("pushed again", viewer.sees("/api/items/"+dfid), ok)
		}},
		{Name: "approval", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"require_approval_for_pull": true})
			m := s.newMember(c, "member")
			dfid := s.newItem(c.owner)
			s.pushes(c, c.owner, dfid)
			r := s.ask("7: approval required", c.pull(m, dfid), ok, is("item", nil), number("events_count", 0), text("operation.status", "Pending"))
			op := r.text("operation.operation_id")
			s.ask("7: a repeat returns that operation", c.pull(m, dfid), ok, text("operation.operation_id", op))
			s.held(c, m, dfid)
			s.ask("PI2", c.own("POST", "/pending-items/"+op+"/approve", nil), ok, text("data.pushed_by", m.id))
			s.held(c, m)
			s.ask("after approval the caller reads the item", m.sees("/api/items/"+dfid), ok)
		}},
		{Name: "not-held", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"require_approval_for_pull": true})
			m := s.newMember(c, "member")
			dfid := s.newItem(c.owner)
			s.pushes(c, c.owner, dfid)
			a := s.ask("PL1", c.pull(m, dfid), ok).text("operation.operation_id")
			b := s.ask("PL1", c.pull(c.owner, dfid), ok).text("operation.operation_id")
			s.ask("PI2", c.own("POST", "/pending-items/"+a+"/approve", nil), ok)
			s.ask("8.1: pull: 409 item_not_held", c.own("POST", "/pending-items/"+b+"/approve", nil), rule409("item_not_held"))
			s.ask("it can be rejected", c.own("POST", "/pending-items/"+b+"/reject", nil), ok)
		}},
	}
}
