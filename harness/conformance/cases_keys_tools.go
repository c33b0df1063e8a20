package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// apiKey is an API key that a case has made.
type apiKey struct {
	text, id string
	created  time.Time
	owner    *user
}

// keyFields is a body of K1 with more members; a nil value leaves a member out.
func keyFields(more fields) fields {
	body := fields{"name": "gate", "organization_type": "Producer"}
	for name, value := range more {
		if body[name] = value; value == nil {
			delete(body, name)
		}
	}
	return body
}

// createKey is the request K1 of an account.
func (u *user) createKey(more fields) Request {
	return post("/api/api-keys", keyFields(more).String()).bearer(u.token)
}

// newKey makes a key of an account.
func (s *Session) newKey(u *user, more fields) apiKey {
	s.Helper()
	r := s.ask("K1: api_key, metadata, warning", u.createKey(more), ok, nonEmpty("api_key", "metadata.id"))
	created, err := time.Parse(time.RFC3339, r.text("metadata.created_at"))
	if err != nil {
		s.wrong(r, err.Error(), "accounts 10.11: created_at rfc3339z")
	}
	k := apiKey{r.text("api_key"), r.text("metadata.id"), created, u}
	s.service.suite.secrets.add("an API key", k.text)
	return k
}

// myKey makes a key of an account of its own.
func (s *Session) myKey(more fields) apiKey {
	s.Helper()
	return s.newKey(s.me(), more)
}

// use is r with the key.
func (k apiKey) use(r Request) Request { return r.with("X-API-Key", k.text) }

// route is a request of the owner about the key.
func (k apiKey) route(method, rest string) Request {
	return bare(method, "/api/api-keys/"+k.id+rest).bearer(k.owner.token)
}

// patch is K4.
func (k apiKey) patch(body fields) Request {
	return Request{Method: "PATCH", Target: "/api/api-keys/" + k.id, Body: body.String()}.
		with("Content-Type", "application/json").bearer(k.owner.token)
}

// permissions is the object of that name.
func permissions(read, write, admin bool) fields {
	return fields{"read": read, "write": write, "admin": admin, "custom": fields{}}
}

// refusedKey wants an error with a code of the table in C3.
func refusedKey(status int, word string) Check {
	kind := "auth_error"
	switch status {
	case 400:
		kind = "validation_error"
	case 429:
		kind = "rate_limit_exceeded"
	}
	return all(refused(status, kind), code(word))
}

// metadataAt wants the form of a key's metadata below a path, "" or "metadata.".
func metadataAt(at string) Check {
	checks := []Check{
		matching(at+"id", "a UUID", "^"+uuidV4+"$"), nonEmpty(at + "name"), nonEmpty(at + "organization_type"),
		matching(at+"key_prefix", "the first 8 characters of the key", `^dfm_[A-Za-z0-9]{4}$`),
		integer(at+"usage_count", at+"rate_limit_per_hour"), instant(at + "created_at"),
		textOrNull(at+"last_used_at", at+"expires_at", at+"revoked_at"),
		each([]string{at + "is_active", at + "permissions.read", at + "permissions.write", at + "permissions.admin"},
			"a boolean", func(v any) bool { _, is := v.(bool); return is }),
		each([]string{at + "permissions.custom"}, "an object", func(v any) bool { _, is := v.(map[string]any); return is }),
	}
	for _, name := range []string{"key_hash", "user_id", "notes", "allowed_endpoints", "allowed_ips", "organization_id", "revision"} {
		checks = append(checks, lacks(at+name))
	}
	return all(checks...)
}

// keyList is the array that K2 answers with.
func (s *Session) keyList(u *user, query string) (*Reply, []map[string]any) {
	s.Helper()
	const says = "K2: array of {metadata}, oldest first"
	r := s.ask(says, get("/api/api-keys"+query).bearer(u.token), ok)
	return r, s.keysOf(r)
}

func (s *Session) keysOf(r *Reply) []map[string]any {
	s.Helper()
	const says = "K2: array of {metadata}"
	var list []struct{ Metadata map[string]any }
	decoder := json.NewDecoder(strings.NewReader(string(r.Body)))
	decoder.UseNumber()
	if err := decoder.Decode(&list); err != nil || list == nil {
		s.wrong(r, fmt.Sprintf("no array of objects: %v", err), says)
		s.FailNow()
	}
	out := make([]map[string]any, len(list))
	for i, e := range list {
		one := &Reply{Request: r.Request, Status: r.Status, object: map[string]any{"metadata": e.Metadata}}
		if wrong := metadataAt("metadata.")(one); wrong != "" {
			s.wrong(r, fmt.Sprintf("entry %d: %s", i, wrong), says)
			s.FailNow()
		}
		out[i] = e.Metadata
	}
	return out
}

// oldestFirst are the ids of keys in the order of a list: ties are broken by id (C8).
func oldestFirst(keys ...apiKey) string {
	slices.SortFunc(keys, func(a, b apiKey) int { return cmp.Or(a.created.Compare(b.created), strings.Compare(a.id, b.id)) })
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.id
	}
	return strings.Join(out, " ")
}

// ids are those of the keys of a list.
func ids(list []map[string]any) string {
	var out []string
	for _, m := range list {
		id, _ := m["id"].(string)
		out = append(out, id)
	}
	return strings.Join(out, " ")
}
