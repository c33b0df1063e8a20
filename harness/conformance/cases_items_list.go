package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// itemListCases are I3, I4, I5, I20 and I21.
func itemListCases() []Case {
	return []Case{
		{Name: "get", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			id := s.itemOf(u, nil, canonical("k", "1"))
			s.ask("I5", u.sees(itemsPath+"/"+id), ok, itemShape(""), text("dfid", id))
			s.ask("I5: HEAD", bare("HEAD", itemsPath+"/"+id).bearer(u.token), ok)
			missing := s.ask("I5: 404", u.sees(itemsPath+"/DFID-20250101-000001-F7BD"), notFound)
			invisible := s.ask("C3: invisible is missing", other.sees(itemsPath+"/"+id), notFound)
			if missing.text("error") != invisible.text("error") {
				s.Errorf("C3: %s tells an invisible item from a missing one, %s", invisible, missing)
			}
			for _, odd := range []string{"x", "dfid%2Fwith", "%C3%A9", strings.Repeat("d", 300), "LID-x", "LID-550e8400-e29b-41d4-a716-446655440000", "DFID-", "~", "%20"} {
				s.ask("items 1: the syntax of a dfid is never checked", u.sees(itemsPath+"/"+odd), notFound)
			}
			s.ask("C3: a credential", get(itemsPath+"/"+id), unauthorized)
		}},
		{Name: "filters", Run: func(s *Session) {
			u := s.newUser()
			var ids []string
			for n := range 4 {
				ids = append(ids, s.itemOf(u, nil, canonical("k", fmt.Sprint(n)), contextual("parity", fmt.Sprint(n)), contextual("even", fmt.Sprint(n%2 == 0, n))))
			}
			s.ask("I8", bare("PUT", itemsPath+"/"+ids[1]+"/deprecate").bearer(u.token), ok, text("status", "Deprecated"))
			s.ask("I15", u.send("POST", itemsPath+"/"+ids[0]+"/merge", ids[2]), ok)
			for _, path := range []string{itemsPath, itemsPath + "/search"} {
				for query, want := range map[string][]string{
					"":                                     {ids[3], ids[2], ids[1], ids[0]},
					"?status=active":                       {ids[3], ids[0]},
					"?status=DEPRECATED":                   {ids[1]},
					"?status=Merged":                       {ids[2]},
					"?status=split":                        {},
					"?identifier_key=k":                    {ids[3], ids[2], ids[1], ids[0]},
					"?identifier_key=none":                 {},
					"?identifier_key=k&identifier_value=1": {ids[1]},
					"?identifier_key=k&identifier_value=2": {ids[2], ids[0]}, // the master has it now
					"?identifier_key=parity&identifier_value=":           {},
					"?identifier_value=1":                                {ids[3], ids[2], ids[1], ids[0]},
					"?identifier_key=k&status=deprecated":                {ids[1]},
					"?identifier_key=k&identifier_value=2&status=active": {ids[0]},
					"?limit=0":            {},
					"?colour=red&limit=1": {ids[3]},
				} {
					s.ask("I3, I4: filters are joined by and, newest first", u.sees(path+query), ok, holds("dfid", want...))
				}
				s.ask("I3: another status", u.sees(path+"?status=lost"), badRequest, field("status"), text("provided", "lost"),
					each([]string{"allowed"}, "the four", func(v any) bool { l, _ := v.([]any); return len(l) == 4 }))
				s.ask("C8", u.sees(path+"?limit=-1"), badRequest)
				s.ask("C8", u.sees(path+"?cursor=x"), badRequest)
				s.ask("C5: given twice", u.sees(path+"?status=active&status=active"), badRequest)
				if got := s.pages(u, path+"?limit=1", "dfid", 1); !slices.Equal(got, []string{ids[3], ids[2], ids[1], ids[0]}) {
					s.Errorf("C8: page by page %v", got)
				}
				if got := s.pages(u, path+"?limit=1&identifier_key=k&status=active", "dfid", 1); !slices.Equal(got, []string{ids[3], ids[0]}) {
					s.Errorf("C8: page by page with a filter %v", got)
				}
				next := s.ask("C8", u.sees(path+"?limit=1&identifier_key=k"), ok).next()
				s.ask("C8: a cursor is bound to its filters", u.sees(strings.Replace(next, "identifier_key=k", "identifier_key=x", 1)), badRequest, field("cursor"))
				s.ask("C8: and to its caller", s.newUser().sees(next), badRequest, field("cursor"))
			}
			s.ask("I20", u.sees(itemsPath+"/stats"), ok, number("total_items", 4), number("active_items", 2), number("merged_items", 1),
				number("split_items", 0), number("archived_items", 1), number("average_confidence", 1))
			s.ask("I20: nothing owned", s.newUser().sees(itemsPath+"/stats"), ok, number("total_items", 0), number("average_confidence", 0))
		}},
		{Name: "large-page", Run: func(s *Session) {
			u := s.newUser()
			var want []string
			var batch []any
			for n := range 120 {
				batch = append(batch, itemFields(nil, canonical("n", fmt.Sprint(n)), contextual("lote", fmt.Sprint(n/60)+"-"+fmt.Sprint(n))))
			}
			r := s.ask("I2", u.send("POST", itemsPath+"/batch", fields{"items": batch}), ok, number("success_count", 120))
			for n := range 120 {
				want = append(want, r.text(fmt.Sprintf("results.%d.item.dfid", n)))
			}
			slices.Sort(want)
			for _, query := range []string{"?", "?identifier_key=n&", "?status=active&"} {
				for _, limit := range []int{7, 50, 200} {
					got := s.pages(u, fmt.Sprintf("%s%slimit=%d", itemsPath, query, limit), "dfid", limit)
					if slices.Sort(got); !slices.Equal(got, want) {
						s.Errorf("C8: %d items in pages of %d, want %d once each", len(got), limit, len(want))
					}
				}
			}
			if got := len(s.ask("C8: the default is 50", u.sees(itemsPath), ok).array()); got != 50 {
				s.Errorf("C8: the default page has %d", got)
			}
		}},
		{Name: "by-identifier", Run: func(s *Session) {
			u, other := s.newUser(), s.newUser()
			own := s.itemOf(u, nil, canonical("k", "1/ é"))
			theirs := s.itemOf(other, nil, contextual("k", "1/ é"))
			hidden := s.itemOf(other, nil, contextual("k", "other"))
			path := itemsPath + "/identifier/k/1%2F%20%C3%A9"
			s.ask("I21: own items", u.sees(path), ok, holds("dfid", own))
			s.ask("I17", other.send("POST", itemsPath+"/"+theirs+"/share", fields{"recipient_user_id": u.id}), ok)
			s.ask("I21: and what is shared, in any namespace and class", u.sees(path), ok, holds("dfid", theirs, own))
			s.ask("I6", other.send("PUT", itemsPath+"/"+theirs, fields{"identifiers": []fields{contextual("late", "1")}}), ok)
			if !s.poll(lag, func() bool { return len(s.ask("I21", u.sees(itemsPath+"/identifier/late/1"), ok).array()) == 1 }) {
				s.Errorf("I21: a shared item is not found by an identifier that it has got later")
			}
			s.ask("I21: none", u.sees(itemsPath+"/identifier/k/other"), ok, holds("dfid"))
			s.ask("I21: none", u.sees(itemsPath+"/identifier/none/1"), ok, holds("dfid"))
			if got := s.pages(u, path+"?limit=1", "dfid", 1); !slices.Equal(got, []string{theirs, own}) {
				s.Errorf("C8: page by page %v", got)
			}
			_ = hidden
		}},
	}
}
