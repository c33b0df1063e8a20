package conformance

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestKeyMutations breaks what the service does with API keys in one way at a time and wants the cases to notice.
func TestKeyMutations(t *testing.T) {
	replaced := func(old, new string) native { return native{wrap: editReply(func(r *reply) { r.replace(old, new) })} }
	request := func(edit func(*http.Request)) native {
		return native{wrap: editRequest(func(r *http.Request, _ *[]byte) { edit(r) })}
	}
	instead := func(from, to int) native {
		return native{wrap: editReply(func(r *reply) {
			if r.status == from {
				r.status = to
			}
		})}
	}
	entries := regexp.MustCompile(`^\[(\{.*\}),(\{"metadata".*\})\]$`)
	for _, m := range []struct {
		name, cases string
		runtime     Runtime
		silent      bool
	}{
		{"nothing", "keys/manage/create", native{}, true},
		{"nothing-in-lists", "keys/manage/list", native{}, true},
		{"another-prefix", "keys/manage/create", replaced(`"key_prefix":"dfm_`, `"key_prefix":"dfm_A`), false},
		{"hash-shown", "keys/manage/get", replaced(`"key_prefix":"dfm`, `"key_hash":"x","key_prefix":"dfm`), false},
		{"flat-list", "keys/manage/list", replaced(`{"metadata":`, `{"data":`), false},
		{"newest-first", "keys/manage/list", native{wrap: editReply(func(r *reply) { r.body = entries.ReplaceAll(r.body, []byte(`[$2,$1]`)) })}, false},
		{"no-next-page", "keys/manage/list-pages", native{wrap: editReply(func(r *reply) { r.header.Del("Link") })}, false},
		{"deleted-with-200", "keys/manage/delete", instead(204, 200), false},
		{"strangers-forbidden", "keys/manage/of-another", instead(404, 403), false},
		{"revocation-without-time", "keys/manage/revoke", replaced(`"revoked_at":"2`, `"revoked_at":null,"x":"2`), false},
		{"any-range", "keys/fields/rate_limit", instead(422, 200), false},
		{"bearer-beats-key", "keys/use/credential", request(func(r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				r.Header.Del("X-API-Key")
			}
		}), false},
		{"address-ignored", "keys/use/addresses", request(func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.1") }), false},
		{"path-in-lower-case", "keys/use/endpoints", native{wrap: editRequest(func(_ *http.Request, body *[]byte) {
			*body = bytes.ReplaceAll(*body, []byte("/API/"), []byte("/api/"))
		})}, false},
		{"other-code", "keys/use/permission-read", replaced("insufficient_permissions", "forbidden"), false},
		{"quota-off", "keys/quota/per-key", instead(429, 200), false},
		{"quota-race-one-more", "keys/quota/race", native{wrap: oneMore()}, false},
		{"no-remaining", "keys/quota/per-key", replaced(`"remaining":0`, `"remaining":1`), false},
		{"usage-not-counted", "keys/quota/usage", replaced(`"successful_requests":3`, `"successful_requests":4`), false},
		{"key-in-records", "keys/use/in-its-record", edited{func(r []Record) []Record { return altered(r, "key_id", nil) }}, false},
	} {
		t.Run(m.name, func(t *testing.T) {
			failures := verdict(t, m.runtime, m.cases)
			if m.silent && len(failures) > 0 {
				t.Errorf("%s complain without a reason: %s", m.cases, failures)
			}
			if !m.silent && len(failures) == 0 {
				t.Errorf("%s noticed nothing", m.cases)
			}
		})
	}
}

// oneMore lets the limit of the race be 51.
func oneMore() func(http.Handler) http.Handler {
	return editRequest(func(r *http.Request, body *[]byte) {
		if strings.HasSuffix(r.URL.Path, "/api-keys") {
			*body = bytes.ReplaceAll(*body, []byte(`"rate_limit_per_hour":50`), []byte(`"rate_limit_per_hour":51`))
		}
	})
}
