package conformance

import "slices"

// postActionsGroup is the contract of a circuit's adapter, post-actions, webhooks and deliveries (circuit-items, sections
// 10 to 12).
func postActionsGroup() Group {
	return Group{
		Name:     "postactions",
		Settings: withAdmin(map[string]string{"FRONTEND_URL": "https://app.farm.example/"}),
		Cases: slices.Concat(
			under("circuit-adapter", circuitAdapterCases()...), under("postactions", postActionCases()...),
			under("webhooks", slices.Concat(webhookCases(), webhookSecretCases())...), under("deliveries", deliveryCases()...),
		),
	}
}

const (
	actionsAt = "/post-actions"
	hooksAt   = "/post-actions/webhooks"
	noHook    = hooksAt + "/" + nowhere
)

// actions is a good body of WH2 with triggers.
func actions(triggers ...string) fields {
	return fields{"enabled": true, "include_storage_details": false, "include_item_metadata": true, "trigger_events": append([]string{}, triggers...)}
}

// webhook is a good body of WH3 with further members.
func webhook(more fields) fields {
	return with(fields{"name": "Weighbridge", "url": "https://hooks.farm.example/in"}, more)
}

// newHook makes a webhook and returns its id.
func (s *Session) newHook(c circuit, more fields) string {
	s.Helper()
	return s.ask("WH3", c.own("POST", hooksAt, webhook(more)), ok, matching("data.id", "a UUID", uuidForm)).text("data.id")
}

func circuitAdapterCases() []Case {
	const zone = `\+00:00$`
	return []Case{
		{Name: "never-configured", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			s.ask("AD1: never configured", c.own("GET", "/adapter", nil), ok, text("adapter_type", "none"), text("configured_by", "system"),
				is("sponsor_adapter_access", false), is("requires_approval", false), is("auto_migrate_existing", false),
				matching("configured_at", "rfc3339off", zone), lacks("success"))
		}},
		{Name: "founded-with-one", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), fields{"adapter_config": fields{"adapter_type": "ipfs-ipfs", "sponsor_adapter_access": true}})
			m := s.newMember(c, "viewer")
			s.ask("AD1: any member", c.at(m, "GET", "/adapter", nil), ok, text("adapter_type", "ipfs-ipfs"), text("configured_by", c.owner.id),
				is("sponsor_adapter_access", true))
		}},
		{Name: "set", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			full := fields{"adapter_type": "IpfsIpfs", "requires_approval": true, "auto_migrate_existing": true, "sponsor_adapter_access": true, "more": 1}
			set := s.ask("AD2: View", c.own("PUT", "/adapter", full), ok, text("adapter_type", "ipfs-ipfs"), is("requires_approval", true),
				is("auto_migrate_existing", true), is("sponsor_adapter_access", true), text("configured_by", c.owner.id),
				matching("configured_at", "rfc3339off", zone))
			s.ask("AD2: same values again: nothing written", c.own("PUT", "/adapter", full), ok, text("configured_at", set.text("configured_at")))
			s.ask("AD1", c.own("GET", "/adapter", nil), ok, text("configured_at", set.text("configured_at")), text("adapter_type", "ipfs-ipfs"))
			s.ask("AD2: replaces all four; type unset: null", c.own("PUT", "/adapter", fields{}), ok, is("adapter_type", nil),
				is("requires_approval", false), is("auto_migrate_existing", false), is("sponsor_adapter_access", false))
			s.ask("AD1: type unset: none", c.own("GET", "/adapter", nil), ok, text("adapter_type", "none"), text("configured_by", c.owner.id))
			s.ask("AD2: none is always allowed", c.own("PUT", "/adapter", fields{"adapter_type": "none"}), ok, text("adapter_type", "none"))
		}},
		{Name: "refusals", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			s.ask("AD2: unknown type", c.own("PUT", "/adapter", fields{"adapter_type": "ipfs"}), unprocessable, field("adapter_type"),
				text("provided", "ipfs"), texts("allowed"))
			s.ask("C5: wrong type", c.own("PUT", "/adapter", fields{"requires_approval": "yes"}), unprocessable, field("requires_approval"))
			s.ask("C5: wrong type", c.own("PUT", "/adapter", fields{"adapter_type": 7}), unprocessable, field("adapter_type"))
			s.ask("AD2: by the caller's allowed set", c.own("PUT", "/adapter", fields{"adapter_type": "polygon-arweave"}), rule403("adapter_not_allowed"),
				text("adapter_type", "polygon-arweave"), texts("available_adapters"), nonEmpty("tier"), matching("error", "naming tier and adapter", `(?i)basic.*polygon-arweave`))
			s.ask("nothing written", c.own("GET", "/adapter", nil), ok, text("configured_by", "system"))
			v := s.newMember(c, "viewer")
			s.ask("rights before the body", c.at(v, "PUT", "/adapter", nil).with("Content-Type", "text/plain"), deniedFor("ManagePermissions"))
			s.ask("CI6", c.own("PUT", "/deactivate", nil), ok)
			s.ask("1: inactive before the body", c.own("PUT", "/adapter", fields{"adapter_type": 7}), rule409("circuit_inactive"))
			s.ask("1: reading goes on", c.at(v, "GET", "/adapter", nil), ok)
		}},
		{Name: "ids", Run: func(s *Session) {
			c := circuit{"not-a-uuid", s.newUser()}
			s.ask("1: 400", c.own("GET", "/adapter", nil), badRequest, field("id"))
			s.ask("1: 400", c.own("PUT", "/adapter", fields{}), badRequest, field("id"))
			s.ask("1: 400", c.own("GET", actionsAt, nil), badRequest, field("id"), is("success", false))
			d := s.newCircuit(c.owner, nil)
			for _, method := range []string{"GET", "PUT", "DELETE"} {
				s.ask("1: 400", d.own(method, hooksAt+"/x", fields{}), badRequest, field("webhook_id"), is("success", false))
			}
			s.ask("1: 400", d.own("POST", hooksAt+"/x/test", nil), badRequest, field("webhook_id"))
		}},
	}
}

func postActionCases() []Case {
	return []Case{
		{Name: "settings", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			s.ask("WH1: null when never set", c.own("GET", actionsAt, nil), ok, is("success", true), is("data", nil))
			view := all(is("success", true), is("data.enabled", true), is("data.include_storage_details", false), is("data.include_item_metadata", true))
			r := s.ask("WH2: both spellings, repeats count once", c.own("PUT", actionsAt, actions("item_pushed", "ItemPublished", "ItemPushed", "item_approved", "item_tokenized")), ok, view, nonEmpty("message"))
			want := []string{"ItemPushed", "ItemPublished", "ItemApproved", "ItemTokenized"}
			s.same(r, "13.2: Pascal form in settings", "triggers", listAt(r, "data.trigger_events"), want)
			r = s.ask("WH1", c.own("GET", actionsAt, nil), ok, view)
			s.same(r, "WH1", "triggers", listAt(r, "data.trigger_events"), want)
			id := s.newHook(c, nil)
			r = s.ask("WH2: webhooks are kept", c.own("PUT", actionsAt, actions()), ok)
			s.same(r, "WH2: webhooks are kept", "webhooks", s.textsAt(r, "data.webhooks", "id"), []string{id})
			s.same(r, "WH2", "triggers", listAt(r, "data.trigger_events"), []string{})
		}},
		{Name: "refusals", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			s.ask("WH2: unknown trigger", c.own("PUT", actionsAt, actions("item_pushed", "ITEM_PUSHED")), unprocessable, field("trigger_events[1]"),
				text("provided", "ITEM_PUSHED"), texts("allowed"), is("success", false))
			s.ask("WH2: the test is no trigger", c.own("PUT", actionsAt, actions("WebhookTest")), unprocessable, field("trigger_events[0]"))
			for _, name := range []string{"enabled", "include_storage_details", "include_item_metadata", "trigger_events"} {
				body := actions("item_pushed")
				delete(body, name)
				s.ask("WH2: required", c.own("PUT", actionsAt, body), unprocessable, field(name))
				s.ask("C5: null for a required field", c.own("PUT", actionsAt, with(body, fields{name: nil})), unprocessable, field(name))
				s.ask("C5: wrong type", c.own("PUT", actionsAt, with(body, fields{name: 7})), unprocessable, field(name))
			}
			s.ask("nothing written", c.own("GET", actionsAt, nil), ok, is("data", nil))
			s.ask("C5", c.own("PUT", actionsAt, nil).carrying("{}").with("Content-Type", "text/plain"), wrongType)
		}},
	}
}

func deliveryCases() []Case {
	return []Case{
		{Name: "test", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			s.ask("WH8: nothing yet", c.own("GET", actionsAt+"/deliveries", nil), ok, number("count", 0), is("next_cursor", nil))
			id := s.newHook(c, fields{"enabled": false})
			r := s.ask("WH7: settings and enabled do not matter", c.own("POST", hooksAt+"/"+id+"/test", nil), ok, is("success", true), nonEmpty("message"),
				text("webhook.id", id), text("webhook.name", "Weighbridge"), text("webhook.url", "https://hooks.farm.example/in"), matching("delivery_id", "a UUID", uuidForm))
			s.ask("12: stored and visible as Pending", c.own("GET", actionsAt+"/deliveries", nil), ok, number("count", 1),
				text("data.0.id", r.text("delivery_id")), text("data.0.webhook_id", id), text("data.0.circuit_id", c.id), text("data.0.trigger_event", "WebhookTest"),
				text("data.0.status", "Pending"), number("data.0.attempts", 0), is("data.0.response_code", nil), is("data.0.response_body", nil),
				is("data.0.delivered_at", nil), is("data.0.error_message", nil), is("data.0.next_retry_at", nil), matching("data.0.created_at", "rfc3339z", `Z$`),
				text("data.0.payload.event_type", "webhook_test"), text("data.0.payload.circuit_id", c.id), text("data.0.payload.circuit_name", "Cocoa"),
				is("data.0.payload.test", true), nonEmpty("data.0.payload.message"), matching("data.0.payload.timestamp", "rfc3339z", `Z$`))
		}},
		{Name: "limit", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			a, b := s.newHook(c, nil), s.newHook(c, nil)
			for range 20 {
				s.ask("WH7", c.own("POST", hooksAt+"/"+a+"/test", nil), ok)
			}
			s.ask("WH7: 20 open test deliveries of the webhook", c.own("POST", hooksAt+"/"+a+"/test", nil), rule409("delivery_limit"), is("success", false))
			s.ask("WH7: of the webhook", c.own("POST", hooksAt+"/"+b+"/test", nil), ok)
		}},
		{Name: "pages", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			id := s.newHook(c, nil)
			var want []string
			for range 5 {
				want = append([]string{s.ask("WH7", c.own("POST", hooksAt+"/"+id+"/test", nil), ok).text("delivery_id")}, want...)
			}
			at := func(query string) Request { return c.own("GET", actionsAt+"/deliveries"+query, nil) }
			r := s.ask("WH8", at(""), ok, number("count", 5), is("next_cursor", nil))
			s.same(r, "WH8: newest first", "deliveries", s.textsAt(r, "data", "id"), want)
			r = s.ask("WH8", at("?limit=2"), ok, number("count", 2), nonEmpty("next_cursor"))
			got := s.textsAt(r, "data", "id")
			s.ask("WH7", c.own("POST", hooksAt+"/"+id+"/test", nil), ok)
			for r.text("next_cursor") != "" {
				r = s.ask("C8: a page never repeats an entry because others were added", at("?limit=2&cursor="+r.text("next_cursor")), ok)
				got = append(got, s.textsAt(r, "data", "id")...)
			}
			s.same(r, "C8", "deliveries", got, want)
			for _, lenient := range []string{"?limit=x", "?limit=-1", "?limit=x&limit=1000"} {
				s.ask("WH8: lenient", at(lenient), ok, number("count", 6))
			}
			s.ask("WH8: lenient, the last one wins", at("?limit=5&limit=2"), ok, number("count", 2))
			s.ask("C8: 0 gives an empty page", at("?limit=0"), ok, number("count", 0), is("next_cursor", nil))
			s.ask("C8: unusable cursor", at("?cursor=x"), badRequest, field("cursor"))
			first := s.ask("WH8", at("?limit=2"), ok)
			d := s.newCircuit(c.owner, nil)
			s.ask("C8: bound to route and filters", d.own("GET", actionsAt+"/deliveries?limit=2&cursor="+first.text("next_cursor"), nil), badRequest, field("cursor"))
		}},
		{Name: "pushed", Run: deliveredPushesCase},
		{Name: "tokenized", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			s.newHook(c, nil)
			s.ask("WH2", c.own("PUT", actionsAt, actions("item_pushed", "item_tokenized")), ok)
			lid := s.newLocal(c.owner, fields{"identifiers": []fields{{"key": "ear tag", "value": s.newName()}}}.String())
			pushed := s.ask("PU2", c.own("POST", "/push-local", fields{"local_id": lid}), ok, text("data.status", "NewItemCreated"))
			again := func(says string) {
				s.Helper()
				s.ask(says, c.own("GET", actionsAt+"/deliveries", nil), ok, number("count", 1), text("data.0.trigger_event", "ItemTokenized"),
					text("data.0.payload.event_type", "item_tokenized"), text("data.0.payload.item.dfid", pushed.text("data.dfid")), text("data.0.payload.item.local_id", lid),
					text("data.0.payload.item.identifiers.0.key", "ear tag"), text("data.0.payload.operation_id", pushed.text("data.operation_id")))
			}
			again("12.1: PU2 with a new item")
			s.ask("PU2", c.own("POST", "/push-local", fields{"local_id": lid}), ok, text("data.status", "ExistingItemEnriched"))
			again("5.7 row 1: nothing is written")
		}},
		{Name: "published", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			dfid := s.newItem(c.owner)
			s.newHook(c, nil)
			s.ask("WH2", c.own("PUT", actionsAt, actions("item_published")), ok)
			s.pushes(c, c.owner, dfid)
			s.ask("12.1: only what is listed", c.own("GET", actionsAt+"/deliveries", nil), ok, number("count", 0))
			publish := settings(fields{"published_items": []string{dfid}})
			for range 2 {
				s.ask("CP4", c.own("PUT", "/public-settings", publish), ok)
				s.ask("12.1: a published row is added by CP4", c.own("GET", actionsAt+"/deliveries", nil), ok, number("count", 1),
					text("data.0.trigger_event", "ItemPublished"), text("data.0.payload.event_type", "item_published"), is("data.0.payload.operation_id", nil),
					text("data.0.payload.item.dfid", dfid), text("data.0.payload.item.pushed_by", c.owner.id), is("data.0.payload.storage", nil))
			}
		}},
		{Name: "deleted-webhook", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			a, b := s.newHook(c, nil), s.newHook(c, nil)
			s.ask("WH7", c.own("POST", hooksAt+"/"+b+"/test", nil), ok)
			s.ask("WH7", c.own("POST", hooksAt+"/"+a+"/test", nil), ok)
			s.ask("WH6", c.own("DELETE", hooksAt+"/"+a, nil), ok, is("success", true), nonEmpty("message"))
			s.ask("WH6: its open deliveries become Failed", c.own("GET", actionsAt+"/deliveries", nil), ok, number("count", 2),
				text("data.0.webhook_id", a), text("data.0.status", "Failed"), nonEmpty("data.0.error_message"),
				text("data.1.webhook_id", b), text("data.1.status", "Pending"))
			for _, r := range []Request{
				c.own("GET", hooksAt+"/"+a, nil), c.own("PUT", hooksAt+"/"+a, fields{"name": ""}), c.own("DELETE", hooksAt+"/"+a, nil), c.own("POST", hooksAt+"/"+a+"/test", nil),
			} {
				s.ask("WH4-WH7: 404", r, notFound, is("success", false))
			}
			d := s.newCircuit(c.owner, nil)
			s.ask("a webhook of another circuit is none", d.own("GET", hooksAt+"/"+b, nil), notFound)
			s.ask("a webhook of another circuit is none", d.own("DELETE", hooksAt+"/"+b, nil), notFound)
		}},
		{Name: "once-under-a-key", Run: func(s *Session) {
			c := s.newCircuit(s.newUser(), nil)
			send := c.own("POST", hooksAt, webhook(nil)).with("Idempotency-Key", "hook")
			first := s.ask("WH3", send, ok)
			s.ask("C9: the stored reply", send, ok, text("data.id", first.text("data.id")), header("Idempotency-Replayed", "true"))
			s.ask("C9: nothing is done again", c.own("GET", actionsAt, nil), ok, lacks("data.webhooks.1"))
			test := c.own("POST", hooksAt+"/"+first.text("data.id")+"/test", nil).with("Idempotency-Key", "test")
			tested := s.ask("WH7", test, ok)
			s.ask("C9: the stored reply", test, ok, text("delivery_id", tested.text("delivery_id")), header("Idempotency-Replayed", "true"))
			s.ask("C9", c.own("GET", actionsAt+"/deliveries", nil), ok, number("count", 1))
		}},
	}
}

// deliveredPushesCase is 12.1 for pushes.
func deliveredPushesCase(s *Session) {
	c := s.newCircuit(s.newUser(), nil)
	u := c.owner
	list := func(says string, want ...string) *Reply {
		s.Helper()
		r := s.ask(says, c.own("GET", actionsAt+"/deliveries", nil), ok, number("count", int64(len(want))))
		got := s.textsAt(r, "data", "trigger_event")
		slices.Sort(got)
		slices.Sort(want)
		s.same(r, says, "triggers", got, want)
		return r
	}
	on := s.newHook(c, nil)
	s.newHook(c, fields{"enabled": false})
	s.pushes(c, u, s.newItem(u))
	list("11: nothing is triggered until WH2 enables it")
	s.ask("WH2", c.own("PUT", actionsAt, actions("item_pushed", "item_approved")), ok)
	dfid := s.newItem(u)
	op := s.pushes(c, u, dfid)
	r := list("12.1: per enabled webhook", "ItemPushed")
	s.want(r, "12.1: payload", all(text("data.0.webhook_id", on), text("data.0.status", "Pending"), text("data.0.payload.event_type", "item_pushed"),
		text("data.0.payload.circuit_id", c.id), text("data.0.payload.circuit_name", "Cocoa"), matching("data.0.payload.timestamp", "rfc3339z", `Z$`),
		text("data.0.payload.item.dfid", dfid), is("data.0.payload.item.local_id", nil), text("data.0.payload.item.pushed_by", u.id),
		nonEmpty("data.0.payload.item.identifiers.0.key", "data.0.payload.item.identifiers.0.value"), is("data.0.payload.storage", nil),
		text("data.0.payload.operation_id", op), text("data.0.payload.status", "completed")))
	s.ask("CI5", c.own("PATCH", "", fields{"permissions": fields{"require_approval_for_push": true}}), ok)
	s.ask("WH2", c.own("PUT", actionsAt, with(actions("item_pushed", "item_approved"), fields{"include_item_metadata": false})), ok)
	pending := s.ask("PU1", c.push(u, s.newItem(u)), ok, text("status", "Pending")).text("operation_id")
	list("2.2: a Pending operation makes no delivery", "ItemPushed")
	s.ask("OP3", post(circuitsAt+"/operations/"+pending+"/approve", "{}").bearer(u.token), ok)
	r = list("12.1: approval beside the push", "ItemPushed", "ItemPushed", "ItemApproved")
	for _, d := range s.under(r, "data") {
		if d.text("payload.operation_id") == pending {
			s.want(d, "12.1: [] unless include_item_metadata", lacks("payload.item.identifiers.0"))
		}
	}
	s.ask("WH2", c.own("PUT", actionsAt, with(actions("item_pushed"), fields{"enabled": false})), ok)
	s.ask("CI5", c.own("PATCH", "", fields{"permissions": fields{"require_approval_for_push": false}}), ok)
	s.pushes(c, u, s.newItem(u))
	list("12.1: when post-actions are enabled", "ItemPushed", "ItemPushed", "ItemApproved")
}
