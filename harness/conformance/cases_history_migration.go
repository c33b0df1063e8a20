package conformance

import (
	"encoding/json"
	"fmt"
	"time"
)

// holding is an item in a circuit, both of one owner.
type holding struct {
	circuit
	dfid string
}

// newHolding makes an item and puts it into a circuit.
func (s *Session) newHolding(u *user, more fields) holding {
	s.Helper()
	h := holding{s.newCircuit(u, more), s.newItem(u)}
	s.ask("PU1", h.own("POST", "/push/"+h.dfid, fields{}), ok)
	return h
}

func (h holding) migrate(more fields) Request { return h.owner.migrate(h.dfid, h.id, more) }

func (h holding) history() Request { return h.owner.sees(historyAt(h.dfid, "")) }

// queued wants the reply of a migration.
func (h holding) queued() Check {
	return all(ok, is("success", true), nonEmpty("message", "note"), text("dfid", h.dfid), text("target_adapter", "ipfs-ipfs"),
		text("circuit_id", h.id), text("status", "pending"), matching("outbox_id", "a UUID", uuidForm))
}

// stored waits for the record of an upload, with a sweep now and then.
func (s *Session) stored(h holding) *Reply {
	s.Helper()
	var r *Reply
	last := time.Now()
	if !s.poll(mailWait, func() bool {
		r = s.ask("SH1", h.history(), ok)
		if time.Since(last) > time.Second {
			s.service.Sweep(s)
			last = time.Now()
		}
		_, found := r.get("data.storage_records.0")
		return found
	}) {
		s.wrong(r, "the upload is not done", "SH3: on success of the upload: StorageRecord, current_primary")
	}
	return r
}

// recordAt wants a Record view of a migration at a path.
func (h holding) recordAt(at string) Check {
	return all(nonEmpty(at+"storage_location.IPFS.cid"), offset(at+"stored_at"), text(at+"circuit_id", h.id), text(at+"user_id", h.owner.id),
		text(at+"operation_type", "migration"), is(at+"is_primary", true), nonEmpty(at+"metadata.ipfs_cid"), text(at+"adapter_type", "ipfs-ipfs"))
}

func migrationCases() []Case {
	cases := []Case{
		{Name: "migrate/without-configuration", Run: func(s *Session) {
			h := s.newHolding(s.newUser(), nil)
			s.ask("SH3: 503 no configuration", h.migrate(nil), ofItem(refused(503, "external_error"), h.dfid), text("adapter_type", "ipfs-ipfs"))
			s.ask("SH1: nothing was written", h.history(), ofItem(notFound, h.dfid))
		}},
		{Name: "migrate/from-pending-to-record", Run: migratedCase},
		{Name: "migrate/refused", Run: func(s *Session) {
			root, u := s.root(), s.newUser()
			s.newNode(root, nil)
			h := s.newHolding(u, nil)
			s.ask("SH3: 403 target outside the allowed set", h.migrate(fields{"target_adapter_type": "polygon-arweave"}), ofItem(refused(403, "auth_error"), h.dfid),
				text("adapter_type", "polygon-arweave"), texts("available_adapters"))
			s.ask("AD4", root.edit(u, fields{"available_adapters": []string{"polygon-arweave"}}), ok)
			s.ask("SH3: 501 no implementation", h.migrate(fields{"target_adapter_type": "polygon-arweave"}), ofItem(refused(501, "other"), h.dfid))
			s.ask("SH3: 403 target outside the allowed set", h.migrate(nil), ofItem(refused(403, "auth_error"), h.dfid))
			s.ask("SH1: nothing was written", h.history(), ofItem(notFound, h.dfid))
		}},
		{Name: "migrate/by-manager", Run: func(s *Session) {
			s.newNode(s.root(), nil)
			u := s.newUser()
			h := s.newHolding(u, nil)
			s.ask("CR2", h.own("POST", "/roles", fields{"role_name": "Keeper", "permissions": []string{"ManagePermissions"}, "description": ""}), ok)
			keeper, member := s.newMember(h.circuit, "Keeper"), s.newMember(h.circuit, "Admin")
			s.ask("SH3: item owner, or ManagePermissions in the circuit", member.migrate(h.dfid, h.id, nil), ofItem(refused(403, "auth_error"), h.dfid), text("required", "ManagePermissions"))
			s.ask("SH3: item owner, or ManagePermissions in the circuit", keeper.migrate(h.dfid, h.id, nil), h.queued())
			s.want(s.stored(h), "SH: user_id: who caused it", text("data.storage_records.0.user_id", keeper.id))
			s.ask("SH5: covers items the caller owns", keeper.sees("/api/storage-history/statistics"), ok, statisticsAre(0, 0, 0))
		}},
		{Name: "migrate/failing", Run: func(s *Session) {
			node, _ := s.newNode(s.root(), fields{"retry_attempts": 0})
			h := s.newHolding(s.newUser(), nil)
			node.Fail("add", 1)
			s.ask("SH3", h.migrate(nil), h.queued())
			var r *Reply
			if !s.poll(mailWait, func() bool {
				r = s.ask("SH1", h.history(), ok)
				return r.text("data.pending.0.status") == "failed"
			}) {
				s.wrong(r, "the upload has not failed", "SH: status pending or failed")
				return
			}
			s.want(r, "SH: Pending view", number("data.pending.0.attempts", 1), emptyList("data.storage_records"))
			s.ask("SH3: one that has failed is not pending there", h.migrate(nil), h.queued())
			s.stored(h)
		}},
		{Name: "migrate/idempotent", Run: func(s *Session) {
			s.newNode(s.root(), nil)
			h := s.newHolding(s.newUser(), nil)
			r := s.ask("C9", h.migrate(nil).with("Idempotency-Key", "one"), h.queued())
			s.ask("C9: the stored response, nothing is done again", h.migrate(nil).with("Idempotency-Key", "one"), h.queued(), header("Idempotency-Replayed", "true"),
				text("outbox_id", r.text("outbox_id")))
		}},
		{Name: "migrate/after-a-push", Run: func(s *Session) {
			s.newNode(s.root(), nil)
			u := s.newUser()
			h := s.newHolding(u, nil)
			other := s.newCircuit(u, nil)
			s.ask("AD2", other.own("PUT", "/adapter", fields{"adapter_type": "ipfs-ipfs"}), ok)
			s.ask("PU1", other.own("POST", "/push/"+h.dfid, fields{}), ok)
			s.want(s.stored(h), "10.10: triggered_by circuit_migration, triggered_by_id", text("data.storage_records.0.operation_type", "circuit_migration"),
				text("data.storage_records.0.circuit_id", other.id))
			s.ask("SH3: 409 already stored there", h.migrate(nil), ofItem(conflict, h.dfid))
		}},
		{Name: "migrate/before-a-push", Run: func(s *Session) {
			node, _ := s.newNode(s.root(), nil)
			h := s.newHolding(s.newUser(), nil)
			s.ask("SH3", h.migrate(nil), h.queued())
			s.stored(h)
			s.ask("AD2", h.own("PUT", "/adapter", fields{"adapter_type": "ipfs-ipfs"}), ok)
			s.ask("PU1", h.own("POST", "/push/"+h.dfid, fields{}), ok)
			s.service.Sweep(s)
			s.ask("circuit-items 3: queued when the newest record has another content hash", h.history(), ok, emptyList("data.pending"),
				nonEmpty("data.storage_records.0.adapter_type"), lacks("data.storage_records.1"))
			if n := node.Count("add"); n != 1 {
				s.Errorf("%d uploads; contract: circuit-items 3: queued when the newest record has another content hash", n)
			}
		}},
		{Name: "public/published", Run: publishedHistoryCase},
	}
	return append(cases, Case{Name: "migrate/race", Alone: true, Run: func(s *Session) {
		node, _ := s.newNode(s.root(), nil)
		h := s.newHolding(s.newUser(), nil)
		requests := make([]Request, 20)
		for i := range requests {
			requests[i] = h.migrate(nil)
		}
		counts := make(map[int]int)
		for _, r := range s.together(s.settled, requests) {
			counts[r.Status]++
		}
		if counts[200] != 1 || counts[409] != len(requests)-1 {
			s.Errorf("%v; contract: SH3: 409 already stored or pending there", counts)
		}
		s.want(s.stored(h), "SH1", lacks("data.storage_records.1"))
		if n := len(node.Pinned()); n != 1 {
			s.Errorf("the node has %d copies", n)
		}
	}})
}

func migratedCase(s *Session) {
	node, _ := s.newNode(s.root(), nil)
	u := s.newUser()
	h := s.newHolding(u, nil)
	speak := node.Silence()
	queued := s.ask("SH3: 200", h.migrate(nil), h.queued())
	r := s.ask("SH1: with uploads pending only", h.history(), ok, is("success", true), text("data.dfid", h.dfid), emptyList("data.storage_records"),
		is("data.current_primary", nil), offset("data.created_at"), offset("data.updated_at"))
	at := "data.pending.0."
	s.want(r, "SH: Pending view", text(at+"outbox_id", queued.text("outbox_id")), text(at+"adapter_type", "ipfs-ipfs"), text(at+"operation_type", "migration"),
		text(at+"circuit_id", h.id), offset(at+"queued_at"), integer(at+"attempts"), text(at+"status", "pending"), text("data.created_at", r.text(at+"queued_at")))
	s.ask("I25: pending as in SH1", u.sees(itemsPath+"/"+h.dfid+"/storage-history"), ok, text("pending.0.outbox_id", queued.text("outbox_id")),
		text("pending.0.circuit_id", h.id), offset("pending.0.queued_at"))
	s.ask("SH2: count 0 without a record", u.sees(historyAt(h.dfid, "/locations")), ok, number("count", 0))
	s.ask("SH3: 409 pending there", h.migrate(nil), ofItem(conflict, h.dfid))
	speak()

	r = s.stored(h)
	s.want(r, "SH: Record view", h.recordAt("data.storage_records.0."), emptyList("data.pending"), offset("data.created_at"), offset("data.updated_at"))
	location, _ := r.get("data.storage_records.0.storage_location")
	exact, _ := json.Marshal(location)
	cid := r.text("data.storage_records.0.storage_location.IPFS.cid")
	s.want(r, "10.10: a completed migration sets the primary location", text("data.current_primary.IPFS.cid", cid))
	if _, pinned := node.Pinned()[cid]; !pinned {
		s.wrong(r, "the node does not have "+cid, "SH3: the upload")
	}
	s.ask("SH2: locations, count", u.sees(historyAt(h.dfid, "/locations")), ok, text("locations.0.IPFS.cid", cid), number("count", 1))
	s.ask("I25", u.sees(itemsPath+"/"+h.dfid+"/storage-history"), ok, text("records.0.ipfs_cid", cid), text("records.0.storage_location", "IPFS:"+cid), emptyList("pending"))
	s.ask("SH3: 409 already stored there", h.migrate(nil), ofItem(conflict, h.dfid))
	s.ask("SH4: already primary: 200", u.primary(h.dfid, string(exact)), ok, is("success", true), nonEmpty("message", "note"), text("dfid", h.dfid),
		text("requested_primary.IPFS.cid", cid), text("current_primary.IPFS.cid", cid))
	for _, other := range []string{`{"IPFS":{"cid":"another","pinned":true}}`, fmt.Sprintf(`{"Local":{"id":%q}}`, cid)} {
		s.ask("SH4: 422 the location equals none of its records", u.primary(h.dfid, other), ofItem(unprocessable, h.dfid), field("storage_location"))
	}
	var sums *Reply
	if !s.poll(mailWait, func() bool {
		sums = s.ask("SH5", u.sees("/api/storage-history/statistics"), ok)
		return statisticsAre(1, 1, 0)(sums) == ""
	}) {
		s.wrong(sums, "the sums do not follow the record", "SH5: items with a record, records, by adapter, migrations")
	}
	s.ask("SH6: not public", get("/api/public/storage-history/"+h.dfid), ofItem(notFound, h.dfid), text("code", "ITEM_NOT_PUBLIC"))
}

func publishedHistoryCase(s *Session) {
	s.newNode(s.root(), nil)
	u := s.newUser()
	h := s.newHolding(u, nil)
	at := get("/api/public/storage-history/" + h.dfid)
	public := fields{"permissions": fields{"allow_public_visibility": true}}
	s.ask("CI5", h.own("PUT", "", public), ok)
	settings := func(more fields, want Check) {
		s.Helper()
		s.ask("CP3", h.own("PUT", "/public-settings", more), ok)
		var r *Reply
		if !s.poll(mailWait, func() bool { // the row by which an item knows its circuits follows the reply
			r = s.ask("SH6", at)
			return want(r) == ""
		}) {
			s.wrong(r, want(r), "SH6: public iff published by an open circuit")
		}
	}
	closed := ofItem(all(notFound, text("code", "ITEM_NOT_PUBLIC")), h.dfid)
	settings(fields{"access_mode": "public", "published_items": []string{h.dfid}}, ofItem(all(notFound, lacks("code")), h.dfid))
	s.ask("SH3", h.migrate(nil), h.queued())
	s.stored(h)
	s.ask("SH6: as SH1 without pending; user_id is \"\"", at, ok, text("data.dfid", h.dfid), lacks("data.pending"), text("data.storage_records.0.user_id", ""),
		text("data.storage_records.0.circuit_id", h.id), is("data.storage_records.0.is_primary", true), offset("data.created_at"))
	settings(fields{"access_mode": "protected", "access_password": s.newSecret()}, closed)
	settings(fields{"access_mode": "scheduled", "scheduled_date": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}, closed)
	settings(fields{"access_mode": "scheduled", "scheduled_date": time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)}, ok)
	s.ask("CI6", h.own("PUT", "/deactivate", nil), ok)
	s.ask("SH6: an Active circuit", at, closed)
}

func migrationChargeCases() []Case {
	balance := func(s *Session, u *user, says string, credits int64) {
		s.Helper()
		s.ask(says, u.sees("/users/me/credits/balance"), ok, number("credits", credits))
	}
	named := func(s *Session, u *user, migration *Reply, kind string) {
		s.Helper()
		s.ask("10.4: operation_type and operation_id, the same of charge and refund", s.root().sees("/api/admin/users/"+u.id+"/credits/history?limit=1"), ok,
			text("transactions.0.transaction_type", kind), text("transactions.0.operation_type", "storage_migration"),
			text("transactions.0.operation_id", migration.text("outbox_id")))
	}
	return []Case{
		{Name: "charges/refused", Run: func(s *Session) {
			u := s.newUser()
			id, c := s.newItem(u), s.newCircuit(u, nil)
			balance(s, u, "10.3: item_creation 2", 98)
			s.ask("SH3: 404 item not in circuit", u.migrate(id, c.id, nil), ofItem(notFound, id))
			balance(s, u, "SH3: what is refused costs nothing", 98)
		}},
		{Name: "charges/paid", Run: func(s *Session) {
			s.newNode(s.root(), nil)
			u := s.newUser()
			h := s.newHolding(u, nil)
			before := s.ask("C", u.sees("/users/me/credits/balance"), ok).int("credits")
			r := s.ask("SH3", h.migrate(nil), h.queued())
			balance(s, u, "10.3: storage_migration 10", before-10)
			s.ask("10.4: the transaction", u.sees("/users/me/credits/history?limit=1"), ok, text("transactions.0.transaction_type", "Consumption"),
				number("transactions.0.amount", -10), number("transactions.0.balance_after", before-10))
			named(s, u, r, "Consumption")
			s.ask("SH3: 409", h.migrate(nil), ofItem(conflict, h.dfid))
			balance(s, u, "SH3: what is refused costs nothing", before-10)
		}},
		{Name: "charges/refunded", Run: func(s *Session) {
			node, _ := s.newNode(s.root(), fields{"retry_attempts": 0})
			u := s.newUser()
			h := s.newHolding(u, nil)
			before := s.ask("C", u.sees("/users/me/credits/balance"), ok).int("credits")
			node.Fail("add", 1)
			r := s.ask("SH3", h.migrate(nil), h.queued())
			var last *Reply
			if !s.poll(mailWait, func() bool {
				last = s.ask("C12: an entry that fails for good refunds its charge once", u.sees("/users/me/credits/history?limit=1"), ok)
				return text("transactions.0.transaction_type", "Refund")(last) == ""
			}) {
				s.wrong(last, "nothing is refunded", "C12")
				return
			}
			s.want(last, "C12: once", number("transactions.0.amount", 10), number("transactions.0.balance_after", before))
			named(s, u, r, "Refund")
			balance(s, u, "C12", before)
		}},
		{Name: "charges/too-little", Run: func(s *Session) {
			root := s.root()
			s.newNode(root, nil)
			u := s.newUser()
			h := s.newHolding(u, nil)
			before := s.ask("C", u.sees("/users/me/credits/balance"), ok).int("credits")
			s.ask("AD7", root.send("POST", "/api/admin/users/"+u.id+"/credits", fields{"amount": 9 - before, "reason": "a case"}), ok)
			s.ask("SH3: 402 (storage_migration)", h.migrate(nil), ofItem(refused(402, "insufficient_credits"), h.dfid), text("operation", "storage_migration"),
				number("required", 10), number("balance", 9))
			balance(s, u, "10.3: nothing written", 9)
			s.ask("SH1: nothing written", h.history(), ofItem(notFound, h.dfid))
		}},
	}
}
