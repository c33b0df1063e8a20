package seed

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// WriteTable writes the logins.
func (w *World) WriteTable(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "USERNAME\tPASSWORD\tTIER\tCREDITS\tITEMS\tAPI KEY\t")
	for _, a := range w.Accounts {
		password, credits, items, key := w.Password, fmt.Sprint(a.Credits), fmt.Sprint(a.Items), a.Key
		if a.Token == "" {
			password, credits, items, key = "?", "?", "?", "?"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", a.Username, password, a.Tier, credits, items, key, a.Note)
	}
	if err := t.Flush(); err != nil || w.Circuit == "" {
		return err
	}
	_, err := fmt.Fprintf(out, "\nCircuit %q: %s/api/circuits/%s/public is its page for everybody.\n", circuitName, w.url, w.Circuit)
	return err
}
