// Package config reads wrangler.toml, the one configuration of a worker, so that
// the harness gives it the bindings, variables and schedules that it has at the
// edge.
//
// A variable takes its value from the last of these that has one:
//
//  1. [vars] of wrangler.toml
//  2. .dev.vars beside it, in the form of dotenv files
//  3. the process environment, but only names that [vars], secrets.required or
//     Options.Known declare, so that nothing else of the environment leaks into
//     the worker; an empty variable counts as absent
//  4. Options.Vars, the command line
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// DevVars is the name of the file of local secrets beside wrangler.toml.
const DevVars = ".dev.vars"

// Config is the configuration of one worker, complete and checked.
type Config struct {
	Path string // of the file, as given to Load
	Dir  string // its folder, the root of all files of the worker
	Name string // of the worker
	Main string // the module that the worker starts with: a path within Dir, with slashes

	CompatibilityDate  string // YYYY-MM-DD, "" when absent
	CompatibilityFlags []string

	// Vars are the variables and secrets by name. A value is a string or, from
	// [vars] only, anything that JSON can hold: bool, int64, float64, []any,
	// map[string]any.
	Vars map[string]any

	KVNamespaces   []KVNamespace
	DurableObjects []DurableObject
	Crons          []string // expressions of triggers.crons
	Rules          []Rule   // how files are imported as modules

	// Secrets are the names of secrets.required.
	Secrets []string
	// Unsupported names the bindings that the harness does not emulate, with the
	// key of the file that they come from.
	Unsupported map[string]string
	// Warnings says what of the file the harness does not heed.
	Warnings []Warning
}

// KVNamespace binds a KV namespace to a name in env.
type KVNamespace struct {
	Binding string
	ID      string // the binding's name when the file has none
}

// DurableObject binds a class of Durable Objects to a name in env.
type DurableObject struct {
	Binding string
	Class   string // exported by the main module
	SQLite  bool   // has ctx.storage.kv and ctx.storage.sql
}

// Rule says which type of module the files matching Globs are. Types are
// ESModule, CommonJS, CompiledWasm, Text and Data.
type Rule struct {
	Type  string
	Globs []string
}

// Warning is a part of the file that the harness does not heed.
type Warning struct {
	File    string
	Line    int // 0 when unknown
	Message string
}

// String returns "file:line: message".
func (w Warning) String() string {
	return (&Error{File: w.File, Line: w.Line, Message: w.Message}).Error()
}

// Options says where values come from beside the files.
type Options struct {
	// Known names the optional settings of the worker that the process
	// environment may set although the file does not mention them.
	Known []string
	// LookupEnv reads the process environment; nil for os.LookupEnv.
	LookupEnv func(name string) (string, bool)
	// Vars are "NAME=VALUE" texts that win over everything.
	Vars []string
}

// Load reads the wrangler.toml at path and everything that belongs to it. Errors
// about what the files say are of type *Error.
func Load(path string, o Options) (*Config, error) {
	source, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{File: path, Message: "there is no such file", Hint: "run this where wrangler.toml is, or name it with --config"}
	}
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	c, err := parse(path, string(source))
	if err != nil {
		return nil, err
	}
	declared := slices.Concat(slices.Collect(maps.Keys(c.Vars)), c.Secrets, o.Known)
	if err := c.addDevVars(); err != nil {
		return nil, err
	}
	c.addEnvironment(declared, o.LookupEnv)
	if err := c.addOptions(o.Vars); err != nil {
		return nil, err
	}
	return c, nil
}

// Missing returns the required secrets that nothing gives a value, sorted.
func (c *Config) Missing() []string {
	missing := slices.DeleteFunc(slices.Clone(c.Secrets), func(name string) bool {
		value, ok := c.Vars[name]
		return ok && value != ""
	})
	slices.Sort(missing)
	return missing
}

// addDevVars adds the variables of .dev.vars, if there is one.
func (c *Config) addDevVars() error {
	path := filepath.Join(c.Dir, DevVars)
	vars, err := ReadDevVars(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for name, value := range vars {
		if binding := c.binding(name); binding != "" {
			return &Error{File: path, Line: value.Line, Message: fmt.Sprintf("%s is the name of %s already", name, binding)}
		}
		c.Vars[name] = value.Text
	}
	return nil
}

// addEnvironment lets the process environment set the names that are declared.
func (c *Config) addEnvironment(declared []string, lookup func(string) (string, bool)) {
	if lookup == nil {
		lookup = os.LookupEnv
	}
	for _, name := range declared {
		if value, ok := lookup(name); ok && value != "" && c.binding(name) == "" {
			c.Vars[name] = value
		}
	}
}

var varForm = regexp.MustCompile(`(?s)^([A-Za-z_$][\w$]*)=(.*)$`)

// addOptions adds the variables of the command line.
func (c *Config) addOptions(vars []string) error {
	for _, text := range vars {
		m := varForm.FindStringSubmatch(text)
		if m == nil {
			// The text may hold a secret: it is not repeated.
			return &Error{Message: "a variable is not of the form NAME=VALUE", Hint: "write --var NAME=VALUE; a name has letters, digits, _ and $"}
		}
		if binding := c.binding(m[1]); binding != "" {
			return &Error{Message: fmt.Sprintf("variable %s is the name of %s already", m[1], binding), Hint: "choose a name that wrangler.toml does not bind"}
		}
		c.Vars[m[1]] = m[2]
	}
	return nil
}

// binding says what other than a variable is bound to name, "" for nothing.
func (c *Config) binding(name string) string {
	for _, n := range c.KVNamespaces {
		if n.Binding == name {
			return "a KV namespace"
		}
	}
	for _, o := range c.DurableObjects {
		if o.Binding == name {
			return "a Durable Object class"
		}
	}
	return ""
}
