package audit

import (
	"fmt"
	"io"
	"strings"
)

const head = "# Lock safety and trace coverage: audit\n\nMade by:\n\n```sh\ngo run ./harness/cmd/tracedge audit --format markdown\n```\n\n" +
	"The lock of this system is the update: a function over one partition that may run again. Nothing that such a function\n" +
	"reaches may hash, sign, encrypt, do I/O, read the clock or randomness, sleep, lock, use channels or call the store.\n\n"

// markdown writes the runbook. It names no lines but those of findings: they would change with every edit above.
func (r Report) markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString(head)
	t := table{&b}
	t.head("Rule", "Outcome")
	for _, v := range r.verdict() {
		t.row(v[0], v[1])
	}
	b.WriteString("\n## Findings\n\n")
	if len(r.Findings) == 0 {
		b.WriteString("None.\n")
	} else {
		t.head("Rule", "Position", "Finding")
		for _, f := range r.Findings {
			t.row(f.Rule, f.Position, f.Message)
		}
	}
	b.WriteString("\n## Rules\n\n")
	t.head("Rule", "Promise")
	for _, x := range rules() {
		t.row(x.name, x.doc)
	}
	b.WriteString("\n## Files\n\n")
	t.head("File", "Storage calls", "Critical sections", "Locks", "Findings")
	for _, f := range r.Files {
		t.row(f.File, fmt.Sprint(f.Calls), fmt.Sprint(f.Sections), fmt.Sprint(f.Locks), fmt.Sprint(f.Findings))
	}
	b.WriteString("\n## Routes and the storage calls that their handlers reach\n\n")
	t.head("Endpoint", "Calls", "Labels")
	for _, x := range r.Routes {
		t.row(x.Endpoint, fmt.Sprint(len(x.Labels)), strings.Join(x.Labels, ", "))
	}
	b.WriteString("\n## Storage calls\n\n")
	t.head("Label", "Call", "File", "Function", "Reached from")
	for _, s := range r.Sites {
		t.row(s.Label, s.Call, fileOf(s.Position), s.Function, strings.Join(s.Reached, ", "))
	}
	b.WriteString("\n## Error kinds\n\n")
	t.head("Kind", "A request can meet it", "Why not yet")
	for _, k := range r.Kinds {
		if k.Made {
			t.row(k.Kind, "yes", "")
		} else {
			t.row(k.Kind, "no", k.Reason)
		}
	}
	b.WriteString("\n## Exceptions\n\nWhat the rules let pass, and why.\n\n")
	t.head("Rule", "What", "Reason")
	for _, e := range r.Exceptions {
		t.row(e.Rule, e.Subject, e.Reason)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table writes the rows of a table.
type table struct{ *strings.Builder }

func (t table) row(cells ...string) {
	for _, c := range cells {
		t.WriteString("| " + strings.ReplaceAll(c, "|", "\\|") + " ")
	}
	t.WriteString("|\n")
}

func (t table) head(cells ...string) {
	t.row(cells...)
	t.WriteString(strings.Repeat("|---", len(cells)) + "|\n")
}
