package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tracedge/harness/config"
)

func initSecretsCommand() command {
	return command{
		name:    "init-secrets",
		summary: "make the secrets and the first admin that are missing and add them to .dev.vars",
		flags: func(fs *flag.FlagSet, term terminal) func(context.Context) error {
			file := fs.String("config", defaultConfig, "the configuration; .dev.vars is the `FILE` beside it")
			return func(context.Context) error {
				return initSecrets(filepath.Join(filepath.Dir(*file), config.DevVars), term)
			}
		},
	}
}

// secretMakers says how each secret is made: 32 random bytes.
var secretMakers = []struct {
	name   string
	encode func([]byte) string
}{
	{jwtSecret, base64.RawURLEncoding.EncodeToString},
	{secretsKey, base64.StdEncoding.EncodeToString},
}

// initSecrets adds to the file at path the secrets that neither it nor the
// environment has, and a first admin with a password of its own when they name
// none. What the file says already is never changed.
func initSecrets(path string, term terminal) error {
	existing, err := config.ReadDevVars(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var lines strings.Builder
	var names []string
	set := func(name string) bool {
		value, ok := term.lookupEnv(name)
		return ok && value != "" || existing[name].Text != ""
	}
	for _, s := range secretMakers {
		if set(s.name) {
			continue
		}
		secret := make([]byte, 32)
		rand.Read(secret) // never fails
		fmt.Fprintf(&lines, "%s=%s\n", s.name, s.encode(secret))
		names = append(names, s.name)
	}
	if !set(bootstrapName) && !set(bootstrapPassword) && !set(bootstrapEmail) {
		fmt.Fprintf(&lines, "%s=admin\n%s=Aa1-%s\n%s=admin@tracedge.test\n", bootstrapName, bootstrapPassword, rand.Text(), bootstrapEmail)
		names = append(names, "BOOTSTRAP_ADMIN_*")
	}
	if len(names) == 0 {
		return nil
	}
	if err := appendPrivate(path, lines.String()); err != nil {
		return err
	}
	fmt.Fprintf(term.stderr, "added %s to %s\n", strings.Join(names, " and "), path)
	return nil
}

// appendPrivate adds whole lines to the file at path; a new file can be read by
// its owner only.
func appendPrivate(path, lines string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, info.Size()-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			lines = "\n" + lines
		}
	}
	if _, err := f.WriteString(lines); err != nil {
		return err
	}
	return f.Close()
}
