package conformance

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// keyManageCases are K1 to K6 as their owner sees them.
func keyManageCases() []Case {
	return under("manage",
		Case{Name: "create", Run: createKeyCase},
		Case{Name: "create-everything", Run: createFullKey},
		Case{Name: "create-for-admins", Run: func(s *Session) {
			s.ask("K1: 403 insufficient_permissions for permissions.admin by a non-admin",
				s.me().createKey(fields{"permissions": permissions(true, true, true)}), refusedKey(403, "insufficient_permissions"))
			for _, official := range []string{"Admin", "Government"} {
				s.ask("K1: 403 organization_type_not_allowed for Admin or Government by a non-admin",
					s.me().createKey(fields{"organization_type": official}), refusedKey(403, "organization_type_not_allowed"))
			}
			s.ask("C2: field rules (step 10) before permissions (step 11)",
				s.me().createKey(fields{"permissions": permissions(true, true, true), "rate_limit_per_hour": 0}), unprocessable)
		}},
		Case{Name: "create-under-an-idempotency-key", Run: func(s *Session) {
			const says = "C9: the stored status and body; nothing is done again"
			send := s.me().createKey(nil).with("Idempotency-Key", "make")
			first := s.ask(says, send, ok, header("Idempotency-Replayed", ""))
			s.service.suite.secrets.add("an API key", first.text("api_key"))
			again := s.ask(says, send, ok, header("Idempotency-Replayed", "true"))
			if !bytes.Equal(first.Body, again.Body) {
				s.wrong(again, "body differs from the first", says)
			}
			if _, list := s.keyList(s.me(), ""); len(list) != 1 {
				s.wrong(again, fmt.Sprintf("%d keys", len(list)), says)
			}
			s.ask(says, s.me().createKey(fields{"name": "other"}).with("Idempotency-Key", "make"), unprocessable)
		}},
		Case{Name: "get", Run: func(s *Session) {
			k := s.myKey(nil)
			s.ask("K3: metadata (flat)", k.route("GET", ""), metadataAt(""), text("id", k.id), lacks("metadata", "api_key"))
			upper := k
			upper.id = strings.ToUpper(strings.ReplaceAll(k.id, "-", ""))
			s.ask("C5: UUID parameters accept every form", upper.route("GET", ""), ok, text("id", k.id))
			r := s.ask("C5: HEAD", k.route("HEAD", ""), ok)
			s.want(r, "C5: HEAD", header("Content-Type", "application/json"))
		}},
		Case{Name: "update", Run: updateKeyCase},
		Case{Name: "pause", Run: func(s *Session) {
			k := s.myKey(nil)
			s.ask("K4", k.patch(fields{"is_active": false}), ok, is("is_active", false), is("revoked_at", nil))
			s.ask("C3 row 3: not active", k.use(get("/api/auth/profile")), refusedKey(401, "api_key_inactive"))
			s.ask("K4: a pause can be undone", k.patch(fields{"is_active": true}), ok, is("is_active", true))
			s.ask("K4: a pause can be undone", k.use(get("/api/auth/profile")), ok)
			s.ask("K4", k.patch(fields{"is_active": true}), ok, is("is_active", true))
		}},
		Case{Name: "revoke", Run: revokeKeyCase},
		Case{Name: "delete", Run: func(s *Session) {
			k, other := s.myKey(nil), s.myKey(nil)
			s.ask("accounts 8.1", k.use(get("/api/auth/profile")), ok)
			s.ask("K5: 204, empty; no body", k.route("DELETE", "").carrying("{"), status(204))
			s.ask("C3 row 2", k.use(get("/api/auth/profile")), refusedKey(401, "invalid_api_key"))
			s.goneKey(k)
			s.ask("K5: this key only", other.use(get("/api/auth/profile")), ok)
			revoked := s.myKey(nil)
			s.ask("K6", revoked.route("POST", "/revoke"), ok)
			s.ask("K5: revoked ones too", revoked.route("DELETE", ""), status(204))
			if _, list := s.keyList(s.me(), "?include_inactive=true"); ids(list) != other.id {
				s.Errorf("listed %s, want %s; contract: K5", ids(list), other.id)
			}
		}},
		Case{Name: "of-another-account", Run: func(s *Session) {
			const says = "accounts 8.1: a key of another account answers 404 as an unknown one"
			k := s.myKey(nil)
			stranger := k
			stranger.owner = s.newUser()
			s.goneKey(stranger)
			if _, list := s.keyList(stranger.owner, "?include_inactive=true"); len(list) != 0 {
				s.Errorf("a stranger sees %s; contract: %s", ids(list), says)
			}
			s.ask(says, k.use(get("/api/auth/profile")), ok)
			s.ask(says, stranger.patch(fields{"name": ""}), notFound) // step 9 before step 10
		}},
		Case{Name: "unknown", Run: func(s *Session) {
			k := apiKey{id: "8e03978e-40d5-43e8-bc93-6894a57f9324", owner: s.me()}
			s.goneKey(k)
			k.id = "not-a-uuid"
			for _, r := range []Request{k.route("GET", ""), k.route("DELETE", ""), k.route("POST", "/revoke"), k.route("GET", "/usage"), k.patch(fields{})} {
				s.ask("C5: UUID parameters: anything else is 400", r, badRequest, field("key_id"))
			}
		}},
		Case{Name: "list", Run: listKeysCase},
		Case{Name: "list-pages", Run: pageKeysCase},
		Case{Name: "class", Run: keyRoutesClass},
		Case{Name: "methods", Run: func(s *Session) {
			k := s.myKey(nil)
			for target, allowed := range map[string]string{"": "GET, HEAD, POST, OPTIONS", "/" + k.id: "GET, HEAD, PATCH, DELETE, OPTIONS", "/" + k.id + "/revoke": "POST, OPTIONS", "/" + k.id + "/usage": "GET, HEAD, OPTIONS"} {
				s.ask("C4: 405 with Allow", bare("PUT", "/api/api-keys"+target), notAllowed, header("Allow", allowed))
				s.ask("C5: OPTIONS", bare("OPTIONS", "/api/api-keys"+target), status(204), header("Allow", allowed))
			}
			s.ask("C1: a trailing slash is another path", get("/api/api-keys/").bearer(s.me().token), notFound)
		}},
	)
}

// goneKey wants every route about a key to answer 404.
func (s *Session) goneKey(k apiKey) {
	s.Helper()
	const says = "accounts 8.1: 404"
	for _, r := range []Request{
		k.route("GET", ""), k.route("DELETE", ""), k.route("POST", "/revoke"), k.route("GET", "/usage"), k.patch(fields{"name": "x"}), k.patch(fields{"is_active": true}),
	} {
		s.ask(says, r, notFound, text("error", "API key not found"))
	}
}

func createKeyCase(s *Session) {
	const says = "K1: api_key (plaintext, this once), metadata, warning"
	before := time.Now()
	r := s.ask(says, s.me().createKey(nil), ok, matching("api_key", "dfm_ and 32 of [A-Za-z0-9]", `^dfm_[A-Za-z0-9]{32}$`),
		nonEmpty("warning"), metadataAt("metadata."), text("metadata.name", "gate"), text("metadata.organization_type", "Producer"),
		is("metadata.is_active", true), number("metadata.usage_count", 0), number("metadata.rate_limit_per_hour", 100),
		is("metadata.last_used_at", nil), is("metadata.expires_at", nil), is("metadata.revoked_at", nil),
		is("metadata.permissions.read", true), is("metadata.permissions.write", false), is("metadata.permissions.admin", false))
	key := r.text("api_key")
	s.service.suite.secrets.add("an API key", key)
	if r.text("metadata.key_prefix") != key[:8] {
		s.wrong(r, "key_prefix is not the beginning of the key", "accounts 8.1: first 8 characters of the whole")
	}
	created, err := time.Parse(time.RFC3339, r.text("metadata.created_at"))
	if err != nil || created.Sub(before).Abs() > 10*time.Minute {
		s.wrong(r, "created_at is not about now", says)
	}
	another := s.ask(says, s.me().createKey(nil), ok)
	s.service.suite.secrets.add("an API key", another.text("api_key"))
	if another.text("api_key") == key || another.text("metadata.id") == r.text("metadata.id") {
		s.wrong(another, "the same key again", says)
	}
	one := s.ask("K3: shown once", apiKey{id: r.text("metadata.id"), owner: s.me()}.route("GET", ""), ok)
	if strings.Contains(string(one.Body), key) {
		s.wrong(one, "it holds the key", "accounts 8.1: plaintext this once")
	}
}

func createFullKey(s *Session) {
	const says = "K1: every field"
	r := s.ask(says, s.me().createKey(fields{
		"name": "all of it", "organization_type": "External", "organization_id": "8e03978e-40d5-43e8-bc93-6894a57f9324",
		"permissions":       fields{"read": false, "write": true, "admin": false, "custom": fields{"export": true, "print": false}},
		"allowed_endpoints": []string{"/api/items"}, "rate_limit_per_hour": 7, "expires_in_days": 3, "notes": "for the gate",
		"allowed_ips": []string{"10.0.0.0/8"},
	}), ok, metadataAt("metadata."), text("metadata.name", "all of it"), text("metadata.organization_type", "External"),
		is("metadata.permissions.read", false), is("metadata.permissions.write", true), is("metadata.permissions.custom.export", true),
		is("metadata.permissions.custom.print", false), number("metadata.rate_limit_per_hour", 7))
	s.service.suite.secrets.add("an API key", r.text("api_key"))
	created, _ := time.Parse(time.RFC3339, r.text("metadata.created_at"))
	expires, err := time.Parse(time.RFC3339, r.text("metadata.expires_at"))
	if err != nil || !expires.Equal(created.Add(72*time.Hour)) {
		s.wrong(r, "expires_at is not created_at + 72 h", "accounts 8.1: expires_at = created_at + days x 24 h")
	}
}

func updateKeyCase(s *Session) {
	const says = "K4: 200 metadata; changed fields, counters untouched"
	k := s.myKey(fields{"notes": "old"})
	s.ask("accounts 8.1", k.use(get("/api/auth/profile")), ok)
	s.ask(says, k.patch(fields{}), ok, metadataAt(""), text("name", "gate"), number("usage_count", 1))
	s.ask(says, k.patch(fields{"name": jsonNull{}, "is_active": jsonNull{}, "permissions": jsonNull{}}), ok, text("name", "gate"), is("is_active", true))
	s.ask(says, k.patch(fields{"name": "new", "rate_limit_per_hour": 9, "notes": "n"}), ok, metadataAt(""), text("name", "new"),
		number("rate_limit_per_hour", 9), number("usage_count", 1), nonEmpty("last_used_at"), is("permissions.read", true))
	s.ask(says, k.route("GET", ""), ok, text("name", "new"), number("rate_limit_per_hour", 9))
	s.ask("K4: permissions, whole", k.patch(fields{"permissions": permissions(false, true, false)}), ok, text("name", "new"), is("permissions.read", false))
	s.ask("C3 row 9", k.use(get("/api/auth/profile")), refusedKey(403, "insufficient_permissions"))
	s.ask("K4: 403 admin as K1", k.patch(fields{"permissions": permissions(true, true, true)}), refusedKey(403, "insufficient_permissions"))
	s.ask("K4: other fields are not changeable", k.patch(fields{"allowed_ips": []string{"10.9.9.9"}, "user_id": "x", "organization_type": "External"}), ok,
		text("organization_type", "Producer"))
	s.ask(says, k.patch(fields{"is_active": "no"}), unprocessable, field("is_active"))
}

func revokeKeyCase(s *Session) {
	const says = "K6: metadata, is_active false; repeat answers the same"
	k := s.myKey(nil)
	s.ask("accounts 8.1", k.use(get("/api/auth/profile")), ok)
	first := s.ask(says, k.route("POST", "/revoke"), ok, metadataAt(""), is("is_active", false), instant("revoked_at"), text("id", k.id))
	for range 3 { // at once, wherever it is asked
		s.ask("accounts 8.1: revocation", k.use(get("/api/auth/profile")), refusedKey(401, "api_key_inactive"))
	}
	again := s.ask(says, k.route("POST", "/revoke").carrying("{"), ok)
	if !bytes.Equal(first.Body, again.Body) {
		s.wrong(again, "body differs from the first: "+first.String(), says)
	}
	s.ask("K4: 409 is_active true on a revoked key", k.patch(fields{"is_active": true}), conflict)
	s.ask("K4: 409 is_active true on a revoked key", k.patch(fields{"is_active": true, "name": "x"}), conflict)
	s.ask("K4", k.patch(fields{"is_active": false, "name": "rest in peace"}), ok, text("name", "rest in peace"), is("is_active", false),
		text("revoked_at", first.text("revoked_at")))
	paused := s.myKey(nil)
	s.ask("K4", paused.patch(fields{"is_active": false}), ok)
	s.ask(says, paused.route("POST", "/revoke").with("Idempotency-Key", "r"), ok, instant("revoked_at"))
	s.ask("C9", paused.route("POST", "/revoke").with("Idempotency-Key", "r"), ok, header("Idempotency-Replayed", "true"), instant("revoked_at"))
	s.ask("accounts 8.1: revocation is final", paused.patch(fields{"is_active": true}), conflict)
}

func listKeysCase(s *Session) {
	const says = "K2: array, oldest first; include_inactive = false; expired keys included"
	if r, _ := s.keyList(s.me(), ""); string(r.Body) != "[]" {
		s.wrong(r, "it is not an empty array", says)
	}
	a, b, c, d := s.myKey(nil), s.myKey(nil), s.myKey(fields{"expires_in_days": 1}), s.myKey(nil)
	s.ask("K4", b.patch(fields{"is_active": false}), ok)
	s.ask("K6", d.route("POST", "/revoke"), ok)
	active := oldestFirst(a, c)
	for query, want := range map[string]string{"": active, "?include_inactive=false": active, "?include_inactive=true": oldestFirst(a, b, c, d)} {
		if r, list := s.keyList(s.me(), query); ids(list) != want {
			s.wrong(r, "it lists "+ids(list)+", want "+want, says)
		}
	}
	s.ask("K4", b.patch(fields{"is_active": true}), ok)
	if r, list := s.keyList(s.me(), ""); ids(list) != oldestFirst(a, b, c) {
		s.wrong(r, "it lists "+ids(list), says)
	}
	for _, query := range []string{"?include_inactive=1", "?include_inactive=", "?include_inactive=true&include_inactive=true", "?limit=-1", "?limit=x", "?cursor=x"} {
		s.ask("C5, C8: 400", get("/api/api-keys"+query).bearer(s.me().token), badRequest)
	}
}

func pageKeysCase(s *Session) {
	const says = "C8: limit, Link to the next page; no entry twice, none left out"
	var want []apiKey
	for i := range 7 {
		k := s.myKey(nil)
		if i == 3 {
			s.ask("K6", k.route("POST", "/revoke"), ok)
			continue
		}
		want = append(want, k)
	}
	link := regexp.MustCompile(`^<(/api/api-keys\?[^>]+)>; rel="next"$`)
	for _, size := range []int{1, 2, 3, 6, 200} {
		var got []string
		target := fmt.Sprintf("?limit=%d", size)
		for page := 0; ; page++ {
			r, list := s.keyList(s.me(), target)
			if len(list) > size || page > 8 {
				s.wrong(r, "the page is too long, or there is no end", says)
				return
			}
			got = append(got, strings.Fields(ids(list))...)
			next := link.FindStringSubmatch(r.Header.Get("Link"))
			if next == nil {
				break
			}
			target = strings.TrimPrefix(next[1], "/api/api-keys")
			if len(got) == 2*size && size == 2 { // a key made meanwhile comes last
				want = append(want, s.myKey(nil))
			}
		}
		if strings.Join(got, " ") != oldestFirst(want...) {
			s.Errorf("in pages of %d: %v, want %s; contract: %s", size, got, oldestFirst(want...), says)
		}
	}
	if r, list := s.keyList(s.me(), "?limit=0"); len(list) != 0 || r.Header.Get("Link") != "" {
		s.wrong(r, "limit 0 gives an empty page", says)
	}
	r, _ := s.keyList(s.me(), "?limit=2")
	s.want(r, says, headerLike("Link", link.String()))
	next, err := url.Parse(link.FindStringSubmatch(r.Header.Get("Link"))[1])
	if err != nil {
		s.Fatal(err)
	}
	cursor := next.Query().Get("cursor")
	const bound = "C8: a cursor is bound to route, filters and caller"
	s.ask(bound, get("/api/api-keys?include_inactive=true&cursor="+cursor).bearer(s.me().token), badRequest)
	s.ask(bound, get("/api/api-keys?limit=2&cursor="+cursor).bearer(s.newUser().token), badRequest)
	s.ask(bound, get("/api/api-keys?limit=2&cursor="+cursor+"A").bearer(s.me().token), badRequest)
}

// keyRoutesClass are the credentials that the routes of keys take.
func keyRoutesClass(s *Session) {
	k := s.myKey(fields{"permissions": permissions(true, true, false)})
	for _, r := range []Request{
		s.me().createKey(nil), get("/api/api-keys").bearer(s.me().token), k.route("GET", ""), k.patch(fields{"name": "x"}), k.route("DELETE", ""),
		k.route("POST", "/revoke"), k.route("GET", "/usage"),
	} {
		r = r.without("Authorization")
		s.ask("C3: none is 401", r, unauthorized)
		s.ask("C3: bad token is 401", r.bearer("garbage"), unauthorized)
		s.ask("C3 jwt: an API key answers 403 insufficient_permissions", k.use(r), refusedKey(403, "insufficient_permissions"))
		s.ask("C3: X-API-Key is the only credential", k.use(r.bearer(s.me().token)), refusedKey(403, "insufficient_permissions"))
		s.ask("C3: a bad key is refused as such", r.with("X-API-Key", unknownKey()), refusedKey(401, "invalid_api_key"))
	}
	s.ask("C3: nothing has happened", k.use(get("/api/auth/profile")), ok)
}
