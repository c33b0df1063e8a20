package breakdown

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Formats are the names that Write takes.
var Formats = []string{"text", "markdown", "html", "json"}

// Write writes the document in a format.
func (d Document) Write(w io.Writer, format string) error {
	switch format {
	case "text":
		return d.text(w)
	case "markdown":
		return d.markdown(w)
	case "html":
		return d.html(w)
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(d)
	default:
		return fmt.Errorf("%q is not a format: use %s", format, strings.Join(Formats, ", "))
	}
}

func (d Document) text(w io.Writer) error {
	var b strings.Builder
	for i, t := range d.tables() {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(t.Title + "\n")
		widths := make([]int, len(t.Head))
		rows := append([][]string{t.Head}, t.Rows...)
		if strings.Join(t.Head, "") == "" {
			rows = t.Rows
		}
		for _, row := range rows {
			for c, cell := range row {
				widths[c] = max(widths[c], utf8.RuneCountInString(cell))
			}
		}
		for _, row := range rows {
			line := " "
			for c, cell := range row {
				pad := strings.Repeat(" ", widths[c]-utf8.RuneCountInString(cell))
				if t.Number[c] {
					line += " " + pad + cell
				} else {
					line += " " + cell + pad
				}
			}
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (d Document) markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Errors: breakdown\n")
	if d.Command != "" {
		b.WriteString("\nMade by:\n\n```sh\n" + d.Command + "\n```\n")
	}
	for _, t := range d.tables() {
		b.WriteString("\n## " + t.Title + "\n\n")
		if t.Note != "" {
			b.WriteString(t.Note + "\n\n")
		}
		writeRow(&b, t.Head)
		for _, number := range t.Number {
			if number {
				b.WriteString("|--:")
			} else {
				b.WriteString("|:--")
			}
		}
		b.WriteString("|\n")
		for _, row := range t.Rows {
			writeRow(&b, row)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeRow(b *strings.Builder, cells []string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", "\\|") + " ")
	}
	b.WriteString("|\n")
}
