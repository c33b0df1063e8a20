package gojs

import (
	"errors"
	"fmt"

	"github.com/grafana/sobek"
)

// ErrExited is returned, and thrown into JavaScript, when a program is entered
// that has exited or died.
var ErrExited = errors.New("the Go program has already exited")

// exitedMessage is what wasm_exec.js says.
const exitedMessage = "Go program has already exited"

// ErrKilled is the cause of the trap that [Program.Kill] provokes.
var ErrKilled = errors.New("killed by its host")

// UnknownImportError says that a program needs a host function which does not
// exist here.
type UnknownImportError struct{ Module, Name string }

func (e *UnknownImportError) Error() string {
	return fmt.Sprintf("gojs: the program imports %s.%s, which is not implemented", e.Module, e.Name)
}

// LinkError says that [Module.New] was not given the function for an import.
type LinkError struct{ Module, Name string }

func (e *LinkError) Error() string {
	return fmt.Sprintf("Import %q %q: function import requires a callable", e.Module, e.Name)
}

// TrapError says that WebAssembly was left in the middle: a trap, an exhausted
// stack or memory, a failure inside the host, or [Program.Kill]. The program is
// dead. Err includes the WebAssembly stack.
type TrapError struct{ Err error }

func (e *TrapError) Error() string { return e.Err.Error() }
func (e *TrapError) Unwrap() error { return e.Err }

// abortError carries what made a host function give up out of WebAssembly,
// through the recovering frames of wazero.
type abortError struct{ cause error }

func (e *abortError) Error() string { return e.cause.Error() }
func (e *abortError) Unwrap() error { return e.cause }

// Thrown is the JavaScript value to throw for an error of Resume or Call: the very
// value when an exception crossed the program, else an error object.
func (p *Program) Thrown(err error) sobek.Value {
	var ex *sobek.Exception
	if errors.As(err, &ex) {
		return ex.Value()
	}
	switch {
	case errors.Is(err, ErrExited):
		return p.newError("Error", exitedMessage)
	case p.host.NewError != nil:
		return p.host.NewError(err)
	}
	return p.newError("Error", err.Error())
}

// newError makes a JavaScript error of a standard class.
func (p *Program) newError(class, message string) *sobek.Object {
	obj, err := p.rt.New(p.rt.GlobalObject().Get(class), p.rt.ToValue(message))
	if err != nil { // only when someone broke the global constructor
		return p.rt.NewGoError(errors.New(message))
	}
	return obj
}
