package conformance

// localEventCases are E2 and E3.
func localEventCases() []Case {
	return under("local-event",
		Case{Name: "create", Run: func(s *Session) {
			const says = "E2"
			u := s.newUser()
			r := s.ask(says, u.localEvent("StatusChanged", "circuitonly", `{"b":[1,1.0],"a":null}`), ok, uuid("event_id"), uuid("local_event_id"), text("event_type", "StatusChanged"),
				integer("timestamp"), text("source", u.id), verbatim("metadata", `{"a":null,"b":[1,1.0]}`), text("visibility", "CircuitOnly"), is("is_local", true), lacks("dfid"))
			id, local := r.text("event_id"), r.text("local_event_id")
			stamp, _ := r.get("timestamp")
			for _, form := range forms128(local) {
				s.ask("E3: as E2", u.events("/local/"+form), ok, text("event_id", id), text("local_event_id", local), is("timestamp", stamp),
					verbatim("metadata", `{"a":null,"b":[1,1.0]}`), is("is_local", true), text("event_type", "StatusChanged"), text("source", u.id), text("visibility", "CircuitOnly"))
			}
			s.ask("E10", u.events("/"+id), eventShape(), text("dfid", "LOCAL-EVENT-"+local))
			s.ask("E2: metadata?", u.localEventBody(`{"event_type":"created","visibility":"public"}`), ok, verbatim("metadata", "{}"))
		}},
		Case{Name: "never-deduplicated", Run: func(s *Session) {
			const says = "E2: never deduplicated"
			u := s.newUser()
			one, two := s.made(u.localEvent("created", "public", `{"a":1}`)), s.made(u.localEvent("created", "public", `{"a":1}`))
			if one == two {
				s.Errorf("the same event twice; contract: %s", says)
			}
			s.lists(u, "", two, one)
		}},
		Case{Name: "visibility", Run: func(s *Session) {
			const says = "items 9.2: local events are seen by their source only"
			u, other := s.newUser(), s.newUser()
			r := s.ask("E2", u.localEvent("created", "public", "{}"), ok)
			s.ask(says, other.events("/local/"+r.text("local_event_id")), notFound)
			s.ask(says, other.events("/"+r.text("event_id")), notFound)
			s.ask(says, other.amend(r.text("event_id"), "{}"), notFound)
			s.lists(other, "")
			s.lists(u, "/item/LOCAL-EVENT-"+r.text("local_event_id"))
		}},
		Case{Name: "unknown", Run: func(s *Session) {
			u := s.newUser()
			s.ask("E3: not a UUID", u.events("/local/x"), badRequest, field("local_event_id"))
			s.ask("E3: 404", u.events("/local/8e03978e-40d5-43e8-bc93-6894a57f9324"), notFound)
			s.ask("E3: an event id is no local id", u.events("/local/"+s.made(u.localEvent("created", "public", "{}"))), notFound)
		}},
	)
}
