package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// pushLocal is PU2 with further members of the body.
func (c circuit) pushLocal(u *user, lid string, more fields) Request {
	body := fields{"local_id": lid}
	for name, value := range more {
		body[name] = value
	}
	return c.at(u, "POST", "/push-local", body)
}

// isPushed wants the reply of PU2.
func isPushed(lid, status, operation string) Check {
	return all(ok, is("success", true), nonEmpty("data.dfid"), uuid("data.operation_id"), text("data.local_id", lid), text("data.status", status),
		text("data.operation_status", operation))
}

// becomes pushes a local item that becomes a new item, and returns the dfid and the operation.
func (s *Session) becomes(c circuit, u *user, lid string, more fields) (dfid, op string) {
	s.Helper()
	r := s.ask("5.1", c.pushLocal(u, lid, more), isPushed(lid, "NewItemCreated", "Completed"))
	return r.text("data.dfid"), r.text("data.operation_id")
}

// tag is a canonical identifier as a request has it, and tagged a local item with it.
func tagOf(value string) fields {
	return fields{"namespace": "bovino", "key": "sisbov", "value": value, "id_type": "Canonical"}
}

func (s *Session) taggedLocal(u *user, data string, identifiers ...fields) string {
	s.Helper()
	if identifiers == nil {
		identifiers = []fields{}
	}
	return s.newLocal(u, fields{"identifiers": identifiers, "enriched_data": asJSON(data)}.String())
}

// itemData wants the data of an item as a user sees it.
func (s *Session) itemData(u *user, dfid, data string) *Reply {
	s.Helper()
	return s.ask("5.6: view", u.sees("/api/items/"+dfid), ok, text("dfid", dfid), verbatim("enriched_data", data))
}

// pushLocalCases are PU2.
func pushLocalCases() []Case {
	return []Case{
		{Name: "example", Run: pushExample},
		{Name: "order", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u, stranger := c.owner, s.newUser()
			lid := s.taggedLocal(u, `{}`, tagOf(s.newName()))
			s.ask("5.2 1: 404", c.pushLocal(stranger, lid, nil), notFound, is("success", false))
			s.ask("5.2 1: Push", c.pushLocal(s.newMember(c, "viewer"), lid, nil), deniedFor("Push"))
			s.ask("5.2 2: local_id", c.pushLocal(u, "x", nil), badRequest, field("local_id"), is("success", false))
			s.ask("5.2 2: required", c.at(u, "POST", "/push-local", fields{}), unprocessable, field("local_id"))
			s.ask("5.2 2: 415", bare("POST", circuitsAt+"/"+c.id+"/push-local").bearer(u.token).carrying("{}").with("Content-Type", "text/plain"), refused(415, "validation_error"))
			s.ask("5.2 2: id_type", c.pushLocal(u, lid, fields{"identifiers": []fields{{"key": "k", "value": "v", "id_type": "x"}}}), badRequest, field("identifiers[0].id_type"))
			s.ask("5.2 2: identifier rules", c.pushLocal(u, lid, fields{"identifiers": []fields{{"key": " ", "value": "v"}}}), badRequest, field("identifiers[0].key"))
			s.ask("5.2 3: missing", c.pushLocal(u, nobody, nil), notFound)
			m := s.newMember(c, "member")
			s.ask("5.2 3: not seen", c.pushLocal(m, lid, nil), notFound)
			s.share(u, "LID-"+lid, m)
			s.ask("5.2 3: seen, not owned", c.pushLocal(m, lid, nil), refused(403, "auth_error"))
			gone := s.taggedLocal(u, `{}`, tagOf(s.newName()))
			s.ask("I8", u.send("PUT", "/api/items/LID-"+gone+"/deprecate", fields{}), ok)
			s.ask("5.2 5", c.pushLocal(u, gone, nil), rule409("local_item_not_active"), text("status", "Deprecated"))
			s.ask("CI6", c.own("PUT", "/deactivate", nil), ok)
			s.ask("5.2 1: inactive", c.pushLocal(u, "x", nil), rule409("circuit_inactive"))
		}},
		{Name: "new-item", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u, m, reader := c.owner, s.newMember(c, "member"), s.newUser()
			lid := s.taggedLocal(u, `{"a":1}`, tagOf(s.newName()))
			s.share(u, "LID-"+lid, reader)
			dfid, op := s.becomes(c, u, lid, nil)
			s.ask("items 6.6: LID leads to the item", u.sees("/api/items/LID-"+lid), ok, text("dfid", dfid))
			s.ask("I14", u.sees("/api/items/mapping/"+lid), ok, text("data.status", "Tokenized"), text("data.dfid", dfid))
			s.ask("5.6: shares of the local item", reader.sees("/api/items/"+dfid), ok)
			s.itemData(m, dfid, `{"a":1}`)
			list := s.entriesOf("I3", u.sees("/api/items"))
			s.same(list[0], "5.9 10: item in, local item out", "list", textsOf(list, "dfid"), []string{dfid})
			s.held(c, m, dfid)
			s.operations(c, m, "", op)
			got := s.entriesOf("OP1", c.at(m, "GET", "/operations", nil))
			s.want(got[0], "13.1: PU2 adds local_id, outcome", text("metadata.local_id", lid), text("metadata.outcome", "NewItemCreated"))
			if events := s.eventList(m, "/item/"+dfid); len(events) != 1 || events[0]["event_type"] != "PushedToCircuit" {
				s.Errorf("event PushedToCircuit: %v", events)
			} else if id := fmt.Sprint(events[0]["event_id"]); true {
				s.ask("E10: by its id", m.events("/"+id), ok, text("metadata.operation", "push"), text("metadata.circuit_id", c.id), text("metadata.requester_id", u.id))
			}
			feed := s.eventList(u, "")
			if len(feed) != 1 {
				s.Errorf("the feed of the source: %v", feed)
			}
			s.ask("items: tokenised, no edit of the local item", u.send("PUT", "/api/items/LID-"+lid, fields{"enriched_data": fields{"b": 2}}), ok, text("dfid", dfid))
			s.itemData(m, dfid, `{"a":1,"b":2}`)
		}},
		{Name: "own-hit", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u := c.owner
			tag := tagOf(s.newName())
			dfid := s.ask("I1", u.createItem(fields{"enriched_data": fields{"a": 1, "b": 1}}, tag), ok).text("dfid")
			lid := s.taggedLocal(u, `{"b":2,"c":3}`, tag, fields{"namespace": "bovino", "key": "lote", "value": "L-1"})
			s.ask("5.5: one hit, owned by the caller", c.pushLocal(u, lid, nil), isPushed(lid, "ExistingItemEnriched", "Completed"), text("data.dfid", dfid))
			r := s.itemData(u, dfid, `{"a":1,"b":2,"c":3}`)
			if len(s.under(r, "identifiers")) != 2 {
				s.wrong(r, "not two identifiers", "5.6: identifiers without a match are appended")
			}
			s.held(c, u, dfid)
			other := s.newUser()
			d := s.newCircuit(other, nil)
			mine := s.taggedLocal(other, `{}`, tag)
			got, _ := s.becomes(d, other, mine, nil)
			if got == dfid {
				s.Error("5.4: items of others outside the circuit are never hits")
			}
		}},
		{Name: "conflict", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u := c.owner
			a, b := tagOf(s.newName()), fields{"namespace": "bovino", "key": "rfid", "value": s.newName() + "-1234567890", "id_type": "Canonical"}
			first, second := s.itemOf(u, nil, a), s.itemOf(u, nil, b)
			lid := s.taggedLocal(u, `{}`, a, b)
			s.ask("5.5: several hits: 409", c.pushLocal(u, lid, nil), rule409("conflicting_dfids"), is("success", false), text("status", "ConflictDetected"), text("local_id", lid))
			r := s.ask("5.5", c.pushLocal(u, lid, nil), status(409))
			want := []string{first, second}
			if first > second {
				want = []string{second, first}
			}
			s.same(r, "sorted", "conflicting_dfids", r.stringsAt("conflicting_dfids"), want)
			if len(s.under(r, "conflicts")) != 2 {
				s.wrong(r, "not two conflicts", "5.5")
			}
			s.ask("the local item stays LocalOnly", u.sees("/api/items/mapping/"+lid), ok, text("data.status", "LocalOnly"))
			s.held(c, u)
			s.ask("I8", u.send("PUT", "/api/items/"+second+"/deprecate", fields{}), ok)
			s.ask("it can be pushed again", c.pushLocal(u, lid, nil), isPushed(lid, "ExistingItemEnriched", "Completed"), text("data.dfid", first))
		}},
		{Name: "repeat", Run: pushRepeats},
		{Name: "contextual", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			lot := fields{"namespace": "bovino", "key": "lote", "value": s.newName()}
			a, _ := s.becomes(c, c.owner, s.taggedLocal(c.owner, `{}`, lot), nil)
			b, _ := s.becomes(c, c.owner, s.taggedLocal(c.owner, `{}`, lot), nil)
			if a == b {
				s.Error("5.4: contextual identifiers alone never resolve")
			}
		}},
		{Name: "requirements", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"default_namespace": "bovino", "alias_config": fields{
				"required_canonical": []string{"sisbov"}, "required_contextual": []string{"lote"}, "use_fingerprint": true,
				"allowed_namespaces": []string{"bovino"}, "auto_apply_namespace": true,
			}})
			u := c.owner
			lot := fields{"key": "lote", "value": s.newName()}
			lid := s.taggedLocal(u, `{}`, fields{"namespace": "aves", "key": "lote", "value": "x"})
			s.ask("5.3", c.pushLocal(u, lid, nil), badRequest, text("code", "namespace_not_allowed"), field("identifiers"))
			lid = s.taggedLocal(u, `{}`, lot)
			s.ask("5.3", c.pushLocal(u, lid, nil), badRequest, text("code", "missing_canonical"), field("sisbov"))
			s.ask("5.3: level registry", c.pushLocal(u, lid, fields{"identifiers": []fields{{"key": "sisbov", "value": "x", "id_type": "Canonical"}}}), badRequest, text("code", "registry_format"))
			bare := s.taggedLocal(u, `{}`)
			tag := fields{"key": "sisbov", "value": fmt.Sprintf("BR%012d", s.number()), "id_type": "Canonical"}
			s.ask("5.3", c.pushLocal(u, bare, fields{"identifiers": []fields{tag}}), badRequest, text("code", "missing_contextual"), field("lote"))
			dfid, _ := s.becomes(c, u, lid, fields{"identifiers": []fields{tag}})
			r := s.ask("5.3: default_namespace", u.sees("/api/items/"+dfid), ok)
			s.same(r, "5.3", "namespaces", s.textsAt(r, "identifiers", "namespace"), []string{"bovino", "bovino"})
		}},
		{Name: "fingerprint", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"alias_config": fields{
				"required_canonical": []string{}, "required_contextual": []string{}, "use_fingerprint": true, "auto_apply_namespace": false,
			}})
			u := c.owner
			lot := fields{"namespace": "soja", "key": "lote", "value": s.newName()}
			dfid, _ := s.becomes(c, u, s.taggedLocal(u, `{"a":1}`, lot), nil)
			lid := s.taggedLocal(u, `{"b":1}`, lot)
			s.ask("5.4 2: the fingerprint", c.pushLocal(u, lid, nil), isPushed(lid, "ExistingItemEnriched", "Completed"), text("data.dfid", dfid))
			s.itemData(u, dfid, `{"a":1,"b":1}`)
			m := s.newMember(c, "member")
			other, _ := s.becomes(c, m, s.taggedLocal(m, `{}`, lot), nil)
			if other == dfid {
				s.Error("items 8: the fingerprint names the owner")
			}
			s.ask("I8", u.send("PUT", "/api/items/"+dfid+"/deprecate", fields{}), ok)
			next, _ := s.becomes(c, u, s.taggedLocal(u, `{}`, lot), nil)
			if next == dfid {
				s.Error("5.4 2: if Active")
			}
		}},
		{Name: "layers", Run: pushLayers},
		{Name: "approval", Run: pushApproval},
		{Name: "idempotency", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			lid := s.taggedLocal(c.owner, `{}`, tagOf(s.newName()))
			r := c.pushLocal(c.owner, lid, nil).with("Idempotency-Key", s.newName())
			first := s.ask("5.7: with Idempotency-Key the first reply unchanged", r, isPushed(lid, "NewItemCreated", "Completed"))
			second := s.ask("C9", r, ok, header("Idempotency-Replayed", "true"))
			if string(first.Body) != string(second.Body) {
				s.wrong(second, "another body", "C9")
			}
		}},
		{Name: "race", Run: pushRace},
	}
}

// pushExample is 5.10.
func pushExample(s *Session) {
	c := s.newCircuit(s.newUser(), fields{"default_namespace": "bovino"})
	ana, bruno, outside := c.owner, s.newMember(c, "member"), s.newUser()
	tag := tagOf(fmt.Sprintf("BR%012d", s.number()))
	lid := s.taggedLocal(ana, `{"breed":"Nelore","weight":410}`, tag)
	dfid, op := s.becomes(c, ana, lid, fields{"identifiers": []fields{{"key": "lote", "value": "L-7"}}, "enriched_data": fields{"weight": 415}})
	r := s.itemData(ana, dfid, `{"breed":"Nelore","weight":415}`)
	s.same(r, "5.10 1", "identifiers", s.textsAt(r, "identifiers", "key"), []string{"sisbov", "lote"})
	s.same(r, "5.10 1", "namespaces", s.textsAt(r, "identifiers", "namespace"), []string{"bovino", "bovino"})
	s.share(ana, dfid, outside)
	s.ask("5.10 2: nothing is written", c.pushLocal(ana, lid, nil), isPushed(lid, "ExistingItemEnriched", "Completed"), text("data.dfid", dfid), text("data.operation_id", op))
	s.itemData(ana, dfid, `{"breed":"Nelore","weight":415}`)
	other := s.taggedLocal(bruno, `{"weight":500,"vaccine":"FMD"}`, tag)
	s.ask("5.10 3", c.pushLocal(bruno, other, nil), isPushed(other, "ExistingItemEnriched", "Completed"), text("data.dfid", dfid))
	for _, u := range []*user{ana, bruno, s.newMember(c, "viewer")} {
		s.itemData(u, dfid, `{"breed":"Nelore","vaccine":"FMD","weight":415}`)
	}
	s.itemData(outside, dfid, `{"breed":"Nelore","weight":415}`)
	rfid := fields{"namespace": "bovino", "key": "rfid", "value": "98200" + s.newName(), "id_type": "Canonical"}
	second, _ := s.becomes(c, ana, s.taggedLocal(ana, `{}`, rfid), nil)
	third := s.taggedLocal(ana, `{}`, tag, rfid)
	s.ask("5.10 4", c.pushLocal(ana, third, nil), rule409("conflicting_dfids"), text("local_id", third), contains(second), contains(dfid))
}

// pushRepeats are 5.7.
func pushRepeats(s *Session) {
	c := s.newCircuit(s.newUser(), nil)
	u := c.owner
	lid := s.taggedLocal(u, `{"a":1}`, tagOf(s.newName()))
	dfid, op := s.becomes(c, u, lid, nil)
	same := all(isPushed(lid, "ExistingItemEnriched", "Completed"), text("data.dfid", dfid))
	s.ask("5.7 1", c.pushLocal(u, lid, nil), same, text("data.operation_id", op))
	s.ask("5.7 3", c.pushLocal(u, lid, fields{"enriched_data": fields{"b": 2, "a": 5}}), same, text("data.operation_id", op))
	s.itemData(u, dfid, `{"a":5,"b":2}`)
	s.operations(c, u, "", op)
	list := s.entriesOf("LI2", c.own("GET", "/activities", nil))
	s.same(list[0], "5.7 3: activity Enrich", "activities", textsOf(list, "activity_type"), []string{"Enrich", "Push"})
	events := s.eventList(u, "/item/"+dfid)
	if len(events) != 2 || events[0]["event_type"] != "Enriched" || fmt.Sprint(events[0]["metadata"].(map[string]any)["fields"]) != "[a b]" {
		s.Errorf("5.7 3: event Enriched with fields: %v", events)
	}
	s.ask("5.7 1: what is there already", c.pushLocal(u, lid, fields{"enriched_data": fields{"b": 2}}), same)
	if got := s.eventList(u, "/item/"+dfid); len(got) != 2 {
		s.Errorf("5.7 1: nothing is written: %v", got)
	}
	d := s.newCircuit(u, nil)
	r := s.ask("5.7 5: another circuit", d.pushLocal(u, lid, nil), same)
	s.operations(d, u, "", r.text("data.operation_id"))
	s.held(d, u, dfid)
	s.ask("PL1", c.pull(u, dfid), ok)
	s.ask("5.7 5: pulled", c.pushLocal(u, lid, nil), same)
	s.held(c, u, dfid)
	another := tagOf(s.newName())
	s.itemOf(u, nil, another)
	s.ask("5.7: a hit on another item", c.pushLocal(u, lid, fields{"identifiers": []fields{another}}), rule409("conflicting_dfids"))
	s.ask("5.7: an identifier that is free", c.pushLocal(u, lid, fields{"identifiers": []fields{tagOf(s.newName())}}), same)
	s.ask("I8", u.send("PUT", "/api/items/"+dfid+"/deprecate", fields{}), ok)
	s.ask("5.7 6", c.pushLocal(u, lid, nil), rule409("item_not_active"), text("dfid", dfid), text("status", "Deprecated"))
}

// pushLayers are 5.6.
func pushLayers(s *Session) {
	c := s.newCircuit(s.newUser(), nil)
	ana, b, d := c.owner, s.newMember(c, "member"), s.newMember(c, "member")
	tag, extra := tagOf(s.newName()), tagOf(s.newName())
	dfid, _ := s.becomes(c, ana, s.taggedLocal(ana, `{"a":1}`, tag), nil)
	lid := s.taggedLocal(b, `{"a":2,"b":2}`, tag, extra)
	s.ask("5.5: a layer", c.pushLocal(b, lid, nil), isPushed(lid, "ExistingItemEnriched", "Completed"), text("data.dfid", dfid))
	third := s.taggedLocal(d, `{"b":3,"c":3}`, extra)
	s.ask("5.4: an identifier that stands only in a layer counts in its circuit", c.pushLocal(d, third, nil), isPushed(third, "ExistingItemEnriched", "Completed"), text("data.dfid", dfid))
	s.itemData(ana, dfid, `{"a":1,"b":2,"c":3}`)
	list := s.entriesOf("LI1", c.own("GET", "/items?include_layers=true", nil))
	layers := s.under(list[0], "layers")
	if len(layers) != 2 {
		s.Fatalf("LI1: layers of the circuit: %v", layers)
	}
	s.want(layers[0], "LayerR", text("source_user_id", b.id), verbatim("enriched_data", `{"a":2,"b":2}`), integer("activated_at"))
	s.ask("a later push merges, its keys overwriting", c.pushLocal(b, lid, fields{"enriched_data": fields{"b": 9}}), ok)
	s.itemData(ana, dfid, `{"a":1,"b":9,"c":3}`)
	// elsewhere it does not count
	e := s.newCircuit(s.newUser(), nil)
	s.add(e, d, "member")
	mine := s.taggedLocal(d, `{}`, extra)
	if got, _ := s.becomes(e, d, mine, nil); got == dfid {
		s.Error("5.4: a layer counts only for pushes into its circuit")
	}
	s.ask("PL1", c.pull(ana, dfid), ok)
	s.itemData(ana, dfid, `{"a":1,"b":9,"c":3}`)
	s.ask("after a pull only source and owner see it", d.sees("/api/items/"+dfid), notFound)
}

// pushApproval is 5.8.
func pushApproval(s *Session) {
	c := s.newCircuit(s.newUser(), fields{"require_approval_for_push": true})
	ana, b := c.owner, s.newMember(c, "member")
	tag := tagOf(s.newName())
	lid := s.taggedLocal(ana, `{"a":1}`, tag)
	r := s.ask("5.8", c.pushLocal(ana, lid, nil), isPushed(lid, "NewItemCreated", "Pending"))
	dfid, op := r.text("data.dfid"), r.text("data.operation_id")
	s.ask("the item is made at once", ana.sees("/api/items/"+dfid), ok)
	s.ask("not held", b.sees("/api/items/"+dfid), notFound)
	s.ask("5.7 2", c.pushLocal(ana, lid, nil), isPushed(lid, "ExistingItemEnriched", "Pending"), text("data.operation_id", op))
	s.ask("5.7 4: own record at once", c.pushLocal(ana, lid, fields{"enriched_data": fields{"b": 1}}), isPushed(lid, "ExistingItemEnriched", "Pending"), text("data.operation_id", op))
	s.itemData(ana, dfid, `{"a":1,"b":1}`)
	s.operations(c, ana, "/pending", op)
	if list := s.eventList(ana, "/item/"+dfid); len(list) != 0 {
		s.Errorf("2.2: a Pending operation makes no event: %v", list)
	}
	s.ask("OP3", post(circuitsAt+"/operations/"+op+"/approve", "{}").bearer(ana.token), ok, text("metadata.local_id", lid))
	s.held(c, ana, dfid)
	other := s.taggedLocal(b, `{"a":2,"c":2}`, tag)
	r = s.ask("a layer waits", c.pushLocal(b, other, nil), isPushed(other, "ExistingItemEnriched", "Pending"), text("data.dfid", dfid))
	op = r.text("data.operation_id")
	s.itemData(b, dfid, `{"a":1,"b":1}`)
	s.ask("5.7 4: into the pending part", c.pushLocal(b, other, fields{"enriched_data": fields{"d": 4}}), isPushed(other, "ExistingItemEnriched", "Pending"), text("data.operation_id", op))
	r = s.ask("PI1: the preview with the pending part", c.own("GET", "/pending-items", nil), ok)
	s.want(s.under(r, "data")[0], "PI1", contains(`"enriched_data":{"a":1,"b":1,"c":2,"d":4}`))
	s.ask("PI3", c.own("POST", "/pending-items/"+op+"/reject", nil), ok)
	s.itemData(b, dfid, `{"a":1,"b":1}`)
	r = s.ask("5.8: rejected, pushed again", c.pushLocal(b, other, nil), isPushed(other, "ExistingItemEnriched", "Pending"))
	s.ask("PI2", c.own("POST", "/pending-items/"+r.text("data.operation_id")+"/approve", nil), ok)
	s.itemData(b, dfid, `{"a":1,"b":1,"c":2}`)
	r = s.ask("5.7 3: layer data with approval required: a new Pending operation", c.pushLocal(b, other, fields{"enriched_data": fields{"e": 5}}), isPushed(other, "ExistingItemEnriched", "Pending"))
	s.itemData(b, dfid, `{"a":1,"b":1,"c":2}`)
	s.ask("PI2", c.own("POST", "/pending-items/"+r.text("data.operation_id")+"/approve", nil), ok)
	s.itemData(b, dfid, `{"a":1,"b":1,"c":2,"e":5}`)
}

// pushRace is 5.7 and 5.9 at once.
func pushRace(s *Session) {
	c := s.newCircuit(s.newUser(), nil)
	u, m := c.owner, s.newMember(c, "member")
	tag := tagOf(s.newName())
	lid, other := s.taggedLocal(u, `{"a":1}`, tag), s.taggedLocal(m, `{"b":1}`, tag)
	minted, dfids := 0, map[string]bool{}
	for _, r := range s.together(s.settled, []Request{
		c.pushLocal(u, lid, nil), c.pushLocal(u, lid, nil), c.pushLocal(m, other, nil), c.pushLocal(u, lid, nil), c.pushLocal(m, other, nil),
	}) {
		s.want(r, "5.7: the second waits for the first", ok)
		dfids[r.text("data.dfid")] = true
		if r.text("data.status") == "NewItemCreated" {
			minted++
		}
	}
	if minted != 1 || len(dfids) != 1 {
		s.Errorf("5.7: one DFID for good; %d were made: %v", minted, dfids)
	}
}

// number is a random number of at most twelve digits.
func (s *Session) number() int64 { return rand.Int64N(1e12) }

// pushEventCases are PU4.
func pushEventCases() []Case {
	return []Case{{Name: "events", Run: func(s *Session) {
		c := s.newCircuit(s.newUser(), nil)
		u, m := c.owner, s.newMember(c, "member")
		dfid := s.newItem(u)
		push := func(u *user, dfid string, ids ...string) Request {
			return c.at(u, "POST", "/push-events", fields{"local_event_ids": append([]string{}, ids...), "dfid": dfid})
		}
		local := func(u *user, visibility, metadata string) (string, string) {
			r := s.ask("E2", u.localEvent("created", visibility, metadata), ok)
			return r.text("local_event_id"), r.text("event_id")
		}
		a, aID := local(m, "public", `{"n":1}`)
		s.ask("6: held or owned, else 404", push(m, dfid, a), notFound, is("success", false))
		s.pushes(c, u, dfid)
		foreign, _ := local(u, "public", `{}`)
		r := s.ask("6", push(m, dfid, a, "x", nobody, foreign, a), ok, is("success", true), text("circuit_id", c.id), number("events_pushed", 1), number("events_deduplicated", 0))
		s.same(r, "6: malformed, unknown, foreign ids", "failed", s.textsAt(r, "failed", "local_event_id"), []string{"x", nobody, foreign})
		s.want(s.under(r, "events")[0], "6", text("local_event_id", a), text("event_id", aID), text("dfid", dfid), is("was_deduplicated", false), is("original_event_id", nil))
		s.ask("E10: both ids kept", m.events("/"+aID), ok, text("dfid", dfid), is("metadata.n", json.Number("1")))
		s.ask("E3: 404 once it has moved", m.events("/local/"+a), notFound)
		r = s.ask("6: a repeat is safe", push(m, dfid, a), ok, number("events_pushed", 0), number("events_deduplicated", 1))
		s.want(s.under(r, "events")[0], "itself as original", is("was_deduplicated", true), text("original_event_id", aID))
		b, bID := local(m, "public", `{"n":1}`)
		r = s.ask("6: known in the item", push(m, dfid, b), ok, number("events_deduplicated", 1))
		s.want(s.under(r, "events")[0], "the existing event is named", text("event_id", aID), text("original_event_id", aID))
		s.ask("the local one stays", m.events("/local/"+b), ok)
		s.ask("E10", m.events("/"+bID), ok, text("dfid", "LOCAL-EVENT-"+b))
		p, pID := local(m, "private", `{"secret":1}`)
		s.ask("6", push(m, dfid, p), ok, number("events_pushed", 1))
		s.ask("9.3: bound to the event id", m.events("/"+pID), ok, is("metadata.secret", json.Number("1")), is("is_encrypted", true))
		s.ask("9.2", u.events("/"+pID), notFound)
		s.lists(m, "/item/"+dfid, pID, fmt.Sprint(s.eventList(u, "/type/pushedtocircuit")[0]["event_id"]), aID)
		s.ask("E1: a snapshot after a moved event", u.event(dfid, "updated", "public", `{"z":1}`), ok)
		s.ask("6: may be empty", push(m, dfid), ok, number("events_pushed", 0))
		s.ask("6: at most 500", push(m, dfid, make([]string, 501)...), unprocessable, field("local_event_ids"))
		s.ask("Push", push(s.newMember(c, "viewer"), dfid, a), deniedFor("Push"))
		s.ask("404", push(s.newUser(), dfid, a), notFound)
	}}}
}
