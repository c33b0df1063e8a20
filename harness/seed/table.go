package seed

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// WriteTable writes the logins.
func (w *World) WriteTable(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "USERNAME\tPASSWORD\tTIER\tCREDITS\tAPI KEY\t")
	for _, a := range w.Accounts {
		password, credits, key := w.Password, fmt.Sprint(a.Credits), a.Key
		if a.Token == "" {
			password, credits, key = "?", "?", "?"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Username, password, a.Tier, credits, key, a.Note)
	}
	return t.Flush()
}
