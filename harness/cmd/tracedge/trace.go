package main

import (
	"context"
	"flag"
	"fmt"
	"regexp"
	"strings"

	"tracedge/harness/breakdown"
)

func traceCommand() command {
	return command{
		name:    "trace",
		summary: "show one request as a waterfall of its storage calls: trace TRACE_ID",
		operand: "id",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			id := fs.String("id", "", "the `TRACE_ID`: 32 hex digits, from X-Trace-Id or a record")
			input := fs.String("input", "-", "the log: a `FILE`, or - for standard input; its form is recognised by content")
			return func(context.Context) error { return showTrace(term, *id, *input) }
		},
	}
}

var traceID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// showTrace writes the requests of a trace. A log without any of it is an error.
func showTrace(term terminal, id, input string) error {
	lower := strings.ToLower(id)
	if !traceID.MatchString(lower) {
		return &usageError{message: fmt.Sprintf("trace: %q is not a trace id", id), hint: "it is 32 lower-case hex digits"}
	}
	in, err := openInput(input, term)
	if err != nil {
		return err
	}
	defer in.Close()
	found, err := breakdown.Waterfall(term.stdout, in, lower)
	if err == nil && !found {
		err = hint(fmt.Errorf("no record of trace %s in the input", lower), "a log that was sampled or cut off may not hold it")
	}
	return err
}
