package conformance

import (
	"net/url"
	"strings"
	"time"
)

func circuitPageCases() []Case {
	return []Case{
		{Name: "page/public", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			s.newMember(c, "viewer")
			page := c.at(nil, "GET", "/public", nil)
			s.ask("CP1: 404 not listed", page, notListed)
			s.ask("CP1: members included", c.own("GET", "/public", nil), notListed)
			s.ask("CI8: without settings", c.own("PUT", "/visibility/toggle", nil), ok)
			form := all(is("success", true), text("data.circuit_id", c.id), number("data.items_count", 0), number("data.events_count", 0),
				number("data.member_count", 2), offset("data.created_at"), lacks("data.published_items.0", "data.published_items_with_events.0", "data.recent_activity.0"),
				each([]string{"data.published_items", "data.published_items_with_events", "data.recent_activity"}, "an array", func(v any) bool { _, is := v.([]any); return is }),
				is("data.next_cursor", nil), lacks("data.owner_id", "data.members", "data.description"))
			s.ask("CP1", page, ok, form, text("data.public_name", "Cocoa"), is("data.public_description", nil), text("data.access_mode", "public"),
				is("data.requires_password", false), is("data.is_currently_accessible", true), offset("data.public_since"), offset("data.events_as_of"))
			s.ask("CP4", c.own("PUT", "/public-settings", settings(fields{"public_name": "Open farm", "public_description": "Come in", "logo_url": "http://farm.example/x"})), ok)
			for _, u := range []*user{nil, c.owner, s.newUser()} {
				s.ask("CP1", c.at(u, "GET", "/public", nil), ok, form, text("data.public_name", "Open farm"), text("data.public_description", "Come in"), text("data.logo_url", "http://farm.example/x"))
			}
			s.ask("3: outsider form", c.at(s.newUser(), "GET", "", nil), ok, outside(""), text("name", "Open farm"), text("description", "Come in"))
			s.ask("CP1: a circuit that went private is denied at once", c.own("PUT", "/visibility/toggle", nil), ok)
			for range 5 {
				s.ask("CP1", page, notListed)
			}
			s.ask("CP1: missing", circuit{id: nowhere}.at(nil, "GET", "/public", nil), notListed)
			s.ask("C3: a bad credential is refused", page.bearer("nonsense"), unauthorized)
		}},
		{Name: "page/scheduled", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			page := c.at(nil, "GET", "/public", nil)
			at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339Nano) }
			s.ask("CP4", c.own("PUT", "/public-settings", settings(fields{"access_mode": "scheduled", "scheduled_date": at(time.Hour)})), ok, is("data.public_settings.public_since", nil))
			s.ask("3: not before the date", page, notListed)
			s.ask("CP2: not before the date", c.at(s.newUser(), "POST", "/public/join", nil), notListed)
			s.ask("3: a stranger", c.at(s.newUser(), "GET", "", nil), notFound)
			date := at(-time.Second)
			r := s.ask("CP4", c.own("PUT", "/public-settings", settings(fields{"access_mode": "scheduled", "scheduled_date": date})), ok)
			s.ask("10.2: public_since shows scheduled_date", page, ok, text("data.access_mode", "scheduled"), is("data.is_currently_accessible", true),
				text("data.public_since", strings.TrimSuffix(r.text("data.public_settings.scheduled_date"), "Z")+"+00:00"))
		}},
		{Name: "page/protected", Run: func(s *Session) {
			c, secret := s.newCircuit(s.newUser(), nil), s.newSecret()+" ü/%"
			s.ask("CP4", c.own("PUT", "/public-settings", settings(fields{"access_mode": "protected", "access_password": secret})), ok, text("data.public_settings.access_password", "***"))
			page, u := c.at(nil, "GET", "/public", nil), s.newMember(c, "viewer")
			withheld := all(ok, is("data.requires_password", true), is("data.is_currently_accessible", false), number("data.items_count", 0), text("data.access_mode", "protected"))
			opened := all(ok, is("data.requires_password", true), is("data.is_currently_accessible", true))
			s.ask("CP1: absent: the page without items", page, withheld)
			s.ask("CP1: percent-encoded", withPassword(page, url.PathEscape(secret)), opened)
			s.ask("CP1: members need none", c.at(u, "GET", "/public", nil), opened)
			s.ask("CP1: managers need none", c.at(s.root(), "GET", "/public", nil), opened)
			s.ask("CP1: never taken from the query", get(page.Target+"?access_password="+url.QueryEscape(secret)), withheld)
			s.ask("CP1: wrong: 403", withPassword(page, s.newSecret()), rule403("wrong_password"), is("success", false))
			s.ask("CP1: bad encoding", withPassword(page, "%zz"), badRequest)
			s.ask("3: listed, so outsiders see it", c.at(s.newUser(), "GET", "", nil), ok, outside(""))
			for _, r := range []Request{c.own("GET", "", nil), c.own("GET", "/public-settings", nil), withPassword(page, url.PathEscape(secret))} {
				if reply := s.ask("C7: secrets are write-only", r, ok); strings.Contains(string(reply.Body), secret[:12]) || strings.Contains(string(reply.Body), "$2b$") {
					s.wrong(reply, "it holds the password", "C7")
				}
			}
		}},
		{Name: "page/throttle", Run: func(s *Session) {
			const limit = 5 // LOGIN_FAILURE_LIMIT of the group
			c, other, secret := s.newCircuit(s.newUser(), nil), s.newCircuit(s.newUser(), nil), s.newSecret()
			for _, one := range []circuit{c, other} {
				s.ask("CP4", one.own("PUT", "/public-settings", settings(fields{"access_mode": "protected", "access_password": secret})), ok)
			}
			page, u := c.at(nil, "GET", "/public", nil), s.newUser()
			for n := range limit {
				wrong := withPassword(page, s.newSecret())
				if n%2 == 1 {
					wrong = c.at(u, "POST", "/public/join", fields{"access_password": s.newSecret()})
				}
				s.ask("10.1: failed attempts per circuit and address", wrong, rule403("wrong_password"))
			}
			s.ask("10.1: then 429", withPassword(page, secret), status(429), number("limit", limit))
			s.ask("10.1: then 429", c.at(u, "POST", "/public/join", fields{"access_password": secret}), status(429))
			s.ask("10.1: the page without items goes on", page, ok)
			s.ask("10.1: per circuit", withPassword(other.at(nil, "GET", "/public", nil), secret), ok)
			s.ask("10.1: per address", withPassword(page, secret).with("X-Forwarded-For", randomAddress()), ok)
			s.ask("10.1: members need none", c.own("GET", "/public", nil), ok)
		}},
	}
}
