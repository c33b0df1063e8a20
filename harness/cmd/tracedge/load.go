package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracedge/harness/breakdown"
	"tracedge/harness/load"
)

// loadFormats are how load tells its result: as its own report, or as the breakdown that `tracedge errors` makes.
var loadFormats = []string{"text", "json", "markdown", "html"}

func loadCommand() command {
	return command{
		name:    "load",
		summary: "send requests at a constant rate and tell how they were answered",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			o := loadOptions{flags: fs}
			fs.StringVar(&o.url, "url", "http://"+defaultAddr, "the service's `URL`")
			fs.StringVar(&o.Scenario, "scenario", "login", "`NAME`: "+strings.Join(load.Scenarios(), ", "))
			fs.Float64Var(&o.Rate, "rps", 15, "requests due per second, whatever the service does")
			fs.DurationVar(&o.Duration, "duration", time.Minute, "how long requests become due")
			fs.IntVar(&o.Concurrency, "concurrency", 256, "at most `N` requests in flight; waiting for a place counts as latency")
			fs.IntVar(&o.Users, "users", 20, "make `N` accounts before")
			fs.BoolVar(&o.Retry, "retry", false, "repeat a 503 as its Retry-After asks, with back-off and jitter, 5 times at most")
			fs.DurationVar(&o.timeout, "timeout", 30*time.Second, "the longest that one attempt may take")
			fs.StringVar(&o.format, "format", "text", "`text` or json; markdown or html for the breakdown of tracedge errors")
			fs.StringVar(&o.out, "out", "", "write the result to `FILE` instead of standard output")
			fs.StringVar(&o.records, "records", "", "write a record of each request to `FILE`, to be read by tracedge errors")
			fs.StringVar(&o.maxErrors, "max-errors", "", "fail when more than a `SHARE` of the requests failed, like 1%")
			fs.StringVar(&o.slo, "slo", "", "fail when one of these `OBJECTIVES` is missed, as of tracedge errors")
			return func(ctx context.Context) error { return o.run(ctx, term) }
		},
	}
}

type loadOptions struct {
	load.Options
	url, format, out, records, maxErrors, slo string
	timeout                                   time.Duration
	flags                                     *flag.FlagSet
}

// run loads the service. The exit code tells of limits that were exceeded; that requests failed is what the report is for.
func (o loadOptions) run(ctx context.Context, term terminal) (err error) {
	limit, objectives, err := o.limits()
	if err != nil {
		return err
	}
	client, err := loadClient("load", o.url, o.timeout, o.Concurrency, term)
	if err != nil {
		return err
	}
	// Files first: nobody wants to learn after the run that its result has no place.
	out, err := outputFile(o.out, term.stdout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	records, err := outputFile(o.records, io.Discard)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, records.Close()) }()

	ctx, stop := untilInterrupt(ctx)
	defer stop()
	file, ok := term.stderr.(*os.File)
	o.Progress = load.Meter(term.stderr, ok && isDevice(file))
	breaker := newBreaker()
	result, runErr := load.Run(ctx, client, o.Options, io.MultiWriter(records, breaker))
	report, err := breaker.report()
	switch {
	case runErr != nil && ctx.Err() != nil:
		return errors.New("load: interrupted while the accounts were made")
	case runErr != nil && result.Requests == 0:
		return runErr
	}
	verdicts, met := breakdown.Judge(report, objectives)
	err = errors.Join(runErr, err, o.write(out, result, breakdown.Document{Report: report, Verdicts: verdicts, Command: o.command()}))
	if !met {
		err = errors.Join(err, missed(verdicts))
	}
	if rate := result.ErrorRate(); rate > limit {
		err = errors.Join(err, fmt.Errorf("load: %.2f%% of the requests failed, --max-errors is %s", 100*rate, o.maxErrors))
	}
	return err
}

// limits checks the flags, and reads those that limit: the share of failures is 1 where none is given.
func (o loadOptions) limits() (maxErrors float64, objectives []breakdown.Objective, err error) {
	if err := o.Validate(); err != nil {
		return 0, nil, &usageError{message: "load: " + err.Error(), hint: "`tracedge help load` lists the flags"}
	}
	if !slices.Contains(loadFormats, o.format) {
		return 0, nil, &usageError{message: fmt.Sprintf("load: %q is not a format", o.format), hint: "use " + strings.Join(loadFormats, ", ")}
	}
	maxErrors = 1
	if o.maxErrors != "" {
		text, isPercent := strings.CutSuffix(o.maxErrors, "%")
		percent, err := strconv.ParseFloat(text, 64)
		if !isPercent || err != nil || !(percent >= 0 && percent <= 100) {
			return 0, nil, &usageError{message: fmt.Sprintf("load: --max-errors %q is not a share", o.maxErrors), hint: "for example --max-errors 1%"}
		}
		maxErrors = percent / 100
	}
	if o.slo != "" {
		if objectives, err = breakdown.ParseObjectives(o.slo); err != nil {
			return 0, nil, &usageError{message: "load: " + err.Error(), hint: "for example --slo error-rate=2%,login-p95=1200ms"}
		}
	}
	return maxErrors, objectives, nil
}

// write writes the result in the format that was asked for.
func (o loadOptions) write(w io.Writer, result load.Result, document breakdown.Document) error {
	switch o.format {
	case "text":
		return result.WriteText(w)
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(result)
	default:
		return document.Write(w, o.format)
	}
}

// command is the line that makes the same run.
func (o loadOptions) command() string {
	line := "go run ./harness/cmd/tracedge load"
	o.flags.Visit(func(f *flag.Flag) { line += " --" + f.Name + " " + f.Value.String() })
	return strings.ReplaceAll(line, " --retry true", " --retry")
}

// missed tells which objectives are not met.
func missed(verdicts []breakdown.Verdict) error {
	var list []string
	for _, v := range verdicts {
		if !v.Met {
			list = append(list, fmt.Sprintf("%s is %s, the limit is %s", v.Objective, v.Value, v.Limit))
		}
	}
	return errors.New("objective missed: " + strings.Join(list, "; "))
}

// breaker breaks records down as they are written, in constant memory.
type breaker struct {
	*io.PipeWriter
	done   chan struct{}
	result *breakdown.Breakdown
	err    error
}

func newBreaker() *breaker {
	r, w := io.Pipe()
	b := &breaker{PipeWriter: w, done: make(chan struct{})}
	go func() {
		defer close(b.done)
		b.result, b.err = breakdown.Read(r, breakdown.Filter{})
		r.CloseWithError(cmp.Or(b.err, io.ErrClosedPipe)) // nothing is read any more
	}()
	return b
}

// report ends the input.
func (b *breaker) report() (breakdown.Report, error) {
	b.Close()
	<-b.done
	if b.err != nil {
		return breakdown.Report{}, b.err
	}
	return b.result.Report(), nil
}

// outputFile creates the file at path, or stands for what is written to when there is none.
func outputFile(path string, none io.Writer) (io.WriteCloser, error) {
	if path == "" {
		return buffered{Writer: bufio.NewWriter(none)}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return buffered{bufio.NewWriter(file), file}, nil
}

// buffered is a buffer over a file, or over something that is not to be closed.
type buffered struct {
	*bufio.Writer
	file *os.File
}

func (b buffered) Close() error {
	err := b.Flush()
	if b.file != nil {
		err = errors.Join(err, b.file.Close())
	}
	return err
}

func isDevice(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
