package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"tracedge/harness/breakdown"
	"tracedge/harness/load"
)

func smokeCommand() command {
	return command{
		name:    "smoke",
		summary: "walk the critical path, one request after the other; fails below 100 %",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			target := fs.String("url", "http://"+defaultAddr, "the service's `URL`")
			n := fs.Int("n", 10, "how often: health, register, login, verify")
			return func(ctx context.Context) error {
				client, err := loadClient(*target, term)
				if err != nil {
					return err
				}
				var records bytes.Buffer
				good, all, err := load.Smoke(ctx, client, *n, &records)
				if err != nil {
					return err
				}
				if err := writeRecords(&records, "text", term.stdout); err != nil {
					return err
				}
				fmt.Fprintf(term.stdout, "\n%d of %d requests succeeded\n", good, all)
				if good < all {
					return fmt.Errorf("%d of %d requests failed", all-good, all)
				}
				return nil
			}
		},
	}
}

func loadCommand() command {
	return command{
		name:    "load",
		summary: "send requests at a constant rate and break down how they were answered",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			var o loadOptions
			fs.StringVar(&o.url, "url", "http://"+defaultAddr, "the service's `URL`")
			fs.StringVar(&o.Scenario, "scenario", "login", strings.Join(load.Scenarios, ", "))
			fs.Float64Var(&o.Rate, "rps", 15, "requests per second, whatever the service does")
			fs.DurationVar(&o.Duration, "duration", time.Minute, "how long")
			fs.IntVar(&o.Concurrency, "concurrency", 256, "most requests in flight; waiting for a place counts as latency")
			fs.IntVar(&o.Users, "users", 20, "accounts to make before")
			fs.BoolVar(&o.Retry, "retry", false, "repeat a 503 as its Retry-After asks, with back-off and jitter")
			fs.StringVar(&o.format, "format", "text", "`text`, markdown, html or json")
			fs.StringVar(&o.records, "records", "", "a `FILE` for a record of each request, to be read by tracedge errors")
			fs.StringVar(&o.slo, "slo", "", "`OBJECTIVES` that must be met, as of tracedge errors")
			return func(ctx context.Context) error { return o.run(ctx, term) }
		},
	}
}

type loadOptions struct {
	load.Options
	url, format, records, slo string
}

func (o loadOptions) run(ctx context.Context, term terminal) error {
	if !slices.Contains(load.Scenarios, o.Scenario) {
		return &usageError{message: fmt.Sprintf("load: %q is not a scenario", o.Scenario), hint: "use " + strings.Join(load.Scenarios, ", ")}
	}
	if o.Rate <= 0 || o.Duration <= 0 || o.Concurrency <= 0 {
		return &usageError{message: "load: --rps, --duration and --concurrency are positive"}
	}
	client, err := loadClient(o.url, term)
	if err != nil {
		return err
	}
	file, err := recordsFile(o.records)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	o.Progress = progress(term.stderr)
	summary, err := load.Run(ctx, client, o.Options, file)
	err = errors.Join(err, file.Close())
	if err != nil {
		return err
	}
	fmt.Fprintf(term.stderr, "\nsent %d, failed %d, repeated %d; offered %.1f/s, achieved %.1f/s\n",
		summary.Sent, summary.Failed, summary.Retries, summary.Offered, summary.Achieved)
	if o.records == "" {
		defer os.Remove(file.Name())
	}
	return errorsOptions{input: file.Name(), format: o.format, slo: o.slo}.run(term)
}

// recordsFile is where the records go: the file that was asked for, or one that is removed again.
func recordsFile(path string) (*os.File, error) {
	if path == "" {
		return os.CreateTemp("", "tracedge-load-*.json")
	}
	return os.Create(path)
}

// progress draws a bar on a terminal and writes a line every ten seconds elsewhere.
func progress(w io.Writer) func(load.Progress) {
	const width = 30
	file, ok := w.(*os.File)
	bar := ok && isDevice(file)
	lines := 0
	return func(p load.Progress) {
		text := fmt.Sprintf("%3.0f s  sent %d, answered %d, failed %d", p.Elapsed.Seconds(), p.Sent, p.Answered, p.Failed)
		if bar {
			done := min(width, int(float64(width)*float64(p.Elapsed)/float64(p.Total)))
			fmt.Fprintf(w, "\r[%s%s] %s ", strings.Repeat("=", done), strings.Repeat(" ", width-done), text)
		} else if lines++; lines%10 == 0 {
			fmt.Fprintln(w, text)
		}
	}
}

func isDevice(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// loadClient checks the address of the service. Load on somebody else's machine is theirs to allow, so it is said.
func loadClient(text string, term terminal) (*load.Client, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &usageError{message: fmt.Sprintf("%q is not the URL of a service", text), hint: "for example --url http://127.0.0.1:8787"}
	}
	if host := u.Hostname(); host != "localhost" && host != "::1" && !strings.HasPrefix(host, "127.") {
		fmt.Fprintf(term.stderr, "warning: %s is not on this machine; load only what you may\n", host)
	}
	return &load.Client{
		URL:  strings.TrimRight(text, "/"),
		HTTP: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 512, MaxConnsPerHost: 0}},
	}, nil
}

func writeRecords(records io.Reader, format string, w io.Writer) error {
	b, err := breakdown.Read(records, breakdown.Filter{})
	if err != nil {
		return err
	}
	return breakdown.Document{Report: b.Report()}.Write(w, format)
}
