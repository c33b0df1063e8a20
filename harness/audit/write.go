package audit

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Formats are the names that Write takes.
var Formats = []string{"text", "markdown", "json"}

// Write writes the report in a format.
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

// verdict is the report in one line for each rule.
func (r Report) verdict() [][2]string {
	made := 0
	for _, k := range r.Kinds {
		if k.Made {
			made++
		}
	}
	return [][2]string{
		{"Trace coverage", fmt.Sprintf("%.0f %% of %d storage calls, %d handlers with a route", 100*r.Coverage(), len(r.Sites), len(r.Routes))},
		{"Critical sections", fmt.Sprintf("%d functions run inside updates, %d locks", r.Sections, r.Locks)},
		{"Error kinds", fmt.Sprintf("%d of %d are made", made, len(r.Kinds))},
		{"Findings", fmt.Sprint(len(r.Findings))},
	}
}

func (r Report) text(w io.Writer) error {
	var b strings.Builder
	for _, v := range r.verdict() {
		fmt.Fprintf(&b, "%-18s %s\n", v[0], v[1])
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s: %s: %s\n", f.Position, f.Rule, f.Message)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Report) markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Lock safety and trace coverage: audit\n\nMade by:\n\n```sh\ngo run ./harness/cmd/tracedge audit --format markdown\n```\n\n" +
		"The lock of this system is the update: a function over one partition that may run again. Nothing that such a function\n" +
		"reaches may hash, sign, encrypt, do I/O, read the clock or randomness, sleep, lock, use channels or call the store.\n\n")
	rows(&b, "Rule", "Outcome")
	for _, v := range r.verdict() {
		rows(&b, v[0], v[1])
	}
	b.WriteString("\n## Findings\n\n")
	if len(r.Findings) == 0 {
		b.WriteString("None.\n")
	} else {
		rows(&b, "Rule", "Position", "Finding")
		for _, f := range r.Findings {
			rows(&b, f.Rule, f.Position, f.Message)
		}
	}
	b.WriteString("\n## Routes and the storage calls that they reach\n\n")
	rows(&b, "Endpoint", "Labels")
	for _, x := range r.Routes {
		rows(&b, x.Endpoint, strings.Join(x.Labels, ", "))
	}
	b.WriteString("\n## Storage calls\n\n")
	rows(&b, "Label", "File", "Function")
	for _, s := range r.Sites {
		file, _, _ := strings.Cut(s.Position, ":") // no line: it would change with every edit above
		rows(&b, s.Label, file, s.Function)
	}
	b.WriteString("\n## Error kinds\n\n")
	rows(&b, "Kind", "Made", "Why not yet")
	for _, k := range r.Kinds {
		made, why := "yes", ""
		if !k.Made {
			made, why = "no", k.Reason
		}
		rows(&b, k.Kind, made, why)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// rows writes a row; the first row of a table also writes the line below the head.
func rows(b *strings.Builder, cells ...string) {
	head := strings.HasSuffix(b.String(), "\n\n")
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", "\\|") + " ")
	}
	b.WriteString("|\n")
	if head {
		b.WriteString(strings.Repeat("|---", len(cells)) + "|\n")
	}
}
