package breakdown

import (
	"embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed page
var pageFiles embed.FS

// page is what the template shows.
type page struct {
	Style    template.CSS
	From, To string
	Command  string
	Verdicts []Verdict
	Missed   int
	Tiles    []tile
	Parts    []pagePart
	Footer   string
}

// tile is a figure at the top.
type tile struct{ Name, Value, Class string }

// pagePart is a section of the page: a table, with drawings where they say more.
type pagePart struct {
	Title, Note string
	Time        *timeChart
	Latency     *latencyChart
	Stack       *stack
	Head        []cell
	Rows        [][]cell
}

// cell is a cell of a table: a text, or a bar of a width in percent.
type cell struct {
	Text, Class string
	Code        bool
	Bar         string
	Width       float64
}

// stack is a whole that two parts make up, in percent.
type stack struct {
	Title         string
	Covered, Lost float64
}

// html writes one file that needs nothing else: no script, no font, no image. It reads well on a screen, light or dark,
// and on paper.
func (d Document) html(w io.Writer) error {
	t, err := template.ParseFS(pageFiles, "page/page.html")
	if err != nil {
		return err
	}
	style, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		return err
	}
	r := &d.Report
	p := page{
		Style: template.CSS(style), From: clock(r.From), To: clock(r.To), Command: d.Command, Verdicts: d.Verdicts,
		Tiles: d.tiles(), Parts: d.pageParts(),
		Footer: fmt.Sprintf("Read %s: %s invocations, %s single records, %s lines of text, %s broken values. Quantiles have a relative error of %.0f %%.",
			size(r.Input.Bytes), grouped(r.Input.Invocations), grouped(r.Input.Records), grouped(r.Input.Text), grouped(r.Input.Broken), 100*r.Accuracy),
	}
	for _, v := range d.Verdicts {
		if !v.Met {
			p.Missed++
		}
	}
	return t.Execute(w, p)
}

func (d Document) tiles() []tile {
	r := &d.Report
	tiles := []tile{
		{"requests", grouped(r.Requests), ""},
		{fmt.Sprintf("errors, %s", percent(r.ErrorRate)), grouped(r.Errors), ""},
		{fmt.Sprintf("server errors, %s", percent(r.ServerRate)), grouped(r.Server), mood(r.Server == 0)},
		{"p95 of all requests, ms", quantile(r.All, r.All.P95), ""},
		{"p95 of logins, ms", quantile(r.Logins, r.Logins.P95), ""},
		{"of failures explained by a record", percent(r.Coverage.Share), mood(r.Coverage.Covered == r.Coverage.Failed)},
	}
	return tiles
}

func mood(fine bool) string {
	if fine {
		return "fine"
	}
	return "bad"
}
