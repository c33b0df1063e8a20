package bench

import (
	"fmt"
	"html"
	"io"
	"strings"
)

// The picture's measures, in pixels.
const (
	svgWidth  = 860
	svgLabel  = 90  // room for the names of runtimes
	svgValue  = 170 // room for figures
	svgBar    = 16
	svgGap    = 4
	svgHeader = 34
)

// writeSVG draws each measurement as bars with their intervals, scaled by its largest.
func (r *Report) writeSVG(w io.Writer) error {
	var b strings.Builder
	y := 8
	for _, m := range r.Measurements {
		y = m.draw(&b, y)
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img">
<title>Ratios of runtimes</title>
<style>text{font:13px system-ui,sans-serif;fill:#222}.t{font-weight:600}.b{fill:#3b6ea5}.i{stroke:#222;stroke-width:1.5}@media(prefers-color-scheme:dark){text{fill:#ddd}.b{fill:#6fa8dc}.i{stroke:#ddd}}</style>
%s</svg>
`, svgWidth, y, b.String())
	return err
}

func (m Measurement) draw(b *strings.Builder, y int) int {
	fmt.Fprintf(b, "<text class=\"t\" x=\"0\" y=\"%d\">%s</text>\n", y+16, html.EscapeString(m.Name+": "+m.Summary+" ("+m.Unit+")"))
	y += svgHeader
	var most float64
	for _, row := range m.Rows {
		most = max(most, row.Figure.High)
	}
	scale := float64(svgWidth-svgLabel-svgValue) / most
	for _, row := range m.Rows {
		middle := float64(y) + svgBar/2
		fmt.Fprintf(b, "<text x=\"0\" y=\"%.0f\">%s</text>", middle+4, html.EscapeString(row.Runtime))
		fmt.Fprintf(b, "<rect class=\"b\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>", svgLabel, y, row.Figure.Center*scale, svgBar)
		fmt.Fprintf(b, "<line class=\"i\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%[3]f\"/>", svgLabel+row.Figure.Low*scale, svgLabel+row.Figure.High*scale, middle)
		fmt.Fprintf(b, "<text x=\"%d\" y=\"%.0f\">%s, x %s</text>\n", svgWidth-svgValue+10, middle+4, number(row.Figure.Center), number(row.Ratio.Center))
		y += svgBar + svgGap
	}
	return y + svgGap*3
}
