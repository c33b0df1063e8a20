package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"tracedge/harness/simulate"
)

func simulateCommand() command {
	return command{
		name:    "simulate",
		summary: "run the worker through worlds that follow from seeds, and check what it promises",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			o := simulateOptions{}
			fs.StringVar(&o.seeds, "seeds", "1-200", "the seeds to run, `FROM-TO`")
			fs.StringVar(&o.scenario, "scenario", "", "`NAME` of what clients do; a mix that the seed chooses by default: "+strings.Join(simulate.Scenarios(), ", "))
			fs.StringVar(&o.mode, "mode", string(simulate.Sequencer), "what stands behind the store: `sequencer` as deployed, or kv-only")
			fs.Float64Var(&o.minutes, "minutes", 0, "run seeds from the first on for `N` minutes, whatever the last is")
			fs.IntVar(&o.random, "random", 0, "run `N` seeds more, drawn at random")
			fs.Int64Var(&o.replay, "replay", -1, "tell the story of `SEED`")
			fs.StringVar(&o.onlyFaults, "only-faults", "", "with --replay: only the faults of this `LIST` of numbers, or none")
			fs.StringVar(&o.onlySteps, "only-steps", "", "with --replay: only the steps of this `LIST`, or none")
			fs.StringVar(&o.save, "save", "", "with --replay: write the plan to `FILE`, of one that breaks a promise what is needed for that")
			fs.StringVar(&o.plan, "plan", "", "tell the story of the plan in `FILE`, which --save has written")
			fs.StringVar(&o.format, "format", "text", "`text`, json or html")
			fs.StringVar(&o.out, "out", "", "write the result to `FILE` instead of standard output")
			fs.StringVar(&o.pictures, "pictures", "build/simulate", "the `FOLDER` for pictures of histories that no order explains")
			fs.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "`N` worlds at once")
			fs.Uint64Var(&o.twice, "twice", 10, "run every `N`th seed twice and compare the hashes; 0 for none")
			fs.IntVar(&o.shrink, "shrink", 1, "shrink the first `N` failing seeds to stories")
			fs.StringVar(&o.wasm, "wasm", "", "the module `FILE`; what `make wasm` left by default")
			return func(ctx context.Context) error { return o.run(ctx, term) }
		},
	}
}

type simulateOptions struct {
	seeds, scenario, mode, format, out, pictures, wasm string
	onlyFaults, onlySteps, save, plan                  string
	replay                                             int64
	minutes                                            float64
	workers, shrink, random                            int
	twice                                              uint64
}

func (o simulateOptions) run(ctx context.Context, term terminal) (err error) {
	from, to, err := o.check()
	if err != nil {
		return err
	}
	module, err := readModule(".", o.wasm)
	if err != nil {
		return err
	}
	out, err := outputFile(o.out, term.stdout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	lab, err := simulate.NewLab(ctx, os.DirFS("."), module.code)
	if err != nil {
		return fmt.Errorf("load the worker: %w", err)
	}
	defer lab.Close(ctx)
	if o.replay >= 0 || o.plan != "" {
		return o.tell(lab, out)
	}
	sweep := simulate.Sweep{Options: o.options(), From: from, To: to, Workers: o.workers, Twice: o.twice}
	for range o.random {
		sweep.More = append(sweep.More, uint64(rand.Uint32()))
	}
	if o.minutes > 0 {
		sweep.To, sweep.Until = 0, time.Now().Add(time.Duration(o.minutes*float64(time.Minute)))
	}
	ctx, stop := untilInterrupt(ctx)
	defer stop()
	summary, err := lab.Sweep(ctx, sweep)
	if summary == nil {
		return err
	}
	if err := o.explain(lab, summary); err != nil {
		return err
	}
	if err := o.write(out, summary); err != nil {
		return err
	}
	if o.mode == string(simulate.KVOnly) { // what it finds is what it is for
		return nil
	}
	return verdict(summary)
}

// check checks the flags and reads the range of seeds.
func (o simulateOptions) check() (from, to uint64, err error) {
	usage := func(format string, args ...any) error {
		return &usageError{message: "simulate: " + fmt.Sprintf(format, args...), hint: "`tracedge help simulate` lists the flags"}
	}
	first, last, isRange := strings.Cut(o.seeds, "-")
	if !isRange {
		last = first
	}
	from, errFrom := strconv.ParseUint(first, 10, 63)
	to, errTo := strconv.ParseUint(last, 10, 63)
	switch {
	case errFrom != nil || errTo != nil || from > to || to == 0:
		return 0, 0, usage("--seeds %q is not a range like 1-200", o.seeds)
	case o.mode != string(simulate.Sequencer) && o.mode != string(simulate.KVOnly):
		return 0, 0, usage("--mode %q is neither sequencer nor kv-only", o.mode)
	case o.format != "text" && o.format != "json" && o.format != "html":
		return 0, 0, usage("--format %q is not text, json or html", o.format)
	case o.replay < 0 && o.onlyFaults+o.onlySteps != "":
		return 0, 0, usage("--only-faults and --only-steps go with --replay")
	case o.replay < 0 && o.save != "":
		return 0, 0, usage("--save goes with --replay")
	case o.replay >= 0 && o.plan != "":
		return 0, 0, usage("--plan has a seed of its own")
	}
	return from, to, nil
}

func (o simulateOptions) options() simulate.Options {
	return simulate.Options{Mode: simulate.Mode(o.mode), Scenario: o.scenario}
}

// explain shrinks failing seeds to stories, and draws what no order explains.
func (o simulateOptions) explain(lab *simulate.Lab, s *simulate.Summary) error {
	for n, f := range s.Failures {
		if n >= o.shrink {
			return nil
		}
		plan, err := simulate.NewPlan(f.Seed, o.options())
		if err != nil {
			return err
		}
		if f.Story = lab.Shrink(plan); f.Story == nil {
			continue
		}
		if f.Pictures, err = o.draw(f.Story.Pictures); err != nil {
			return err
		}
	}
	return nil
}

func (o simulateOptions) draw(pictures func(dir string) ([]string, error)) ([]string, error) {
	if err := os.MkdirAll(filepath.FromSlash(o.pictures), 0o755); err != nil {
		return nil, err
	}
	return pictures(o.pictures)
}

// chosen is the plan to be told of.
func (o simulateOptions) chosen() (*simulate.Plan, error) {
	if o.plan != "" {
		f, err := os.Open(filepath.FromSlash(o.plan))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		s, err := simulate.ReadSaved(f)
		if err != nil {
			return nil, err
		}
		return s.Plan, nil
	}
	plan, err := simulate.NewPlan(uint64(o.replay), o.options())
	if err != nil {
		return nil, err
	}
	var steps []string
	var faults []int
	if o.onlySteps != "" {
		steps = []string{}
		if o.onlySteps != "none" {
			steps = strings.Split(o.onlySteps, ",")
		}
	}
	if o.onlyFaults != "" {
		faults = []int{}
		for text := range strings.SplitSeq(strings.TrimPrefix(o.onlyFaults, "none"), ",") {
			if id, err := strconv.Atoi(text); err == nil {
				faults = append(faults, id)
			}
		}
	}
	return plan.Only(steps, faults), nil
}

// keep writes a plan to a file.
func (o simulateOptions) keep(lab *simulate.Lab, plan *simulate.Plan) (err error) {
	if o.save == "" {
		return nil
	}
	f, err := os.Create(filepath.FromSlash(o.save))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return lab.Keep(plan, "").Write(f)
}

// tell runs one plan and writes its story.
func (o simulateOptions) tell(lab *simulate.Lab, out io.Writer) error {
	plan, err := o.chosen()
	if err != nil {
		return err
	}
	if err := o.keep(lab, plan); err != nil {
		return err
	}
	r := lab.Run(plan)
	files, err := o.draw(r.Pictures)
	if err != nil {
		return err
	}
	if err := r.WriteText(out, plan); err != nil {
		return err
	}
	for _, file := range files {
		fmt.Fprintln(out, "picture:", file)
	}
	if len(r.Violations) > 0 && plan.Mode != simulate.KVOnly {
		return fmt.Errorf("simulate: seed %d breaks %d promises", r.Seed, len(r.Violations))
	}
	return nil
}

func (o simulateOptions) write(out io.Writer, s *simulate.Summary) error {
	switch o.format {
	case "json":
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(s)
	case "html":
		return s.WriteHTML(out)
	default:
		return s.WriteText(out)
	}
}

func verdict(s *simulate.Summary) error {
	switch {
	case len(s.Failures) > 0:
		return fmt.Errorf("simulate: %d of %d seeds failed", len(s.Failures), s.Seeds)
	case len(s.Missing) > 0:
		return fmt.Errorf("simulate: %d things never happened", len(s.Missing))
	}
	return nil
}
