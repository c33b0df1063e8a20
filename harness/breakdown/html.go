package breakdown

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed page.html
var page string

// bar is one step of the time line, in the units of the drawing.
type bar struct {
	X, Width   float64
	Y, Height  float64 // all requests
	ErrY, ErrH float64 // those that failed
	Title      string
}

const (
	chartWidth  = 960.0
	chartHeight = 160.0
)

// bars draws the time line.
func (d Document) bars() []bar {
	slots := d.Report.Timeline.Slots
	var most int64 = 1
	for _, s := range slots {
		most = max(most, s.Requests)
	}
	out := make([]bar, len(slots))
	step := chartWidth / float64(max(len(slots), 1))
	for i, s := range slots {
		h, e := chartHeight*float64(s.Requests)/float64(most), chartHeight*float64(s.Errors)/float64(most)
		out[i] = bar{
			X: float64(i) * step, Width: max(step-1, 0.5), Y: chartHeight - h, Height: h, ErrY: chartHeight - e, ErrH: e,
			Title: fmt.Sprintf("%s: %d requests, %d errors", clock(s.Start), s.Requests, s.Errors),
		}
	}
	return out
}

// html writes one file that needs nothing else, readable on a screen and on paper.
func (d Document) html(w io.Writer) error {
	t, err := template.New("page").Parse(page)
	if err != nil {
		return err
	}
	kinds := d.Report.Kinds
	var most int64 = 1
	for _, k := range kinds {
		most = max(most, k.Count)
	}
	type share struct {
		Count
		Percent float64
	}
	var shares []share
	for _, k := range kinds {
		shares = append(shares, share{k, 100 * float64(k.Count) / float64(most)})
	}
	return t.Execute(w, map[string]any{
		"Report": d.Report, "Command": d.Command, "Tables": d.tables(), "Bars": d.bars(), "Kinds": shares,
		"From": clock(d.Report.From), "To": clock(d.Report.To), "Rate": rate(d.Report.ErrorRate),
		"Requests": count(d.Report.Requests), "Errors": count(d.Report.Errors), "Coverage": rate(d.Report.Coverage.Share),
		"Width": chartWidth, "Height": chartHeight, "Step": d.Report.Timeline.Width.String(),
	})
}
