package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"tracedge/harness/config"
	"tracedge/harness/faults"
	"tracedge/harness/isolate"
	"tracedge/harness/server"
)

// Defaults of flags, relative to the working directory.
const (
	defaultConfig = "wrangler.toml"
	defaultData   = ".tracedge"
	defaultAddr   = "127.0.0.1:8787"
)

// serveOptions are the flags of serve.
type serveOptions struct {
	addr, data, config, wasm, log string
	memory, testScheduled, native bool
	isolates, objectIsolates      int
	vars                          varFlags
	faults                        faults.Plan
	faultSeed                     uint64
	wrapCalls                     func(isolate.CallFunc) isolate.CallFunc
}

// varFlags collects the values of a flag that may be given many times.
type varFlags []string

func (v *varFlags) String() string { return "" } // values may be secrets
func (v *varFlags) Set(text string) error {
	*v = append(*v, text)
	return nil
}

func serveCommand() command {
	return command{
		name:    "serve",
		summary: "serve the worker over HTTP",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			o := &serveOptions{}
			fs.StringVar(&o.addr, "addr", defaultAddr, "listen on `HOST:PORT`; port 0 picks a free one")
			fs.StringVar(&o.data, "data", defaultData, "keep the data in the folder `DIR`")
			fs.BoolVar(&o.memory, "memory", false, "keep the data in memory only")
			fs.BoolVar(&o.native, "native", false, "serve the product as a Go program instead of the module, data in memory: for comparison")
			fs.IntVar(&o.isolates, "isolates", 0, "`N` isolates serve requests; by default one per processor")
			fs.IntVar(&o.objectIsolates, "object-isolates", 1, "`N` isolates hold the Durable Objects")
			fs.Var(&o.vars, "var", "set a variable of the worker, `NAME=VALUE`; may be given many times")
			fs.StringVar(&o.config, "config", defaultConfig, "read the configuration from `FILE`")
			fs.StringVar(&o.wasm, "wasm", "", "run the module `FILE` instead of "+modulePath+" beside the configuration")
			fs.StringVar(&o.log, "log", "pretty", "write records as `FORMAT` json or pretty")
			fs.BoolVar(&o.testScheduled, "test-scheduled", false, "offer /cdn-cgi/handler/scheduled?cron=..., open to anybody")
			fs.Func("faults", "make calls to the sequencer fail, like `overload=2%,hang=0.1%`: "+strings.Join(faults.Kinds(), ", "), func(text string) (err error) {
				o.faults, err = faults.ParsePlan(text)
				return err
			})
			fs.Uint64Var(&o.faultSeed, "fault-seed", 1, "which calls fail follows from this `NUMBER`")
			return func(ctx context.Context) error { return serve(ctx, o, term) }
		},
	}
}

// serve runs until it gets SIGINT or SIGTERM, then lets everything under way
// finish. A second signal ends it at once.
func serve(ctx context.Context, o *serveOptions, term terminal) (err error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	if o.isolates < 0 || o.objectIsolates < 1 {
		return &usageError{message: "--isolates and --object-isolates cannot be less than 1"}
	}
	logs, err := newLogs(o.log, term)
	if err != nil {
		return err
	}
	cfg, err := config.Load(o.config, config.Options{Known: settings, LookupEnv: term.lookupEnv, Vars: o.vars})
	if err != nil {
		return err
	}
	if o.native {
		return serveNative(ctx, o, cfg, logs, term)
	}
	module, err := readModule(cfg.Dir, o.wasm)
	if err != nil {
		return err
	}
	store, err := openStore(o.data, o.memory)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	injector := faults.New(o.faults, o.faultSeed, "username/")
	if len(o.faults) > 0 {
		o.wrapCalls = injector.Wrap
		defer func() { fmt.Fprintf(term.stderr, "partitions struck: %v\n", injector.Counts()) }()
	}
	cluster, err := startCluster(ctx, cfg, module, store, o, logs)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return errors.Join(hint(err, "choose another address with --addr"), cluster.Close(ctx))
	}
	web, err := server.New(server.Options{
		Worker:        cluster,
		Crons:         cfg.Crons,
		TestScheduled: o.testScheduled,
		Log:           log.New(term.stderr, "tracedge: ", 0),
	})
	if err != nil {
		return errors.Join(err, listener.Close(), cluster.Close(ctx))
	}
	announce(term, cfg, module, o, listener.Addr())
	return web.Serve(ctx, listener)
}

// announce says what is served where, and what is missing.
func announce(term terminal, cfg *config.Config, module wasmModule, o *serveOptions, addr net.Addr) {
	for _, w := range cfg.Warnings {
		fmt.Fprintln(term.stderr, "warning:", w)
	}
	missing := cfg.Missing()
	if value, ok := cfg.Vars[jwtSecret]; len(missing) == 0 && (!ok || value == "") {
		missing = []string{jwtSecret}
	}
	if len(missing) > 0 {
		fmt.Fprintf(term.stderr, "warning: %s is not set\nhint: `tracedge init-secrets` makes the secrets that are missing\n", strings.Join(missing, ", "))
	}
	where := "in memory"
	if !o.memory {
		where = filepath.Join(o.data, dataFile)
	}
	fmt.Fprintf(term.stderr, "module %s sha256 %s\n", module.path, module.sum())
	fmt.Fprintf(term.stderr, "data %s\n", where)
	fmt.Fprintf(term.stderr, "listening on http://%s\n", addr)
}
