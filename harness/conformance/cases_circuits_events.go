package conformance

import (
	"fmt"
	"slices"
	"time"
)

// edgeDelay is how long a page may lag behind, and some time for the copy to get there.
const edgeDelay = 90 * time.Second

// pageEvents are the ids of the events of a public page, of all its items in the order of the page.
func (s *Session) pageEvents(r *Reply) (ids []string) {
	s.Helper()
	for _, item := range s.under(r, "data.published_items_with_events") {
		ids = append(ids, s.textsAt(item, "events", "event_id")...)
	}
	return ids
}

// showsEvents wants a public page to come to show exactly these events, and returns it.
func (s *Session) showsEvents(c circuit, want ...string) *Reply {
	s.Helper()
	const says = "CP1: the newest Public events of each item, from the edge, up to 60 s old"
	var r *Reply
	shows := func() bool {
		r = s.ask(says, c.at(nil, "GET", "/public", nil), ok)
		return slices.Equal(s.pageEvents(r), want)
	}
	if !s.poll(edgeDelay, shows) {
		s.wrong(r, fmt.Sprintf("it shows %v, want %v", s.pageEvents(r), want), says)
	}
	s.want(r, "CP1: events_count is the events in this reply", number("data.events_count", int64(len(want))))
	return r
}

func circuitPageEventCases() []Case {
	publish := func(s *Session, c circuit, more fields, dfids ...string) {
		s.Helper()
		body := fields{"published_items": dfids}
		for k, v := range more {
			body[k] = v
		}
		s.ask("CP4", c.own("PUT", "/public-settings", settings(body)), ok)
	}
	return []Case{
		{Name: "page/events", Run: func(s *Session) {
			u := s.newUser()
			c := s.newCircuit(u, fields{"allow_public_visibility": true})
			first, second := s.newItem(u), s.newItem(u)
			s.pushes(c, u, first)
			pushed := s.list("circ-items 2.2: Public where the circuit may be seen", u.events("/item/"+first))
			if len(pushed) != 1 || pushed[0].text("visibility") != "Public" {
				s.Fatalf("events after a push: %v", textsOf(pushed, "visibility"))
			}
			older := s.made(u.event(first, "updated", "public", `{"n":1}`))
			s.made(u.event(first, "updated", "private", `{"n":2}`))
			s.made(u.event(first, "updated", "circuitonly", `{"n":3,"circuit_id":"`+c.id+`"}`))
			s.pushes(c, u, second)
			newer := s.made(u.event(first, "created", "public", `{"n":4,"at":1.0}`))
			pushedSecond := textsOf(s.list("E4", u.events("/item/"+second)), "event_id")[0]
			publish(s, c, nil, first)
			r := s.showsEvents(c, newer, older, pushed[0].text("event_id"))
			s.want(r, "CP1", number("data.items_count", 1), text("data.published_items_with_events.0.dfid", first), verbatim("metadata", `{"at":1.0,"n":4}`))
			e := s.under(r, "data.published_items_with_events.0.events")[0]
			s.want(e, "CP1: Event", text("event_id", newer), text("dfid", first), text("event_type", "Created"), text("source", u.id), text("visibility", "Public"),
				offset("timestamp"), object("metadata"), lacks("content_hash", "owner_user_id", "is_encrypted"))
			publish(s, c, fields{"show_encrypted_events": true}, first, second)
			r = s.showsEvents(c, pushedSecond, newer, older, pushed[0].text("event_id")) // newest publication first, and no Private one
			s.want(r, "CP1", is("data.show_encrypted_events", true))
			r = s.ask("C8: limit", c.at(nil, "GET", "/public?limit=1", nil), ok, text("data.published_items_with_events.0.dfid", second),
				lacks("data.published_items_with_events.1"), number("data.events_count", 1), number("data.items_count", 2), nonEmpty("data.next_cursor"))
			s.ask("C8: cursor", c.at(nil, "GET", "/public?limit=1&cursor="+r.text("data.next_cursor"), nil), ok,
				text("data.published_items_with_events.0.dfid", first), number("data.events_count", 3), is("data.next_cursor", nil))
			s.ask("E11", u.amend(newer, `{"n":5}`), ok)
			amended := func() bool {
				r = s.ask("E11, CP1", c.at(nil, "GET", "/public", nil), ok)
				return verbatim("metadata", `{"at":1.0,"n":5}`)(r) == ""
			}
			if !s.poll(edgeDelay, amended) {
				s.wrong(r, "it does not show the new metadata", "E11, CP1")
			}
			publish(s, c, nil, second)
			r = s.ask("CP1: circuit rows are read current", c.at(nil, "GET", "/public", nil), ok, number("data.items_count", 1))
			s.same(r, "CP1", "events", s.pageEvents(r), []string{pushedSecond})
			publish(s, c, fields{"access_mode": "protected", "access_password": s.newSecret()}, second)
			s.ask("CP1: withheld", c.at(nil, "GET", "/public", nil), ok, number("data.events_count", 0), lacks("data.published_items_with_events.0"))
			s.ask("CI8", c.own("PUT", "/visibility/toggle", nil), ok)
			s.ask("CP1: a circuit that went private is denied at once", c.at(nil, "GET", "/public", nil), notListed)
		}},
		{Name: "page/newest-events", Run: func(s *Session) {
			u := s.newUser()
			c := s.newCircuit(u, fields{"allow_public_visibility": true})
			dfid := s.newItem(u)
			s.pushes(c, u, dfid)
			publish(s, c, nil, dfid)
			var ids []string
			for n := range 101 {
				ids = append([]string{s.made(u.event(dfid, "updated", "public", fmt.Sprintf(`{"n":%d}`, n)))}, ids...)
			}
			s.showsEvents(c, ids[:100]...)
		}},
	}
}
