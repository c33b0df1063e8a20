package conformance

import "slices"

// itemChangeCases are I6, I7, I8, I15, I16 and I25.
func itemChangeCases() []Case {
	return []Case{
		{Name: "update", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			id := s.itemOf(u, fields{"enriched_data": fields{"a": 1}}, canonical("k", "1"))
			rival := s.itemOf(u, nil, canonical("k", "2"), contextual("lote", "7"))
			put := func(who *user, body any) Request { return who.send("PUT", itemsPath+"/"+id, body) }
			before := s.ask("I6: both absent changes nothing", put(u, fields{}), ok, itemShape(""), number("enriched_data.a", 1), lacks("source_entries.1"))
			s.ask("I6: known identifiers change nothing", put(u, fields{"identifiers": []fields{canonical("k", "1")}}), ok, sameBody(before))
			s.ask("I6: 6.3", put(u, fields{"enriched_data": fields{"a": jsonNull{}, "b": 2}}), ok, is("enriched_data.a", nil), number("enriched_data.b", 2),
				matching("source_entries.1", "a fresh UUID", "^"+uuidV4+"$"))
			s.ask("I6: contextual ones are joined", put(u, fields{"identifiers": []fields{contextual("lote", "7")}}), ok, text("identifiers.1.value", "7"))
			s.ask("I6: 409 with identifier and dfid of the other", put(u, fields{"enriched_data": fields{"c": 1}, "identifiers": []fields{contextual("x", "1"), canonical("k", "2")}}),
				conflict, text("dfid", rival), text("identifier", "generic:k:2"))
			s.ask("I6: nothing is written then", u.sees(itemsPath+"/"+id), ok, lacks("enriched_data.c", "identifiers.2"))
			s.ask("I6: 3.3", put(u, fields{"identifiers": []fields{contextual(" ", "1")}}), badRequest, text("code", "blank"), field("identifiers[0].key"))
			s.ask("C5", put(u, fields{"enriched_data": 1}), unprocessable, field("enriched_data"))
			s.ask("C3: 404", put(other, fields{}), notFound)
			s.ask("C3: 404 before the body", put(other, 1), notFound)
			s.ask("I17", u.send("POST", itemsPath+"/"+id+"/share", fields{"recipient_user_id": other.id, "permissions": []string{"write", "push"}}), ok)
			s.ask("I17: a share gives reading", put(other, fields{}), refused(403, "auth_error"))
			s.ask("I8", bare("PUT", itemsPath+"/"+rival+"/deprecate").bearer(u.token), ok)
			s.ask("I6: free now", put(u, fields{"identifiers": []fields{canonical("k", "2")}}), ok, text("identifiers.2.value", "2"))
			s.ask("6.7: a deprecated item is edited", u.send("PUT", itemsPath+"/"+rival, fields{"enriched_data": fields{"late": 1}}), ok, text("status", "Deprecated"), number("enriched_data.late", 1))
		}},
		{Name: "deprecate", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			for name, end := range map[string]func(id string) Request{
				"I7": func(id string) Request { return bare("DELETE", itemsPath+"/"+id).bearer(u.token) },
				"I8": func(id string) Request { return bare("PUT", itemsPath+"/"+id+"/deprecate").bearer(u.token) },
			} {
				id := s.itemOf(u, nil, canonical("k", name))
				foreign := end(id).without("Authorization").bearer(other.token)
				s.ask(name+": 404", foreign, notFound)
				s.ask(name, end(id), ok)
				after := s.ask("nothing is erased", u.sees(itemsPath+"/"+id), ok, text("status", "Deprecated"), text("identifiers.0.key", "k"))
				s.ask(name+": again", end(id), ok)
				s.ask(name+": no write", u.sees(itemsPath+"/"+id), ok, sameBody(after))
				s.ask(name+": 404", end("x"), notFound)
				s.ask("I17", u.send("POST", itemsPath+"/"+id+"/share", fields{"recipient_user_id": other.id}), ok)
				s.ask(name+": 403", foreign, refused(403, "auth_error"))
			}
		}},
		{Name: "merge", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			one := s.itemOf(u, fields{"enriched_data": fields{"a": 1, "b": 1}}, canonical("k", "1"), contextual("lote", "1"))
			two := s.itemOf(u, fields{"enriched_data": fields{"b": 2}}, canonical("k", "2"), contextual("x", "2"))
			theirs := s.itemOf(other, nil, canonical("k", "2"))
			merge := func(primary string, secondary any) Request {
				return u.send("POST", itemsPath+"/"+primary+"/merge", secondary)
			}
			s.ask("I15: 400 for itself", merge(one, one), badRequest)
			s.ask("I15: 400 for a local item", merge(one, "LID-550e8400-e29b-41d4-a716-446655440000"), badRequest)
			s.ask("I15: 404", merge(one, "x"), notFound)
			s.ask("I15: 404", merge(one, theirs), notFound)
			s.ask("I15: 404", merge(theirs, one), notFound)
			s.ask("C5", merge(one, 1), unprocessable)
			s.ask("C5", merge(one, fields{"dfid": two}), unprocessable)
			s.ask("I15: the primary", merge(one, two), ok, text("dfid", one), number("enriched_data.a", 1), number("enriched_data.b", 2),
				text("identifiers.2.value", "2"), text("identifiers.3.key", "x"), text("source_entries.1", someSource), lacks("identifiers.4", "source_entries.2"))
			s.ask("I15: the secondary stays readable", u.sees(itemsPath+"/"+two), ok, text("status", "Merged"), text("merged_into", one), number("enriched_data.b", 2))
			s.ask("I15: its identifiers lead to the primary", u.createItem(nil, canonical("k", "2")), ok, text("dfid", one))
			s.ask("I15: 409 unless both are Active", merge(one, two), conflict)
			s.ask("I15: 409 unless both are Active", merge(two, one), conflict)
			s.ask("I6: 409 for a merged one", u.send("PUT", itemsPath+"/"+two, fields{"enriched_data": fields{"a": 1}}), conflict)
			s.ask("I7: 409 for a merged one", bare("DELETE", itemsPath+"/"+two).bearer(u.token), conflict)
			s.ask("I8: 409 for a merged one", bare("PUT", itemsPath+"/"+two+"/deprecate").bearer(u.token), conflict)
			s.ask("I16: 409 for a merged one", u.send("POST", itemsPath+"/"+two+"/split", fields{"identifiers_for_new_item": []fields{canonical("k", "2")}}), conflict)
		}},
		{Name: "split", Run: func(s *Session) {
			u := s.newUser()
			id := s.itemOf(u, fields{"enriched_data": fields{"a": 1}}, canonical("k", "1"), canonical("k", "2"), contextual("lote", "7"))
			split := func(list ...fields) Request {
				return u.send("POST", itemsPath+"/"+id+"/split", fields{"identifiers_for_new_item": append([]fields{}, list...)})
			}
			s.ask("I16: 400 empty", split(), badRequest, field("identifiers_for_new_item"))
			s.ask("I16: 400 not held", split(canonical("k", "1"), canonical("k", "3")), badRequest, field("identifiers_for_new_item[1]"))
			s.ask("I16: 400 another class", split(contextual("k", "1")), badRequest)
			s.ask("C5", u.send("POST", itemsPath+"/"+id+"/split", fields{}), unprocessable)
			s.ask("I16: 404", u.send("POST", itemsPath+"/x/split", fields{}), notFound)
			r := s.ask("I16", split(canonical("k", "2"), contextual("lote", "7")), ok, itemShape("original_item"), itemShape("new_item"), dfid("new_item.dfid"),
				text("original_item.status", "Split"), text("original_item.identifiers.0.value", "1"), lacks("original_item.identifiers.1"), number("original_item.enriched_data.a", 1),
				text("new_item.status", "Active"), text("new_item.identifiers.0.value", "2"), text("new_item.identifiers.1.value", "7"), lacks("new_item.enriched_data.a", "new_item.source_entries.1"),
				text("new_item.source_entries.0", someSource))
			part := r.text("new_item.dfid")
			s.ask("I16: the reply waits for the new item", u.sees(itemsPath+"/"+part), ok, text("dfid", part))
			s.ask("I16: its identifiers lead to it", u.createItem(nil, canonical("k", "2")), ok, text("dfid", part))
			s.ask("3.6: the original lets go of what it keeps", u.createItem(nil, canonical("k", "1")), ok, func(r *Reply) string {
				if r.text("dfid") == id {
					return "a Split item is a hit"
				}
				return ""
			})
			s.ask("I16: 409 unless Active", split(canonical("k", "1")), conflict)
			s.ask("6.7: Split to Deprecated", bare("DELETE", itemsPath+"/"+id).bearer(u.token), ok)
			s.ask("I4", u.sees(itemsPath+"/search?status=deprecated"), ok, holds("dfid", id))
		}},
		{Name: "storage-history", Run: func(s *Session) {
			u := s.newUser()
			id := s.itemOf(u, nil, canonical("k", "1"))
			s.ask("I25: without any record", u.sees(itemsPath+"/"+id+"/storage-history"), ok, is("success", true), text("dfid", id), is("next_cursor", nil),
				each([]string{"records", "pending"}, "an empty array", func(v any) bool { l, is := v.([]any); return is && len(l) == 0 }))
			s.ask("I25: 404", s.newUser().sees(itemsPath+"/"+id+"/storage-history"), notFound, is("success", false))
			s.ask("I25: 404", u.sees(itemsPath+"/x/storage-history"), notFound)
		}},
		{Name: "merge-at-once", Run: func(s *Session) {
			u := s.newUser()
			one, two := s.itemOf(u, nil, canonical("k", "1")), s.itemOf(u, nil, canonical("k", "2"))
			var requests []Request
			for range 3 {
				requests = append(requests, u.send("POST", itemsPath+"/"+one+"/merge", two), u.send("POST", itemsPath+"/"+two+"/merge", one))
			}
			done := 0
			for _, r := range s.together(s.settled, requests) {
				if s.want(r, "6.7: of merges at once one is made", status(200, 409)); r.Status == 200 {
					done++
				}
			}
			var statuses []string
			for _, id := range []string{one, two} {
				statuses = append(statuses, s.ask("I5", u.sees(itemsPath+"/"+id), ok).text("status"))
			}
			if slices.Sort(statuses); done != 1 || !slices.Equal(statuses, []string{"Active", "Merged"}) {
				s.Errorf("%d merges were made, the items are %v", done, statuses)
			}
		}},
	}
}
