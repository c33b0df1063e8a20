package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// A command is one subcommand. Each has a file of its own.
type command struct {
	name    string
	summary string // one line, for the list of commands
	operand string // the flag that an argument in first place sets, "" when there is none
	// flags defines the command's flags and returns what runs it once they are
	// parsed.
	flags func(fs *flag.FlagSet, term terminal) func(ctx context.Context) error
}

// commands lists all commands in the order of the help text.
func commands() []command {
	return []command{serveCommand(), initSecretsCommand(), seedCommand(), errorsCommand(), traceCommand(), smokeCommand(), loadCommand(), simulateCommand(), benchCommand(), auditCommand(), routesCommand()}
}

// dispatch runs the command that args name.
func dispatch(ctx context.Context, args []string, term terminal) error {
	if len(args) == 0 {
		overview(term.stderr)
		return &usageError{message: "no command is given"}
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return help(rest, term)
	}
	c, err := find(name)
	if err != nil {
		return err
	}
	fs, start := c.prepare(term)
	if c.operand != "" && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		if err := fs.Set(c.operand, rest[0]); err != nil {
			return &usageError{message: c.name + ": " + err.Error()}
		}
		rest = rest[1:]
	}
	switch err := fs.Parse(rest); {
	case errors.Is(err, flag.ErrHelp):
		c.usage(term.stdout, fs)
		return err
	case err != nil:
		return &usageError{message: c.name + ": " + err.Error(), hint: fmt.Sprintf("`tracedge help %s` lists the flags", c.name)}
	case fs.NArg() > 0:
		return &usageError{message: fmt.Sprintf("%s: unexpected argument %q", c.name, fs.Arg(0)), hint: fmt.Sprintf("`tracedge help %s` lists the flags", c.name)}
	}
	return start(ctx)
}

// find returns the command called name.
func find(name string) (command, error) {
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	return command{}, &usageError{message: fmt.Sprintf("unknown command %q", name), hint: "the commands are " + strings.Join(append(names, "help"), ", ")}
}

// prepare returns the parsed-to-be flags of c and what runs it.
func (c command) prepare(term terminal) (*flag.FlagSet, func(context.Context) error) {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // errors are reported by run, once
	fs.Usage = func() {}
	return fs, c.flags(fs, term)
}
