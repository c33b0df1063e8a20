package main

import (
	"flag"
	"fmt"
	"io"
)

// help prints what there is, or how one command is used.
func help(args []string, term terminal) error {
	if len(args) == 0 {
		overview(term.stdout)
		return nil
	}
	c, err := find(args[0])
	if err != nil {
		return err
	}
	fs, _ := c.prepare(term)
	c.usage(term.stdout, fs)
	return nil
}

// overview lists the commands.
func overview(w io.Writer) {
	fmt.Fprint(w, "Tracedge runs the deployed worker on this machine.\n\nusage: tracedge COMMAND [flags]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-14s %s\n", c.name, c.summary)
	}
	fmt.Fprintf(w, "  %-14s %s\n", "help", "show this text, or the flags of a command")
}

// usage describes one command and its flags.
func (c command) usage(w io.Writer, fs *flag.FlagSet) {
	fmt.Fprintf(w, "usage: tracedge %s [flags]\n\n%s\n\n", c.name, c.summary)
	fs.VisitAll(func(f *flag.Flag) {
		value, text := flag.UnquoteUsage(f)
		if value != "" {
			value = " " + value
		}
		fmt.Fprintf(w, "  --%s%s\n        %s", f.Name, value, text)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			fmt.Fprintf(w, " (default %s)", f.DefValue)
		}
		fmt.Fprintln(w)
	})
}
