package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"

	"tracedge/harness/audit"
)

func auditCommand() command {
	return command{
		name:    "audit",
		summary: "check what the code promises: labels, critical sections, errors",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			format := fs.String("format", "text", "`text`, markdown or json")
			dir := fs.String("dir", ".", "the module's `FOLDER`")
			return func(context.Context) error {
				if !slices.Contains(audit.Formats, *format) {
					return &usageError{message: fmt.Sprintf("audit: %q is not a format", *format), hint: "use text, markdown or json"}
				}
				handlers, err := audit.Handlers()
				if err != nil {
					return err
				}
				report, err := audit.Run(*dir, handlers)
				if err != nil {
					return err
				}
				if err := report.Write(term.stdout, *format); err != nil {
					return err
				}
				switch n := len(report.Findings); n {
				case 0:
					return nil
				case 1:
					return errors.New("1 finding")
				default:
					return fmt.Errorf("%d findings", n)
				}
			}
		},
	}
}
