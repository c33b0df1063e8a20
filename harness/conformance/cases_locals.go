package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// localsGroup is I9 to I14, and what I5 to I8 and I17, I18 say of local items.
func localsGroup() Group {
	return Group{Name: "locals", Cases: slices.Concat(
		under("locals", slices.Concat(localCreateCases(), localIdentifierCases(), localMergeCases(), localUnmergeCases(), localDuplicateCases(), localOrganizeCases(), localRaceCases())...),
	)}
}

// strictnessGroup is 3.3 at a higher level.
func strictnessGroup(level string) Group {
	return Group{Name: "identifiers-" + level, Settings: map[string]string{"IDENTIFIER_STRICTNESS": level}, Cases: under("identifiers", strictnessCases(level)...)}
}

const nobody = "8e03978e-40d5-43e8-bc93-6894a57f9324" // a UUID that nothing has

// asJSON is JSON as it stands, for values of fields.
type asJSON string

func (j asJSON) MarshalJSON() ([]byte, error) { return []byte(j), nil }

// createLocal is I9.
func (u *user) createLocal(body string) Request {
	return post("/api/items/local", body).bearer(u.token)
}

// tagBody is a body of I9 with one canonical identifier.
func tagBody(value, data string) string {
	return fmt.Sprintf(`{"identifiers":[{"namespace":"bovino","key":"sisbov","value":%q,"id_type":"Canonical"}],"enriched_data":%s}`, value, data)
}

// newLocal makes a local item and returns its id.
func (s *Session) newLocal(u *user, body string) string {
	s.Helper()
	return s.ask("I9", u.createLocal(body), ok).text("data.local_id")
}

// localItem is I5 of a local item.
func (u *user) localItem(lid string) Request { return get("/api/items/LID-" + lid).bearer(u.token) }

// mergeLocals is I10.
func (u *user) mergeLocals(more fields) Request {
	return post("/api/items/local/merge", more.String()).bearer(u.token)
}

func (u *user) unmergeLocal(lid string) Request {
	return post("/api/items/local/unmerge", fields{"merged_lid": lid}.String()).bearer(u.token)
}

// local wants a local item with a status and data.
func (s *Session) local(u *user, lid, status, data string) *Reply {
	s.Helper()
	return s.ask("I5: ItemResponse of a local item", u.localItem(lid), ok, text("dfid", "LID-"+lid), text("status", status),
		contains(`"enriched_data":`+data+`,`), lacks("merged_into"))
}

// contains wants a text in the body.
func contains(part string) Check {
	return func(r *Reply) string {
		if strings.Contains(string(r.Body), part) {
			return ""
		}
		return "the body lacks " + part
	}
}

// failure wants an error of an enveloped route.
func enveloped(check Check) Check { return all(check, is("success", false)) }

func localCreateCases() []Case {
	return []Case{
		{Name: "create", Run: func(s *Session) {
			u := s.newUser()
			r := s.ask("I9: {} is valid", u.createLocal(`{}`), ok, is("success", true), text("data.status", "LocalOnly"),
				matching("data.local_id", "a UUIDv4 in lower case", `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`))
			lid := r.text("data.local_id")
			s.ask("I9: always a new item", u.createLocal(`{}`), ok, func(r *Reply) string {
				if r.text("data.local_id") == lid {
					return "the same local item"
				}
				return ""
			})
			shown := s.local(u, lid, "Active", "{}")
			s.want(shown, "I9: no identifiers, one random source entry", contains(`"identifiers":[]`), nonEmpty("source_entries.0"), lacks("source_entries.1"), integer("creation_timestamp", "last_modified"))
			s.ask("I3: own local items are listed", get("/api/items").bearer(u.token), ok, contains(`"dfid":"LID-`+lid+`"`))
		}},
		{Name: "create/data-stays-as-sent", Run: func(s *Session) {
			u := s.me()
			const data = `{"<&>":"\u2028","big":18446744073709551615,"f":1.0,"i":-9223372036854775808,"n":null,"o":{"l":[null,{}]}}`
			lid := s.newLocal(u, `{"enriched_data":`+data+`}`)
			r := s.ask("14: 64-bit integers, floats and nulls stay", u.localItem(lid), ok, is("enriched_data.n", nil))
			for _, part := range []string{`"big":18446744073709551615`, `"f":1.0`, `"i":-9223372036854775808`, `"o":{"l":[null,{}]}`} {
				s.want(r, "14: free-form maps keep 64-bit integers and the difference of integer and float", contains(part))
			}
		}},
		{Name: "create/large-data", Run: func(s *Session) {
			u := s.newUser()
			const says = "14: enriched_data is limited only by the body limit"
			text := strings.Repeat(`\"<é`, 300_000)
			s.local(u, s.newLocal(u, `{"enriched_data":{"text":"`+text+`"}}`), "Active", `{"text":"`+text+`"}`)

			text = strings.Repeat(`\"<é`, 60_000) // more than a record has
			lid, other := s.newLocal(u, `{"enriched_data":{"text":"`+text+`"}}`), s.newLocal(u, `{"enriched_data":{"text":"short"}}`)
			s.ask(says, get("/api/items?limit=2").bearer(u.token), ok, contains(lid))
			s.ask(says, u.mergeLocals(fields{"master_lid": other, "merge_lids": []string{lid}}), ok)
			s.local(u, other, "Active", `{"text":"`+text+`"}`)
			s.ask(says, u.unmergeLocal(lid), ok)
			s.local(u, other, "Active", `{"text":"short"}`)
			s.local(u, lid, "Active", `{"text":"`+text+`"}`)
		}},
		{Name: "create/aliases", Run: func(s *Session) {
			u := s.me()
			for body, want := range map[string]string{
				`{"metadata":{"a":null},"enhanced_identifiers":[{"key":"k","value":"v","type":"canonical","confidence":0.5}]}`:                          `"k"/{"a":null}`,
				`{"metadata":{"a":1},"enriched_data":{},"identifiers":[],"enhanced_identifiers":[{"key":"k","value":"v"}]}`:                             `"k"/{"a":1}`,
				`{"metadata":{"a":1},"enriched_data":null,"identifiers":null,"enhanced_identifiers":[{"key":"k","value":"v"}]}`:                         `"k"/{"a":1}`,
				`{"metadata":{"a":1},"enriched_data":{"b":2},"identifiers":[{"key":"m","value":"v"}],"enhanced_identifiers":[{"key":"k","value":"v"}]}`: `"m"/{"b":2}`,
			} {
				key, data, _ := strings.Cut(want, "/")
				lid := s.newLocal(u, body)
				r := s.local(u, lid, "Active", data)
				s.want(r, "3.2: the main name wins when it is neither null nor empty", contains(`"key":`+key), lacks("identifiers.1"))
			}
		}},
		{Name: "create/refusals", Run: func(s *Session) {
			u := s.me()
			for body, want := range map[string]Check{
				``:                              badRequest,
				`[]`:                            unprocessable,
				`{"identifiers":{}}`:            all(unprocessable, field("identifiers")),
				`{"identifiers":[{"key":"k"}]}`: all(unprocessable, field("identifiers[0].value")),
				`{"enriched_data":[]}`:          all(unprocessable, field("enriched_data")),
				`{"metadata":"x"}`:              all(unprocessable, field("metadata")),
				`{"identifiers":[{"key":"k","value":"v","verification_date":"yesterday"}]}`: all(unprocessable, field("identifiers[0].verification_date")),
				`{"identifiers":[],"identifiers":[]}`:                                       all(unprocessable, field("identifiers")),
			} {
				s.ask("C5: body", u.createLocal(body), enveloped(want))
			}
			s.ask("C2: content type", u.createLocal(`{}`).as("text/plain"), enveloped(wrongType))
			s.ask("C3", post("/api/items/local", `{}`), unauthorized, is("success", false))
			for _, method := range []string{"GET", "PUT", "DELETE"} {
				s.ask("1: literal segments win: GET /api/items/local is 405", bare(method, "/api/items/local").bearer(u.token), notAllowed, header("Allow", "POST, OPTIONS"))
			}
		}},
		{Name: "create/idempotent", Run: func(s *Session) {
			u := s.newUser()
			const says = "C9: the stored status and body; nothing is done again"
			send := u.createLocal(`{"enriched_data":{"a":1}}`).with("Idempotency-Key", "one")
			first := s.ask(says, send, ok)
			s.ask(says, send, ok, header("Idempotency-Replayed", "true"), text("data.local_id", first.text("data.local_id")))
			s.ask(says, u.createLocal(`{}`).with("Idempotency-Key", "one"), unprocessable)
			s.ask(says, get("/api/items/stats").bearer(u.token), ok, number("total_items", 1))
		}},
		{Name: "mapping", Run: func(s *Session) {
			u := s.me()
			lid := s.newLocal(u, `{}`)
			for _, form := range []string{lid, strings.ToUpper(lid), strings.ReplaceAll(lid, "-", "")} {
				s.ask("I14: local_id is the path text as sent", get("/api/items/mapping/"+form).bearer(u.token), ok, is("success", true),
					text("data.local_id", form), is("data.dfid", nil), text("data.status", "LocalOnly"))
			}
			s.ask("I14: 400 not a UUID", get("/api/items/mapping/LID-"+lid).bearer(u.token), enveloped(badRequest), field("local_id"))
			s.ask("I14: 404", get("/api/items/mapping/"+nobody).bearer(u.token), enveloped(notFound))
			s.ask("I14: visible to whoever sees the local item", get("/api/items/mapping/"+lid).bearer(s.newUser().token), notFound)
		}},
		{Name: "of-another-account", Run: func(s *Session) {
			u, stranger := s.me(), s.newUser()
			lid := s.newLocal(u, `{"enriched_data":{"a":1}}`)
			unknown := s.ask("C3: may not see: 404", stranger.localItem(nobody), notFound)
			foreign := s.ask("C3: the same body as for a missing thing", stranger.localItem(lid), notFound)
			s.want(foreign, "C3: the same body as for a missing thing", text("error", unknown.text("error")))
			for _, method := range []string{"PUT", "DELETE"} {
				s.ask("C3: may not see: 404", post("/api/items/LID-"+lid, `{"enriched_data":{"b":1}}`).method(method).bearer(stranger.token), notFound)
			}
			s.local(u, lid, "Active", `{"a":1}`)
		}},
		{Name: "edit", Run: editLocalCase},
		{Name: "share", Run: func(s *Session) {
			u, friend := s.newUser(), s.newUser()
			lid := s.newLocal(u, `{"enriched_data":{"a":1}}`)
			share := post("/api/items/LID-"+lid+"/share", fields{"recipient_user_id": friend.id}.String()).bearer(u.token)
			r := s.ask("I17: works for local items", share, ok, text("dfid", "LID-"+lid), text("recipient_user_id", friend.id), integer("shared_at"),
				matching("share_id", "a share id", `^SHARE-\d{14}-[0-9A-F]{8}$`))
			s.local(friend, lid, "Active", `{"a":1}`)
			s.ask("I14", get("/api/items/mapping/"+lid).bearer(friend.token), ok)
			s.ask("5: a recipient sees it", post("/api/items/LID-"+lid, `{"enriched_data":{"b":1}}`).method("PUT").bearer(friend.token), refused(403, "auth_error"))
			s.ask("5: a recipient sees it", friend.mergeLocals(fields{"master_lid": lid, "merge_lids": []string{nobody}}), refused(403, "auth_error"))
			s.ask("I18", get("/api/items/LID-"+lid+"/shared-with/"+friend.id).bearer(u.token), ok, is("is_shared", true), text("share_id", r.text("share_id")))
			s.ask("I19", get("/api/items/shared-to/"+friend.id).bearer(friend.token), ok, contains(`"dfid":"LID-`+lid+`"`))
		}},
	}
}

// method returns r with another method.
func (r Request) method(name string) Request { r.Method = name; return r }

func editLocalCase(s *Session) {
	u := s.newUser()
	lid := s.newLocal(u, tagBody("BR123456789012", `{"a":1,"b":{"c":1}}`))
	path := "/api/items/LID-" + lid
	put := func(body string) Request { return post(path, body).method("PUT").bearer(u.token) }
	s.ask("I6: both absent changes nothing", put(`{}`), ok, lacks("source_entries.1"))
	s.ask("6.3: top-level keys overwrite; a fresh source entry", put(`{"enriched_data":{"b":null,"d":2}}`), ok,
		contains(`"enriched_data":{"a":1,"b":null,"d":2}`), nonEmpty("source_entries.1"), lacks("source_entries.2"))
	s.ask("3.5: adding a match keeps the stored one", put(`{"identifiers":[{"namespace":"bovino","key":"sisbov","value":"BR123456789012","id_type":"Canonical"},{"key":"lote","value":"7"}]}`), ok,
		text("identifiers.1.key", "lote"), lacks("identifiers.2", "source_entries.2"))
	s.ask("3.5: a verified one replaces an unverified one in place", put(`{"identifiers":[{"namespace":"bovino","key":"sisbov","value":"BR123456789012","id_type":"Canonical","verified":true,"verification_date":"2026-01-02T03:04:05Z"}]}`), ok,
		is("identifiers.0.verified", true), text("identifiers.0.verification_date", "2026-01-02T03:04:05Z"))
	s.ask("I6: 3.3", put(`{"identifiers":[{"key":"","value":"7"}]}`), badRequest, field("identifiers[0].key"), text("code", "blank"))
	other := s.newLocal(u, tagBody("BR123456789012", `{}`)) // local items claim nothing
	s.ask("I3: the list shows the change", get("/api/items?identifier_key=lote&identifier_value=7").bearer(u.token), ok, contains(`"d":2`))

	s.ask("I8: 200 ItemResponse", bare("PUT", path+"/deprecate").bearer(u.token), ok, text("status", "Deprecated"))
	s.ask("I7: again: 200, no write", bare("DELETE", path).bearer(u.token), ok, nonEmpty("message"))
	s.ask("6.7: edits need Active, Split or Deprecated", put(`{"enriched_data":{"e":3}}`), ok, text("status", "Deprecated"))
	s.ask("I3: status", get("/api/items?status=deprecated").bearer(u.token), ok, contains(lid))
	s.ask("I11: only Active ones", get("/api/items/local/duplicates").bearer(u.token), ok, number("summary.total_items", 1), number("summary.duplicate_groups", 0))

	third := s.newLocal(u, `{}`)
	s.ask("I10", u.mergeLocals(fields{"master_lid": third, "merge_lids": []string{other}}), ok)
	for _, r := range []Request{
		post("/api/items/LID-"+other, `{"enriched_data":{"e":3}}`).method("PUT"), bare("DELETE", "/api/items/LID-"+other), bare("PUT", "/api/items/LID-"+other+"/deprecate"),
	} {
		s.ask("6.7: any other transition is 409", r.bearer(u.token), conflict)
	}
	s.local(u, other, fmt.Sprintf("MergedInto(%q)", third), `{}`)
	s.ask("I3: merged includes MergedInto", get("/api/items?status=MERGED").bearer(u.token), ok, contains(other))
	s.ask("I20: merged includes MergedInto, archived is Deprecated", get("/api/items/stats").bearer(u.token), ok,
		number("total_items", 3), number("active_items", 1), number("merged_items", 1), number("archived_items", 1))
	s.ask("I15: 400 for a local item", post("/api/items/LID-"+third+"/merge", `"LID-`+lid+`"`).bearer(u.token), badRequest)
	s.ask("I16: 400 for a local item", post("/api/items/LID-"+third+"/split", `{"identifiers_for_new_item":[{"key":"k","value":"v"}]}`).bearer(u.token), badRequest)
}
