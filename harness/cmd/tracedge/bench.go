package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"tracedge/harness/bench"
)

func benchCommand() command {
	return command{
		name:    "bench",
		summary: "measure the same requests in several runtimes and compare them",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			o := benchOptions{flags: fs}
			fs.StringVar(&o.kinds, "kinds", strings.Join(bench.Kinds(), ","), "`NAMES` of what is measured")
			fs.StringVar(&o.runtimes, "runtimes", "native,wazero,workerd,fresh,plain", "`NAMES`: "+strings.Join(runtimeNames(), ", "))
			fs.StringVar(&o.scenarios, "scenarios", strings.Join(scenarioNames(), ","), "`NAMES` of requests")
			fs.IntVar(&o.rounds, "rounds", 15, "each measurement takes `N` rounds, in which the runtimes take turns")
			fs.IntVar(&o.starts, "starts", 6, "start each runtime afresh `N` times")
			fs.StringVar(&o.clients, "clients", "1,8,32", "under load, this many at once")
			fs.StringVar(&o.sizes, "sizes", "10,1000,10000,100000", "growth is measured over stores of so many records")
			fs.DurationVar(&o.slice, "slice", 500*time.Millisecond, "how long a runtime is under load in its turn")
			fs.DurationVar(&o.span, "span", time.Minute, "how long a runtime is asked at a constant rate")
			fs.IntVar(&o.cost, "bcrypt-cost", 10, "cost of password hashes")
			fs.StringVar(&o.config, "config", defaultConfig, "read the configuration from `FILE`")
			fs.BoolVar(&o.check, "check", false, "fail when a budget is exceeded")
			fs.StringVar(&o.format, "format", "text", "`FORMAT`: "+strings.Join(bench.Formats(), ", "))
			fs.StringVar(&o.out, "out", "", "write the result to `FILE` instead of standard output")
			fs.StringVar(&o.docs, "docs", "", "write the result into the parts of the document `FILE`, and plots beside it")
			return func(ctx context.Context) error { return o.run(ctx, term) }
		},
	}
}

type benchOptions struct {
	kinds, runtimes, scenarios, clients, sizes, config, format, out, docs string
	rounds, starts, cost                                                  int
	slice, span                                                           time.Duration
	check                                                                 bool
	flags                                                                 *flag.FlagSet
}

func (o benchOptions) run(ctx context.Context, term terminal) (err error) {
	options, err := o.parse()
	if err != nil {
		return &usageError{message: "bench: " + err.Error(), hint: "`tracedge help bench` lists the flags"}
	}
	options.Progress = func(text string) { fmt.Fprintln(term.stderr, text) }
	ctx, stop := untilInterrupt(ctx)
	defer stop()
	out, err := outputFile(o.out, term.stdout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	report, err := bench.Run(ctx, options)
	if err != nil {
		return err
	}
	report.Command = o.command()
	kept := true
	if o.check {
		budgets, err := bench.Budgets()
		if err != nil {
			return err
		}
		if kept, err = report.Judge(budgets); err != nil {
			return err
		}
	}
	if err := report.Write(out, o.format); err != nil {
		return err
	}
	if o.docs != "" {
		if err := report.Document(o.docs); err != nil {
			return err
		}
	}
	if !kept {
		return errors.New("bench: a budget is exceeded")
	}
	return nil
}

func (o benchOptions) parse() (bench.Options, error) {
	options := bench.Options{Rounds: o.rounds, Starts: o.starts, Slice: o.slice, Span: o.span}
	if o.rounds < 1 || o.starts < 1 || o.slice <= 0 || o.span < time.Second {
		return options, errors.New("--rounds, --starts, --slice and --span cannot be less than that")
	}
	if !slices.Contains(bench.Formats(), o.format) {
		return options, fmt.Errorf("%q is not a format", o.format)
	}
	options.Kinds = strings.Split(o.kinds, ",")
	for _, name := range options.Kinds {
		if !slices.Contains(bench.Kinds(), name) {
			return options, fmt.Errorf("%q is not a kind of measurement: use %s", name, strings.Join(bench.Kinds(), ", "))
		}
	}
	var err error
	if options.Runtimes, err = bench.FindRuntimes(strings.Split(o.runtimes, ",")); err != nil {
		return options, err
	}
	if options.Scenarios, err = bench.FindScenarios(strings.Split(o.scenarios, ",")); err != nil {
		return options, err
	}
	if options.Counted = options.Scenarios; o.check {
		options.Counted = bench.Scenarios() // each has budgets
	}
	if options.Clients, err = numbers("clients", o.clients); err != nil {
		return options, err
	}
	if options.Sizes, err = numbers("sizes", o.sizes); err != nil {
		return options, err
	}
	if err := bench.ParseSizes(options.Sizes); err != nil {
		return options, err
	}
	root, err := filepath.Abs(filepath.Dir(o.config))
	if err != nil {
		return options, err
	}
	command, err := os.Executable()
	options.Setup = bench.Setup{Root: root, Command: command, Wasm: filepath.Join(root, modulePath), Vars: bench.Vars(o.cost)}
	return options, err
}

// numbers reads a list of positive numbers.
func numbers(name, list string) (out []int, err error) {
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("--%s %q is not a list of numbers", name, list)
		}
		out = append(out, n)
	}
	return out, nil
}

// command is the line that makes the same run.
func (o benchOptions) command() string {
	line := "go run ./harness/cmd/tracedge bench"
	o.flags.Visit(func(f *flag.Flag) {
		if f.Name == "check" {
			line += " --check"
			return
		}
		line += " --" + f.Name + " " + f.Value.String()
	})
	return line
}

func runtimeNames() []string {
	var names []string
	for _, r := range bench.Runtimes() {
		names = append(names, r.Name)
	}
	return names
}

func scenarioNames() []string {
	var names []string
	for _, s := range bench.Scenarios() {
		names = append(names, s.Name)
	}
	return names
}
