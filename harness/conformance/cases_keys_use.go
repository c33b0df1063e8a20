package conformance

import (
	"fmt"
	"strings"
)

// readable are the routes that a key with the permission read may use.
func readable() []string {
	return []string{
		"/api/auth/verify", "/api/auth/profile", "/users/me/profile", "/api/users/me/profile", "/users/me/credits/history",
		"/users/me/credits/costs", "/api/users/me/credits/balance", "/credit/users/current",
	}
}

// keyUseCases are the table of C3: what a request with a key is answered with.
func keyUseCases() []Case {
	profile := get("/api/auth/profile")
	return under("use",
		Case{Name: "acts-as-its-owner", Run: func(s *Session) {
			const says = "C3: a key acts as its owner"
			k := s.myKey(nil)
			for _, target := range []string{"/api/auth/verify", "/api/auth/profile", "/users/me/profile", "/credit/users/current"} {
				s.ask(says, k.use(get(target)), ok, text("user_id", s.me().id), text("username", s.me().name))
			}
			s.ask("A3: a key without expiry", k.use(get("/api/auth/verify")), is("valid", true), is("expires_at", nil), text("tier", "Basic"))
			expiring := s.myKey(fields{"expires_in_days": 2})
			s.ask("A3: a key's expiry", expiring.use(get("/api/auth/verify")), integer("expires_at"))
		}},
		Case{Name: "credential-selection", Run: func(s *Session) {
			k, stranger := s.myKey(nil), s.newUser()
			mine := all(ok, text("user_id", s.me().id))
			s.ask("C3: Authorization: Bearer dfm_... is a key", profile.bearer(k.text), mine)
			s.ask("C3: scheme in any case", profile.with("Authorization", "bEARER "+k.text), mine)
			s.ask("C3: X-API-Key is the only credential", k.use(profile.bearer(stranger.token)), mine)
			s.ask("C3: X-API-Key is the only credential", k.use(profile.bearer("garbage")), mine)
			s.ask("C3: X-API-Key is the only credential", k.use(profile.bearer(unknownKey())), mine)
			s.ask("C3: X-API-Key is the only credential", profile.with("X-API-Key", unknownKey()).bearer(k.text), refusedKey(401, "invalid_api_key"))
			s.ask("C3: another form counts as none", profile.with("X-API-Key", "x"+k.text).bearer(k.text), mine)
			s.ask("C3: other schemes count as none", profile.with("Authorization", "Basic "+k.text), unauthorized, lacks("message"))
			s.ask("C3: a header, not a query", get("/api/auth/profile?api_key="+strings.Repeat("x", 32)), unauthorized, lacks("message"))
		}},
		Case{Name: "almost-right", Run: func(s *Session) {
			const says = "C3 rows 1 and 2"
			k := s.myKey(nil)
			swapped := strings.Map(func(r rune) rune {
				switch {
				case r >= 'a' && r <= 'z':
					return r - 'a' + 'A'
				case r >= 'A' && r <= 'Z':
					return r - 'A' + 'a'
				}
				return r
			}, k.text[4:])
			for word, keys := range map[string][]string{
				"invalid_api_key": {k.text[:35] + other(k.text[35]), "dfm_" + swapped, "dfm_" + k.text[5:] + k.text[4:5] + ""},
				"invalid_format":  {k.text + "a", k.text[:35], k.text + "=", k.text[:20] + "%" + k.text[21:], k.text[:20] + "/" + k.text[21:], k.text[:20] + "'" + k.text[21:]},
			} {
				for _, text := range keys {
					if text == k.text {
						continue
					}
					want := map[string]int{"invalid_api_key": 401, "invalid_format": 400}[word]
					s.ask(says, profile.with("X-API-Key", text), refusedKey(want, word))
					s.ask(says, profile.bearer(text), refusedKey(want, word))
				}
			}
		}},
		Case{Name: "permission-read", Run: func(s *Session) {
			const says = "C3: read for GET, HEAD"
			reads, writes := s.myKey(nil), s.myKey(fields{"permissions": permissions(false, true, false)})
			nothing := s.myKey(fields{"permissions": permissions(false, false, false)})
			for _, target := range readable() {
				s.ask(says, reads.use(get(target)), ok)
				s.ask(says, reads.use(bare("HEAD", target)), ok)
				want := 403
				if target == "/api/auth/verify" {
					want = 401 // A3: every refused credential answers 401
				}
				for _, k := range []apiKey{writes, nothing} {
					s.ask(says, k.use(get(target)), refusedKey(want, "insufficient_permissions"))
					s.ask(says, k.use(bare("HEAD", target)), status(want))
				}
			}
		}},
		Case{Name: "class-jwt", Run: func(s *Session) {
			k := s.myKey(fields{"permissions": permissions(true, true, false)})
			for _, r := range routes() {
				if r.class == "jwt" {
					s.ask("C3 jwt: an API key answers 403 insufficient_permissions", k.use(bare(r.method, r.path)), refusedKey(403, "insufficient_permissions"))
				}
			}
		}},
		Case{Name: "class-admin", Run: func(s *Session) {
			k := s.myKey(fields{"permissions": permissions(true, true, false)})
			s.ask("C3 admin: a key also needs its admin permission", k.use(get("/api/admin/errors")), refusedKey(403, "insufficient_permissions"))
		}},
		Case{Name: "public-routes-read-no-credential", Run: func(s *Session) {
			s.ask("C3: public", get("/health").with("X-API-Key", "dfm_x"), ok)
			s.ask("C3: public", get("/version").with("X-API-Key", unknownKey()), ok)
		}},
		Case{Name: "addresses", Run: keyAddresses},
		Case{Name: "endpoints", Run: keyEndpoints},
		Case{Name: "order", Run: keyTableOrder},
		Case{Name: "in-its-record", Run: func(s *Session) {
			const says = "C10: user_id, key id and endpoint template in the record"
			k := s.myKey(nil)
			r := s.ask(says, k.use(profile), ok)
			s.ask(says, k.route("GET", ""), ok)
			var got Record
			if !s.poll(s.service.recordWait, func() bool {
				got = find(s.service.Records(), func(rec Record) bool {
					return rec.text("event") == "request" && rec.text("trace_id") == r.traceID()
				})
				return got != nil
			}) || got.text("key_id") != k.id || got.text("user_id") != s.me().id || got.text("endpoint") != "/api/auth/profile" {
				s.wrong(r, fmt.Sprintf("the record is %v", got), says)
			}
		}},
	)
}

func other(c byte) string {
	if c == 'a' {
		return "b"
	}
	return "a"
}

func keyAddresses(s *Session) {
	const says = "C3 row 7: allowed_ips not empty and client address unknown or not listed"
	profile := get("/api/auth/profile")
	rest := strings.SplitN(s.address, ".", 3)
	for entry, want := range map[string]bool{
		s.address: true, "::ffff:" + s.address: true, s.address + "/32": true, "10.0.0.0/8": true, rest[0] + "." + rest[1] + ".0.0/16": true,
		"0.0.0.0/0": true, "11.0.0.0/8": false, "::/0": false, "192.0.2.1": false,
	} {
		k := s.myKey(fields{"allowed_ips": []string{"198.51.100.7", entry}})
		if want {
			s.ask(says+"; listed "+entry, k.use(profile), ok)
		} else {
			s.ask(says+"; listed "+entry, k.use(profile), refusedKey(403, "ip_not_allowed"))
		}
	}
	k := s.myKey(fields{"allowed_ips": []string{"2001:db8::/32"}})
	s.ask(says, k.use(profile).with("X-Forwarded-For", "2001:DB8:0:1::2"), ok)
	s.ask(says, k.use(profile).with("X-Forwarded-For", "2001:db9::1"), refusedKey(403, "ip_not_allowed"))
	s.ask(says, k.use(profile).with("X-Forwarded-For", "2001:db8::1, 203.0.113.9"), refusedKey(403, "ip_not_allowed"))
	s.ask("A3: every refused credential answers 401", k.use(get("/api/auth/verify")), unauthorized, is("valid", false), code("ip_not_allowed"))
	s.ask("empty = all", s.myKey(fields{"allowed_ips": []string{}}).use(profile), ok)
}

func keyEndpoints(s *Session) {
	const says = "C3 row 8: an entry matches that path and everything below it at a segment boundary; :name matches one segment"
	denied := refusedKey(403, "endpoint_not_allowed")
	for _, c := range []struct {
		entry, path string
		want        bool
	}{
		{"/api/auth/profile", "/api/auth/profile", true},
		{"/api/auth", "/api/auth/profile", true},
		{"/api", "/api/auth/profile", true},
		{"/", "/api/auth/profile", true},
		{"/api/auth/prof", "/api/auth/profile", false},
		{"/api/auth/profile/x", "/api/auth/profile", false},
		{"/API/auth", "/api/auth/profile", false},
		{"/api/:area/profile", "/api/auth/profile", true},
		{"/:a/:b/:c", "/api/auth/profile", true},
		{"/:a/:b/:c/:d", "/api/auth/profile", false},
		{"/api/:area/verify", "/api/auth/profile", false},
		{"/users/me", "/users/me/profile", true},
		{"/users/me", "/api/users/me/profile", false},
		{"/api/users", "/users/me/profile", false},
		{"/api/auth/profile", "/api/auth/%70rofile", true},
	} {
		k := s.myKey(fields{"allowed_endpoints": []string{"/api/items", c.entry}})
		if c.want {
			s.ask(says+"; entry "+c.entry, k.use(get(c.path)), ok)
		} else {
			s.ask(says+"; entry "+c.entry, k.use(get(c.path)), denied)
		}
	}
	k := s.myKey(fields{"allowed_endpoints": []string{"/api/auth/profile"}})
	s.ask(says, k.use(get("/api/auth/profile?x=/other")), ok)
	s.ask(says, k.use(get("/users/me/profile?x=/api/auth/profile")), denied)
	s.ask("empty = all", s.myKey(fields{"allowed_endpoints": []string{}}).use(get("/users/me/profile")), ok)
}

// keyTableOrder has several rows apply at once: the first decides.
func keyTableOrder(s *Session) {
	const says = "C3: checks in order"
	restricted := fields{
		"allowed_ips": []string{"192.0.2.1"}, "allowed_endpoints": []string{"/api/items"}, "permissions": permissions(false, false, false),
		"rate_limit_per_hour": 1,
	}
	k := s.myKey(restricted)
	profile := k.use(get("/api/auth/profile"))
	s.ask(says+": 7 before 8, 9", profile, refusedKey(403, "ip_not_allowed"))
	s.ask(says+": 8 before 9", profile.with("X-Forwarded-For", "192.0.2.1"), refusedKey(403, "endpoint_not_allowed"))
	s.ask(says+": 3 before 7", k.patch(fields{"is_active": false}), ok)
	s.ask(says+": 3 before 7", profile, refusedKey(401, "api_key_inactive"))
	s.ask("C2: route match before credentials", k.use(get("/api/nothing")), notFound)
	s.ask("C2: route match before credentials", k.use(bare("PUT", "/api/auth/profile")), notAllowed)
	s.ask("C2: permission (step 5) before query values (step 7)", k.patch(fields{"is_active": true}), ok)
	delete(restricted, "allowed_ips")
	delete(restricted, "allowed_endpoints")
	mute := s.myKey(restricted)
	bad := mute.use(get("/users/me/credits/history?limit=x"))
	s.ask("C2: permission (step 5) before query values (step 7)", bad, refusedKey(403, "insufficient_permissions"))
	s.ask("K4", mute.patch(fields{"permissions": permissions(true, false, false)}), ok)
	s.ask("C2: query values (step 7)", bad, badRequest)
	s.ask("C2: quota (step 6) before query values (step 7): the first was admitted", bad, refusedKey(429, "rate_limit_exceeded"))
	s.ask(says+": 9 before 10", mute.use(bare("POST", "/api/auth/refresh")), refusedKey(403, "insufficient_permissions"))
}
