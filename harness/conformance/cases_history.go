package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// historyGroup is accounts 7. Its cases share one configuration of IPFS, so they run in order.
func historyGroup() Group {
	return Group{
		Name: "storage-history", Serial: true,
		Settings: withAdmin(nil),
		Cases:    under("history", slices.Concat(historyBareCases(), migrationCases())...),
	}
}

// historyChargedGroup is 10.3 for migrations.
func historyChargedGroup() Group {
	g := historyGroup()
	g.Name, g.Cases = "storage-history-charged", under("history", migrationChargeCases()...)
	g.Settings["CREDITS_MODE"] = "enforce"
	return g
}

// historyAt is where an item's storage history is.
func historyAt(dfid, rest string) string { return "/api/storage-history/" + dfid + rest }

// migrate is SH3 with further members; a nil value leaves one out.
func (u *user) migrate(dfid, circuitID string, more fields) Request {
	return u.send("POST", historyAt(dfid, "/migrate"), with(fields{"target_adapter_type": "ipfs-ipfs", "circuit_id": circuitID}, more))
}

func (u *user) primary(dfid, location string) Request {
	return u.send("POST", historyAt(dfid, "/primary"), fields{"storage_location": asJSON(location)})
}

// ofItem wants an error that names the item.
func ofItem(check Check, dfid string) Check {
	return all(check, is("success", false), text("dfid", dfid))
}

// historyBareCases are what there is without any record.
func historyBareCases() []Case {
	return []Case{
		{Name: "nothing-stored", Run: func(s *Session) {
			u := s.newUser()
			id := s.newItem(u)
			s.ask("SH1: 404: neither a record nor an upload", u.sees(historyAt(id, "")), ofItem(notFound, id))
			s.ask("SH2: count 0 when the item has no record", u.sees(historyAt(id, "/locations")), ok, is("success", true),
				text("dfid", id), emptyList("locations"), number("count", 0))
			for _, query := range []string{"?dfid=another", "?dfid=a&dfid=b", "?x=1"} {
				s.ask("SH2: the path dfid counts; a dfid query is ignored", u.sees(historyAt(id, "/locations"+query)), ok, text("dfid", id))
			}
			s.ask("I25: records is []", u.sees(itemsPath+"/"+id+"/storage-history"), ok, emptyList("records"), emptyList("pending"))
			s.ask("SH4: 404 no record of the item", u.primary(id, `{"Local":{"id":"x"}}`), ofItem(notFound, id))
		}},
		{Name: "not-seen", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			id := s.newItem(u)
			for _, missing := range []string{id, "DFID-20250101-000009-AAAA", "LID-" + nowhere, strings.Repeat("x", 3000)} {
				for _, r := range []Request{
					other.sees(historyAt(missing, "")), other.sees(historyAt(missing, "/locations")), other.migrate(missing, nowhere, nil),
					other.primary(missing, `{"Local":{"id":"x"}}`),
					other.send("POST", historyAt(missing, "/migrate"), nil).carrying("{"), other.send("POST", historyAt(missing, "/primary"), nil).carrying("{").as("text/plain"),
				} {
					s.ask("SH: an item that the caller must not see is 404, before the body is looked at", r, ofItem(notFound, missing))
				}
			}
		}},
		{Name: "recipient", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			id := s.newItem(u)
			s.share(u, id, other)
			s.ask("items 5: a recipient sees the item", other.sees(historyAt(id, "/locations")), ok, number("count", 0))
			s.ask("SH4: item owner; may see but not change: 403", other.send("POST", historyAt(id, "/primary"), nil).carrying("{"), ofItem(refused(403, "auth_error"), id))
		}},
		{Name: "local-item", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			id := "LID-" + s.newLocal(u, `{}`)
			s.ask("SH2: a local item is stored nowhere", u.sees(historyAt(id, "/locations")), ok, text("dfid", id), number("count", 0))
			s.ask("SH1: neither", u.sees(historyAt(id, "")), ofItem(notFound, id))
			s.ask("SH3: no circuit holds it", u.migrate(id, nowhere, nil), ofItem(notFound, id))
			s.ask("SH4: no record", u.primary(id, `{"Local":{"id":"x"}}`), ofItem(notFound, id))
			s.ask("SH: not seen", other.sees(historyAt(id, "/locations")), ofItem(notFound, id))
		}},
		{Name: "class", Run: historyClassCase},
		{Name: "bodies", Run: historyBodiesCase},
		{Name: "not-held", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			id := s.newItem(u)
			mine, theirs := s.newCircuit(u, nil), s.newCircuit(other, nil)
			s.ask("SH3: 404 circuit: missing", u.migrate(id, nowhere, nil), ofItem(notFound, id))
			s.ask("SH3: 404 circuit: not visible", u.migrate(id, theirs.id, nil), ofItem(notFound, id))
			s.ask("SH3: 404 item not in circuit", u.migrate(id, mine.id, nil), ofItem(notFound, id))
			s.ask("SH3: the circuit before the right and the adapter", u.migrate(id, mine.id, fields{"target_adapter_type": "polygon-arweave"}), ofItem(notFound, id))
			s.ask("SH3: user_id is the caller, else 403", u.migrate(id, mine.id, fields{"user_id": other.id}), ofItem(refused(403, "auth_error"), id))
			for _, self := range []string{u.id, u.name} {
				s.ask("C3: user id or username", u.migrate(id, mine.id, fields{"user_id": self}), ofItem(notFound, id))
			}
			s.ask("SH1: nothing was written", u.sees(historyAt(id, "")), ofItem(notFound, id))
		}},
		{Name: "statistics", Run: func(s *Session) {
			u, root := s.newUser(), s.root()
			own := s.ask("SH5: statistics of what the caller owns", u.sees("/api/storage-history/statistics"), ok, is("success", true),
				text("statistics.scope", "own"), instant("statistics.generated_at"))
			s.want(own, "SH5: sums", statisticsAre(0, 0, 0))
			s.ask("SH5: admin: all", root.sees("/api/storage-history/statistics"), ok, text("statistics.scope", "all"),
				integer("statistics.total_items_tracked", "statistics.total_storage_locations", "statistics.migration_count"))
			reader := s.newKey(root, nil)
			s.ask("C3: a key is admin only with its own admin permission", reader.use(get("/api/storage-history/statistics")), ok, text("statistics.scope", "own"))
			for path, r := range map[string]Request{"/locations": u.sees(""), "/migrate": u.send("POST", "", fields{}), "/primary": u.send("POST", "", fields{})} {
				r.Target = "/api/storage-history/statistics" + path
				s.ask("accounts 7: a literal statistics is never a dfid", r, notFound)
			}
			s.ask("C4: 405", u.send("POST", "/api/storage-history/statistics", fields{}), notAllowed, header("Allow", "GET, HEAD, OPTIONS"))
		}},
		{Name: "public/not-public", Run: func(s *Session) {
			id := s.newItem(s.newUser())
			for _, dfid := range []string{id, "DFID-20250101-000009-AAAA", strings.Repeat("x", 3000)} {
				s.ask("SH6: 404: not public or unknown", get("/api/public/storage-history/"+dfid), ofItem(notFound, dfid), text("code", "ITEM_NOT_PUBLIC"))
			}
			s.ask("C3: public: no credential is read", get("/api/public/storage-history/"+id).bearer("x"), ofItem(notFound, id))
			s.ask("C1: the root of the prefix is no route", get("/api/public/storage-history"), notFound)
		}},
	}
}

func historyClassCase(s *Session) {
	const says = "accounts 7: class user; SH1, SH2, SH5 key r; SH3, SH4 key w"
	u := s.newUser()
	id := s.newItem(u)
	reads := []string{historyAt(id, ""), historyAt(id, "/locations"), "/api/storage-history/statistics"}
	writes := []string{historyAt(id, "/migrate"), historyAt(id, "/primary")}
	reader, writer := s.newKey(u, nil), s.newKey(u, fields{"permissions": permissions(false, true, false)})
	for _, path := range reads {
		s.ask(says, get(path), unauthorized, is("success", false))
		s.ask(says, reader.use(get(path)), status(200, 404))
		s.ask(says, writer.use(get(path)), refusedKey(403, "insufficient_permissions"), is("success", false))
		s.ask("C5: each GET route answers HEAD", bare("HEAD", path).bearer(u.token), status(200, 404))
	}
	for _, path := range writes {
		s.ask(says, post(path, `{}`), unauthorized, ofItem(unauthorized, id))
		s.ask(says, reader.use(post(path, `{}`)), ofItem(refusedKey(403, "insufficient_permissions"), id))
		s.ask(says, writer.use(post(path, `{}`)), unprocessable)
		s.ask("C4: 405", u.sees(path), notAllowed, header("Allow", "POST, OPTIONS"))
	}
}

func historyBodiesCase(s *Session) {
	u := s.newUser()
	id := s.newItem(u)
	migrate := func(more fields) Request { return u.migrate(id, nowhere, more) }
	for _, r := range []Request{migrate(nil), u.primary(id, `{"Local":{"id":"x"}}`)} {
		s.ask("C5: 415", r.as("text/plain"), ofItem(wrongType, id))
		s.ask("C5: malformed", r.carrying("{"), ofItem(badRequest, id))
		s.ask("C9: Idempotency-Key", r.with("Idempotency-Key", "a b"), ofItem(badRequest, id))
	}
	for name, bodies := range map[string][]any{
		"target_adapter_type": {nil, "none", "None", "ipfs", "IPFS-IPFS", 1, asJSON("null")},
		"circuit_id":          {nil, "x", 1, asJSON("null"), ""},
		"user_id":             {1},
	} {
		for _, value := range bodies {
			s.ask("SH3: target_adapter_type! AdapterType (not none, 422), circuit_id! UUID, user_id?", migrate(fields{name: value}), ofItem(unprocessable, id), field(name))
		}
	}
	s.ask("accounts 10.8: unknown: 422 with what is allowed", migrate(fields{"target_adapter_type": "ipfs"}), text("provided", "ipfs"), texts("allowed"))
	for _, location := range []string{
		`null`, `{}`, `"IPFS"`, `{"Disk":{"id":"x"}}`, `{"IPFS":null}`, `{"IPFS":{}}`, `{"IPFS":{"cid":1}}`, `{"IPFS":{"cid":"a"},"Local":{"id":"a"}}`,
	} {
		s.ask("SH4: storage_location! StorageLocation, one key", u.primary(id, location), ofItem(unprocessable, id))
	}
	s.ask("SH4: required", u.send("POST", historyAt(id, "/primary"), fields{}), ofItem(unprocessable, id), field("storage_location"))
}

// statisticsAre wants sums over items stored with IPFS.
func statisticsAre(items, records, migrations int64) Check {
	distribution := "map[]"
	if records > 0 {
		distribution = fmt.Sprintf("map[ipfs-ipfs:%d]", records)
	}
	return all(number("statistics.total_items_tracked", items), number("statistics.total_storage_locations", records),
		number("statistics.migration_count", migrations), func(r *Reply) string {
			if got, _ := r.get("statistics.adapter_distribution"); fmt.Sprint(got) != distribution {
				return fmt.Sprintf("adapter_distribution is %v, want %s", got, distribution)
			}
			return ""
		})
}
