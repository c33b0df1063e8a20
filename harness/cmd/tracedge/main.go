// Command tracedge runs the Tracedge worker on any machine, with the module and
// the configuration that are deployed to the edge. `tracedge help` lists what it
// can do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], terminal{
		stdin:     os.Stdin,
		stdout:    os.Stdout,
		stderr:    os.Stderr,
		lookupEnv: os.LookupEnv,
	}))
}

// terminal is what a command has to do with the world.
type terminal struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	lookupEnv      func(name string) (string, bool)
}

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2 // the command line makes no sense
)

// run executes the command that args name and returns the exit code. Errors go
// to stderr, with a hint where there is one.
func run(ctx context.Context, args []string, term terminal) int {
	err := dispatch(ctx, args, term)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	}
	fmt.Fprintf(term.stderr, "tracedge: %v\n", err)
	var advised interface{ Advice() string }
	if errors.As(err, &advised) && advised.Advice() != "" {
		fmt.Fprintf(term.stderr, "hint: %s\n", advised.Advice())
	}
	var usage *usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitError
}

// hintError is an error with what to do about it.
type hintError struct {
	error
	hint string
}

func (e *hintError) Unwrap() error  { return e.error }
func (e *hintError) Advice() string { return e.hint }

// hint adds to err what to do about it.
func hint(err error, format string, args ...any) error {
	return &hintError{err, fmt.Sprintf(format, args...)}
}

// usageError is a command line that makes no sense.
type usageError struct{ message, hint string }

func (e *usageError) Error() string  { return e.message }
func (e *usageError) Advice() string { return e.hint }
