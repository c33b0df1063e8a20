package breakdown

import (
	"fmt"
	"io"
	"strings"
)

// markdown writes the document as a runbook: what made it, what it says in short, the tables, and what to do next.
func (d Document) markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Errors: breakdown\n")
	if d.Command != "" {
		b.WriteString("\nMade by:\n\n```sh\n" + d.Command + "\n```\n")
	}
	b.WriteString("\n")
	for _, line := range d.inShort() {
		b.WriteString("- " + line + "\n")
	}
	for _, s := range d.sections() {
		b.WriteString("\n## " + s.Title + "\n\n")
		if s.Note != "" {
			b.WriteString(s.Note + "\n\n")
		}
		if len(s.Lines) > 0 {
			b.WriteString("```text\n" + strings.Join(s.Lines, "\n") + "\n```\n\n")
		}
		markdownTable(&b, s)
	}
	d.next(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownTable(b *strings.Builder, s section) {
	head := s.Head
	if head == nil {
		head = make([]string, len(s.Rows[0]))
	}
	markdownRow(b, head)
	for c := range head {
		if c < len(s.Right) && s.Right[c] {
			b.WriteString("|--:")
		} else {
			b.WriteString("|:--")
		}
	}
	b.WriteString("|\n")
	for _, row := range s.Rows {
		markdownRow(b, row)
	}
}

func markdownRow(b *strings.Builder, cells []string) {
	for _, c := range cells {
		b.WriteString("| " + escapeMarkdown.Replace(c) + " ")
	}
	b.WriteString("|\n")
}

// escapeMarkdown keeps what stood in a log from being taken for markup. Underscores inside words are none.
var escapeMarkdown = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "<", "&lt;", "&", "&amp;", "`", "\\`", "*", `\*`, "[", `\[`, "]", `\]`,
)

// inShort are the sentences that somebody who is called at night reads first.
func (d Document) inShort() (lines []string) {
	r := &d.Report
	for _, v := range d.Verdicts {
		if !v.Met {
			lines = append(lines, "**Objective missed:** "+v.String()+".")
		}
	}
	if r.Requests == 0 {
		return append(lines, "The log holds no request.")
	}
	lines = append(lines, fmt.Sprintf("%s of %s requests failed (%s), %s of them by a fault of the service (%s).",
		grouped(r.Errors), grouped(r.Requests), percent(r.ErrorRate), grouped(r.Server), percent(r.ServerRate)))
	for _, k := range firstOf(r.Kinds, 3) {
		line := fmt.Sprintf("`%s`: %s of the errors", code(k.Name), percent(share(k.Count, r.Errors)))
		if at := r.Where[k.Name]; len(at) > 0 {
			line += fmt.Sprintf(", %s of them at `%s`", percent(share(at[0].Count, k.Count)), code(at[0].Name))
		}
		lines = append(lines, line+".")
	}
	if len(r.Storage) > 0 && r.Storage[0].Errors > 0 {
		o := r.Storage[0]
		lines = append(lines, fmt.Sprintf("The storage operation that failed most is `%s`: %s of %s calls.", code(o.Label), grouped(o.Errors), grouped(o.Calls)))
	}
	if missing := r.Coverage.Failed - r.Coverage.Covered; missing > 0 {
		lines = append(lines, fmt.Sprintf("%s left no structured record: nobody can explain that from this log.", plural(missing, "failure")))
	} else {
		lines = append(lines, "Every failure left a structured record.")
	}
	return lines
}

// next says what to do with the breakdown.
func (d Document) next(b *strings.Builder) {
	b.WriteString("\n## Next\n\n`docs/runbooks/incident.md` says for each kind what it means and what to do.")
	var commands []string
	for _, k := range firstOf(d.Report.Kinds, 3) {
		for _, s := range d.Report.Samples[k.Name] {
			if isTraceID(s.TraceID) {
				commands = append(commands, d.traceCommand(s.TraceID)+"  # "+code(k.Name))
				break
			}
		}
	}
	if len(commands) > 0 {
		b.WriteString(" One request of each of the most frequent kinds:\n\n```sh\n" + strings.Join(commands, "\n") + "\n```")
	}
	b.WriteString("\n")
}

// code is a name inside backticks. Names of the service hold nothing else than this.
func code(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-/:.() ", r) {
			return r
		}
		return '?'
	}, s)
}

// isTraceID reports whether a text is 32 hex digits. Only such a one goes into a command that people paste.
func isTraceID(s string) bool {
	if len(s) != 32 {
		return false
	}
	for i := range len(s) {
		if !hexDigit(s[i]) {
			return false
		}
	}
	return true
}
