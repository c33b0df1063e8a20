package conformance

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

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

// push is PU1.
func (c circuit) push(u *user, dfid string) Request { return c.at(u, "POST", "/push/"+dfid, nil) }

// pull is PL1.
func (c circuit) pull(u *user, dfid string) Request { return c.at(u, "POST", "/pull/"+dfid, nil) }

// isOperation is OpR.
func isOperation(at string) Check {
	return all(uuid(at+"operation_id"), uuid(at+"circuit_id"), nonEmpty(at+"dfid", at+"operation_type", at+"requester_id", at+"status"),
		integer(at+"timestamp"), object(at+"metadata"))
}

// entriesOf reads a bare array below the circuit.
func (s *Session) entriesOf(says string, r Request) []*Reply {
	s.Helper()
	reply := s.ask(says, r, ok)
	return s.entries(reply, says, reply.Body)
}

// held wants the circuit to list exactly these items, newest first.
func (s *Session) held(c circuit, u *user, want ...string) {
	s.Helper()
	r := s.ask("LI1: bare ItemR[], newest pushed_at first", c.at(u, "GET", "/items", nil), ok)
	s.same(r, "LI1", "items", textsOf(s.entries(r, "LI1", r.Body), "dfid"), want)
}

// operations wants the circuit to list exactly these operations, newest first.
func (s *Session) operations(c circuit, u *user, path string, want ...string) {
	s.Helper()
	r := s.ask("OP1, OP2: bare OpR[], newest first", c.at(u, "GET", "/operations"+path, nil), ok)
	s.same(r, "OP1, OP2", "operations", textsOf(s.entries(r, "OP1", r.Body), "operation_id"), want)
}

func (s *Session) pushes(c circuit, u *user, dfid string) string {
	s.Helper()
	id := s.ask("PU1", c.push(u, dfid), ok, isOperation("")).text("operation_id")
	tick()
	return id
}

// tick lets the clock go on by the resolution of times, so that what comes next is newer.
func tick() {
	for now := time.Now(); time.Since(now) < 2*time.Millisecond; {
		runtime.Gosched()
	}
}

// stringsAt are the texts of an array in a reply.
func (r *Reply) stringsAt(path string) []string {
	v, _ := r.get(path)
	list, _ := v.([]any)
	out := []string{}
	for _, e := range list {
		out = append(out, fmt.Sprint(e))
	}
	return out
}

func (s *Session) balance(u *user) int64 {
	s.Helper()
	return s.ask("U3", u.sees("/users/me/credits/balance"), ok).int("credits")
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
			tick()
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

// batchCases are PU3.
func batchCases() []Case {
	return []Case{
		{Name: "batch", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			u, stranger := c.owner, s.newUser()
			batch := func(u *user, dfids ...string) Request {
				list := []fields{}
				for _, dfid := range dfids {
					list = append(list, fields{"dfid": dfid, "data": []int{1}})
				}
				return c.at(u, "POST", "/push/batch", fields{"items": list})
			}
			a, b, theirs := s.newItem(u), s.newItem(u), s.newItem(stranger)
			r := s.ask("4.2: everything else is per element", batch(u, a, theirs, b, a, "x"), ok, number("success_count", 3), number("failed_count", 2))
			s.same(r, "4.2: request order", "dfids", s.textsAt(r, "results", "dfid"), []string{a, theirs, b, a, "x"})
			for n, e := range s.under(r, "results") {
				if n == 1 || n == 4 {
					s.want(e, "4.2", is("success", false), nonEmpty("error_message"), is("operation_id", nil), is("operation_status", nil))
				} else {
					s.want(e, "4.2", is("success", true), is("error_message", nil), uuid("operation_id"), text("operation_status", "Completed"))
				}
			}
			tick()
			s.ask("4.2: empty is allowed", batch(u), ok, number("success_count", 0), number("failed_count", 0))
			s.ask("4.2: circuit errors answer for the whole call", batch(stranger, theirs), notFound)
			s.ask("4.2", batch(s.newMember(c, "viewer"), a), deniedFor("Push"))
			s.ask("4.2: at most 500", batch(u, make([]string, 501)...), unprocessable, field("items"))
			s.ask("dfid!", c.own("POST", "/push/batch", fields{"items": []fields{{}}}), unprocessable, field("items[0].dfid"))
			keyed := batch(u, a, b).with("Idempotency-Key", s.newName())
			first := s.ask("C9", keyed, ok, number("success_count", 2))
			if again := s.ask("C9", keyed, ok); string(again.Body) != string(first.Body) {
				s.wrong(again, "another body", "C9")
			}
			if list := s.entriesOf("OP1", c.own("GET", "/operations", nil)); len(list) != 5 {
				s.Errorf("4.3: each makes one operation: %d", len(list))
			}
		}},
	}
}

// operationCases are OP1 to OP3 and PI1 to PI3.
func operationCases() []Case {
	approving := fields{"require_approval_for_push": true, "require_approval_for_pull": true}
	return []Case{
		{Name: "approve", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), approving)
			m := s.newMember(c, "member")
			dfid := s.newItem(m)
			op := s.ask("4.1: Pending", c.push(m, dfid), ok, isOperation(""), text("status", "Pending")).text("operation_id")
			s.ask("4.3: a repeat returns that operation", c.push(m, dfid), ok, text("operation_id", op))
			s.held(c, c.owner)
			s.operations(c, c.owner, "/pending", op)
			s.operations(c, m, "", op)
			s.operations(c, s.newMember(c, "member"), "")
			s.ask("OP2: ManageMembers", c.at(m, "GET", "/operations/pending", nil), deniedFor("ManageMembers"))
			s.ask("2.2: a Pending operation gives nothing", get("/api/items/"+dfid).bearer(c.owner.token), notFound)
			approve := func(u *user, body string) Request {
				return post(circuitsAt+"/operations/"+op+"/approve", body).bearer(u.token)
			}
			s.ask("OP3", approve(m, "{}"), deniedFor("ManageMembers"))
			s.ask("OP3", approve(s.newUser(), "{}"), notFound)
			s.ask("approver_id: the caller", approve(c.owner, fields{"approver_id": m.id}.String()), refused(403, "auth_error"))
			s.ask("404", post(circuitsAt+"/operations/"+nobody+"/approve", "{}").bearer(c.owner.token), notFound)
			s.ask("C5", post(circuitsAt+"/operations/x/approve", "{}").bearer(c.owner.token), badRequest)
			s.ask("8.1: OpR, Completed", approve(c.owner, fields{"approver_id": c.owner.id}.String()), ok, isOperation(""), text("operation_id", op),
				text("status", "Completed"), text("metadata.approved_by", c.owner.id), instant("metadata.approved_at"), text("requester_id", m.id))
			s.ask("409", approve(c.owner, "{}"), rule409("operation_decided"), text("status", "Completed"))
			s.held(c, c.owner, dfid)
			s.ask("holder", get("/api/items/"+dfid).bearer(c.owner.token), ok)
			list := s.eventList(c.owner, "/item/"+dfid)
			if len(list) != 1 {
				s.Errorf("2.2: one event: %v", list)
			} else if m, _ := list[0]["metadata"].(map[string]any); m["approved_by"] != c.owner.id {
				s.Errorf("2.2: after an approval also approved_by: %v", list)
			}
		}},
		{Name: "pending-items", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), approving)
			m := s.newMember(c, "member")
			first, second := s.newItem(m), s.newItem(m)
			a := s.pushes(c, m, first)
			b := s.pushes(c, m, second)
			r := s.ask("PI1", c.own("GET", "/pending-items", nil), ok, is("success", true), is("next_cursor", nil))
			s.same(r, "PI1: newest first", "pending", s.textsAt(r, "data", "pending_id"), []string{b, a})
			for _, e := range s.under(r, "data") {
				s.want(e, "PendingR", all(text("pushed_by", m.id), text("status", "Pending"), text("operation_type", "Push"), integer("pushed_at"), object("item_preview"),
					object("item_preview.enriched_data")))
			}
			s.same(r, "PI1", "of pull", s.textsAt(s.ask("PI1", c.own("GET", "/pending-items?operation_type=PULL", nil), ok), "data", "dfid"), []string{})
			s.ask("PI1: other 400", c.own("GET", "/pending-items?operation_type=x", nil), badRequest, field("operation_type"), is("success", false))
			r = s.ask("C8", c.own("GET", "/pending-items?limit=1", nil), ok, nonEmpty("next_cursor"))
			r = s.ask("C8", c.own("GET", "/pending-items?limit=1&cursor="+r.text("next_cursor"), nil), ok)
			s.same(r, "C8", "second page", s.textsAt(r, "data", "pending_id"), []string{a})
			s.ask("PI1", c.at(m, "GET", "/pending-items", nil), deniedFor("ManageMembers"))
			s.ask("PI2", c.own("POST", "/pending-items/"+a+"/approve", fields{"admin_id": c.owner.id}), ok, is("success", true), nonEmpty("message"), text("data.dfid", first),
				text("data.circuit_id", c.id), text("data.pushed_by", m.id), text("data.approved_by", c.owner.id), text("data.status", "active"), integer("data.pushed_at", "data.approved_at"))
			other := s.newCircuit(c.owner, nil)
			s.ask("404 also of another circuit", other.own("POST", "/pending-items/"+b+"/approve", nil), notFound)
			s.ask("422", c.own("POST", "/pending-items/"+b+"/reject", fields{"reason": string(make([]byte, 1001))}), unprocessable, field("reason"))
			s.ask("PI3", c.own("POST", "/pending-items/"+b+"/reject", fields{"reason": "too late"}), ok, is("success", true), nonEmpty("message"))
			s.ask("409", c.own("POST", "/pending-items/"+b+"/reject", nil), rule409("operation_decided"), text("status", "Rejected"))
			s.held(c, c.owner, first)
			s.operations(c, c.owner, "", b, a)
			list := s.entriesOf("OP1", c.own("GET", "/operations", nil))
			s.want(list[0], "8.2", text("metadata.rejection_reason", "too late"), text("metadata.rejected_by", c.owner.id), instant("metadata.rejected_at"))
			s.ask("a rejected push may be asked for again", c.push(m, second), ok, text("status", "Pending"))
		}},
		{Name: "requester-gone", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), approving)
			m := s.newMember(c, "member")
			dfid := s.newItem(m)
			op := s.pushes(c, m, dfid)
			s.ask("CM2", c.own("PATCH", "/members/"+m.id, fields{"role": "viewer"}), ok)
			approve := c.own("POST", "/pending-items/"+op+"/approve", nil)
			s.ask("8.1", approve, rule409("requester_not_allowed"))
			s.ask("CM2", c.own("PATCH", "/members/"+m.id, fields{"role": "member"}), ok)
			s.ask("I8", m.send("PUT", "/api/items/"+dfid+"/deprecate", fields{}), ok)
			s.ask("8.1", approve, rule409("item_not_active"))
			r := s.ask("PI1: null unless Active", c.own("GET", "/pending-items", nil), ok)
			s.want(s.under(r, "data")[0], "PI1", is("item_preview", nil))
			s.ask("it stays Pending and can be rejected", c.own("POST", "/pending-items/"+op+"/reject", nil), ok)
		}},
		{Name: "race", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), approving)
			m := s.newMember(c, "member")
			op := s.pushes(c, m, s.newItem(m))
			codes := map[int]int{}
			for _, r := range s.together(s.settled, []Request{
				c.own("POST", "/pending-items/"+op+"/approve", nil), c.own("POST", "/pending-items/"+op+"/reject", nil),
				post(circuitsAt+"/operations/"+op+"/approve", "{}").bearer(c.owner.token),
			}) {
				codes[r.Status]++
			}
			if codes[200] != 1 || codes[409] != 2 {
				s.Errorf("8.1: two decisions at once: one 200, the other 409; got %v", codes)
			}
		}},
	}
}

// heldCases are LI1 and LI2.
func heldCases() []Case {
	return []Case{
		{Name: "items", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			m := s.newMember(c, "viewer")
			a, b := s.newItem(c.owner), s.newItem(c.owner)
			s.pushes(c, c.owner, a)
			s.pushes(c, c.owner, b)
			s.ask("E1", c.owner.event(a, "created", "private", `{"secret":1}`), ok)
			s.held(c, m, b, a)
			list := s.entriesOf("LI1", c.at(m, "GET", "/items?include_events=true&include_layers=true", nil))
			for _, e := range list {
				s.want(e, "ItemR", text("circuit_id", c.id), text("circuit_name", "Cocoa"), text("pushed_by", c.owner.id), integer("pushed_at"))
				if got := len(s.under(e, "events")); got != 1 {
					s.wrong(e, "not one event", "LI1: events, Private ones of others left out")
				}
				s.want(s.under(e, "events")[0], "Event", instant("timestamp"), text("event_type", "PushedToCircuit"), is("is_local", false))
				s.same(e, "LI1", "permissions", e.stringsAt("permissions"), []string{"read", "verify"})
				s.same(e, "LI1", "layers", textsOf(s.under(e, "layers"), "source_user_id"), []string{})
			}
			s.want(s.entriesOf("LI1", c.at(m, "GET", "/items", nil))[0], "LI1", lacks("events", "layers"))
			s.ask("bool", c.at(m, "GET", "/items?include_events=yes", nil), badRequest, field("include_events"))
			r := s.ask("C8", c.at(m, "GET", "/items?limit=1", nil), ok, headerLike("Link", `rel="next"`))
			s.same(r, "C8", "page", textsOf(s.entries(r, "LI1", r.Body), "dfid"), []string{b})
			stranger := s.newUser()
			s.ask("404", c.at(stranger, "GET", "/items", nil), notFound)
			s.ask("404", c.at(stranger, "GET", "/activities", nil), notFound)
			s.ask("404", c.at(stranger, "GET", "/operations", nil), notFound)
		}},
		{Name: "activities", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			dfid := s.newItem(c.owner)
			s.pushes(c, c.owner, dfid)
			s.ask("PL1", c.pull(c.owner, dfid), ok)
			list := s.entriesOf("LI2", c.own("GET", "/activities", nil))
			if len(list) != 2 || list[0].text("activity_type") != "Pull" || list[1].text("activity_type") != "Push" {
				s.Fatalf("LI2: newest first: %v", textsOf(list, "activity_type"))
			}
			for _, e := range list {
				s.want(e, "ActivityResponse", matching("activity_id", "ACTIVITY-...", `^ACTIVITY-\d{14}-[0-9A-F]{8}$`), text("circuit_id", c.id), text("circuit_name", "Cocoa"),
					text("user_id", c.owner.id), text("status", "Success"), integer("timestamp"), number("details.items_count", 1), number("details.success_count", 1),
					is("details.permissions", nil), is("details.error_message", nil))
				s.same(e, "LI2", "dfids", e.stringsAt("item_dfids"), []string{dfid})
			}
		}},
	}
}

// pullCases are PL1.
func pullCases() []Case {
	return []Case{
		{Name: "direct", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			m, viewer := s.newMember(c, "member"), s.newMember(c, "viewer")
			dfid := s.newItem(c.owner)
			s.ask("7: the circuit does not hold the item: 404", c.pull(c.owner, dfid), notFound)
			s.pushes(c, c.owner, dfid)
			s.ask("E1", c.owner.event(dfid, "created", "private", `{"secret":1}`), ok)
			s.ask("CR1", c.own("POST", "/roles", fields{"role_name": "Pusher", "permissions": []string{"push"}, "description": ""}), ok)
			pusher := s.newUser()
			s.ask("CM1", c.own("POST", "/members", fields{"member_id": pusher.id, "role": "member", "custom_role_name": "Pusher"}), ok)
			s.ask("Pull 403", c.pull(pusher, dfid), deniedFor("Pull"))
			r := s.ask("7", c.pull(m, dfid), ok, text("item.dfid", dfid), integer("item.creation_timestamp", "item.last_modified"), text("item.status", "Active"),
				number("events_count", 1), isOperation("operation."), text("operation.status", "Completed"), text("operation.operation_type", "Pull"))
			s.want(s.under(r, "events")[0], "3: Private events of others are left out", text("event_type", "PushedToCircuit"))
			s.want(s.under(r, "item.identifiers")[0], "raw form", nonEmpty("key", "value"))
			s.ask("7: two pulls: the second is 404", c.pull(m, dfid), notFound)
			s.held(c, c.owner)
			s.ask("7: the caller keeps reading access", m.sees("/api/items/"+dfid), ok)
			s.ask("the circuit item ends for all members", viewer.sees("/api/items/"+dfid), notFound)
			s.ask("I18: a share", m.sees("/api/items/"+dfid+"/shared-with/"+m.id), ok, is("is_shared", true))
			list := s.eventList(c.owner, "/item/"+dfid)
			if list[0]["event_type"] != "PulledFromCircuit" {
				s.Errorf("event PulledFromCircuit: %v", list)
			}
			s.ask("read and verify are not push", c.push(m, dfid), rule403("item_not_pushable"))
			s.pushes(c, c.owner, dfid)
			s.ask("pushed again", viewer.sees("/api/items/"+dfid), ok)
		}},
		{Name: "approval", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"require_approval_for_pull": true})
			m := s.newMember(c, "member")
			dfid := s.newItem(c.owner)
			s.pushes(c, c.owner, dfid)
			r := s.ask("7: approval required", c.pull(m, dfid), ok, is("item", nil), number("events_count", 0), text("operation.status", "Pending"))
			op := r.text("operation.operation_id")
			s.ask("7: a repeat returns that operation", c.pull(m, dfid), ok, text("operation.operation_id", op))
			s.held(c, m, dfid)
			s.ask("PI2", c.own("POST", "/pending-items/"+op+"/approve", nil), ok, text("data.pushed_by", m.id))
			s.held(c, m)
			s.ask("after approval the caller reads the item", m.sees("/api/items/"+dfid), ok)
		}},
		{Name: "not-held", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"require_approval_for_pull": true})
			m := s.newMember(c, "member")
			dfid := s.newItem(c.owner)
			s.pushes(c, c.owner, dfid)
			a := s.ask("PL1", c.pull(m, dfid), ok).text("operation.operation_id")
			b := s.ask("PL1", c.pull(c.owner, dfid), ok).text("operation.operation_id")
			s.ask("PI2", c.own("POST", "/pending-items/"+a+"/approve", nil), ok)
			s.ask("8.1: pull: 409 item_not_held", c.own("POST", "/pending-items/"+b+"/approve", nil), rule409("item_not_held"))
			s.ask("it can be rejected", c.own("POST", "/pending-items/"+b+"/reject", nil), ok)
		}},
	}
}

// pushChargeCases are 2.3.
func pushChargeCases() []Case {
	return []Case{
		{Name: "hold", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"require_approval_for_push": true})
			u := c.owner
			dfid := s.newItem(u)
			before := s.balance(u)
			op := s.ask("PU1", c.push(u, dfid), ok, text("status", "Pending")).text("operation_id")
			if got := before - s.balance(u); got != 3 {
				s.Errorf("2.3: circuit_operation costs 3 on Basic, paid %d", got)
			}
			s.ask("4.3: a repeat", c.push(u, dfid), ok)
			if got := before - s.balance(u); got != 3 {
				s.Errorf("2.3: a repeat costs nothing, paid %d", got)
			}
			s.ask("PI3", c.own("POST", "/pending-items/"+op+"/reject", nil), ok)
			if got := before - s.balance(u); got != 0 {
				s.Errorf("2.3: a rejection refunds, paid %d", got)
			}
		}},
		{Name: "premium", Run: func(s *Session) {
			owner := s.newUser()
			s.ask("AD4", s.newAdmin().edit(owner, fields{"tier": "Enterprise"}), ok)
			c := s.newCircuit(owner, fields{"adapter_config": fields{"adapter_type": "stellar_mainnet-ipfs"}, "require_approval_for_push": true})
			dfid := s.newItem(owner)
			before := s.balance(owner)
			op := s.ask("PU1", c.push(owner, dfid), ok, text("status", "Pending")).text("operation_id")
			if got := before - s.balance(owner); got != 3 {
				s.Errorf("2.3: on Enterprise circuit_operation costs 1 and premium_adapter_usage 2, paid %d", got)
			}
			s.ask("PI3", c.own("POST", "/pending-items/"+op+"/reject", nil), ok)
			if got := before - s.balance(owner); got != 0 {
				s.Errorf("2.3: a rejection refunds both, paid %d", got)
			}
		}},
	}
}
