package isolate

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// ErrClosed is returned for events that reach a cluster after Close.
var ErrClosed = errors.New("the cluster is closed")

// ErrHung is returned for an event whose handler waits for something that can
// never happen: nothing is under way in its isolate and no timer is set. The
// edge cancels such requests too.
var ErrHung = errors.New("the worker's code had hung and would never generate a response")

// ErrRestarted is returned for events that were running in an isolate when it
// was thrown away.
var ErrRestarted = errors.New("the isolate was restarted")

// ExceptionError is an exception thrown by a handler, or the reason of the
// promise that it returned.
type ExceptionError struct {
	Name, Message string // of the error object; Name is "" for other values
	Stack         string // with the message
}

func (e *ExceptionError) Error() string {
	if e.Name == "" {
		return "uncaught " + e.Message
	}
	return fmt.Sprintf("uncaught %s: %s", e.Name, e.Message)
}

// BrokenError says that the host itself failed while it ran an isolate.
type BrokenError struct {
	Isolate string
	Panic   any
	Stack   string
}

func (e *BrokenError) Error() string {
	return fmt.Sprintf("isolate %s broke: %v\n%s", e.Isolate, e.Panic, e.Stack)
}

func stack() string { return string(debug.Stack()) }
