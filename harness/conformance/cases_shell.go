package conformance

import "strings"

// shellCases are the routes of accounts, section 1.
func shellCases() []Case {
	return under("shell",
		answer("root", "S1: name, version, description, features", get("/"), ok,
			text("name", "Tracedge"), nonEmpty("version", "description"), texts("features")),
		answer("health", "S2: status healthy, timestamp, uptime", get("/health"), ok,
			text("status", "healthy"), instant("timestamp"), nonEmpty("uptime")),
		answer("health-touches-no-storage", "S2: liveness only, no storage", get("/health"), ok,
			headerLike("Server-Timing", `storage;dur=0(\.0+)?;desc="0 ops"`)),
		answer("database", "S3: database.status connected", get("/health/db"), ok,
			text("database.status", "connected"), nonEmpty("database.message"), instant("database.timestamp")),
		answer("database-is-really-read", "S3: a real, uncached read of the schema record", get("/health/db"), ok,
			headerLike("Server-Timing", `desc="[1-9][0-9]* ops"`)),
		answer("version", "S4: name, version, commit, built_at, storage_schema", get("/version"), ok,
			nonEmpty("name", "version"), textOrNull("commit", "built_at"), integer("storage_schema")),
		answer("version-built-at", "S4: built_at is rfc3339z or null", get("/version"), ok, instantOrNull("built_at")),
		answer("query-unknown", "C5: unknown query keys are ignored", get("/health?limit=x&limit=y&&=&a[]=1"), ok),
		answer("query-bad-encoding", "C5: unknown query keys are ignored", get("/health?a=%zz&%=1;b"), ok),
		answer("query-empty", "C5: unknown query keys are ignored", get("/health?"), ok),
		answer("body-on-get", "C5: a body sent to a route without one is ignored",
			get("/health").carrying("null"), ok),
		answer("credentials-unread", "C3: public routes read no credential",
			get("/health").bearer("garbage").with("X-API-Key", "dfm_short"), ok),
		answer("accept-ignored", "C7: Content-Type is application/json", get("/").with("Accept", "text/html"), ok),
	)
}

// texts wants a list of non-empty strings with at least one element.
func texts(path string) Check {
	return each([]string{path}, "a list of strings", func(v any) bool {
		list, ok := v.([]any)
		for _, element := range list {
			ok = ok && isText(element)
		}
		return ok && len(list) > 0
	})
}

// instantOrNull wants null or a time in the form rfc3339z.
func instantOrNull(path string) Check {
	return func(r *Reply) string {
		if v, found := r.get(path); found && v == nil {
			return ""
		}
		return instant(path)(r)
	}
}

// routeCases are the paths that lead nowhere (C1, C2 step 2, C5 Path).
func routeCases() []Case {
	const exact = "C1: a path answers exactly as written, anything else is 404"
	cases := []Case{
		answer("nothing", exact, get("/nothing"), notFound),
		answer("nothing-below-api", exact, get("/api/nothing"), notFound),
		answer("auth-root", exact, get("/api/auth"), notFound),
		answer("post", exact, post("/api/auth/signup", "{}"), notFound),
		answer("delete", exact, bare("DELETE", "/api/auth/login/x"), notFound),
		answer("with-credentials", "C2: route match never looks at credentials",
			get("/nothing").bearer("$token"), notFound),
		answer("before-authentication", "C2: route match comes before authentication",
			get("/api/auth/profile/x").with("X-API-Key", "dfm_short"), notFound),
		answer("before-body", "C2: route match comes before the body", post("/api/auth/nothing", "{").as("text/plain"), notFound),
		answer("not-mounted-receipts", "C1: stage 2 is not mounted", get("/api/receipts"), notFound),
		answer("not-mounted-merkle", "C1: stage 2 is not mounted", get("/api/public/merkle"), notFound),
		answer("not-mounted-audit", "C1: stage 2 is not mounted", get("/audit/audit"), notFound),
		answer("upper-case", "C1: path names are case-sensitive", get("/Health"), notFound),
		answer("upper-case-api", "C1: path names are case-sensitive", post("/API/auth/login", "{}"), notFound),
		answer("double-slash", exact, get("//health"), notFound),
		answer("inner-double-slash", exact, post("/api//auth/login", "{}"), notFound),
		answer("dot-segments", exact, get("/api/auth/../nothing"), notFound),
		answer("encoded-dot-segments", exact, get("/api/auth/%2e%2e/nothing"), notFound),
		answer("encoded-slash", "C5: segments are decoded after they are cut", post("/api%2Fauth%2Flogin", "{}"), notFound),
		answer("encoded-slash-at-end", exact, get("/health%2F"), notFound),
		answer("encoded-nul", exact, get("/health%00"), notFound),
		answer("encoded-newline", exact, get("/health%0d%0aX: y").orFrontRefuses(), status(404)),
		answer("encoded-space", exact, get("/health%20"), notFound),
		answer("encoded-query", exact, get("/health%3Fx"), notFound),
		answer("semicolon", exact, get("/health;x=1"), notFound),
		answer("invalid-utf-8", "C2: no route matches, so no path value is looked at", get("/api/auth/%c3%28"), notFound),
		answer("bad-encoding", "C2: no route matches, so no path value is looked at", get("/api/auth/%zz").orFrontRefuses(), notFound),
		answer("cut-encoding", "C2: no route matches, so no path value is looked at", get("/health%").orFrontRefuses(), notFound),
		answer("raw-bytes", exact, get("/api/\xff\xfe").orFrontRefuses(), notFound),
		answer("raw-letters", exact, get("/api/é").orFrontRefuses(), notFound),
		answer("very-long", exact, get("/api/auth/"+strings.Repeat("a", 8000)), notFound),
		answer("very-deep", exact, get(strings.Repeat("/a", 4000)), notFound),
	}
	for _, r := range routes() {
		if r.path != "/" {
			cases = append(cases, answer("trailing-slash-"+r.label(), "C1: a trailing slash is another path (404)",
				bare(r.method, r.path+"/"), notFound))
		}
	}
	return under("path", cases...)
}
