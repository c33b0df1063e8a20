package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"tracedge/harness/load"
)

func smokeCommand() command {
	return command{
		name:    "smoke",
		summary: "walk the critical path, one request after the other; fails below 100 %",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			target := fs.String("url", "http://"+defaultAddr, "the service's `URL`")
			n := fs.Int("n", 10, "walk `N` times: health, register, login, verify, with a new account each time")
			timeout := fs.Duration("timeout", 30*time.Second, "the longest that a request may take")
			return func(ctx context.Context) error { return smoke(ctx, *target, *n, *timeout, term) }
		},
	}
}

func smoke(ctx context.Context, target string, n int, timeout time.Duration, term terminal) error {
	if n < 1 {
		return &usageError{message: "smoke: -n must be at least 1"}
	}
	client, err := loadClient("smoke", target, timeout, 1, term)
	if err != nil {
		return err
	}
	ctx, stop := untilInterrupt(ctx)
	defer stop()
	result := load.Smoke(ctx, client, n)
	if err := result.WriteText(term.stdout); err != nil {
		return err
	}
	switch {
	case !result.Complete():
		err := fmt.Errorf("smoke: %d of %d steps failed", result.Total.All-result.Total.Good, result.Total.All)
		if result.Failures[0].Kind == load.KindNoConnection {
			return hint(err, "is the service running? `tracedge serve` starts one")
		}
		return err
	case ctx.Err() != nil:
		return errors.New("smoke: interrupted")
	}
	return nil
}

// untilInterrupt returns a context that ends with SIGINT or SIGTERM. A second signal ends the process.
func untilInterrupt(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// loadClient checks the address of the service. Load on somebody else's machine is theirs to allow, so it is said.
func loadClient(command, text string, timeout time.Duration, connections int, term terminal) (*load.Client, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, &usageError{message: fmt.Sprintf("%s: %q is not the URL of a service", command, text), hint: "for example --url http://127.0.0.1:8787"}
	}
	if timeout <= 0 {
		return nil, &usageError{message: command + ": --timeout must be above 0"}
	}
	if !isLocal(u.Hostname()) {
		fmt.Fprintf(term.stderr, "warning: %s is not on this machine; send requests only where you may\n", u.Hostname())
	}
	return load.NewClient(strings.TrimRight(text, "/"), timeout, connections), nil
}

func isLocal(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
