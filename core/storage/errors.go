package storage

import (
	"context"
	"errors"
	"fmt"

	"tracedge/core/fault"
	"tracedge/core/status"
)

// BoundError is what Update returns when an addition would leave its bounds. Nothing was written.
type BoundError struct {
	Key   Key
	Value int64 // the number as it stands
}

func (e *BoundError) Error() string { return fmt.Sprintf("storage: bound reached at %d", e.Value) }

// ErrUntraced is returned for a call whose context carries no span.
var ErrUntraced = errors.New("storage: call without a span")

// ErrUnknownOutcome is in the chain of an error after which a commit may have been applied.
var ErrUnknownOutcome = errors.New("storage: outcome of the commit is unknown")

// errConflict ends one attempt of an update.
var errConflict = errors.New("storage: conflict")

// lockTimeout is the fault of an update that found no quiet moment.
func lockTimeout(cause error) error {
	return fault.Unavailable(fault.LockTimeout, "The record is being changed by others, try again").Because(cause)
}

// asFault gives a failure of the infrastructure its kind. Faults and errors of the caller's own pass unchanged.
func asFault(err error) error {
	if err == nil {
		return nil
	}
	var f *fault.Error
	var bound *BoundError
	switch {
	case errors.As(err, &f), errors.As(err, &bound):
		return err
	case errors.Is(err, ErrOverloaded):
		return fault.Unavailable(fault.Overloaded, "Storage is overloaded, try again").Because(err)
	case errors.Is(err, ErrTimeout), errors.Is(err, ErrUnavailable), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, context.Canceled):
		return fault.Unavailable(fault.DatabaseTimeout, "Storage gave no answer in time, try again").Because(err)
	case errors.Is(err, ErrNotBound), errors.Is(err, ErrMalformed), errors.As(err, new(*refusal)), errors.As(err, new(*unusable)):
		return fault.New(fault.DatabaseError, status.InternalServerError, "Storage error").Because(err)
	default:
		return err
	}
}

// refusal is a request that the back end called invalid: a fault of this program.
type refusal struct{ message string }

func (e *refusal) Error() string { return "storage: refused: " + e.message }

// unusable is a record that does not decode.
type unusable struct{ cause error }

func (e *unusable) Error() string { return "storage: unusable record: " + e.cause.Error() }
func (e *unusable) Unwrap() error { return e.cause }
