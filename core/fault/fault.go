// Package fault holds the one error type that reaches clients.
//
// A fault is made where the failure occurs, with its kind and status; nothing later guesses them from text. The cause of
// a fault is for records only and never appears in a response.
package fault

import (
	"errors"
	"maps"

	"tracedge/core/message"
	"tracedge/core/status"
)

// Kind is the machine-readable class of a failure: the value of error_kind in responses and records (conventions,
// section 4).
type Kind string

// The kinds of the contract.
const (
	Validation          Kind = "validation_error"
	Auth                Kind = "auth_error"
	InsufficientCredits Kind = "insufficient_credits"
	Missing             Kind = "not_found"
	Conflicting         Kind = "conflict"
	RateLimited         Kind = "rate_limit_exceeded"
	LockTimeout         Kind = "storage_lock_timeout"
	DatabaseTimeout     Kind = "database_timeout"
	Overloaded          Kind = "overloaded"
	DatabaseError       Kind = "database_error"
	ExternalTimeout     Kind = "external_timeout"
	ExternalError       Kind = "external_error"
	Internal            Kind = "internal_error"
	Other               Kind = "other"
)

// Error is a failure as a client sees it.
type Error struct {
	Kind    Kind
	Status  int            // HTTP status, 400 to 599
	Code    string         // when set, the value of "error", and Message moves to "message"
	Message string         // human text, never internal
	Extra   map[string]any // further members of the body: field, account_status, ...
	Header  message.Header // further response headers: Retry-After, Allow, ...
	cause   error
}

// New returns a fault with a human text.
func New(kind Kind, code int, text string) *Error {
	return &Error{Kind: kind, Status: code, Message: text}
}

// Error gives the text for records: kind, message and cause.
func (e *Error) Error() string {
	text := string(e.Kind) + ": " + e.Message
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the cause given to Because, or nil.
func (e *Error) Unwrap() error { return e.cause }

// With returns a copy of e with one more member in its body.
func (e *Error) With(key string, value any) *Error {
	c := *e
	c.Extra = maps.Clone(e.Extra)
	if c.Extra == nil {
		c.Extra = make(map[string]any, 1)
	}
	c.Extra[key] = value
	return &c
}

// WithHeader returns a copy of e that also sets a response header.
func (e *Error) WithHeader(key, value string) *Error {
	c := *e
	c.Header = e.Header.Clone()
	c.Header.Set(key, value)
	return &c
}

// WithCode returns a copy of e whose "error" member is code; the human text becomes "message".
func (e *Error) WithCode(code string) *Error {
	c := *e
	c.Code = code
	return &c
}

// Because returns a copy of e that keeps its cause for the records.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// From maps any error to the fault that a client sees: the fault in its chain, else internal_error with a fixed text.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return New(Internal, status.InternalServerError, "Internal error").Because(err)
}

// KindOf returns the kind of From(err).
func KindOf(err error) Kind {
	if f := From(err); f != nil {
		return f.Kind
	}
	return ""
}
