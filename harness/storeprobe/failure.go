package storeprobe

import (
	"errors"
	"fmt"

	"tracedge/core/storage"
)

// failures are the errors of a back end with their words on the wire. The first is also the word of the worker itself
// for a request that it did not admit.
var failures = []struct {
	word string
	err  error
}{
	{"overloaded", storage.ErrOverloaded},
	{"storage_unavailable", storage.ErrUnavailable},
	{"storage_timeout", storage.ErrTimeout},
	{"storage_unbound", storage.ErrNotBound},
}

// Failure is the body of a reply that is not a success.
type Failure struct {
	Kind    string `json:"error_kind"`
	Message string `json:"error"`
}

// FailureOf puts an error of a back end on the wire.
func FailureOf(err error) Failure {
	for _, f := range failures {
		if errors.Is(err, f.err) {
			return Failure{f.word, err.Error()}
		}
	}
	return Failure{"other", err.Error()}
}

// Err is the error that f stands for; of a kind that is not known, one that no caller expects.
func (f Failure) Err() error {
	for _, known := range failures {
		if f.Kind == known.word {
			return fmt.Errorf("storeprobe: %w", known.err)
		}
	}
	return fmt.Errorf("storeprobe: %s: %s", f.Kind, f.Message)
}
