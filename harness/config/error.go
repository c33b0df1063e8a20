package config

import "fmt"

// Error is a mistake in a file or an option. Hint, when not empty, says what to
// do about it.
type Error struct {
	File    string // "" for an option
	Line    int    // from 1; 0 when the mistake has no line
	Message string
	Hint    string
}

// Error returns "file:line: message".
func (e *Error) Error() string {
	switch {
	case e.File == "":
		return e.Message
	case e.Line == 0:
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

// Advice returns Hint. It is what the command line looks for in an error.
func (e *Error) Advice() string { return e.Hint }
