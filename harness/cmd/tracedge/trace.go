package main

import (
	"context"
	"flag"
	"fmt"
	"regexp"

	"tracedge/harness/breakdown"
)

func traceCommand() command {
	return command{
		name:    "trace",
		summary: "show one request as a waterfall of its storage calls: trace TRACE_ID",
		operand: "id",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			id := fs.String("id", "", "the `TRACE_ID`: 32 hex digits, from X-Trace-Id or a record")
			input := fs.String("input", "-", "the log: a `FILE`, or - for standard input")
			return func(context.Context) error {
				if !traceID.MatchString(*id) {
					return &usageError{message: fmt.Sprintf("trace: %q is not a trace id", *id), hint: "it is 32 lower-case hex digits"}
				}
				in, err := openInput(*input, term)
				if err != nil {
					return err
				}
				defer in.Close()
				found, err := breakdown.Waterfall(term.stdout, in, *id)
				if err == nil && !found {
					err = fmt.Errorf("no record of trace %s in the input", *id)
				}
				return err
			}
		},
	}
}

var traceID = regexp.MustCompile(`^[0-9a-f]{32}$`)
