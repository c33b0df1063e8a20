package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// forms128 are the forms of a UUID.
func forms128(id string) []string {
	hex := strings.ReplaceAll(id, "-", "")
	return []string{id, strings.ToUpper(id), hex, "%7B" + id + "%7D", "urn:uuid:" + id}
}

var (
	eventTypes        = []string{"Created", "Enriched", "Merged", "Split", "PushedToCircuit", "PulledFromCircuit", "Updated", "StatusChanged"}
	eventVisibilities = []string{"Public", "Private", "CircuitOnly"}
)

// spelled wants a refusal of a word, with the words that are allowed.
func spelled(name, provided string, all []string) Check {
	return func(r *Reply) string {
		var allowed []string
		list, _ := r.get("allowed")
		words, _ := list.([]any)
		for _, w := range words {
			allowed = append(allowed, fmt.Sprint(w))
		}
		for _, want := range all {
			if !slices.Contains(allowed, strings.ToLower(want)) {
				return fmt.Sprintf("allowed is %v, without %s", allowed, strings.ToLower(want))
			}
		}
		for _, check := range []Check{badRequest, field(name), text("provided", provided)} {
			if wrong := check(r); wrong != "" {
				return wrong
			}
		}
		return ""
	}
}

// eventRuleCases are the rules of E1.
func eventRuleCases() []Case {
	return under("event",
		Case{Name: "types", Run: func(s *Session) {
			const says = "items 10: in any case, without separators"
			u := s.newUser()
			dfid := s.newItem(u)
			for _, kind := range eventTypes {
				for _, spelling := range []string{kind, strings.ToLower(kind), strings.ToUpper(kind)} {
					s.ask(says, u.event(dfid, spelling, "public", "{}"), ok, text("event_type", kind))
				}
			}
			for _, v := range eventVisibilities {
				for _, spelling := range []string{v, strings.ToLower(v), strings.ToUpper(v)} {
					s.ask(says, u.localEvent("created", spelling, "{}"), ok, text("visibility", v))
				}
			}
			for _, word := range []string{"", "pushed_to_circuit", "created ", "deleted"} {
				s.ask("items 10: others 400 with provided, allowed", u.event(dfid, word, "public", "{}"), spelled("event_type", word, eventTypes))
				s.ask("items 10: others 400 with provided, allowed", u.localEvent(word, "public", "{}"), spelled("event_type", word, eventTypes))
			}
			for _, word := range []string{"", "direct", "Direct", "circuit_only", "all"} {
				s.ask("items 10: direct included", u.event(dfid, "created", word, "{}"), spelled("visibility", word, eventVisibilities))
				s.ask("items 10: direct included", u.localEvent("created", word, "{}"), spelled("visibility", word, eventVisibilities))
			}
		}},
		Case{Name: "order-of-checks", Run: func(s *Session) {
			const says = "E1: 400 type, then visibility; 404; 403"
			u, reader := s.newUser(), s.newUser()
			dfid := s.newItem(u)
			s.share(u, dfid, reader)
			s.ask(says, u.event("DFID-20250101-000001-F7BD", "bad", "bad", "{}"), badRequest, field("event_type"))
			s.ask(says, u.event("DFID-20250101-000001-F7BD", "created", "bad", "{}"), badRequest, field("visibility"))
			s.ask(says, u.event("DFID-20250101-000001-F7BD", "created", "public", "{}"), notFound)
			s.ask(says, u.event("", "created", "public", "{}"), notFound)
			s.ask(says, u.event(strings.Repeat("D", 300), "created", "public", "{}"), notFound)
			s.ask(says, s.newUser().event(dfid, "created", "public", "{}"), notFound)
			s.ask("items 5: who may see and not add", reader.event(dfid, "created", "public", "{}"), refused(403, "auth_error"))
			for _, id := range []string{"LID-8e03978e-40d5-43e8-bc93-6894a57f9324", "LOCAL-EVENT-8e03978e-40d5-43e8-bc93-6894a57f9324"} {
				s.ask("E1: 422 for a LID- or LOCAL-EVENT- dfid", u.event(id, "created", "public", "{}"), unprocessable, field("dfid"))
			}
			s.lists(u, "")
		}},
		Case{Name: "body", Run: func(s *Session) {
			const says = "C5: wrong type, missing or null is 422"
			u := s.newUser()
			whole := fields{"dfid": s.newItem(u), "event_type": "created", "visibility": "public"}
			for _, name := range []string{"dfid", "event_type", "visibility"} {
				for _, value := range []any{nil, jsonNull{}, 1, true, []string{}, fields{}} {
					body := fields{}
					for k, v := range whole {
						body[k] = v
					}
					if delete(body, name); value != nil {
						body[name] = value
					}
					s.ask(says, u.eventBody(body.String()), unprocessable, field(name))
					if name != "dfid" {
						s.ask(says, u.localEventBody(body.String()), unprocessable, field(name))
					}
				}
			}
			for _, value := range []string{`[]`, `"x"`, `1`, `true`} {
				s.ask(says, u.event("DFID-1", "created", "public", value), unprocessable, field("metadata"))
				s.ask(says, u.localEvent("created", "public", value), unprocessable, field("metadata"))
			}
			s.ask("C5: a name given twice is 422", u.localEventBody(`{"event_type":"created","event_type":"created","visibility":"public"}`), unprocessable, field("event_type"))
			for _, send := range []func(string) Request{u.eventBody, u.localEventBody} {
				s.ask("C5: malformed is 400", send(`{"dfid":`), badRequest)
				s.ask("C5: empty is 400", send(``), badRequest)
				s.ask("C5: other content types are 415", send(`{}`).as("text/plain"), wrongType)
			}
		}},
	)
}

func largeEventCase(s *Session) {
	const says = "items 14: metadata is limited by the body limit only"
	u := s.newUser()
	dfid := s.newItem(u)
	for _, visibility := range []string{"public", "private"} {
		for _, size := range []int{60_000, 1_900_000} {
			metadata := fmt.Sprintf(`{"of":"%s %d","text":"%s"}`, visibility, size, strings.Repeat("a text of some length <é> ", size/27))
			r := s.ask(says, u.event(dfid, "updated", visibility, metadata), ok, verbatim("metadata", metadata),
				text("content_hash", contentHash(dfid, "Updated", u.id, metadata)))
			s.ask(says, u.events("/"+r.text("event_id")), ok, verbatim("metadata", metadata))
			s.ask(says, u.events("/item/"+dfid+"?limit=1"), ok, verbatim("metadata", metadata))
			s.ask(says, u.events("?limit=1"), ok, verbatim("metadata", metadata))
		}
	}
	if n := len(s.eventList(u, "/item/"+dfid)); n != 4 {
		s.Errorf("%d events of the item, want 4; contract: %s", n, says)
	}
}
