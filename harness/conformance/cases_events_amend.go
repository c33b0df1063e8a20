package conformance

import (
	"bytes"
	"fmt"
	"strings"
)

// amendCases are E11.
func amendCases() []Case {
	return under("metadata",
		Case{Name: "add", Run: func(s *Session) {
			const says = "E11: keys overwrite; source, timestamp and visibility stay"
			u := s.newUser()
			dfid := s.newItem(u)
			for _, visibility := range []string{"public", "private"} {
				first := s.ask("E1", u.event(dfid, "created", visibility, `{"a":1,"b":{"x":1},"v":"`+visibility+`"}`), ok)
				id := first.text("event_id")
				stamp, _ := first.get("timestamp")
				want := fmt.Sprintf(`{"a":2,"b":{"y":null},"c":1.0,"v":%q}`, visibility)
				s.ask(says, u.amend(id, `{"c":1.0,"a":2,"b":{"y":null}}`), eventShape(), verbatim("metadata", want), text("event_id", id), text("dfid", dfid),
					is("timestamp", stamp), text("source", u.id), text("event_type", "Created"))
				s.ask(says, u.events("/"+id), ok, verbatim("metadata", want))
				s.ask("E11: feed rows", u.events("?limit=1"), ok, verbatim("metadata", want))
				s.ask("E11: null is a value", u.amend(id, `{"a":null}`), ok, is("metadata.a", nil))
				s.ask("E11: nothing to add", u.amend(id, `{}`), ok, is("metadata.a", nil))
			}
		}},
		Case{Name: "local", Run: func(s *Session) {
			u := s.newUser()
			r := s.ask("E2", u.localEvent("created", "public", `{"a":1}`), ok)
			s.ask("E11", u.amend(r.text("event_id"), `{"b":2}`), eventShape(), verbatim("metadata", `{"a":1,"b":2}`), text("dfid", "LOCAL-EVENT-"+r.text("local_event_id")))
			s.ask("E3", u.events("/local/"+r.text("local_event_id")), ok, verbatim("metadata", `{"a":1,"b":2}`))
			s.ask("E11: of no circuit's making", u.amend(r.text("event_id"), `{"circuit_id":"x","operation":"y"}`), ok, is("metadata.circuit_id", "x"))
		}},
		Case{Name: "rules", Run: func(s *Session) {
			u := s.newUser()
			id := s.made(u.localEvent("created", "public", "{}"))
			for _, body := range []string{`[]`, `"x"`, `1`, `null`, `{"a":1e999}`} {
				s.ask("E11: body: JSON object", u.amend(id, body), unprocessable)
			}
			for _, body := range []string{``, `{`, `{}{}`} {
				s.ask("C5: malformed is 400", u.amend(id, body), badRequest)
			}
			s.ask("C5: other content types are 415", u.amend(id, "{}").as("text/plain"), wrongType)
			s.ask("E11: not a UUID", u.amend("x", "{}"), badRequest, field("event_id"))
			s.ask("E11: 404", u.amend("8e03978e-40d5-43e8-bc93-6894a57f9324", "{}"), notFound)
			s.ask("C2: visibility (step 9) before the body", u.amend("8e03978e-40d5-43e8-bc93-6894a57f9324", "["), notFound)
			s.ask("E11: more than an event can have", u.amend(id, `{"a":"`+strings.Repeat("x", 1_200_000)+`"}`), ok)
			s.ask("E11: more than an event can have", u.amend(id, `{"b":"`+strings.Repeat("x", 1_200_000)+`"}`), unprocessable, field("metadata"))
		}},
	)
}

// eventGateCases are what all routes of events have in common.
func eventGateCases() []Case {
	return under("gate",
		Case{Name: "class", Run: func(s *Session) {
			const says = "items: class user; permission by method"
			u := s.me()
			id, dfid := s.made(u.localEvent("created", "public", "{}")), s.newItem(u)
			read, write := s.myKey(fields{"permissions": permissions(true, false, false)}), s.myKey(fields{"permissions": permissions(false, true, false)})
			for _, r := range []Request{
				u.events(""), u.events("/item/x"), u.events("/type/created"), u.events("/visibility/public"), u.events("/timeline"), u.events("/public"), u.events("/private"),
				u.events("/" + id), u.event(dfid, "created", "public", "{}"), u.localEvent("created", "public", "{}"), u.amend(id, "{}"),
			} {
				s.ask(says, r.without("Authorization"), unauthorized, header("WWW-Authenticate", "Bearer"))
				r = r.without("Authorization")
				may, not := read, write
				if r.Method == "POST" {
					may, not = write, read
				}
				s.ask(says, may.use(r), ok)
				s.ask(says, not.use(r), refusedKey(403, "insufficient_permissions"))
			}
		}},
		Case{Name: "methods", Run: func(s *Session) {
			u := s.me()
			id := "8e03978e-40d5-43e8-bc93-6894a57f9324"
			for target, allowed := range map[string]string{
				"": "GET, HEAD, POST, OPTIONS", "/local": "POST, OPTIONS", "/local/" + id: "GET, HEAD, OPTIONS", "/item/x": "GET, HEAD, OPTIONS", "/type/x": "GET, HEAD, OPTIONS",
				"/visibility/x": "GET, HEAD, OPTIONS", "/timeline": "GET, HEAD, OPTIONS", "/public": "GET, HEAD, OPTIONS", "/private": "GET, HEAD, OPTIONS",
				"/" + id: "GET, HEAD, OPTIONS", "/" + id + "/metadata": "POST, OPTIONS",
			} {
				s.ask("C4: 405 with Allow", bare("DELETE", "/api/events"+target).bearer(u.token), notAllowed, header("Allow", allowed))
				s.ask("C5: OPTIONS", bare("OPTIONS", "/api/events"+target), status(204), header("Allow", allowed))
			}
			s.ask("items 1: GET of a path that only takes POST", u.events("/local"), notAllowed)
			s.ask("C1: a trailing slash is another path", u.events("/"), notFound)
		}},
		Case{Name: "idempotency", Run: func(s *Session) {
			const says = "C9: the stored status and body; nothing is done again"
			u := s.newUser()
			dfid := s.newItem(u)
			first := u.event(dfid, "created", "private", `{"a":1}`).with("Idempotency-Key", "event")
			id := s.replays(first)
			s.replays(u.localEvent("created", "public", `{"a":1}`).with("Idempotency-Key", "local"))
			s.replays(u.amend(id, `{"a":2}`).with("Idempotency-Key", "amend"))
			s.ask("E11: another one", u.amend(id, `{"a":3}`), ok)
			s.ask("C9: not done again", u.amend(id, `{"a":2}`).with("Idempotency-Key", "amend"), ok, header("Idempotency-Replayed", "true"))
			s.ask(says, u.events("/"+id), ok, verbatim("metadata", `{"a":3}`))
			if n := len(s.eventList(u, "")); n != 2 {
				s.Errorf("%d events, want 2; contract: %s", n, says)
			}
			s.ask(says, u.event(dfid, "created", "private", `{"a":2}`).with("Idempotency-Key", "event"), unprocessable)
		}},
	)
}

// replays sends a request under an idempotency key twice and returns the event's id.
func (s *Session) replays(r Request) string {
	s.Helper()
	const says = "C9: the stored status and body"
	first := s.ask(says, r, ok, header("Idempotency-Replayed", ""))
	again := s.ask(says, r, ok, header("Idempotency-Replayed", "true"))
	if !bytes.Equal(first.Body, again.Body) {
		s.wrong(again, "the body differs from the first", says)
	}
	return first.text("event_id")
}

// eventRaceCases are requests at the same moment.
func eventRaceCases() []Case {
	return under("race",
		Case{Name: "equal-events", Alone: true, Run: func(s *Session) {
			const says = "items 9.1: insert or return the existing event is one commit"
			u := s.newUser()
			dfid := s.newItem(u)
			requests := make([]Request, 8)
			for i := range requests {
				requests[i] = u.event(dfid, "created", "public", `{"a":1}`)
			}
			made := 0
			ids := map[string]bool{}
			for _, r := range s.together(s.settled, requests) {
				s.want(r, says, ok)
				ids[r.text("event_id")] = true
				if is("was_deduplicated", false)(r) == "" {
					made++
				}
			}
			if len(ids) != 1 || made != 1 {
				s.Errorf("%d events, made %d times; contract: %s", len(ids), made, says)
			}
			if n := len(s.eventList(u, "/item/"+dfid)); n != 1 {
				s.Errorf("%d events; contract: %s", n, says)
			}
		}},
		Case{Name: "amendments", Alone: true, Run: func(s *Session) {
			const says = "items 2.2: a newer version means read again and retry"
			u := s.newUser()
			id := s.made(u.event(s.newItem(u), "created", "public", `{}`))
			requests := make([]Request, 5)
			for i := range requests {
				requests[i] = u.amend(id, fmt.Sprintf(`{"k%d":%d}`, i, i))
			}
			for _, r := range s.together(s.settled, requests) {
				s.want(r, says, ok)
			}
			s.ask(says, u.events("/"+id), ok, verbatim("metadata", `{"k0":0,"k1":1,"k2":2,"k3":3,"k4":4}`))
		}},
	)
}

// laterCases are the routes of stage 2.
func laterCases() []Case {
	return under("stage-2", Case{Name: "not-offered", Run: func(s *Session) {
		const says = "items 1: a stage 2 route answers 501 other until it is delivered"
		u := s.newUser()
		for _, target := range []string{
			"/api/items/DFID-20250101-000001-F7BD/timeline", "/api/items/x/timeline/1", "/api/timeline/indexing-progress/stellar-testnet",
			"/api/activities", "/api/activities/user/x", "/api/user-activity", "/api/user-activity/stats", "/api/user-activity/8e03978e-40d5-43e8-bc93-6894a57f9324",
		} {
			s.ask(says, get(target).bearer(u.token), refused(501, "other"))
			s.ask("C3", get(target), unauthorized)
		}
		s.ask(says, post("/api/user-activity", "{}").bearer(u.token), refused(501, "other"), is("success", false))
		s.ask("C3: class admin", bare("DELETE", "/api/user-activity/cleanup").bearer(u.token), refused(403, "auth_error"), is("success", false))
	}})
}
