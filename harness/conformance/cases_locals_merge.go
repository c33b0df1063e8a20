package conformance

import (
	"encoding/json"
	"fmt"
	"strings"
)

// localMergeCases are I10.
func localMergeCases() []Case {
	return []Case{
		{Name: "merge/strategies", Run: func(s *Session) {
			u := s.newUser()
			const have, add = `{"l":[1,{"a":1}],"o":{"a":1,"b":1},"t":"old","x":1}`, `{"l":[{"a":1},2],"o":{"b":2},"t":"new","y":null}`
			for strategy, want := range map[string]string{
				`"append"`:     `{"l":[1,{"a":1},2],"o":{"a":1,"b":2},"t":"new","x":1,"y":null}`,
				`null`:         `{"l":[1,{"a":1},2],"o":{"a":1,"b":2},"t":"new","x":1,"y":null}`,
				`"keep_first"`: have,
				`"overwrite"`:  `{"l":[{"a":1},2],"o":{"b":2},"t":"new","x":1,"y":null}`,
			} {
				a, b := s.newLocal(u, tagBody("BR000000000001", have)), s.newLocal(u, tagBody("BR000000000002", add))
				r := s.ask("I10", u.mergeLocals(fields{"master_lid": a, "merge_lids": []string{b}, "merge_strategy": asJSON(strategy)}), ok, is("success", true),
					text("data.master_lid", a), number("data.merged_count", 1), text("data.merged_lids.0", b),
					text("data.master_item.dfid", "LID-"+a), text("data.master_item.local_id", a), contains(`"enriched_data":`+want+`,`),
					matching("data.master_item.last_modified", "rfc3339off", `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$`))
				s.want(r, "6.4: "+strategy, ok)
				shown := s.local(u, a, "Active", want)
				s.want(shown, "6.5: identifiers and source entries as unions", text("identifiers.1.value", "BR000000000002"), nonEmpty("source_entries.1"), lacks("source_entries.2"))
				s.local(u, b, fmt.Sprintf("MergedInto(%q)", a), add)
				s.ask("I13", u.unmergeLocal(b), ok)
				s.local(u, a, "Active", have)
			}
		}},
		{Name: "merge/in-order", Run: func(s *Session) {
			u := s.me()
			a, b, c := s.newLocal(u, `{}`), s.newLocal(u, `{"enriched_data":{"n":"b"}}`), s.newLocal(u, `{"enriched_data":{"n":"c"}}`)
			s.ask("6.4: applied in request order", u.mergeLocals(fields{"master_lid": strings.ToUpper(a), "merge_lids": []string{c, "{" + b + "}"}}), ok,
				text("data.master_item.enriched_data.n", "b"), text("data.merged_lids.0", c), text("data.merged_lids.1", b), text("data.master_lid", a))
		}},
		{Name: "merge/order-of-checks", Run: mergeOrderCase},
		{Name: "merge/nothing-before-all-holds", Run: func(s *Session) {
			u := s.me()
			a, b := s.newLocal(u, `{}`), s.newLocal(u, `{"enriched_data":{"n":1}}`)
			s.ask("I10", u.mergeLocals(fields{"master_lid": a, "merge_lids": []string{b, nobody}}), notFound)
			s.local(u, a, "Active", `{}`)
			s.local(u, b, "Active", `{"n":1}`)
		}},
		{Name: "merge/idempotent", Run: func(s *Session) {
			u := s.me()
			a, b := s.newLocal(u, `{}`), s.newLocal(u, `{"enriched_data":{"n":1}}`)
			send := u.mergeLocals(fields{"master_lid": a, "merge_lids": []string{b}}).with("Idempotency-Key", a)
			first := s.ask("C9", send, ok)
			again := s.ask("C9", send, ok, header("Idempotency-Replayed", "true"))
			if string(first.Body) != string(again.Body) {
				s.wrong(again, "another body", "C9")
			}
			s.ask("I10: without the key it is a new request", send.without("Idempotency-Key"), badRequest)
		}},
	}
}

// mergeOrderCase holds I10 to the order of its checks: each request fails several of them, and the first one answers.
func mergeOrderCase(s *Session) {
	u, stranger := s.newUser(), s.newUser()
	active, other, third := s.newLocal(u, `{}`), s.newLocal(u, `{}`), s.newLocal(u, `{}`)
	merged, retired, foreign := s.newLocal(u, `{}`), s.newLocal(u, `{}`), s.newLocal(stranger, `{}`)
	s.ask("I10", u.mergeLocals(fields{"master_lid": third, "merge_lids": []string{merged}}), ok)
	s.ask("I7", bare("DELETE", "/api/items/LID-"+retired).bearer(u.token), ok)
	const says = "I10: order"
	for _, c := range []struct {
		master   string
		lids     []string
		strategy string
		want     Check
	}{
		{"x", []string{"y"}, "z", all(badRequest, field("master_lid"))},
		{nobody, []string{active, "y", active}, "z", all(badRequest, field("merge_lids[1]"))},
		{nobody, []string{}, "z", all(badRequest, field("merge_lids"))},
		{nobody, []string{nobody, nobody}, "Append", all(badRequest, field("merge_strategy"), text("provided", "Append"), text("allowed.0", "append"), text("allowed.2", "overwrite"))},
		{nobody, []string{active, nobody, nobody}, "append", all(badRequest, field("merge_lids[1]"))},
		{nobody, []string{active, active}, "append", all(badRequest, field("merge_lids[1]"))},
		{nobody, []string{foreign, merged}, "append", notFound},
		{foreign, []string{merged}, "append", notFound},
		{merged, []string{nobody}, "append", all(badRequest, field("master_lid"))},
		{retired, []string{nobody}, "append", all(badRequest, field("master_lid"))},
		{active, []string{nobody, merged}, "append", notFound},
		{active, []string{foreign, merged}, "append", notFound},
		{active, []string{merged, nobody}, "append", all(badRequest, field("merge_lids[0]"))},
		{active, []string{other, merged, retired}, "append", all(badRequest, field("merge_lids[1]"))},
		{active, []string{other, retired, nobody}, "append", all(badRequest, field("merge_lids[1]"))},
		{third, []string{merged}, "append", all(badRequest, field("merge_lids[0]"))},
	} {
		s.ask(says, u.mergeLocals(fields{"master_lid": c.master, "merge_lids": c.lids, "merge_strategy": c.strategy}), enveloped(c.want))
	}
	for body, name := range map[string]string{
		`{}`: "master_lid", `{"master_lid":1,"merge_lids":[]}`: "master_lid", `{"master_lid":"x"}`: "merge_lids", `{"master_lid":"x","merge_lids":[1]}`: "merge_lids[0]",
	} {
		s.ask("C5: types", post("/api/items/local/merge", body).bearer(u.token), enveloped(unprocessable), field(name))
	}
	s.local(u, active, "Active", `{}`)
	s.local(u, other, "Active", `{}`)
}

// localUnmergeCases are I13.
func localUnmergeCases() []Case {
	return []Case{
		{Name: "unmerge/keeps-later-edits", Run: func(s *Session) {
			u := s.newUser()
			a := s.newLocal(u, tagBody("BR000000000001", `{"l":[1],"n":"a"}`))
			b := s.newLocal(u, tagBody("BR000000000002", `{"l":[2],"n":"b","only":"b"}`))
			c := s.newLocal(u, tagBody("BR000000000003", `{"l":[3],"n":"c"}`))
			s.ask("I10", u.mergeLocals(fields{"master_lid": a, "merge_lids": []string{b}}), ok)
			s.ask("I6", post("/api/items/LID-"+a, `{"enriched_data":{"e":true}}`).method("PUT").bearer(u.token), ok)
			s.ask("I10", u.mergeLocals(fields{"master_lid": a, "merge_lids": []string{c}}), ok)
			s.local(u, a, "Active", `{"e":true,"l":[1,2,3],"n":"c","only":"b"}`)
			s.ask("I13", u.unmergeLocal("urn:uuid:"+b), ok, is("success", true), text("restored_lid", b), text("previous_master_lid", a),
				text("restored_item.dfid", "LID-"+b), text("restored_item.local_id", b), text("restored_item.enriched_data.only", "b"),
				matching("restored_item.last_modified", "rfc3339off", `\+00:00$`))
			shown := s.local(u, a, "Active", `{"e":true,"l":[1,3],"n":"c"}`)
			s.want(shown, "6.5: identifiers are a union", text("identifiers.1.value", "BR000000000003"), lacks("identifiers.2"))
			s.local(u, b, "Active", `{"l":[2],"n":"b","only":"b"}`)
			s.ask("I13: twice", u.unmergeLocal(b), enveloped(badRequest), field("merged_lid"))
			s.ask("I10: again", u.mergeLocals(fields{"master_lid": a, "merge_lids": []string{b}}), ok)
			s.local(u, a, "Active", `{"e":true,"l":[1,3,2],"n":"b","only":"b"}`)
		}},
		{Name: "unmerge/refusals", Run: func(s *Session) {
			u, stranger := s.newUser(), s.newUser()
			a, b, c := s.newLocal(u, `{}`), s.newLocal(u, `{}`), s.newLocal(u, `{}`)
			s.ask("I13: 400 not a UUID", u.unmergeLocal("LID-"+a), enveloped(badRequest), field("merged_lid"))
			s.ask("I13: 404", u.unmergeLocal(nobody), enveloped(notFound))
			s.ask("I13: 400 not MergedInto", u.unmergeLocal(a), enveloped(badRequest), field("merged_lid"))
			s.ask("C5", post("/api/items/local/unmerge", `{}`).bearer(u.token), enveloped(unprocessable), field("merged_lid"))
			s.ask("I10", u.mergeLocals(fields{"master_lid": b, "merge_lids": []string{c}}), ok)
			s.ask("I13: 404", stranger.unmergeLocal(c), notFound)
			s.ask("I10", u.mergeLocals(fields{"master_lid": a, "merge_lids": []string{b}}), ok)
			s.ask("I13: master_merged", u.unmergeLocal(c), enveloped(conflict), text("code", "master_merged"))
			s.ask("I13: unmerge that first", u.unmergeLocal(b), ok)
			s.ask("I13", u.unmergeLocal(c), ok)
		}},
		{Name: "unmerge/from-a-deprecated-master", Run: func(s *Session) {
			u := s.me()
			a, b := s.newLocal(u, `{}`), s.newLocal(u, `{"enriched_data":{"n":1}}`)
			s.ask("I10", u.mergeLocals(fields{"master_lid": a, "merge_lids": []string{b}}), ok)
			s.ask("I7", bare("DELETE", "/api/items/LID-"+a).bearer(u.token), ok)
			s.ask("I13", u.unmergeLocal(b), ok)
			s.local(u, a, "Deprecated", `{}`)
		}},
	}
}

// localDuplicateCases are I11.
func localDuplicateCases() []Case {
	const path = "/api/items/local/duplicates"
	two := func(ns, key, value, ns2, key2, value2 string) string {
		return fmt.Sprintf(`{"identifiers":[{"namespace":%q,"key":%q,"value":%q,"id_type":"Canonical"},{"namespace":%q,"key":%q,"value":%q,"id_type":"Canonical"}],"enriched_data":{"n":1,"s":"same","z":%q}}`, ns, key, value, ns2, key2, value2, value)
	}
	return []Case{
		{Name: "duplicates", Run: func(s *Session) {
			u := s.newUser()
			s.ask("I11: none", get(path).bearer(u.token), ok, is("success", true), contains(`"duplicate_groups":[]`), is("next_cursor", nil),
				number("summary.total_items", 0), number("summary.duplicate_groups", 0), number("summary.items_in_duplicates", 0))
			a := s.newLocal(u, two("b", "k", "2", "a", "z", "1"))
			b := s.newLocal(u, two("b", "k", "1", "a", "z", "1"))
			c := s.newLocal(u, two("b", "k", "1", "b", "k", "2"))
			s.newLocal(u, `{"identifiers":[{"namespace":"b","key":"k","value":"1"}]}`) // contextual
			s.ask("I11: other accounts do not count", s.newUser().createLocal(two("b", "k", "2", "a", "z", "1")), ok)
			r := s.ask("I11: sorted by identifier_key, then value", get(path).bearer(u.token), ok,
				text("duplicate_groups.0.identifier_key", "a:z"), text("duplicate_groups.0.identifier_value", "1"),
				text("duplicate_groups.1.identifier_key", "b:k"), text("duplicate_groups.1.identifier_value", "1"),
				text("duplicate_groups.2.identifier_key", "b:k"), text("duplicate_groups.2.identifier_value", "2"), lacks("duplicate_groups.3"),
				number("summary.total_items", 4), number("summary.duplicate_groups", 3), number("summary.items_in_duplicates", 3), is("next_cursor", nil))
			s.want(r, "I11: items oldest first; the first is the suggested master", text("duplicate_groups.0.items.0.local_id", a),
				text("duplicate_groups.0.items.1.local_id", b), text("duplicate_groups.0.suggested_master_lid", a), text("duplicate_groups.1.suggested_master_lid", b),
				text("duplicate_groups.2.items.1.local_id", c), text("duplicate_groups.0.items.0.dfid", "LID-"+a), number("duplicate_groups.0.items.0.identifiers_count", 2),
				matching("duplicate_groups.0.items.0.created", "rfc3339off", `\+00:00$`), text("duplicate_groups.0.items.0.enriched_data.s", "same"))
			s.want(r, "I11: conflicts: keys whose value differs", contains(`"conflicts":["z"]`))
		}},
		{Name: "duplicates/pages", Run: func(s *Session) {
			u := s.newUser()
			const groups = 7
			for n := range groups {
				for range 2 {
					s.newLocal(u, fmt.Sprintf(`{"identifiers":[{"namespace":"n","key":"k","value":"v%d","id_type":"Canonical"}]}`, n))
				}
			}
			target, seen := path+"?limit=3", []string{}
			for range groups {
				r := s.ask("C8: pages", get(target).bearer(u.token), ok, number("summary.duplicate_groups", groups), number("summary.items_in_duplicates", 2*groups))
				list, _ := r.get("duplicate_groups")
				for n := range list.([]any) {
					seen = append(seen, r.text(fmt.Sprintf("duplicate_groups.%d.identifier_value", n)))
				}
				next := r.text("next_cursor")
				if next == "" {
					s.want(r, "C8", header("Link", ""))
					break
				}
				s.want(r, "C8: Link", headerLike("Link", `^<.*cursor=.*>; rel="next"$`))
				target = path + "?limit=3&cursor=" + next
			}
			if got := strings.Join(seen, " "); got != "v0 v1 v2 v3 v4 v5 v6" {
				s.Errorf("pages show %s; contract: C8", got)
			}
			s.ask("C8: 0 gives an empty page", get(path+"?limit=0").bearer(u.token), ok, contains(`"duplicate_groups":[]`), number("summary.duplicate_groups", groups))
			s.ask("C8: unusable cursor", get(path+"?cursor=x").bearer(u.token), enveloped(badRequest), field("cursor"))
			s.ask("C8: negative", get(path+"?limit=-1").bearer(u.token), enveloped(badRequest), field("limit"))
		}},
	}
}

// localOrganizeCases are I12.
func localOrganizeCases() []Case {
	organize := func(u *user, more fields) Request {
		return post("/api/items/local/organize", more.String()).bearer(u.token)
	}
	// chain makes a-b, b-c, c-d share one identifier each, and e-f another in another namespace.
	chain := func(s *Session, u *user) []string {
		body := func(ns string, values ...string) string {
			var list []map[string]string
			for _, v := range values {
				list = append(list, map[string]string{"namespace": ns, "key": "k", "value": v, "id_type": "Canonical"})
			}
			doc, _ := json.Marshal(map[string]any{"identifiers": list})
			return string(doc)
		}
		return []string{
			s.newLocal(u, body("x", "1")), s.newLocal(u, body("x", "1", "2")), s.newLocal(u, body("x", "2", "3")), s.newLocal(u, body("x", "3")),
			s.newLocal(u, body("y", "1")), s.newLocal(u, body("y", "1")),
		}
	}
	return []Case{
		{Name: "organize/deduplicate", Run: func(s *Session) {
			u := s.newUser()
			l := chain(s, u)
			for _, dry := range []bool{true, false} {
				want, status, after := 3, "success", int64(3)
				if dry {
					status, after = "would_merge", 6
				}
				r := s.ask("I12: the groups in their order; an item already merged is left out of later groups", organize(u, fields{"action": "deduplicate", "dry_run": dry}), ok,
					is("success", true), is("dry_run", dry), number("summary.items_before", 6), number("summary.items_after", after), number("summary.merged_count", 3),
					number("summary.groups_processed", int64(want)), number("remaining_groups", 0),
					text("operations.0.master_lid", l[0]), text("operations.0.merged_lids.0", l[1]), text("operations.0.status", status),
					text("operations.1.master_lid", l[2]), text("operations.1.merged_lids.0", l[3]),
					text("operations.2.master_lid", l[4]), text("operations.2.merged_lids.0", l[5]), lacks("operations.3"))
				if dry {
					s.want(r, "I12: a note that it was a dry run", nonEmpty("operations.0.reason"))
					s.local(u, l[1], "Active", `{}`)
				} else {
					s.want(r, "I12: null on success", is("operations.0.reason", nil))
				}
			}
			s.local(u, l[1], fmt.Sprintf("MergedInto(%q)", l[0]), `{}`)
			s.local(u, l[2], "Active", `{}`)
		}},
		{Name: "organize/merge-all", Run: func(s *Session) {
			u := s.newUser()
			l := chain(s, u)
			s.ask("I12: groups connected through any shared identifier are one; only a namespace", organize(u, fields{"action": "merge_all", "namespace": "x", "merge_strategy": "overwrite"}), ok,
				number("summary.items_before", 4), number("summary.items_after", 1), number("summary.merged_count", 3), number("summary.groups_processed", 1),
				text("operations.0.master_lid", l[0]), text("operations.0.merged_lids.2", l[3]), lacks("operations.1"))
			s.ask("I12: a repeat goes on with the rest", organize(u, fields{"action": "merge_all"}), ok, number("summary.groups_processed", 1), text("operations.0.master_lid", l[4]))
			s.ask("I12: nothing left", organize(u, fields{"action": "merge_all"}), ok, contains(`"operations":[]`), number("summary.items_before", 0))
		}},
		{Name: "organize/refusals", Run: func(s *Session) {
			u := s.me()
			s.ask("I12: other action", organize(u, fields{"action": "Deduplicate", "merge_strategy": "x"}), enveloped(badRequest), field("action"), text("provided", "Deduplicate"),
				text("allowed.0", "deduplicate"), text("allowed.1", "merge_all"))
			s.ask("I12: as I10", organize(u, fields{"action": "merge_all", "merge_strategy": "x"}), enveloped(badRequest), field("merge_strategy"))
			s.ask("C5", organize(u, fields{}), enveloped(unprocessable), field("action"))
			s.ask("C5", organize(u, fields{"action": "merge_all", "dry_run": "yes"}), enveloped(unprocessable), field("dry_run"))
		}},
	}
}

// localRaceCases change the same local items at the same moment.
func localRaceCases() []Case {
	return []Case{
		{Name: "race/creations", Alone: true, Run: func(s *Session) {
			const says = "2.2: no acknowledged creation is lost"
			u := s.newUser()
			requests := make([]Request, crowd)
			for n := range requests {
				requests[n] = u.createLocal(tagBody(fmt.Sprintf("BR%012d", n/2), `{}`))
			}
			for _, r := range s.together(s.settled, requests) {
				s.want(r, says, ok)
			}
			s.settledSums(u, says, crowd, crowd/2, crowd)
		}},
		{Name: "race/merges", Alone: true, Run: func(s *Session) {
			const says = "2.2: of merges of one local item exactly one takes it"
			u := s.newUser()
			it := s.newLocal(u, `{"enriched_data":{"n":1}}`)
			masters, requests := make([]string, 20), make([]Request, 20)
			for n := range masters {
				masters[n] = s.newLocal(u, `{}`)
				requests[n] = u.mergeLocals(fields{"master_lid": masters[n], "merge_lids": []string{it}})
			}
			won := s.winner(says, s.together(s.settled, requests), badRequest)
			s.local(u, it, fmt.Sprintf("MergedInto(%q)", masters[won]), `{"n":1}`)
			for n, lid := range masters {
				want := `{}`
				if n == won {
					want = `{"n":1}`
				}
				s.local(u, lid, "Active", want)
			}
		}},
		{Name: "race/edits", Alone: true, Run: func(s *Session) {
			const says = "2.2: no acknowledged edit is lost"
			u := s.newUser()
			lid := s.newLocal(u, `{}`)
			requests := make([]Request, 40)
			for n := range requests {
				requests[n] = post("/api/items/LID-"+lid, fmt.Sprintf(`{"enriched_data":{"k%d":%d}}`, n, n)).method("PUT").bearer(u.token)
			}
			for _, r := range s.together(s.settled, requests) {
				s.want(r, says, ok)
			}
			r := s.ask(says, u.localItem(lid), ok)
			for n := range requests {
				s.want(r, says, number(fmt.Sprintf("enriched_data.k%d", n), int64(n)))
			}
		}},
	}
}

// settledSums polls until I11 sums up what it must.
func (s *Session) settledSums(u *user, says string, items, groups, twins int64) {
	s.Helper()
	wants := all(number("summary.total_items", items), number("summary.duplicate_groups", groups), number("summary.items_in_duplicates", twins))
	var last *Reply
	if !s.poll(lag, func() bool {
		last = s.ask(says, get("/api/items/local/duplicates?limit=1").bearer(u.token), ok)
		return wants(last) == ""
	}) {
		s.want(last, says, wants)
	}
}
