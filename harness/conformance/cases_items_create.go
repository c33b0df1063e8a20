package conformance

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// itemCreateCases are I1 and I2 with the rules of items 3 and 6.
func itemCreateCases() []Case {
	return []Case{
		{Name: "create", Run: func(s *Session) {
			u := s.newUser()
			r := s.ask("I1: an ItemResponse; 6.1: a new item", u.createItem(fields{"enriched_data": fields{"b": 1, "a": "x"}},
				canonical("sisbov", "BR1"), fields{"key": "lote", "value": "7"}), ok, dfid("dfid"), itemShape(""),
				text("status", "Active"), lacks("merged_into"), text("source_entries.0", someSource), lacks("source_entries.1"),
				number("enriched_data.b", 1), text("enriched_data.a", "x"),
				text("identifiers.0.id_type", "Canonical"), is("identifiers.0.verified", false), lacks("identifiers.0.verification_date", "identifiers.0.scope"),
				text("identifiers.1.namespace", "generic"), text("identifiers.1.scope", "user"), text("identifiers.1.id_type", "Contextual"),
				lacks("identifiers.1.verified", "identifiers.2"))
			s.ask("I5: the same by its dfid", u.sees(itemsPath+"/"+r.text("dfid")), ok, sameBody(r))
			s.ask("I3: and in the list", u.sees(itemsPath), ok, holds("dfid", r.text("dfid")))
		}},
		{Name: "field-rules", Run: func(s *Session) {
			u := s.newUser()
			one := canonical("k", "v")
			for _, c := range []struct {
				body  fields
				field string
				want  Check
			}{
				{itemFields(fields{"source_entry": nil}, one), "source_entry", unprocessable},
				{itemFields(fields{"source_entry": 1}, one), "source_entry", unprocessable},
				{itemFields(fields{"source_entry": "x"}, one), "source_entry", badRequest},
				{itemFields(fields{"identifiers": nil}), "identifiers", unprocessable},
				{itemFields(fields{"identifiers": jsonNull{}}), "identifiers", unprocessable},
				{itemFields(fields{"identifiers": fields{}}), "identifiers", unprocessable},
				{itemFields(fields{"enriched_data": []any{}}, one), "enriched_data", unprocessable},
				{itemFields(nil, fields{"key": "k"}), "identifiers[0].value", unprocessable},
				{itemFields(nil, one, fields{"key": "k", "value": "v", "id_type": "Other"}), "identifiers[1].id_type", all(badRequest, text("provided", "Other"))},
				{itemFields(nil, canonical(strings.Repeat("k", 256), "v")), "identifiers[0].key", all(badRequest, text("code", "too_long"))},
				{itemFields(nil, canonical("k", strings.Repeat("v", 1025))), "identifiers[0].value", all(badRequest, text("code", "too_long"))},
				{itemFields(nil, canonical("k", "a\nb")), "identifiers[0].value", all(badRequest, text("code", "control_character"))},
				{itemFields(nil, slices.Repeat([]fields{one}, 101)...), "identifiers", all(badRequest, text("code", "too_many"))},
			} {
				s.ask("I1 and items 3.3: nothing is written", u.send("POST", itemsPath, c.body), c.want, field(c.field))
			}
			s.ask("nothing was written", u.sees(itemsPath), ok, holds("dfid"))
			s.ask("nor is pending", u.sees(itemsPath+"/pending"), ok, holds("id"))
		}},
		{Name: "aliases", Run: func(s *Session) {
			u := s.newUser()
			body := itemFields(fields{"identifiers": nil, "enhanced_identifiers": []fields{{"key": "k", "value": "v", "type": "canonical", "confidence": 1}}})
			s.ask("items 3.2: enhanced_identifiers and type", u.send("POST", itemsPath, body), ok, text("identifiers.0.id_type", "Canonical"))
			body["identifiers"] = []fields{contextual("main", "1")}
			s.ask("items 3.2: the main name wins", u.send("POST", itemsPath, body), ok, text("identifiers.0.key", "main"), lacks("identifiers.1"))
		}},
		{Name: "resolve", Run: func(s *Session) {
			u := s.newUser()
			id := s.itemOf(u, fields{"enriched_data": fields{"a": 1, "b": fields{"x": 1}}}, canonical("sisbov", "BR1"), contextual("lote", "7"))
			s.ask("6.1: one hit is added to; 6.3: keys overwrite", u.createItem(fields{"enriched_data": fields{"b": 2, "c": 3}}, contextual("lote", "7"), contextual("x", "1")),
				ok, text("dfid", id), number("enriched_data.a", 1), number("enriched_data.b", 2), number("enriched_data.c", 3),
				text("identifiers.2.key", "x"), text("source_entries.1", someSource))
			s.ask("6.1: without enriched_data no source entry is recorded", u.createItem(nil, contextual("x", "1")),
				ok, text("dfid", id), lacks("source_entries.2"))
			verified := canonical("sisbov", "BR1")
			verified["verified"], verified["verification_date"] = true, "2026-01-02T03:04:05.5+01:00"
			s.ask("3.5: a verified one replaces an unverified one in place", u.createItem(nil, verified),
				ok, text("dfid", id), is("identifiers.0.verified", true), text("identifiers.0.verification_date", "2026-01-02T02:04:05.500Z"), lacks("identifiers.3"))
			other := canonical("sisbov", "BR1")
			other["namespace"] = "bovino"
			if got := s.itemOf(u, nil, other); got == id {
				s.Errorf("items 3.5: another namespace leads to %s too", id)
			}
			if got := s.itemOf(u, nil, contextual("sisbov", "BR1")); got == id {
				s.Errorf("items 3.5: another class leads to %s too", id)
			}
			if got := s.itemOf(s.newUser(), nil, canonical("sisbov", "BR1")); got == id {
				s.Errorf("items 3.6: owners block one another")
			}
			s.ask("I7", bare("DELETE", itemsPath+"/"+id).bearer(u.token), ok, nonEmpty("message"))
			if got := s.itemOf(u, nil, canonical("sisbov", "BR1")); got == id {
				s.Errorf("items 3.5: a deprecated item is a hit")
			}
		}},
		{Name: "numbers-and-names", Run: func(s *Session) {
			u := s.newUser()
			data := `{"big":9007199254740993,"min":-9223372036854775808,"max":18446744073709551615,"f":1.0,"i":1,"null":{"x":null},"text":"<é> &"}`
			body := fmt.Sprintf(`{"identifiers":[{"key":"k","value":"v"}],"source_entry":%q,"enriched_data":%s}`, someSource, data)
			kept := func(r *Reply) string {
				for _, part := range []string{`9007199254740993`, `-9223372036854775808`, `18446744073709551615`, `"f":1.0`, `"i":1,`, `{"x":null}`} {
					if !bytes.Contains(r.Body, []byte(part)) {
						return part + " is not kept"
					}
				}
				return ""
			}
			id := s.ask("items 14: 64-bit integers and floats are kept", post(itemsPath, body).bearer(u.token), ok, kept, text("enriched_data.text", "<é> &")).text("dfid")
			s.ask("I5", u.sees(itemsPath+"/"+id), ok, kept)
			s.ask("I3", u.sees(itemsPath), ok, kept)
		}},
		{Name: "large", Run: func(s *Session) {
			u := s.newUser()
			big := strings.Repeat("x", 1_900_000)
			id := s.itemOf(u, fields{"enriched_data": fields{"big": big}}, canonical("k", "large"))
			whole := func(r *Reply) string {
				if !bytes.Contains(r.Body, []byte(big)) {
					return "the data is not all there"
				}
				return ""
			}
			s.ask("items 14: only the body limit bounds enriched_data", u.sees(itemsPath+"/"+id), ok, whole)
			s.ask("I3", u.sees(itemsPath), ok, whole, holds("dfid", id))
			s.ask("I6", u.send("PUT", itemsPath+"/"+id, fields{"enriched_data": fields{"big": 1}}), ok, number("enriched_data.big", 1))
		}},
		{Name: "conflicts", Run: func(s *Session) {
			u := s.newUser()
			one, two := s.itemOf(u, nil, canonical("k", "1")), s.itemOf(u, nil, canonical("k", "2"))
			both := []string{one, two}
			slices.Sort(both)
			s.ask("6.2 row 1", u.createItem(nil), held("NoIdentifiers"), is("reason_details", nil))
			s.ask("6.2 row 2", u.createItem(nil, canonical("k", "1"), contextual("lote", " ")), held("InvalidIdentifiers"), nonEmpty("reason_details"))
			s.ask("6.2 row 3", u.createItem(nil, contextual("new", "1"), canonical("k", "2"), canonical("k", "1")), held("ConflictingDFIDs"),
				matching("reason_details", "the identifier and the sorted dfids", "^k:2.*"+strings.Join(both, ",")+"$"))
			s.ask("6.2 row 4", u.createItem(fields{"enriched_data": fields{" ": 1, "x": jsonNull{}}}, canonical("k", "1")), held("DataQualityIssue"), nonEmpty("reason_details"))
			s.ask("6.2 row 5", u.createItem(fields{"enriched_data": fields{"x": jsonNull{}}}, canonical("k", "1")), held("DataQualityIssue"))
			s.ask("I22: highest priority first, then newest; 15.3", u.sees(itemsPath+"/pending"), ok,
				holds("reason", "ConflictingDFIDs", "NoIdentifiers", "DataQualityIssue", "InvalidIdentifiers", "DataQualityIssue"))
			s.ask("no item was touched", u.sees(itemsPath), ok, holds("dfid", two, one))
		}},
		{Name: "batch", Run: func(s *Session) {
			u := s.newUser()
			s.ask("I2: an empty list", u.send("POST", itemsPath+"/batch", fields{"items": []any{}}), ok, number("success_count", 0), number("failed_count", 0))
			s.ask("I2: in order, a later one sees the earlier ones", u.send("POST", itemsPath+"/batch", fields{"items": []any{
				itemFields(nil, canonical("k", "1")), itemFields(nil), itemFields(fields{"source_entry": "x"}, canonical("k", "2")),
				itemFields(fields{"enriched_data": fields{"n": 2}}, canonical("k", "1")),
			}}), ok, number("success_count", 2), number("failed_count", 2), is("results.0.success", true), itemShape("results.0.item"),
				is("results.0.error", nil), lacks("results.0.pending_id"), is("results.1.success", false), is("results.1.item", nil), nonEmpty("results.1.error", "results.1.pending_id"),
				nonEmpty("results.2.error"), lacks("results.2.pending_id", "results.4"), number("results.3.item.enriched_data.n", 2),
				func(r *Reply) string {
					if r.text("results.0.item.dfid") != r.text("results.3.item.dfid") {
						return "two items for one identifier"
					}
					return ""
				})
			s.ask("I2: one element of wrong shape makes the call 422", u.send("POST", itemsPath+"/batch", fields{"items": []any{itemFields(nil, canonical("k", "9")), 1}}), unprocessable, field("items[1]"))
			s.ask("I2: at most 500", u.send("POST", itemsPath+"/batch", fields{"items": slices.Repeat([]any{itemFields(nil, canonical("k", "9"))}, 501)}), unprocessable)
			if got := s.pages(u, itemsPath+"?identifier_key=k&identifier_value=9", "dfid", 50); len(got) != 0 {
				s.Errorf("I2: a refused call has made %v", got)
			}
			s.ask("I2: GET is not offered", u.sees(itemsPath+"/batch"), notAllowed, header("Allow", "POST, OPTIONS"))
		}},
		{Name: "at-once", Run: func(s *Session) {
			u := s.newUser()
			var requests []Request
			for n := range 6 {
				requests = append(requests, u.createItem(fields{"enriched_data": fields{fmt.Sprintf("n%d", n): n}}, canonical("sisbov", "BR7"), contextual("lote", "7")))
			}
			ids := map[string]bool{}
			for _, r := range s.together(s.settled, requests) {
				s.want(r, "6.1: of two at once the second resolves into the first's item", ok)
				ids[r.text("dfid")] = true
			}
			if len(ids) != 1 {
				s.Errorf("6.1: %d items for one identifier: %v", len(ids), ids)
			}
			for id := range ids {
				s.ask("nothing is lost", u.sees(itemsPath+"/"+id), ok, func(r *Reply) string {
					for n := range requests {
						if got := r.int(fmt.Sprintf("enriched_data.n%d", n)); got != int64(n) {
							return fmt.Sprintf("n%d is %d", n, got)
						}
					}
					return ""
				})
			}
		}},
		{Name: "idempotency", Run: func(s *Session) {
			u := s.newUser()
			for name, r := range map[string]Request{
				"one":   u.createItem(fields{"enriched_data": fields{"a": 1}}, canonical("k", "1")),
				"batch": u.send("POST", itemsPath+"/batch", fields{"items": []any{itemFields(fields{"enriched_data": fields{"a": 1}}, canonical("k", "2"))}}),
			} {
				r = r.with("Idempotency-Key", name)
				first := s.ask("C9", r, ok)
				s.ask("C9: the stored reply, and nothing is done again", r, ok, sameBody(first), header("Idempotency-Replayed", "true"))
			}
			s.ask("C9: nothing was done twice", u.sees(itemsPath), ok, func(r *Reply) string {
				for _, i := range r.array() {
					if entries, _ := i["source_entries"].([]any); len(entries) != 1 {
						return fmt.Sprintf("%d source entries", len(entries))
					}
				}
				return ""
			})
		}},
	}
}
