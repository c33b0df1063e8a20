package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"

	"tracedge/harness/config"
	"tracedge/harness/seed"
)

// Where the passwords of a service that is not on this machine come from: never from the command line, which others can
// read.
const (
	adminPassword = "TRACEDGE_ADMIN_PASSWORD"
	seedPassword  = "TRACEDGE_SEED_PASSWORD"
)

func seedCommand() command {
	return command{
		name:    "seed",
		summary: "make accounts to play with, one of each tier, with credits and API keys",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			var s seeding
			fs.StringVar(&s.url, "url", "http://"+defaultAddr, "the service's `URL`")
			fs.StringVar(&s.admin, "admin-user", "", "the admin's `NAME`; its password is in "+adminPassword+". On this machine both are those of the settings")
			fs.StringVar(&s.config, "config", defaultConfig, "the configuration; .dev.vars is the `FILE` beside it")
			return func(ctx context.Context) error { return s.run(ctx, term) }
		},
	}
}

type seeding struct{ url, admin, config string }

func (s seeding) run(ctx context.Context, term terminal) error {
	u, err := url.Parse(s.url)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return &usageError{message: fmt.Sprintf("seed: %q is not the URL of a service", s.url), hint: "for example --url http://127.0.0.1:8787"}
	}
	local := isLocal(u.Hostname())
	name, password, err := s.credentials(local, term)
	if err != nil {
		return err
	}
	w := &seed.World{Client: seed.NewClient(s.url)}
	switch given, _ := term.lookupEnv(seedPassword); {
	case given != "":
		w.Password = given
	case local:
		w.Password = "Cocoa beans 1"
	default:
		return &usageError{message: "seed: the service is not on this machine", hint: "set " + seedPassword + ", the password of the accounts"}
	}
	ctx, stop := untilInterrupt(ctx)
	defer stop()
	if w.Admin, err = w.Login(ctx, name, password); err != nil {
		err = fmt.Errorf("seed: %w", err)
		var refusal *seed.Refusal
		if errors.As(err, &refusal) {
			return hint(err, "the first admin is that of BOOTSTRAP_ADMIN_*, made when there is none; name another with --admin-user and %s", adminPassword)
		}
		return hint(err, "is the service running? `make run` starts one")
	}
	if err := seed.Run(ctx, w, seed.Steps()); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	return w.WriteTable(term.stdout)
}

// credentials are those of the admin: of the flag and the environment, or else, on this machine, of its settings.
func (s seeding) credentials(local bool, term terminal) (name, password string, err error) {
	name = s.admin
	password, _ = term.lookupEnv(adminPassword)
	if local && (name == "" || password == "") {
		vars, err := config.ReadDevVars(filepath.Join(filepath.Dir(s.config), config.DevVars))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", "", err
		}
		setting := func(key string) string {
			if v, ok := term.lookupEnv(key); ok && v != "" {
				return v
			}
			return vars[key].Text
		}
		if own := setting(bootstrapName); name == "" || name == own {
			name = own
			if password == "" {
				password = setting(bootstrapPassword)
			}
		}
	}
	if name == "" || password == "" {
		return "", "", &usageError{message: "seed: no admin is known", hint: "name one with --admin-user and set " + adminPassword + "; on this machine `tracedge init-secrets` makes one"}
	}
	return name, password, nil
}
