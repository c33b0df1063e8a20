package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"time"

	"tracedge/harness/breakdown"
)

func errorsCommand() command {
	return command{
		name:    "errors",
		summary: "break a log down: what failed, where, how often, against which objectives",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			var o errorsOptions
			fs.StringVar(&o.input, "input", "-", "the log: a `FILE`, or - for standard input; its form is recognised by content")
			fs.StringVar(&o.baseline, "baseline", "", "a `FILE` to compare with, whole; what got worse comes first")
			fs.StringVar(&o.since, "since", "", "only what happened since a `TIME` (RFC 3339), or a duration before now, like 15m")
			fs.StringVar(&o.endpoint, "endpoint", "", "only this endpoint `TEMPLATE`, like /api/items/:dfid")
			fs.StringVar(&o.format, "format", "text", "`text`, markdown, html or json")
			fs.StringVar(&o.slo, "slo", "", "`OBJECTIVES` that must be met, like error-rate=2%,login-p95=1200ms,lock-timeout=0.1%")
			return func(context.Context) error { return o.run(term, time.Now()) }
		},
	}
}

type errorsOptions struct{ input, baseline, since, endpoint, format, slo string }

// run breaks the log down. A duration in --since counts back from now: a stream has no newest record until it has ended.
func (o errorsOptions) run(term terminal, now time.Time) error {
	filter, objectives, err := o.parse(now)
	if err != nil {
		return err
	}
	report, err := readReport(o.input, filter, term)
	if err != nil {
		return err
	}
	document := breakdown.Document{Report: report, Command: o.command()}
	if o.input != "-" {
		document.Input = o.input
	}
	if o.baseline != "" {
		// All of it: what --since leaves out now is what the baseline is made of.
		before, err := readReport(o.baseline, breakdown.Filter{Endpoint: o.endpoint}, term)
		if err != nil {
			return err
		}
		document.Baseline, document.Changes = &before, breakdown.Compare(before, report)
	}
	verdicts, met := breakdown.Judge(report, objectives)
	document.Verdicts = verdicts
	if err := document.Write(term.stdout, o.format); err != nil {
		return err
	}
	if report.Requests == 0 {
		fmt.Fprintf(term.stderr, "note: there is no request in the input: %d lines of text, %d objects of other JSON, %d left out by the filter\n",
			report.Input.Text, report.Input.Unknown, report.Input.Filtered)
	}
	if met {
		return nil
	}
	var missed []error
	for _, v := range verdicts {
		if !v.Met {
			missed = append(missed, fmt.Errorf("objective missed: %s", v))
		}
	}
	return errors.Join(missed...)
}

// parse checks the flags that are more than a name.
func (o errorsOptions) parse(now time.Time) (f breakdown.Filter, objectives []breakdown.Objective, err error) {
	if !slices.Contains(breakdown.Formats, o.format) {
		return f, nil, &usageError{message: fmt.Sprintf("errors: %q is not a format", o.format), hint: "use text, markdown, html or json"}
	}
	if o.input == "-" && o.baseline == "-" {
		return f, nil, &usageError{message: "errors: --input and --baseline cannot both be standard input", hint: "give one of them a file"}
	}
	if o.slo != "" {
		if objectives, err = breakdown.ParseObjectives(o.slo); err != nil {
			return f, nil, &usageError{message: "errors: " + err.Error(), hint: "for example --slo error-rate=2%,login-p95=1200ms"}
		}
	}
	f.Endpoint = o.endpoint
	if o.since != "" {
		if f.Since, err = sinceTime(o.since, now); err != nil {
			return f, nil, &usageError{message: "errors: " + err.Error(), hint: "for example --since 15m or --since 2026-01-28T10:00:00Z"}
		}
	}
	return f, objectives, nil
}

// command is the line that makes the same document.
func (o errorsOptions) command() string {
	line := "go run ./harness/cmd/tracedge errors"
	for _, f := range [][2]string{
		{"input", o.input}, {"baseline", o.baseline}, {"since", o.since}, {"endpoint", o.endpoint}, {"slo", o.slo}, {"format", o.format},
	} {
		if f[1] != "" {
			line += " --" + f[0] + " " + breakdown.Quote(f[1])
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

// openInput opens the log. At a terminal it says what it waits for, and the first interrupt is left to the program at the
// other end of the pipe: when that one ends, what it wrote is still reported.
func openInput(path string, term terminal) (io.ReadCloser, error) {
	if path != "-" {
		return os.Open(path)
	}
	file, ok := term.stdin.(*os.File)
	if !ok {
		return io.NopCloser(term.stdin), nil
	}
	if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprintln(term.stderr, "reading standard input; --input FILE reads a file")
		return io.NopCloser(file), nil
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	go func() {
		<-interrupts
		signal.Stop(interrupts)
	}()
	return io.NopCloser(file), nil
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
