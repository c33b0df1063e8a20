package conformance

import (
	"fmt"
	"strings"
)

// hostileCases are headers that nobody sends by accident. The service answers as if they were not there, or refuses
// them in its own words; a server in front of it may refuse them before.
func hostileCases() []Case {
	const says = "C5, C10: what a route does not ask for is ignored, whatever it looks like"
	many := get("/health")
	for i := range 80 {
		many = many.with(fmt.Sprintf("X-Many-%d", i), strings.Repeat("v", 50))
	}
	repeated := get("/health")
	for range 50 {
		repeated = repeated.with("X-Same", "a, b")
	}
	return under("header",
		answer("long", says, get("/health").with("X-Long", strings.Repeat("x", 8<<10)).orFrontRefuses(), ok),
		answer("very-long", says, get("/health").with("X-Long", strings.Repeat("x", 40<<10)).orFrontRefuses(), ok),
		answer("huge", says, get("/health").with("X-Long", strings.Repeat("x", 2<<20)).orFrontRefuses(), ok),
		answer("many", says, many.orFrontRefuses(), ok),
		answer("repeated", says, repeated, ok),
		answer("not-ascii", says, get("/health").with("User-Agent", "Gl\xfcck \xff\xfe ünï").orFrontRefuses(), ok),
		answer("commas", says, get("/health").with("Date", "Tue, 24 Nov 2026 08:00:00 GMT").with("User-Agent", "a, b, c"), ok),
		answer("forwarded-garbage", says, get("/health").with("X-Forwarded-For", "unknown, ;, \xff, 999.1.1.1, [::1"), ok),
		answer("forwarded-garbage-login", says,
			post("/api/auth/login", `{"username":"$name","password":"$password"}`).with("X-Forwarded-For", ",,,"), unauthorized),
		answer("forwarded-ipv6-login", says,
			post("/api/auth/login", `{"username":"$name","password":"$password"}`).with("X-Forwarded-For", "2001:db8::7"), unauthorized),
		answer("host", says, get("/health").with("Host", "evil.example:1"), ok),
		answer("cookie", says, get("/health").with("Cookie", "token=x; session=y"), ok),
		answer("range", says, get("/health").with("Range", "bytes=0-1").with("If-None-Match", "*").with("If-Modified-Since", "x"), ok),
		answer("encoding", says, get("/health").with("Accept-Encoding", "identity;q=0, *;q=0").orFrontRefuses(), ok),
		answer("idempotency-key-on-get", "C9: ignored on other methods", get("/health").with("Idempotency-Key", strings.Repeat("k", 5000)), ok),
		answer("authorization-not-ascii", "C3: any failure is 401",
			get("/api/auth/profile").with("Authorization", "Bearer \xff\xfe\xfd").orFrontRefuses(), unauthorized),
		answer("authorization-long", "C3: any failure is 401",
			get("/api/auth/profile").bearer(strings.Repeat("A", 12<<10)).orFrontRefuses(), unauthorized),
		answer("key-not-ascii", "C3: another alphabet is 400 invalid_format",
			get("/api/auth/profile").with("X-API-Key", "dfm_"+strings.Repeat("\xff", 32)).orFrontRefuses(), badRequest, code("invalid_format")),
		answer("content-type-odd", "C5: content type else 415",
			post("/api/auth/login", `{}`).as("application/json\x01; \xff").orFrontRefuses(), status(415, 422)),
	)
}
