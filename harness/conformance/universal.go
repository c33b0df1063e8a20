package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// rule binds every reply of the service.
type rule struct {
	says  string // the contract
	check Check
}

// universal returns the rules for every reply.
func universal() []rule {
	return []rule{
		{"C10: every response carries X-Trace-Id, 32 lower-case hex", headerLike("X-Trace-Id", `^[0-9a-f]{32}$`)},
		{"C10: traceparent has the same trace id, the server's span id and the sampled flag", traceparentAgrees},
		{"C10: Server-Timing has total and storage", serverTiming},
		{"C11: Access-Control-Allow-Origin is * on every response", header("Access-Control-Allow-Origin", "*")},
		{"C11: no credentials flag", header("Access-Control-Allow-Credentials", "")},
		{"C11: exposed headers", exposesHeaders},
		{"C7: Cache-Control is no-store", header("Cache-Control", "no-store")},
		{"C7: X-Content-Type-Options is nosniff", header("X-Content-Type-Options", "nosniff")},
		{"C5: HEAD and 204 have no body, everything else is JSON", bodyForm},
		{"C7: JSON is compact and Content-Type is application/json", compact},
		{"C4: the shape of an error", errorShape},
		{"C4: error_kind fits the status", kindFitsStatus},
		{"C4: trace_id equals X-Trace-Id", traceIDInBody},
		{"C4: texts of engines, libraries and remote services never reach a client", noInternals},
		{"C3: every 401 carries WWW-Authenticate: Bearer", onStatus(401, header("WWW-Authenticate", "Bearer"))},
		{"C6: every 503 carries Retry-After: 1", onStatus(503, header("Retry-After", "1"))},
		{"C4: 405 carries Allow", onStatus(405, headerLike("Allow", `[A-Z]`))},
		{"C6: the shape of a 429", onStatus(429, throttled)},
		{"C4: success false on routes whose success has it", successFalse},
		{"accounts 10.1: password_hash and token_version are never returned", lacks("password_hash", "token_version")},
	}
}

// breaches holds a reply against every rule.
func breaches(r *Reply) []rule {
	var broken []rule
	for _, u := range universal() {
		if wrong := u.check(r); wrong != "" {
			broken = append(broken, rule{u.says, func(*Reply) string { return wrong }})
		}
	}
	return broken
}

func onStatus(code int, check Check) Check {
	return func(r *Reply) string {
		if r.Status != code {
			return ""
		}
		return check(r)
	}
}

func traceparentAgrees(r *Reply) string {
	pattern := `^00-` + regexp.QuoteMeta(r.traceID()) + `-[0-9a-f]{16}-0[01]$`
	got := r.Header.Get("traceparent")
	if !regexp.MustCompile(pattern).MatchString(got) || strings.Contains(got, "-0000000000000000-") {
		return fmt.Sprintf("traceparent is %q beside X-Trace-Id %q", got, r.traceID())
	}
	return ""
}

// serverTiming takes a bare total from the gates that answer before any storage could be touched.
func serverTiming(r *Reply) string {
	wants := []string{`(^|, )total;dur=[0-9]+(\.[0-9]+)?(,|$)`}
	if r.text("error_kind") != "overloaded" {
		wants = append(wants, `(^|, )storage;dur=[0-9]+(\.[0-9]+)?;desc="[0-9]+ ops"(,|$)`)
	}
	for _, want := range wants {
		if wrong := headerLike("Server-Timing", want)(r); wrong != "" {
			return wrong
		}
	}
	return ""
}

func exposesHeaders(r *Reply) string {
	if r.Request.preflight() {
		return ""
	}
	var exposed []string
	for name := range strings.SplitSeq(strings.Join(r.Header.Values("Access-Control-Expose-Headers"), ","), ",") {
		exposed = append(exposed, strings.ToLower(strings.TrimSpace(name)))
	}
	for _, want := range []string{
		"link", "retry-after", "x-trace-id", "traceparent", "server-timing", "idempotency-replayed", "allow",
	} {
		if !slices.Contains(exposed, want) {
			return fmt.Sprintf("Access-Control-Expose-Headers lacks %s: %v", want, exposed)
		}
	}
	return ""
}

func bodyForm(r *Reply) string {
	empty := r.Request.Method == "HEAD" || r.Status == 204
	switch {
	case empty && len(r.Body) > 0:
		return fmt.Sprintf("a body of %d bytes", len(r.Body))
	case !empty && r.object == nil && !isPage(r) && !(r.Status == 200 && bareArray(r.Request.path()) && bytes.HasPrefix(r.Body, []byte("["))):
		return "the body is not a JSON object"
	}
	return ""
}

// bareArray tells the lists whose body is an array (C8).
func bareArray(path string) bool {
	if slices.Contains([]string{
		"/api/api-keys", "/api/items", "/api/items/search", "/api/items/pending", "/api/events", "/api/events/timeline", "/api/events/public", "/api/events/private",
	}, path) || circuitArray.MatchString(path) {
		return true
	}
	for _, prefix := range []string{
		"/api/items/shared-to/", "/api/items/identifier/", "/api/events/item/", "/api/events/type/", "/api/events/visibility/", "/api/activities",
	} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// circuitArray are those of circuits.
var circuitArray = regexp.MustCompile(`^/api/circuits(/list|/member/[^/]+|/[^/]+/(roles|requests/pending|operations|operations/pending|items|activities))?$`)

// isPage tells the one reply that is not JSON.
func isPage(r *Reply) bool { return r.Status == 200 && r.Request.path() == "/docs" }

func compact(r *Reply) string {
	if r.Status == 204 || isPage(r) {
		return ""
	}
	if wrong := header("Content-Type", "application/json")(r); wrong != "" || r.Request.Method == "HEAD" {
		return wrong
	}
	var b bytes.Buffer
	if err := json.Compact(&b, r.Body); err != nil {
		return "the body is not one JSON value"
	}
	if !bytes.Equal(b.Bytes(), bytes.TrimSuffix(r.Body, []byte("\n"))) {
		return "white space between tokens"
	}
	return ""
}

func errorShape(r *Reply) string {
	if r.Status < 400 || r.object == nil {
		return ""
	}
	if wrong := all(nonEmpty("error", "error_kind", "trace_id"))(r); wrong != "" {
		return wrong
	}
	if _, found := r.object["message"]; found {
		return all(nonEmpty("message"), matching("error", "a code", `^[a-z_]+$`))(r)
	}
	return ""
}

// statusesOf lists the statuses of an error_kind (C4; a 503 of /health/db may also say database_error).
func statusesOf(kind, path string) []int {
	switch kind {
	case "validation_error":
		return []int{400, 413, 415, 422}
	case "auth_error":
		return []int{401, 403}
	case "insufficient_credits":
		return []int{402}
	case "not_found":
		return []int{404}
	case "conflict":
		return []int{409}
	case "rate_limit_exceeded":
		return []int{429}
	case "storage_lock_timeout", "database_timeout", "overloaded":
		return []int{503}
	case "database_error":
		if path == "/health/db" {
			return []int{503}
		}
		return []int{500}
	case "external_timeout":
		return []int{502}
	case "external_error":
		return []int{502, 503}
	case "internal_error":
		return []int{500}
	case "other":
		return []int{405, 501, 503}
	}
	return nil
}

// kindFitsStatus takes the key refusals of C3 too: 400 invalid_format is a validation_error, 500 rate_limit_error is not
// in reach of the suite.
func kindFitsStatus(r *Reply) string {
	if r.Status < 400 || r.object == nil {
		return ""
	}
	kind := r.text("error_kind")
	if !slices.Contains(statusesOf(kind, r.Request.path()), r.Status) {
		return fmt.Sprintf("error_kind %q with status %d", kind, r.Status)
	}
	return ""
}

func traceIDInBody(r *Reply) string {
	if r.Status < 400 || r.object == nil {
		return ""
	}
	return text("trace_id", r.traceID())(r)
}

var internals = regexp.MustCompile(`(?i)goroutine|panic|runtime error|json: |unmarshal|invalid character|bcrypt|` +
	`durable object|sequencer|sqlite|wasm|stack|\.go:\d|\.mjs:\d|token is (malformed|expired|unverifiable)|crypto/`)

func noInternals(r *Reply) string {
	if r.Status < 400 {
		return ""
	}
	for _, name := range []string{"error", "message"} {
		if found := internals.FindString(r.text(name)); found != "" {
			return fmt.Sprintf("%s speaks of %q", name, found)
		}
	}
	return ""
}

// throttled wants the body and header of C6.
func throttled(r *Reply) string {
	return all(
		code("rate_limit_exceeded"),
		integer("limit", "retry_after"), number("remaining", 0), instant("reset_at"),
		matchingNumber("retry_after", func(n int64) bool { return n >= 1 }, ">= 1"),
		func(r *Reply) string { return header("Retry-After", fmt.Sprint(r.int("retry_after")))(r) },
	)(r)
}

func matchingNumber(path string, holds func(int64) bool, form string) Check {
	return func(r *Reply) string {
		if n := r.int(path); !holds(n) {
			return fmt.Sprintf("%s is %d, want %s", path, n, form)
		}
		return ""
	}
}

// successFalse concerns logout, the only mounted route whose success body has `success`. What answers before the route
// is entered (405, gates, missing settings) is not the route's.
func successFalse(r *Reply) string {
	if r.Request.path() != "/api/auth/logout" || r.Status < 400 || r.Status == 405 || r.Status == 503 || r.object == nil {
		return ""
	}
	return is("success", false)(r)
}
