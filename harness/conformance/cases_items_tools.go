package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const itemsPath = "/api/items"

// someSource is a source entry of requests.
const someSource = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"

// identified is an identifier as a request has it.
func identified(class, key, value string) fields {
	return fields{"namespace": "generic", "key": key, "value": value, "id_type": class}
}

// canonical and contextual are identifiers of the two classes.
func canonical(key, value string) fields  { return identified("Canonical", key, value) }
func contextual(key, value string) fields { return identified("Contextual", key, value) }

// itemFields are a body of I1; a nil value leaves a member out.
func itemFields(more fields, identifiers ...fields) fields {
	if identifiers == nil {
		identifiers = []fields{}
	}
	body := fields{"identifiers": identifiers, "source_entry": someSource}
	for name, value := range more {
		if body[name] = value; value == nil {
			delete(body, name)
		}
	}
	return body
}

// send is a request of the user with a JSON body.
func (u *user) send(method, target string, body any) Request {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return Request{Method: method, Target: target, Body: string(text)}.with("Content-Type", "application/json").bearer(u.token)
}

// sees is a request of the user without a body.
func (u *user) sees(target string) Request { return get(target).bearer(u.token) }

// createItem is I1 of the user.
func (u *user) createItem(more fields, identifiers ...fields) Request {
	return u.send("POST", itemsPath, itemFields(more, identifiers...))
}

// newItem makes an item of a user, or adds to one, and returns its dfid.
func (s *Session) itemOf(u *user, more fields, identifiers ...fields) string {
	s.Helper()
	return s.ask("I1", u.createItem(more, identifiers...), ok, dfid("dfid")).text("dfid")
}

// dfid is an id of the form of items 4.1, with its checksum.
func dfid(path string) Check {
	form := regexp.MustCompile(`^DFID-([0-9]{8})-([0-9]{6,})-([0-9A-F]{1,4})$`)
	return each([]string{path}, "a DFID with its checksum", func(v any) bool {
		text, _ := v.(string)
		part := form.FindStringSubmatch(text)
		if part == nil {
			return false
		}
		var h uint32
		for _, b := range []byte(part[1] + part[2]) {
			h = 31*h + uint32(b)
		}
		return strings.ToUpper(strconv.FormatUint(uint64(h%65535), 16)) == part[3]
	})
}

// itemShape is an ItemResponse at a path, "" for the whole body.
func itemShape(path string) Check {
	at := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	return all(nonEmpty(at("dfid"), at("status")), integer(at("creation_timestamp"), at("last_modified")),
		each([]string{at("identifiers"), at("source_entries")}, "an array", func(v any) bool { _, ok := v.([]any); return ok }),
		each([]string{at("enriched_data")}, "an object", func(v any) bool { _, ok := v.(map[string]any); return ok }),
		lacks(at("owner_user_id"), at("workspace_id"), at("version"), at("local_id"), at("confidence_score")))
}

// array is the body when it is an array of objects.
func (r *Reply) array() []Record {
	decoder := json.NewDecoder(bytes.NewReader(r.Body))
	decoder.UseNumber()
	var list []Record
	if decoder.Decode(&list) != nil {
		return nil
	}
	return list
}

// isArray wants a body that is an array.
func isArray(r *Reply) string {
	if !bytes.HasPrefix(r.Body, []byte("[")) {
		return "the body is no array"
	}
	return ""
}

// members are the values of a member of the objects of an array.
func members(list []Record, name string) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, r.text(name))
	}
	return out
}

// holds wants an array whose objects have these values of a member, in order.
func holds(name string, want ...string) Check {
	return func(r *Reply) string {
		if got := members(r.array(), name); isArray(r) != "" || !slices.Equal(got, append([]string{}, want...)) {
			return fmt.Sprintf("%s are %v, want %v", name, got, want)
		}
		return ""
	}
}

// next is the target of the next page, "" on the last one.
func (r *Reply) next() string {
	link := r.Header.Get("Link")
	target, rel, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	if rel != `; rel="next"` {
		return ""
	}
	return target
}

// pages reads a list page by page and returns the values of a member.
func (s *Session) pages(u *user, target, name string, limit int) (out []string) {
	s.Helper()
	for page := 0; target != ""; page++ {
		r := s.ask("C8", u.sees(target), ok, isArray)
		list := r.array()
		if len(list) > limit || page > 100 {
			s.wrong(r, fmt.Sprintf("%d entries on page %d", len(list), page), "C8: at most limit entries, and an end")
			s.FailNow()
		}
		out = append(out, members(list, name)...)
		target = r.next()
	}
	return out
}

// held wants the 400 of a request that waits for a decision.
func held(reason string) Check {
	return all(badRequest, text("reason", reason), matching("pending_id", "a UUID", "^"+uuidV4+"$"), textOrNull("reason_details"))
}

// sameBody wants the body of another reply.
func sameBody(as *Reply) Check {
	return func(r *Reply) string {
		if !bytes.Equal(r.Body, as.Body) {
			return "the body is not " + as.String()
		}
		return ""
	}
}
