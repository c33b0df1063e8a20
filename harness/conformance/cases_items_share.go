package conformance

import "strings"

// itemShareCases are I17, I18 and I19.
func itemShareCases() []Case {
	const shareID = `^SHARE-[0-9]{14}-[0-9A-F]{8}$`
	return []Case{
		{Name: "share", Run: func(s *Session) {
			u, reader, third := s.newUser(), s.newUser(), s.newUser()
			id := s.itemOf(u, nil, canonical("k", "1"))
			share := func(body fields) Request { return u.send("POST", itemsPath+"/"+id+"/share", body) }
			with := func(who *user, user string) Request {
				return who.sees(itemsPath + "/" + id + "/shared-with/" + user)
			}
			s.ask("I17: 422 the caller", share(fields{"recipient_user_id": u.id}), unprocessable, field("recipient_user_id"))
			s.ask("I17: 422 unknown", share(fields{"recipient_user_id": "nobody"}), unprocessable, field("recipient_user_id"))
			s.ask("I17: 422 unknown", share(fields{"recipient_user_id": strings.Repeat("x", 300)}), unprocessable)
			s.ask("C5", share(fields{}), unprocessable, field("recipient_user_id"))
			s.ask("C5", share(fields{"recipient_user_id": reader.id, "permissions": "read"}), unprocessable, field("permissions"))
			s.ask("I18: not shared", with(u, reader.id), ok, is("is_shared", false), is("share_id", nil), is("shared_at", nil))
			s.ask("I18: invisible is false", with(reader, reader.id), ok, is("is_shared", false))
			s.ask("I18: unknown is false", u.sees(itemsPath+"/x/shared-with/"+reader.id), ok, is("is_shared", false))
			s.ask("C3", reader.sees(itemsPath+"/"+id), notFound)
			r := s.ask("I17", share(fields{"recipient_user_id": reader.id, "permissions": []string{"read", "free text"}}), ok,
				matching("share_id", "SHARE-<time>-<8 hex>", shareID), text("dfid", id), text("recipient_user_id", reader.id), integer("shared_at"))
			s.ask("items 5: the recipient sees it at once", reader.sees(itemsPath+"/"+id), ok, text("dfid", id))
			s.ask("items 5: and does not write it", bare("DELETE", itemsPath+"/"+id).bearer(reader.token), refused(403, "auth_error"))
			s.ask("items 5: nor shares it", reader.send("POST", itemsPath+"/"+id+"/share", fields{"recipient_user_id": third.id}), refused(403, "auth_error"))
			s.ask("I3: lists hold what the caller owns", reader.sees(itemsPath), ok, holds("dfid"))
			second := s.ask("I17: each call makes a share", share(fields{"recipient_user_id": reader.id}), ok)
			if second.text("share_id") == r.text("share_id") {
				s.Errorf("I17: the same share twice")
			}
			s.ask("I18: the oldest", with(u, reader.id), ok, is("is_shared", true), text("share_id", r.text("share_id")), number("shared_at", r.int("shared_at")))
			s.ask("I18: of oneself", with(reader, reader.id), ok, is("is_shared", true))
			s.ask("I18: others for themselves", with(reader, third.id), refused(403, "auth_error"))
			s.ask("I19", reader.sees(itemsPath+"/shared-to/"+reader.id), ok, holds("share_id", second.text("share_id"), r.text("share_id")), func(reply *Reply) string {
				one := reply.array()[1]
				list, _ := one["permissions"].([]any)
				if len(list) != 2 || reply.array()[0]["permissions"] != nil || one.text("shared_by") != u.id || one.int("shared_at") != r.int("shared_at") {
					return "the share is not as it was made"
				}
				if item, _ := one["item"].(map[string]any); item["dfid"] != id {
					return "it does not hold the item"
				}
				return ""
			})
			if got := s.pages(reader, itemsPath+"/shared-to/"+reader.id+"?limit=1", "share_id", 1); len(got) != 2 {
				s.Errorf("C8: page by page %v", got)
			}
			s.ask("I19: the caller only", u.sees(itemsPath+"/shared-to/"+reader.id), refused(403, "auth_error"))
			s.ask("I19: none", third.sees(itemsPath+"/shared-to/"+third.id), ok, holds("share_id"))
		}},
		{Name: "share-local", Run: func(s *Session) {
			u, reader := s.newUser(), s.newUser()
			lid := s.ask("I9", u.send("POST", itemsPath+"/local", fields{"identifiers": []fields{contextual("lote", "9")}}), ok).text("data.local_id")
			path := itemsPath + "/LID-" + lid
			s.ask("C3", reader.sees(path), notFound)
			r := s.ask("I17: works for local items", u.send("POST", path+"/share", fields{"recipient_user_id": reader.id}), ok, text("dfid", "LID-"+lid), matching("share_id", "SHARE-<time>-<8 hex>", shareID))
			s.ask("items 5", reader.sees(path), ok, text("dfid", "LID-"+lid))
			s.ask("I18", reader.sees(path+"/shared-with/"+reader.id), ok, is("is_shared", true), text("share_id", r.text("share_id")))
			s.ask("I19", reader.sees(itemsPath+"/shared-to/"+reader.id), ok, holds("share_id", r.text("share_id")))
			s.ask("I21", reader.sees(itemsPath+"/identifier/lote/9"), ok, holds("dfid", "LID-"+lid))
			s.ask("items 5: the owner writes", reader.send("PUT", path, fields{}), refused(403, "auth_error"))
			s.ask("I15: 400 for a local item", u.send("POST", path+"/merge", "x"), badRequest)
			s.ask("I16: 400 for a local item", u.send("POST", path+"/split", fields{"identifiers_for_new_item": []fields{contextual("lote", "9")}}), badRequest)
			s.ask("I25: a local item is stored nowhere", u.sees(path+"/storage-history"), ok, text("dfid", "LID-"+lid))
		}},
	}
}
