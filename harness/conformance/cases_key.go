package conformance

import (
	"crypto/rand"
	"strings"
)

// unknownKey is an API key of the right form that the service never gave out.
func unknownKey() string { return "dfm_" + (rand.Text() + rand.Text())[:32] }

// keyCases are the refusals of API keys in C3 that need no key to exist.
func keyCases() []Case {
	const form = "C3: begins dfm_ but has another length or alphabet: 400 invalid_format"
	const unknown = "C3: unknown key: 401 invalid_api_key"
	const selection = "C3: X-API-Key beginning dfm_ is the only credential; of another form it counts as none"
	malformed := all(badRequest, code("invalid_format"))
	unregistered := all(unauthorized, code("invalid_api_key"))
	profile := get("/api/auth/profile")
	var cases []Case
	for name, key := range map[string]string{
		"nothing-more": "dfm_", "short": "dfm_abc", "31": "dfm_" + strings.Repeat("a", 31), "33": "dfm_" + strings.Repeat("a", 33),
		"dash": "dfm_" + strings.Repeat("a", 31) + "-", "underscore": "dfm_" + strings.Repeat("a", 31) + "_",
		"space-inside": "dfm_" + strings.Repeat("a", 15) + " " + strings.Repeat("a", 16), "dots": "dfm_a.b.c",
		"long": "dfm_" + strings.Repeat("a", 4000),
	} {
		cases = append(cases,
			answer("form-"+name, form, profile.with("X-API-Key", key), malformed),
			answer("form-"+name+"-bearer", form, profile.bearer(key), malformed))
	}
	for _, r := range routes() {
		if r.class != "public" && r.path != "/api/auth/verify" {
			cases = append(cases,
				answer("form-on-"+r.label(), form, bare(r.method, r.path).with("X-API-Key", "dfm_x"), malformed),
				answer("unknown-on-"+r.label(), unknown, bare(r.method, r.path).with("X-API-Key", unknownKey()), unregistered),
				answer("unknown-bearer-on-"+r.label(), unknown, bare(r.method, r.path).bearer(unknownKey()), unregistered),
				answer("another-form-on-"+r.label(), selection, bare(r.method, r.path).with("X-API-Key", "key-123"), unauthorized))
		}
	}
	cases = append(cases,
		answer("beats-a-good-token", selection, profile.with("X-API-Key", unknownKey()).bearer("$token"), unregistered),
		answer("bad-form-beats-a-good-token", selection, profile.with("X-API-Key", "dfm_x").bearer("$token"), malformed),
		answer("other-form-leaves-the-token", selection, profile.with("X-API-Key", "key-123").bearer("$token"), ok),
		answer("empty-leaves-the-token", selection, profile.with("X-API-Key", "").bearer("$token"), ok),
		answer("upper-case-prefix-leaves-the-token", selection, profile.with("X-API-Key", "DFM_x").bearer("$token"), ok),
		answer("basic-scheme", selection, profile.with("Authorization", "Basic "+unknownKey()), unauthorized, lacks("message")),
		answer("scheme-in-lower-case", unknown, profile.with("Authorization", "bearer "+unknownKey()), unregistered),
		answer("in-query", "C3: a credential is a header", get("/api/auth/profile?api_key=dfm_x"), unauthorized, lacks("message")),
	)
	return under("key", sorted(cases)...)
}
