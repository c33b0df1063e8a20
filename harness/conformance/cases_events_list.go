package conformance

import (
	"fmt"
	"strings"
	"time"
)

// feedCases are the lists of the caller's feed: E0 unfiltered, E5 to E9.
func feedCases() []Case {
	return under("feed",
		Case{Name: "filters", Run: func(s *Session) {
			u := s.newUser()
			dfid := s.newItem(u)
			ids := map[string][]string{}
			var every []string
			for n, kind := range eventTypes {
				v := eventVisibilities[n%3]
				id := ""
				if n%2 == 0 {
					id = s.made(u.event(dfid, kind, v, fmt.Sprintf(`{"n":%d}`, n)))
				} else {
					id = s.made(u.localEvent(kind, v, fmt.Sprintf(`{"n":%d}`, n)))
				}
				for _, name := range []string{kind, v, kind + v, ""} {
					ids[name] = append(ids[name], id)
				}
				every = append(every, id)
			}
			s.lists(u, "", reversed(every)...)
			for _, kind := range eventTypes {
				s.lists(u, "/type/"+strings.ToLower(kind), reversed(ids[kind])...)
				s.lists(u, "?event_type="+strings.ToUpper(kind), reversed(ids[kind])...)
				s.lists(u, "/timeline?event_type="+kind, reversed(ids[kind])...)
				for _, v := range eventVisibilities {
					s.lists(u, "?event_type="+kind+"&visibility="+v, reversed(ids[kind+v])...)
				}
			}
			for _, v := range eventVisibilities {
				s.lists(u, "/visibility/"+v, reversed(ids[v])...)
				s.lists(u, "?visibility="+strings.ToLower(v)+"&limit=1", reversed(ids[v])...)
				s.lists(u, "/timeline?visibility="+v, reversed(ids[v])...)
			}
			s.lists(u, "/public?limit=2", reversed(ids["Public"])...)
			s.lists(u, "/private", reversed(ids["Private"])...)
			for _, path := range []string{"?event_type=bad", "?visibility=direct", "/type/bad", "/visibility/direct", "/timeline?event_type=bad", "/timeline?visibility=direct"} {
				s.ask("items 10: 400 with provided, allowed", u.events(path), badRequest, nonEmpty("provided"), func(r *Reply) string {
					if list, _ := r.get("allowed"); list == nil {
						return "allowed is missing"
					}
					return ""
				})
			}
		}},
		Case{Name: "times", Run: func(s *Session) {
			const says = "E0: from, to, secs or RFC 3339, inclusive; from after to: []"
			u := s.newUser()
			r := s.ask("E2", u.localEvent("created", "public", "{}"), ok)
			id := r.text("event_id")
			at, _ := r.get("timestamp")
			var secs int64
			if _, err := fmt.Sscan(fmt.Sprint(at), &secs); err != nil {
				s.Fatal(err)
			}
			stamp := func(t int64) string { return time.Unix(t, 0).UTC().Format("2006-01-02T15:04:05Z") }
			for query, found := range map[string]bool{
				fmt.Sprintf("from=%d", secs): true, fmt.Sprintf("to=%d", secs): true, fmt.Sprintf("from=%d&to=%d", secs, secs): true,
				fmt.Sprintf("from=%d", secs+1): false, fmt.Sprintf("to=%d", secs-1): false, fmt.Sprintf("from=%d&to=%d", secs+1, secs-1): false,
				"from=" + stamp(secs): true, "from=" + stamp(secs+1): false, "to=" + stamp(secs+1): true, "to=" + stamp(secs-1): false,
				"from=" + strings.Replace(stamp(secs), "Z", "%2B00:00", 1): true, "from=0": true, "from=-62135596800": true, "to=253402300799": true,
			} {
				if found {
					s.lists(u, "?"+query, id)
				} else {
					s.lists(u, "?"+query)
				}
			}
			for _, query := range []string{"from=x", "to=2026-01-01", "from=253402300800", "to=-62135596801", "from=1&from=2", "from=1.5"} {
				s.ask(says, u.events("?"+query), badRequest, field(query[:strings.Index(query, "=")]))
			}
			const timeline = "E7: secs, inclusive; one missing: no time bound"
			s.lists(u, fmt.Sprintf("/timeline?start_date=%d&end_date=%d", secs, secs), id)
			s.lists(u, fmt.Sprintf("/timeline?start_date=%d&end_date=%d", secs+1, secs+9))
			s.lists(u, fmt.Sprintf("/timeline?start_date=%d&end_date=%d", secs+1, secs-1))
			s.lists(u, fmt.Sprintf("/timeline?start_date=%d", secs+9), id)
			s.lists(u, fmt.Sprintf("/timeline?end_date=%d", secs-9), id)
			for _, query := range []string{"start_date=x", "end_date=2026-01-01T00:00:00Z", "start_date=253402300800", "end_date=-62135596801", "start_date=1.5"} {
				s.ask(timeline, u.events("/timeline?"+query), badRequest, field(query[:strings.Index(query, "=")]))
			}
		}},
		Case{Name: "pages", Run: func(s *Session) {
			const says = "C8"
			u := s.newUser()
			var ids []string
			for n := range 7 {
				ids = append(ids, s.made(u.localEvent("created", "public", fmt.Sprintf(`{"n":%d}`, n))))
			}
			for _, path := range []string{"?", "/type/created?", "/visibility/public?", "/public?", "/timeline?", "/timeline?event_type=created&visibility=public&"} {
				for _, limit := range []int{1, 3, 7, 500} {
					s.lists(u, fmt.Sprintf("%slimit=%d", path, limit), reversed(ids)...)
				}
				r := s.ask("C8: 0 gives an empty page", u.events(path+"limit=0"), ok)
				if len(s.eventsIn(r)) != 0 {
					s.wrong(r, "not empty", says)
				}
				for _, bad := range []string{"limit=-1", "limit=x", "cursor=x"} {
					s.ask("C8: 400", u.events(path+bad), badRequest, field(bad[:strings.Index(bad, "=")]))
				}
			}
			r := s.ask(says, u.events("?limit=3"), ok, headerLike("Link", `^</api/events\?limit=3&cursor=[^>]+>; rel="next"$`))
			next := strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Link"), "<"), `>; rel="next"`)
			s.made(u.localEvent("created", "public", `{"later":true}`))
			page := s.eventsIn(s.ask("C8: a page never repeats an entry because others were added", get(next).bearer(u.token), ok))
			if len(page) != 3 || page[0]["event_id"] != ids[3] {
				s.Errorf("the next page is %v; contract: C8", page)
			}
			s.ask("C8: bound to the caller", get(next).bearer(s.newUser().token), badRequest, field("cursor"))
			s.ask("C8: bound to the route", get(strings.Replace(next, "/api/events?", "/api/events/public?", 1)).bearer(u.token), badRequest, field("cursor"))
			s.ask("C8: bound to filters", get(next+"&event_type=created").bearer(u.token), badRequest, field("cursor"))
		}},
		Case{Name: "circuits", Run: func(s *Session) {
			u := s.newUser()
			s.made(u.localEvent("created", "public", `{"circuit_id":"8e03978e-40d5-43e8-bc93-6894a57f9324"}`))
			s.lists(u, "?circuit_id=8e03978e-40d5-43e8-bc93-6894a57f9324")
			s.ask("E0: bad value: 400", u.events("?circuit_id=x"), badRequest, field("circuit_id"))
		}},
	)
}

// eventListCases are the events of one item: E4 and E0 with a dfid.
func eventListCases() []Case {
	return under("item-events",
		Case{Name: "list", Run: func(s *Session) {
			u := s.newUser()
			dfid, other := s.newItem(u), s.newItem(u)
			var ids, updated []string
			for n := range 6 {
				kind := eventTypes[6+n%2] // Updated and StatusChanged in turn
				id := s.made(u.event(dfid, kind, "public", fmt.Sprintf(`{"n":%d}`, n)))
				if ids = append(ids, id); kind == "Updated" {
					updated = append(updated, id)
				}
			}
			foreign := s.made(u.event(other, "updated", "public", "{}"))
			for _, path := range []string{"/item/" + dfid + "?", "?dfid=" + dfid + "&"} {
				for _, limit := range []int{1, 2, 6, 100} {
					s.lists(u, fmt.Sprintf("%slimit=%d", path, limit), reversed(ids)...)
				}
			}
			for _, limit := range []int{1, 2, 50} {
				s.lists(u, fmt.Sprintf("?dfid=%s&event_type=updated&limit=%d", dfid, limit), reversed(updated)...)
			}
			s.lists(u, "?dfid="+dfid+"&visibility=private")
			s.lists(u, "?dfid="+dfid+"&from=32503680000")
			s.lists(u, "?dfid="+dfid+"&to=1")
			s.lists(u, "?dfid="+dfid+"&circuit_id=8e03978e-40d5-43e8-bc93-6894a57f9324")
			s.lists(u, "/item/"+other, foreign)
		}},
		Case{Name: "unknown", Run: func(s *Session) {
			u := s.newUser()
			dfid := s.newItem(u)
			s.made(u.event(dfid, "created", "public", "{}"))
			for _, of := range []string{dfid, "DFID-20250101-000001-F7BD", "x", "%00", strings.Repeat("D", 400)} {
				s.lists(s.newUser(), "/item/"+of)
				s.lists(s.newUser(), "?dfid="+of)
			}
		}},
		Case{Name: "visibility", Run: func(s *Session) {
			const says = "items 9.2: (a) source or may see the item, and (b) the visibility admits the caller"
			u, reader, stranger := s.newUser(), s.newUser(), s.newUser()
			dfid := s.newItem(u)
			s.share(u, dfid, reader)
			ids := map[string]string{}
			for _, v := range eventVisibilities {
				ids[v] = s.made(u.event(dfid, "created", v, fmt.Sprintf(`{"v":%q}`, v)))
			}
			s.lists(reader, "/item/"+dfid, ids["Public"])
			s.lists(reader, "?dfid="+dfid, ids["Public"])
			s.lists(reader, "") // a feed is of own items and own events
			for _, v := range eventVisibilities {
				s.ask(says, stranger.events("/"+ids[v]), notFound)
				s.ask(says, u.events("/"+ids[v]), ok, text("visibility", v))
				if v == "Public" {
					s.ask(says, reader.events("/"+ids[v]), ok)
					s.ask("E11: source only: 403", reader.amend(ids[v], "{}"), refused(403, "auth_error"))
				} else {
					s.ask(says, reader.events("/"+ids[v]), notFound)
					s.ask("E11: source only: 404", reader.amend(ids[v], "{}"), notFound)
				}
				s.ask("E11: 404", stranger.amend(ids[v], "{}"), notFound)
			}
		}},
	)
}
