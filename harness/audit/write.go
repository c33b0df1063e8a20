package audit

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Formats are the names that Write takes.
var Formats = []string{"text", "markdown", "json"}

// Write writes the report in a format. Two reports of the same code are the same, byte for byte.
func (r Report) Write(w io.Writer, format string) error {
	switch format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	case "markdown":
		return r.markdown(w)
	case "text":
		return r.text(w)
	default:
		return fmt.Errorf("%q is not a format: use %s", format, strings.Join(Formats, ", "))
	}
}

// verdict is the report in a few lines.
func (r Report) verdict() [][2]string {
	made := 0
	for _, k := range r.Kinds {
		if k.Made {
			made++
		}
	}
	return [][2]string{
		{"Trace coverage", fmt.Sprintf("%s of %d storage calls, %d handlers with a route", r.percent(), len(r.Sites), len(r.Routes))},
		{"Critical sections", fmt.Sprintf("%d functions run inside updates, %d locks", r.Sections, r.Locks)},
		{"Error kinds", fmt.Sprintf("a request can meet %d of %d", made, len(r.Kinds))},
		{"Findings", fmt.Sprint(len(r.Findings))},
	}
}

// percent is the coverage, rounded down so that one bad label among many never reads 100 %.
func (r Report) percent() string { return fmt.Sprintf("%d %%", int(r.Coverage*100+1e-9)) }

// text writes the findings last, where a terminal shows them.
func (r Report) text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	row := func(cells ...any) {
		fmt.Fprintln(t, join(cells))
	}
	row("FILE", "STORAGE CALLS", "SECTIONS", "LOCKS", "FINDINGS")
	for _, f := range r.Files {
		row(f.File, f.Calls, f.Sections, f.Locks, f.Findings)
	}
	row()
	row("ROUTE", "LABELS", "")
	for _, x := range r.Routes {
		row(x.Endpoint, len(x.Labels), strings.Join(x.Labels, ", "))
	}
	row()
	for _, v := range r.verdict() {
		row(v[0], v[1])
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, f := range r.Findings {
		if _, err := fmt.Fprintf(w, "%s: %s: %s\n", f.Position, f.Rule, f.Message); err != nil {
			return err
		}
	}
	return nil
}

func join(cells []any) string {
	text := make([]string, len(cells))
	for i, c := range cells {
		text[i] = fmt.Sprint(c)
	}
	return strings.Join(text, "\t")
}
