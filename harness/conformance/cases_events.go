package conformance

import "slices"

// eventsGroup is items, sections 9 and 10.
func eventsGroup() Group {
	return Group{Name: "events", Cases: slices.Concat(
		eventCases(), eventRuleCases(), localEventCases(), eventListCases(), feedCases(), circuitFeedCases(), amendCases(), eventGateCases(), eventRaceCases(), laterCases(),
	)}
}

// eventsKeylessGroup is a service without SECRETS_KEY.
func eventsKeylessGroup() Group {
	return Group{Name: "events-keyless", Settings: map[string]string{"SECRETS_KEY": ""}, Cases: []Case{
		{Name: "private", Run: func(s *Session) {
			const says = "items 9.3: without the key creating a Private event is 503 other"
			u := s.newUser()
			dfid := s.newItem(u)
			missing := all(refused(503, "other"), header("Retry-After", "1"))
			s.ask(says, u.event(dfid, "created", "private", "{}"), missing)
			s.ask(says, u.localEvent("created", "private", "{}"), missing)
			s.ask("C2: visibility before that", u.event("DFID-20250101-000001-F7BD", "created", "private", "{}"), notFound)
			public, local := s.made(u.event(dfid, "created", "public", "{}")), s.made(u.localEvent("created", "circuitonly", "{}"))
			s.lists(u, "", local, public)
			s.lists(u, "/private")
			s.ask("E11", u.amend(public, `{"a":1}`), ok)
		}},
	}}
}

// eventCases are E1 and E10.
func eventCases() []Case {
	return under("event",
		Case{Name: "create", Run: func(s *Session) {
			const says = "E1"
			u := s.newUser()
			dfid := s.newItem(u)
			r := s.ask(says, u.event(dfid, "enriched", "public", `{"weight":412.5,"tag":"<é>"}`), eventShape(), text("dfid", dfid),
				text("event_type", "Enriched"), text("visibility", "Public"), text("source", u.id), is("was_deduplicated", false), is("original_event_id", nil),
				is("is_encrypted", false), text("content_hash", contentHash(dfid, "Enriched", u.id, `{"tag":"<é>","weight":412.5}`)))
			id := r.text("event_id")
			stamp, _ := r.get("timestamp")
			s.ask("E10", u.events("/"+id), eventShape(), text("event_id", id), is("timestamp", stamp), is("metadata.tag", "<é>"),
				lacks("was_deduplicated", "content_hash", "is_local", "owner_user_id"))
			s.ask("C5: HEAD", bare("HEAD", "/api/events/"+id).bearer(u.token), ok)
			s.lists(u, "/item/"+dfid, id)
			s.ask("E1: metadata?", u.eventBody(fields{"dfid": dfid, "event_type": "split", "visibility": "public"}.String()), ok, verbatim("metadata", "{}"))
			s.ask("E1: metadata?", u.eventBody(fields{"dfid": dfid, "event_type": "merged", "visibility": "public", "metadata": jsonNull{}}.String()), ok, verbatim("metadata", "{}"))
			s.ask("9.2: a source in a body is ignored", u.eventBody(fields{"dfid": dfid, "event_type": "updated", "visibility": "public", "source": "somebody"}.String()),
				ok, text("source", u.id))
		}},
		Case{Name: "canonical-json", Run: func(s *Session) {
			const says = "items 9.1: one form of JSON; integers of 64 bits, 1 and 1.0 kept apart"
			u := s.newUser()
			dfid := s.newItem(u)
			for _, v := range vectors() {
				r := s.ask(says, u.event(dfid, "updated", "public", v[0]), ok, verbatim("metadata", v[1]), text("content_hash", contentHash(dfid, "Updated", u.id, v[1])))
				s.ask(says, u.events("/"+r.text("event_id")), ok, verbatim("metadata", v[1]))
			}
			for _, text := range []string{`{"a":1e400}`, `{"a":[-1e999]}`} {
				s.ask("items 9.1: a number that no float holds", u.event(dfid, "updated", "public", text), unprocessable, field("metadata"))
			}
		}},
		Case{Name: "deduplicate", Run: func(s *Session) {
			const says = "E1: every field is the stored event's"
			u := s.newUser()
			dfid := s.newItem(u)
			first := s.ask("E1", u.event(dfid, "created", "public", `{"a":1,"b":2}`), ok)
			id, hash := first.text("event_id"), first.text("content_hash")
			s.ask(says, u.event(dfid, "CREATED", "private", `{"b":2,"a":0,"a":1}`), eventShape(), text("event_id", id), is("was_deduplicated", true),
				text("original_event_id", id), text("visibility", "Public"), is("is_encrypted", false), text("content_hash", hash))
			for _, other := range []Request{
				u.event(dfid, "created", "public", `{"a":1.0,"b":2}`), u.event(dfid, "updated", "public", `{"a":1,"b":2}`),
				u.event(s.newItem(u), "created", "public", `{"a":1,"b":2}`),
			} {
				s.ask("9.1: another hash is another event", other, ok, is("was_deduplicated", false))
			}
			r := s.ask("E11", u.amend(id, `{"c":3}`), ok)
			if r.text("event_id") != id {
				s.wrong(r, "another event", "E11")
			}
			s.ask("9.1: the hash at creation stays the key", u.event(dfid, "created", "public", `{"a":1,"b":2}`), ok, text("event_id", id), is("was_deduplicated", true),
				verbatim("metadata", `{"a":1,"b":2,"c":3}`), text("content_hash", contentHash(dfid, "Created", u.id, `{"a":1,"b":2,"c":3}`)))
			s.ask("9.1", u.event(dfid, "created", "public", `{"a":1,"b":2,"c":3}`), ok, is("was_deduplicated", false))
		}},
		Case{Name: "private", Run: func(s *Session) {
			const says = "items 9.3: shown in clear to those whom 9.2 admits; is_encrypted exactly for Private"
			u, reader := s.newUser(), s.newUser()
			dfid := s.newItem(u)
			s.share(u, dfid, reader)
			r := s.ask(says, u.event(dfid, "created", "private", `{"note":"inside"}`), ok, is("is_encrypted", true), is("metadata.note", "inside"),
				text("content_hash", contentHash(dfid, "Created", u.id, `{"note":"inside"}`)))
			id := r.text("event_id")
			s.ask(says, u.events("/"+id), ok, is("is_encrypted", true), is("metadata.note", "inside"))
			for _, path := range []string{"", "/private", "/item/" + dfid, "/visibility/private", "?dfid=" + dfid} {
				s.lists(u, path, id)
			}
			s.ask("9.2", reader.events("/"+id), notFound)
			s.lists(reader, "/item/"+dfid)
		}},
		Case{Name: "get", Run: func(s *Session) {
			u := s.newUser()
			id := s.made(u.localEvent("created", "public", "{}"))
			for _, form := range forms128(id) {
				s.ask("C5: UUID parameters accept every form", u.events("/"+form), ok, text("event_id", id))
			}
			s.ask("E10: not a UUID", u.events("/not-a-uuid"), badRequest, field("event_id"))
			s.ask("E10: 404", u.events("/8e03978e-40d5-43e8-bc93-6894a57f9324"), notFound)
			s.ask("E10: 404", s.newUser().events("/"+id), notFound)
		}},
		Case{Name: "large", Run: largeEventCase},
	)
}
