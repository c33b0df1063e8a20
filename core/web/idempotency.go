package web

import "context"

// Idempotency keeps the keys of section 9 of the conventions. This package reads the header, makes the fingerprint and
// answers; the implementation stores.
type Idempotency interface {
	// Reserve takes a key for a request, or says what became of it. The outcome is one of the four states. Errors: the
	// faults of storage.
	Reserve(ctx context.Context, r KeyedRequest) (Outcome, error)

	// Store keeps the response of a request that ended with a 2xx and did not commit it with its change. It must leave
	// alone a response that is already kept.
	Store(ctx context.Context, r *Reservation, response Rendered) error

	// Release frees the key of a request that ended otherwise. The cause is the request's error; when the outcome of its
	// commit is unknown the change may have been made, and then the key must stay as it is until that is known. It must
	// leave alone a response that is already kept.
	Release(ctx context.Context, r *Reservation, cause error) error
}

// KeyedRequest is a request with an Idempotency-Key.
type KeyedRequest struct {
	UserID      string // the scope of the key
	Key         string // 1 to 255 visible ASCII characters
	Fingerprint string // hex SHA-256 of method, path, query and body bytes
	Operation   string // a fresh id, used if this is the first request with the key
}

// KeyState is what became of a key.
type KeyState int

// The states.
const (
	Reserved   KeyState = iota // this request holds the key now
	Replayable                 // the response is kept: Outcome.Response
	InFlight                   // another request with the key is running
	Mismatched                 // the key belongs to another request
)

// Outcome is the answer of Reserve.
type Outcome struct {
	State KeyState

	// Operation is the id under which the request runs: KeyedRequest.Operation, or that of an earlier run of the same
	// request that was interrupted.
	Operation string

	// Resumed says that there was such an earlier run: what it began may stand.
	Resumed bool

	Response Rendered // when Replayable
}

// Reservation is the key that a running request holds, from Call.Idempotency. A handler passes it to the storing side,
// which keeps the response in the commit that makes the change:
//
//	response, err := reservation.Render(answer) // inside or before the update
//	...put it beside the change, in the same commit...
//	reservation.Settle()                        // after the update has succeeded
//
// A request that does not do this has its response kept by Idempotency.Store when it has ended. All methods work on nil,
// so a handler need not ask whether there is a key.
type Reservation struct {
	UserID      string
	Key         string
	Fingerprint string
	Operation   string
	Resumed     bool

	settled bool
}

// Render is the response that the client will get if the handler returns value, to be kept with the change.
func (r *Reservation) Render(value any) (Rendered, error) {
	out, _, err := render(value)
	return out, err
}

// Settle says that the response has been committed with the change. The handler must then return the value that was
// rendered.
func (r *Reservation) Settle() {
	if r != nil {
		r.settled = true
	}
}

// Settled reports whether Settle was called.
func (r *Reservation) Settled() bool { return r != nil && r.settled }

// Idempotency is the key that this call holds, nil when it has none.
func (c *Call) Idempotency() *Reservation { return c.reservation }
