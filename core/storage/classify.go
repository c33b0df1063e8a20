package storage

import (
	"errors"

	"tracedge/core/fault"
)

// classify tells how a call's end is recorded: its error_kind, and whether it is a failure of storage, to be logged at
// once. What the caller's own function refused (a 4xx) is an outcome of the call, not a failure of storage.
func classify(err error) (kind string, failed bool) {
	if err == nil {
		return "", false
	}
	var bound *BoundError
	if errors.As(err, &bound) {
		return string(fault.Conflicting), false
	}
	f := fault.From(err)
	return string(f.Kind), f.Status >= 500
}
