package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Formats of a report.
func Formats() []string { return []string{"text", "markdown", "json", "svg"} }

// Write writes the report in a format of Formats.
func (r *Report) Write(w io.Writer, format string) error {
	switch format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(r)
	case "svg":
		return r.writeSVG(w)
	case "markdown":
		return r.writeTables(&markdownTable{w: w})
	default:
		return r.writeTables(&textTable{tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)})
	}
}

// table is what a form of text makes of titled rows.
type table interface {
	title(text string)
	head(cells ...string)
	row(cells ...string)
	end() error
}

func (r *Report) writeTables(t table) error {
	for _, m := range r.Measurements {
		m.write(t)
	}
	r.writeCounts(t)
	r.writeGrowth(t)
	r.writeRates(t)
	r.writeMemory(t)
	r.writeInstances(t)
	r.writeStart(t)
	t.title("Module")
	t.head("bytes", "MB gzip", "SHA-256")
	t.row(fmt.Sprint(r.Module.Bytes), fmt.Sprintf("%.3f", float64(r.Module.Gzip)/1e6), r.Module.SHA256)
	r.writeVerdicts(t)
	return t.end()
}

func (m Measurement) write(t table) {
	t.title(m.Name + ": " + m.Summary)
	t.head("runtime", m.Unit, "95 %", "p99 ms", "CPU ms", "requests", "ratio", "95 %")
	for _, row := range m.Rows {
		t.row(row.Runtime, number(row.Figure.Center), interval(row.Figure), number(row.P99), number(row.CPU), fmt.Sprint(row.Requests),
			number(row.Ratio.Center), interval(row.Ratio))
	}
}

func (r *Report) writeCounts(t table) {
	if len(r.Counts) == 0 {
		return
	}
	t.title("Per request")
	t.head("scenario", "storage calls", "host calls", "bytes to the module", "bytes from it", "Go allocations", "KiB allocated")
	for _, c := range r.Counts {
		t.row(c.Scenario, number(c.StorageCalls), number(c.HostCalls), number(c.BytesIn), number(c.BytesOut), number(c.Allocations), number(c.AllocatedKiB))
	}
}

func (r *Report) writeMemory(t table) {
	if len(r.Memory) == 0 {
		return
	}
	t.title("Memory of the process at the end of the run")
	t.head("runtime", "MiB resident")
	for _, m := range r.Memory {
		t.row(m.Runtime, number(m.MiB))
	}
}

func (r *Report) writeVerdicts(t table) {
	if len(r.Verdicts) == 0 {
		return
	}
	t.title("Budgets")
	t.head("budget", "measured", "interval", "limit", "")
	for _, v := range r.Verdicts {
		t.row(v.Name, number(v.Figure.Center), interval(v.Figure), v.limit(), map[bool]string{true: "kept", false: "EXCEEDED"}[v.Kept])
	}
}

func (b Budget) limit() string {
	if b.AtLeast != nil {
		return "at least " + number(*b.AtLeast)
	}
	return "at most " + number(*b.AtMost)
}

func interval(f Figure) string { return number(f.Low) + " to " + number(f.High) }

// number with three digits that count.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v > 0 && v < 0.1:
		return fmt.Sprintf("%.3g", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

type textTable struct{ *tabwriter.Writer }

func (t *textTable) title(text string)    { _ = t.Flush(); fmt.Fprintf(t, "\n%s\n", text); _ = t.Flush() }
func (t *textTable) head(cells ...string) { t.row(cells...) }
func (t *textTable) row(cells ...string)  { fmt.Fprintln(t, strings.Join(cells, "\t")+"\t") }
func (t *textTable) end() error           { return t.Flush() }

// titles is what a table in Markdown has above it.
type titles int

const (
	headings titles = iota
	lineTitles
	noTitles
)

type markdownTable struct {
	w      io.Writer
	titles titles
	err    error
}

func (t *markdownTable) print(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}
func (t *markdownTable) title(text string) {
	switch t.titles {
	case headings:
		t.print("\n### %s\n\n", text)
	case lineTitles:
		t.print("\n%s:\n\n", text)
	}
}
func (t *markdownTable) head(cells ...string) {
	t.row(cells...)
	t.print("|---|%s\n", strings.Repeat("---:|", len(cells)-1))
}
func (t *markdownTable) row(cells ...string) { t.print("| %s |\n", strings.Join(cells, " | ")) }
func (t *markdownTable) end() error          { return t.err }
