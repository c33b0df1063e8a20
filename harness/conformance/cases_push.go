package conformance

import "slices"

// pushGroup is the contract of items in circuits: pushes, pulls, operations, what a circuit lists.
func pushGroup() Group {
	return Group{Name: "push", Settings: withAdmin(nil), Cases: slices.Concat(
		under("push", pushCases()...), under("push-local", pushLocalCases()...), under("push", batchCases()...), under("push", pushEventCases()...), under("operations", operationCases()...), under("held", heldCases()...), under("pull", pullCases()...),
	)}
}

// pushChargedGroup is 2.3, in a service that charges.
func pushChargedGroup() Group {
	return Group{Name: "push-charged", Settings: withAdmin(map[string]string{"CREDITS_MODE": "enforce"}), Cases: under("push", pushChargeCases()...)}
}

// pushCases are PU1.
func pushCases() []Case {
	return []Case{
		{Name: "owner", Run: func(s *Session) {
			c, dfid := s.newCircuit(s.newUser(), nil), ""
			u := c.owner
			dfid = s.newItem(u)
			op := s.ask("4.1: OpR, Completed", c.push(u, dfid), ok, isOperation(""), text("dfid", dfid), text("circuit_id", c.id),
				text("operation_type", "Push"), text("status", "Completed"), text("requester_id", u.id)).text("operation_id")
			s.operations(c, u, "", op)
			s.held(c, u, dfid)
			again := s.pushes(c, u, dfid)
			if again == op {
				s.Error("4.3: each direct call makes one operation")
			}
			s.held(c, u, dfid)
			s.operations(c, u, "", again, op)
			m := s.newMember(c, "member")
			s.ask("items 5: a member of a circuit that holds it", get("/api/items/"+dfid).bearer(m.token), ok, text("dfid", dfid))
			list := s.eventList(m, "/item/"+dfid)
			if len(list) != 2 || list[0]["event_type"] != "PushedToCircuit" || list[0]["visibility"] != "CircuitOnly" {
				s.Errorf("2.2: one event for each push, CircuitOnly: %v", list)
			}
			s.ask("items 5: add events: member with Push", m.event(dfid, "updated", "public", `{"a":1}`), ok)
			v := s.newMember(c, "viewer")
			s.ask("items 5", v.event(dfid, "updated", "public", `{"a":2}`), refused(403, "auth_error"))
		}},
		{Name: "who", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			m, stranger, viewer := s.newMember(c, "member"), s.newUser(), s.newMember(c, "viewer")
			dfid := s.newItem(stranger)
			s.ask("circ 1: 404", c.push(stranger, dfid), notFound)
			s.ask("Push 403", c.push(viewer, dfid), deniedFor("Push"))
			s.ask("3: who does not see the item: 404", c.push(m, dfid), notFound)
			s.ask("item 404", c.push(m, "DFID-20250101-999999-0"), notFound)
			s.share(stranger, dfid, m)
			s.ask("3: who sees it and may not push it", c.push(m, dfid), rule403("item_not_pushable"))
			s.ask("I17", stranger.send("POST", "/api/items/"+dfid+"/share", fields{"recipient_user_id": m.id, "permissions": []string{"read", "push"}}), ok)
			s.ask("3: a recipient of a share that contains push", c.push(m, dfid), ok)
			s.ask("3: a caller with Push when the circuit holds it", c.push(c.owner, dfid), ok, text("requester_id", c.owner.id))
			s.ask("circuit before item", circuit{nowhere, m}.push(m, "x"), notFound)
			s.ask("C5", bare("POST", circuitsAt+"/x/push/"+dfid).bearer(m.token), badRequest, field("id"))
		}},
		{Name: "state", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u := c.owner
			dfid := s.newItem(u)
			s.ask("I8", u.send("PUT", "/api/items/"+dfid+"/deprecate", fields{}), ok)
			s.ask("3: only Active items are pushed", c.push(u, dfid), rule409("item_not_active"), text("dfid", dfid), text("status", "Deprecated"))
			lid := s.newLocal(u, tagBody(s.newName(), `{}`))
			s.ask("4.1: not tokenised", c.push(u, "LID-"+lid), rule409("not_tokenised"))
			s.ask("CI6", c.own("PUT", "/deactivate", nil), ok)
			s.ask("circuit_inactive", c.push(u, s.newItem(u)), rule409("circuit_inactive"))
		}},
		{Name: "public-circuit", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"public_settings": fields{"access_mode": "public", "auto_publish_pushed_items": true}})
			u, stranger := c.owner, s.newUser()
			dfid := s.newItem(u)
			s.ask("404 before", stranger.sees("/api/items/"+dfid), notFound)
			s.pushes(c, u, dfid)
			s.poll(patience, func() bool {
				r, err := s.try(stranger.sees("/api/items/" + dfid))
				return err == nil && r.Status == 200
			})
			s.ask("circ 10.2: anyone where it is published", stranger.sees("/api/items/"+dfid), ok, text("dfid", dfid))
			r := s.ask("CP1", c.at(nil, "GET", "/public", nil), ok)
			s.same(r, "circ 10.2: auto_publish_pushed_items", "published", r.stringsAt("data.published_items"), []string{dfid})
			list := s.eventList(u, "/item/"+dfid)
			if len(list) != 1 || list[0]["visibility"] != "Public" {
				s.Errorf("2.2: visibility Public if the circuit has allow_public_visibility: %v", list)
			}
			s.ask("PL1: published row deleted", c.pull(u, dfid), ok)
			r = s.ask("CP1", c.at(nil, "GET", "/public", nil), ok)
			s.same(r, "PL1", "published", r.stringsAt("data.published_items"), []string{})
			s.ask("not published any more", stranger.sees("/api/items/"+dfid), notFound)
		}},
		{Name: "idempotency", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			dfid := s.newItem(c.owner)
			r := c.push(c.owner, dfid).with("Idempotency-Key", s.newName())
			first := s.ask("PU1", r, ok)
			second := s.ask("C9", r, ok, header("Idempotency-Replayed", "true"))
			if string(first.Body) != string(second.Body) {
				s.wrong(second, "another body", "C9")
			}
			s.operations(c, c.owner, "", first.text("operation_id"))
		}},
		{Name: "adapter-access", Run: adapterAccess},
		{Name: "adapter", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"adapter_config": fields{"adapter_type": "ipfs-ipfs"}})
			dfid := s.newItem(c.owner)
			s.pushes(c, c.owner, dfid)
			r := s.ask("3: queued", c.owner.sees("/api/items/"+dfid+"/storage-history"), ok)
			if list := s.under(r, "pending"); len(list)+len(s.under(r, "records")) != 1 {
				s.wrong(r, "not one upload", "3: an upload is queued, or done by now")
			}
		}},
	}
}

// adapterAccess: an item goes into a circuit only by those whom its adapter is open to, unless the circuit sponsors it.
func adapterAccess(s *Session) {
	const says = "3: the requester's allowed set must contain the type"
	owner := s.newUser()
	s.ask("AD4", s.newAdmin().edit(owner, fields{"tier": "Professional"}), ok)
	c := s.newCircuit(owner, fields{"adapter_config": fields{"adapter_type": "stellar_testnet-ipfs"}})
	m := s.newMember(c, "member")
	dfid, lid := s.newItem(m), s.newLocal(m, `{}`)
	notAllowed := all(refused(403, "auth_error"), text("code", "adapter_not_allowed"), text("adapter_type", "stellar_testnet-ipfs"),
		text("tier", "Basic"))
	r := s.ask(says, c.push(m, dfid), notAllowed)
	s.same(r, says, "available_adapters", r.stringsAt("available_adapters"), []string{"ipfs-ipfs"})
	s.ask(says, c.pushLocal(m, lid, nil), notAllowed)
	s.held(c, m)
	s.ask("AD2", c.own("PUT", "/adapter", fields{"adapter_type": "stellar_testnet-ipfs", "sponsor_adapter_access": true}), ok)
	s.pushes(c, m, dfid)
	s.held(c, m, dfid)
}
