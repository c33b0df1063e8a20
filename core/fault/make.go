package fault

import (
	"strconv"
	"time"

	"tracedge/core/status"
)

// BadRequest is a 400: malformed input, or a field rule whose row in the contract says 400. An empty field is left out.
func BadRequest(field, message string) *Error {
	return named(New(Validation, status.BadRequest, message), field)
}

// Invalid is a 422: wrong type, missing field, unknown enum value or a semantically invalid field.
func Invalid(field, message string) *Error {
	return named(New(Validation, status.UnprocessableEntity, message), field)
}

// Unauthorized is a 401 with the challenge that every 401 carries.
func Unauthorized(message string) *Error {
	return New(Auth, status.Unauthorized, message).WithHeader("WWW-Authenticate", "Bearer")
}

// Forbidden is a 403: the caller is known and may not do this.
func Forbidden(message string) *Error { return New(Auth, status.Forbidden, message) }

// NotFound is a 404: missing, or invisible to the caller.
func NotFound(message string) *Error { return New(Missing, status.NotFound, message) }

// Conflict is a 409: a unique value is taken or the state forbids the change. An empty field is left out.
func Conflict(field, message string) *Error {
	return named(New(Conflicting, status.Conflict, message), field)
}

// NotOffered is a 501: the contract has the route and this build does not offer it.
func NotOffered() *Error { return New(Other, status.NotImplemented, "Not offered by this build") }

// Unavailable is a 503 with the Retry-After that every 503 carries.
func Unavailable(kind Kind, message string) *Error {
	return New(kind, status.ServiceUnavailable, message).WithHeader("Retry-After", "1")
}

// TooMany is a 429 in the form of conventions, section 6: limit requests are allowed, the next one at reset. The wait is
// rounded up to whole seconds, at least one.
func TooMany(message string, limit int, now, reset time.Time) *Error {
	wait := max(1, int64((reset.Sub(now)+time.Second-1)/time.Second))
	e := New(RateLimited, status.TooManyRequests, message).WithCode(string(RateLimited))
	e.Extra = map[string]any{
		"limit":       limit,
		"remaining":   0,
		"reset_at":    reset.UTC().Format("2006-01-02T15:04:05.000Z"),
		"retry_after": wait,
	}
	return e.WithHeader("Retry-After", strconv.FormatInt(wait, 10))
}

func named(e *Error, field string) *Error {
	if field == "" {
		return e
	}
	return e.With("field", field)
}
