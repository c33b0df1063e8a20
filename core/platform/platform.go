// Package platform is what the product needs from wherever it runs, beside the store: facts about a request that are not
// in its HTTP form, and a way to ask services outside.
package platform

import (
	"context"
	"errors"
	"time"
)

// Info is what the platform knows about a request.
type Info struct {
	Address  string    // client address of the connection, "" when unknown
	Arrived  time.Time // when the request came; zero when nobody knows
	Cold     bool      // first request of its instance
	Oversize bool      // the body is longer than MaxBody and was cut or left out
	Broken   bool      // the body broke off

	// Refused are requests that were answered in front of the module since it was last told.
	Refused []Refusals
}

// MaxBody is the greatest length of a request's body in bytes.
const MaxBody = 2 << 20

// Refusals counts requests of one kind that never reached the module.
type Refusals struct {
	Kind     string `json:"kind"` // error_kind
	Endpoint string `json:"endpoint"`
	Count    int64  `json:"count"`
}

type contextKey struct{}

// With returns a context that carries the info.
func With(ctx context.Context, i Info) context.Context {
	return context.WithValue(ctx, contextKey{}, i)
}

// From returns the info of ctx, zero when it has none.
func From(ctx context.Context) Info {
	i, _ := ctx.Value(contextKey{}).(Info)
	return i
}

// FetchRequest is a request to a service outside. Its body and that of its answer are text in UTF-8, or any bytes when it
// is Binary.
type FetchRequest struct {
	Method  string        `json:"method"`
	URL     string        `json:"url"`
	Headers [][2]string   `json:"headers,omitempty"`
	Body    string        `json:"body,omitempty"`
	Binary  bool          `json:"binary,omitempty"`
	Timeout time.Duration `json:"-"`
}

// MaxFetched is how many bytes of an answer are handed on; a longer body is cut there.
const MaxFetched = 1 << 20

// FetchResponse is its answer. Body is at most MaxFetched bytes of it.
type FetchResponse struct {
	Status  int         `json:"status"`
	Headers [][2]string `json:"headers"`
	Body    string      `json:"body"`
}

// Fetcher asks services outside. Errors: ErrFetchTimeout, or another one when there was no answer at all.
type Fetcher interface {
	Fetch(context.Context, FetchRequest) (FetchResponse, error)
}

// ErrFetchTimeout is in the chain of an error when the service gave no answer in time.
var ErrFetchTimeout = errors.New("platform: no answer in time")
