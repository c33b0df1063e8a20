package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"tracedge/harness/breakdown"
)

func errorsCommand() command {
	return command{
		name:    "errors",
		summary: "break a log down: what failed, where, how often, against which objectives",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			var o errorsOptions
			fs.StringVar(&o.input, "input", "-", "the log: a `FILE`, or - for standard input")
			fs.StringVar(&o.baseline, "baseline", "", "a `FILE` to compare with; what got worse comes first")
			fs.StringVar(&o.since, "since", "", "only what happened since a `TIME` (RFC 3339) or a duration ago, like 15m")
			fs.StringVar(&o.endpoint, "endpoint", "", "only this endpoint `TEMPLATE`, like /api/items/:dfid")
			fs.StringVar(&o.format, "format", "text", "`text`, markdown, html or json")
			fs.StringVar(&o.slo, "slo", "", "`OBJECTIVES` that must be met, like error-rate=2%,login-p95=1200ms,lock-timeout=0.1%")
			return func(context.Context) error { return o.run(term) }
		},
	}
}

type errorsOptions struct{ input, baseline, since, endpoint, format, slo string }

func (o errorsOptions) run(term terminal) error {
	if !slices.Contains(breakdown.Formats, o.format) {
		return &usageError{message: fmt.Sprintf("errors: %q is not a format", o.format), hint: "use text, markdown, html or json"}
	}
	var objectives []breakdown.Objective
	if o.slo != "" {
		var err error
		if objectives, err = breakdown.ParseObjectives(o.slo); err != nil {
			return &usageError{message: "errors: " + err.Error(), hint: "for example --slo error-rate=2%,login-p95=1200ms"}
		}
	}
	filter := breakdown.Filter{Endpoint: o.endpoint}
	if o.since != "" {
		at, err := sinceTime(o.since, time.Now())
		if err != nil {
			return &usageError{message: "errors: " + err.Error(), hint: "for example --since 15m or --since 2026-01-28T10:00:00Z"}
		}
		filter.Since = at
	}
	report, err := readReport(o.input, filter, term)
	if err != nil {
		return err
	}
	document := breakdown.Document{Report: report, Command: o.command()}
	if o.baseline != "" {
		before, err := readReport(o.baseline, breakdown.Filter{Endpoint: o.endpoint}, term)
		if err != nil {
			return err
		}
		document.Changes = breakdown.Compare(before, report)
	}
	verdicts, met := breakdown.Judge(report, objectives)
	document.Verdicts = verdicts
	if err := document.Write(term.stdout, o.format); err != nil {
		return err
	}
	if met {
		return nil
	}
	var missed []string
	for _, v := range verdicts {
		if !v.Met {
			missed = append(missed, fmt.Sprintf("%s is %s, the limit is %s", v.Objective, v.Value, v.Limit))
		}
	}
	return errors.New("objective missed: " + strings.Join(missed, "; "))
}

// command is the line that makes the same document.
func (o errorsOptions) command() string {
	line := "go run ./harness/cmd/tracedge errors"
	for _, f := range [][2]string{
		{"input", o.input}, {"baseline", o.baseline}, {"since", o.since}, {"endpoint", o.endpoint}, {"slo", o.slo}, {"format", o.format},
	} {
		if f[1] != "" {
			line += " --" + f[0] + " " + f[1]
		}
	}
	return line
}

func readReport(path string, filter breakdown.Filter, term terminal) (breakdown.Report, error) {
	in, err := openInput(path, term)
	if err != nil {
		return breakdown.Report{}, err
	}
	defer in.Close()
	b, err := breakdown.Read(in, filter)
	if err != nil {
		return breakdown.Report{}, err
	}
	return b.Report(), nil
}

func openInput(path string, term terminal) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(term.stdin), nil
	}
	return os.Open(path)
}

// sinceTime reads a time, or a duration before now.
func sinceTime(text string, now time.Time) (time.Time, error) {
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%q is neither a time nor a duration", text)
}
