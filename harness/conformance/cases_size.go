package conformance

import "strings"

// limit is the greatest body (C5).
const limit = 2_097_152

// sizeCases are the body limit of C5 and its place in C2.
func sizeCases() []Case {
	const says = "C5: a body has at most 2,097,152 bytes; 413 above"
	cases := perForm("size", func(f form) []Case {
		padded := func(size int) Request {
			return Request{Method: "POST", Target: f.route.path, Body: strings.Repeat(" ", size-2) + "{}"}.with("Content-Type", "application/json")
		}
		empty := unprocessable // {} lacks its fields
		if f.route.path == "/api/auth/forgot-password" {
			empty = badRequest
		}
		return []Case{
			answer("limit", says, padded(limit), empty),
			answer("limit-chunked", says, padded(limit).chunked(), empty),
			answer("over", says, padded(limit+1), tooLarge),
			answer("over-chunked", says, padded(limit+1).chunked(), tooLarge),
			answer("far-over", says, padded(5<<20), tooLarge),
			answer("before-content-type", "C2: size (step 8) before content type (step 10)", padded(limit+1).chunked().as("text/plain"), tooLarge),
			answer("before-syntax", "C2: size (step 8) before syntax (step 10)",
				padded(limit).chunked().carrying(strings.Repeat("[", limit+1)), tooLarge),
		}
	})
	big := strings.Repeat("x", limit+1)
	return append(cases, under("size",
		answer("no-body-route-within", "C5: a body sent to a route without one is ignored, whatever it is",
			bare("POST", "/api/auth/refresh").bearer("$token").carrying("{not json").with("Content-Type", "text/plain"), ok),
		answer("no-body-route-over", "C5: ignored within the size limit", bare("POST", "/api/auth/refresh").bearer("$token").carrying(big), tooLarge),
		answer("no-body-route-over-chunked", "C5: ignored within the size limit",
			bare("POST", "/api/auth/refresh").bearer("$token").carrying(big).chunked(), tooLarge),
		answer("after-authentication", "C2: authentication (step 4) before size (step 8)",
			bare("POST", "/api/auth/refresh").carrying(big).chunked(), unauthorized),
		answer("declared-before-authentication", "C2: a declared length may be refused at any point after step 2",
			bare("POST", "/api/auth/refresh").carrying(big), status(401, 413)),
		answer("after-method", "C2: route match (step 2) before size (step 8)", bare("PUT", "/api/auth/login").carrying(big), notAllowed),
		answer("after-route", "C2: route match (step 2) before size (step 8)", bare("POST", "/nothing").carrying(big), notFound),
		answer("before-idempotency-key", "C2 step 8: size, then Idempotency-Key",
			bare("POST", "/api/auth/refresh").bearer("$token").with("Idempotency-Key", "with space").carrying(big), tooLarge),
	)...)
}
