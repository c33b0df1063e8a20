package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"
)

// logs writes what the worker logs: records (objects) to stdout, one line each,
// and everything else to stderr. It is used by several isolates at once.
type logs struct {
	mu             sync.Mutex
	stdout, stderr io.Writer
	format         func(record []byte, at time.Time) []byte
}

// newLogs returns logs in the given format, "json" or "pretty".
func newLogs(format string, term terminal) (*logs, error) {
	l := &logs{stdout: term.stdout, stderr: term.stderr}
	switch format {
	case "json":
		l.format = func(record []byte, _ time.Time) []byte { return record }
	case "pretty":
		l.format = (&pretty{colour: wantsColour(term)}).line
	default:
		return nil, &usageError{message: fmt.Sprintf("--log %q is no format", format), hint: "use --log json or --log pretty"}
	}
	return l, nil
}

// wantsColour reports whether stdout is a terminal that shows colour.
func wantsColour(term terminal) bool {
	file, ok := term.stdout.(*os.File)
	if !ok {
		return false
	}
	if _, no := term.lookupEnv("NO_COLOR"); no {
		return false
	}
	if kind, _ := term.lookupEnv("TERM"); kind == "dumb" {
		return false
	}
	return isDevice(file)
}

// write logs one call of console. A single object is a record.
func (l *logs) write(level string, at time.Time, args []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(args) == 1 {
		if raw, ok := args[0].(json.RawMessage); ok && len(raw) > 0 && raw[0] == '{' {
			line := l.format(raw, at)
			l.stdout.Write(append(line[:len(line):len(line)], '\n')) // one write: lines of several processes stay whole
			return
		}
	}
	texts := make([]string, len(args))
	for i, arg := range args {
		texts[i] = consoleText(arg)
	}
	fmt.Fprintf(l.stderr, "%s: %s\n", level, printable(strings.Join(texts, " "), true))
}

// consoleText is one argument as console prints it.
func consoleText(arg any) string {
	switch arg := arg.(type) {
	case string:
		return arg
	case json.RawMessage:
		return string(arg)
	case nil:
		return "null"
	}
	return fmt.Sprint(arg)
}

// printable replaces what could make a terminal do something: a log shows text
// that clients chose. Line ends and tabs may stay.
func printable(text string, lines bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case lines && (r == '\n' || r == '\t'):
			return r
		case !unicode.IsPrint(r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
