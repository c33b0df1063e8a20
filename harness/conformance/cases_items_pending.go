package conformance

import (
	"fmt"
	"slices"
)

// itemPendingCases are I22, I23 and I24.
func itemPendingCases() []Case {
	pending := itemsPath + "/pending"
	return []Case{
		{Name: "pending", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			low := s.ask("6.2", u.createItem(fields{"enriched_data": fields{"x": jsonNull{}}}, canonical("k", "1")), held("DataQualityIssue")).text("pending_id")
			high := s.ask("6.2", u.createItem(fields{"enriched_data": fields{"a": 1.0}}), held("NoIdentifiers")).text("pending_id")
			s.ask("I23", u.sees(pending+"/"+high), ok, text("id", high), text("reason", "NoIdentifiers"), is("reason_details", nil), number("priority", 3),
				text("source_entry", someSource), integer("created_at"), lacks("identifiers.0", "lock", "user_id", "retry_count"))
			s.ask("I23: C5 UUID forms", u.sees(pending+"/urn:uuid:"+high), ok, text("id", high))
			s.ask("I23: 400", u.sees(pending+"/x"), badRequest)
			s.ask("I23: 404", u.sees(pending+"/"+someSource), notFound)
			s.ask("I23: items 5: its owner", other.sees(pending+"/"+high), notFound)
			s.ask("I22", u.sees(pending), ok, holds("id", high, low))
			s.ask("I22: reason is a part of the name", u.sees(pending+"?reason=Quality"), ok, holds("id", low))
			s.ask("I22: case-sensitive", u.sees(pending+"?reason=quality"), ok, holds("id"))
			s.ask("I22", u.sees(pending+"?priority_min=3"), ok, holds("id", high))
			s.ask("I22", u.sees(pending+"?priority_min=-1&reason=N"), ok, holds("id", high))
			s.ask("I22: int", u.sees(pending+"?priority_min=x"), badRequest, field("priority_min"))
			if got := s.pages(u, pending+"?limit=1", "id", 1); !slices.Equal(got, []string{high, low}) {
				s.Errorf("C8: page by page %v", got)
			}
			s.ask("I22: none", other.sees(pending), ok, holds("id"))
			s.ask("items 1: pending is no dfid", u.send("PUT", pending, fields{}), notAllowed)
		}},
		{Name: "resolve-pending", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			resolve := func(id string, body any) Request { return u.send("POST", pending+"/"+id+"/resolve", body) }
			id := s.ask("6.2", u.createItem(nil), held("NoIdentifiers")).text("pending_id")
			s.ask("I24: 400", resolve("x", fields{"action": "approve"}), badRequest, is("success", false))
			s.ask("I24: 404", resolve(someSource, fields{"action": "approve"}), notFound)
			s.ask("I24: 404", other.send("POST", pending+"/"+id+"/resolve", fields{"action": "reject"}), notFound)
			s.ask("I24: 400", resolve(id, fields{"action": "Approve"}), badRequest, field("action"), text("provided", "Approve"))
			s.ask("C5", resolve(id, fields{}), unprocessable, field("action"))
			s.ask("I24: 3.3", resolve(id, fields{"action": "modify", "new_identifiers": []fields{canonical(" ", "1")}}), badRequest, text("code", "blank"), field("new_identifiers[0].key"))
			s.ask("I24: still in conflict", resolve(id, fields{"action": "approve"}), ok, is("success", true), is("item", nil), is("resolved", false), nonEmpty("message"))
			s.ask("I24: priority one higher", u.sees(pending+"/"+id), ok, number("priority", 4), text("reason", "NoIdentifiers"))
			s.ask("I24: at most Critical", resolve(id, fields{"action": "approve"}), ok, is("resolved", false))
			s.ask("I24: no second record", u.sees(pending), ok, holds("id", id))
			s.ask("I24: modify", resolve(id, fields{"action": "modify", "new_identifiers": []fields{canonical("k", "1")}, "new_enriched_data": fields{"a": 1}}), ok, is("item", nil), is("resolved", true))
			s.ask("I24: reason and priority stay", u.sees(pending+"/"+id), ok, number("priority", 4), text("reason", "NoIdentifiers"), text("identifiers.0.value", "1"), number("enriched_data.a", 1))
			r := s.ask("I24: approve", resolve(id, fields{"action": "approve"}).with("Idempotency-Key", "k"), ok, is("resolved", true), itemShape("item"), number("item.enriched_data.a", 1), text("item.source_entries.0", someSource))
			s.ask("C9", resolve(id, fields{"action": "approve"}).with("Idempotency-Key", "k"), ok, sameBody(r))
			s.ask("I24: done", resolve(id, fields{"action": "approve"}), notFound)
			s.ask("I24: done", u.sees(pending), ok, holds("id"))
			s.ask("I24: the item", u.sees(itemsPath+"/"+r.text("item.dfid")), ok)
			id = s.ask("6.2", u.createItem(fields{"enriched_data": fields{"x": jsonNull{}}}, canonical("k", "9")), held("DataQualityIssue")).text("pending_id")
			s.ask("I24: modify with nothing clears", resolve(id, fields{"action": "modify"}), ok)
			s.ask("I24", u.sees(pending+"/"+id), ok, is("enriched_data", nil), lacks("identifiers.0"))
			s.ask("I24: reject", resolve(id, fields{"action": "reject"}), ok, is("resolved", true), is("item", nil))
			s.ask("I24: removed", u.sees(pending+"/"+id), notFound)
		}},
		{Name: "approve-at-once", Run: func(s *Session) {
			u := s.newUser()
			id := s.ask("6.2", u.createItem(nil), held("NoIdentifiers")).text("pending_id")
			s.ask("I24", u.send("POST", pending+"/"+id+"/resolve", fields{"action": "modify", "new_identifiers": []fields{canonical("k", "1")}}), ok)
			requests := slices.Repeat([]Request{u.send("POST", pending+"/"+id+"/resolve", fields{"action": "approve"})}, 5)
			done := 0
			for _, r := range s.together(s.settled, requests) {
				if s.want(r, "I24: 409 while another resolve runs", status(200, 404, 409)); r.Status == 200 {
					done++
				}
			}
			if done == 0 {
				s.Errorf("I24: nobody approved it")
			}
			if got := s.pages(u, itemsPath, "dfid", 50); len(got) != 1 {
				s.Errorf("I24: %d items of one pending item", len(got))
			}
		}},
	}
}

// itemsChargedGroup is 2.4 in a service that enforces credits and limits, with a counter that begins at another number.
func itemsChargedGroup() Group {
	return Group{
		Name: "items-enforced", Settings: map[string]string{"CREDITS_MODE": "enforce", "LIMITS_MODE": "enforce", "DFID_FIRST_SEQUENCE": "5000"},
		Cases: under("items",
			Case{Name: "charge", Run: func(s *Session) {
				u := s.newUser()
				balance := func() int64 { return s.ask("U3", u.sees("/users/me/credits/balance"), ok).int("credits") }
				start := balance()
				id := s.itemOf(u, nil, canonical("k", "1"), canonical("k", "2"))
				if got := balance(); got != start-2 {
					s.Errorf("2.4: a new item took %d credits, want 2", start-got)
				}
				s.ask("2.4: Consumption", u.sees("/users/me/credits/history?limit=1"), ok, text("transactions.0.transaction_type", "Consumption"), number("transactions.0.amount", -2))
				s.itemOf(u, fields{"enriched_data": fields{"a": 1}}, canonical("k", "1"), canonical("k", "3"))
				s.ask("2.4: resolving costs nothing, nor does what waits", u.createItem(nil), held("NoIdentifiers"))
				s.ask("2.4: nor a local item", u.send("POST", itemsPath+"/local", fields{}), ok)
				if got := balance(); got != start-2 {
					s.Errorf("2.4: %d credits are gone, want 2", start-got)
				}
				s.ask("2.4: a split costs as much", u.send("POST", itemsPath+"/"+id+"/split", fields{"identifiers_for_new_item": []fields{canonical("k", "2")}}), ok)
				if got := balance(); got != start-4 {
					s.Errorf("2.4: %d credits are gone, want 4", start-got)
				}
				var batch []any
				for n := range (start - 4) / 2 {
					batch = append(batch, itemFields(nil, canonical("n", fmt.Sprint(n))))
				}
				s.ask("2.4", u.send("POST", itemsPath+"/batch", fields{"items": batch}), ok, number("failed_count", 0))
				s.ask("2.4: 402", u.createItem(nil, canonical("one", "more")), refused(402, "insufficient_credits"), text("operation", "item_creation"), number("required", 2), number("balance", start%2))
				s.ask("I2: 402 of an element", u.send("POST", itemsPath+"/batch", fields{"items": []any{itemFields(nil, canonical("one", "more"))}}), ok, number("failed_count", 1))
				s.ask("2.4: the identifiers are free again", u.sees(itemsPath+"/identifier/one/more"), ok, holds("dfid"))
				s.ask("2.4: resolving still works", u.createItem(fields{"enriched_data": fields{"b": 1}}, canonical("n", "1")), ok)
			}},
			Case{Name: "first-sequence", Run: func(s *Session) {
				u := s.newUser()
				seen := map[string]bool{}
				for n := range 5 {
					id := s.itemOf(u, nil, canonical("k", fmt.Sprint(n)))
					number := id[len("DFID-20250101-"):]
					if seen[id] || number < "005000" {
						s.Errorf("items 18: %s with DFID_FIRST_SEQUENCE=5000", id)
					}
					seen[id] = true
				}
			}},
		),
	}
}

// itemsStrictGroup is 3.3 at the level registry, for the routes of items.
func itemsStrictGroup() Group {
	return Group{
		Name: "items-registry", Settings: map[string]string{"IDENTIFIER_STRICTNESS": "registry"},
		Cases: under("items", Case{Name: "strictness", Run: func(s *Session) {
			u := s.newUser()
			good := fields{"namespace": "bovino", "key": "sisbov", "value": "BR123456789012", "id_type": "Canonical"}
			bad := fields{"namespace": "bovino", "key": "sisbov", "value": "BR1", "id_type": "Canonical"}
			id := s.itemOf(u, nil, good)
			s.ask("3.3", u.createItem(nil, bad), badRequest, text("code", "registry_format"), field("identifiers[0].value"))
			s.ask("3.3", u.createItem(nil, fields{"namespace": "x", "key": "k", "value": "v"}), badRequest, text("code", "unknown_namespace"))
			s.ask("3.3: I6", u.send("PUT", itemsPath+"/"+id, fields{"identifiers": []fields{good, bad}}), badRequest, field("identifiers[1].value"))
			r := s.ask("3.3: I2", u.send("POST", itemsPath+"/batch", fields{"items": []any{itemFields(nil, bad)}}), ok, number("failed_count", 1))
			if r.text("results.0.pending_id") != "" {
				s.wrong(r, "it is pending", "3.3: 400, nothing is written")
			}
			held := s.ask("6.2", u.createItem(nil), held("NoIdentifiers")).text("pending_id")
			s.ask("3.3: I24", u.send("POST", itemsPath+"/pending/"+held+"/resolve", fields{"action": "modify", "new_identifiers": []fields{bad}}), badRequest, text("code", "registry_format"))
		}}),
	}
}
