package breakdown

import (
	"io"
	"strings"
	"unicode/utf8"
)

// text writes the document for a terminal.
func (d Document) text(w io.Writer) error {
	var b strings.Builder
	for i, s := range d.sections() {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s.Title + "\n")
		if s.Note != "" {
			b.WriteString("  " + s.Note + "\n")
		}
		for _, line := range s.Lines {
			b.WriteString("  " + line + "\n")
		}
		rows := s.Rows
		if s.Head != nil {
			rows = append([][]string{s.Head}, rows...)
		}
		align(&b, rows, s.Right)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// align writes rows in columns as wide as they need.
func align(b *strings.Builder, rows [][]string, right []bool) {
	var widths []int
	for _, row := range rows {
		for c, cell := range row {
			if c == len(widths) {
				widths = append(widths, 0)
			}
			widths[c] = max(widths[c], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		line := " "
		for c, cell := range row {
			pad := strings.Repeat(" ", widths[c]-utf8.RuneCountInString(cell))
			line += " "
			if c < len(right) && right[c] {
				line += pad + cell
				continue
			}
			if c > 0 && rows[0][c] != "" { // text stands further off, unless it belongs to the number before
				line += " "
			}
			line += cell + pad
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}
