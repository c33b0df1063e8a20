package bench

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// colors of runtimes or scenarios, which can be told apart by most eyes on light and dark.
var colors = []string{"#3b6ea5", "#d1783c", "#5b9a55", "#a05195", "#b3912e", "#4aa3a2", "#c04f4f", "#7f7f7f"}

// plot is a picture in the making.
type plot struct {
	strings.Builder
	width, height float64
}

func (p *plot) text(x, y float64, anchor, text string) {
	fmt.Fprintf(p, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, html.EscapeString(text))
}

func (p *plot) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(p, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", class, x1, y1, x2, y2)
}

func (p *plot) picture(title string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img">
<title>%s</title>
<style>text{font:12px system-ui,sans-serif;fill:#222}.s{font-size:9px}.g{stroke:#8884}.i{stroke:#222}@media(prefers-color-scheme:dark){text{fill:#ddd}.i{stroke:#ddd}}</style>
%s</svg>
`, p.width, p.height, html.EscapeString(title), p.String())
}

// decades are the powers of ten from one at most low to one at least high.
func decades(low, high float64) (list []float64) {
	for e := math.Floor(math.Log10(low)); ; e++ {
		list = append(list, math.Pow(10, e))
		if math.Pow(10, e) >= high {
			return list
		}
	}
}

// logScale maps values to pixels.
func logScale(low, high, from, to float64) func(float64) float64 {
	return func(v float64) float64 {
		return from + (to-from)*math.Log(v/low)/math.Log(high/low)
	}
}

// ratioPlot draws the ratio of each runtime to the first one in each scenario, with its interval, "" when there is none.
func (r *Report) ratioPlot() string {
	list := r.scenarioMeasurements()
	names := columns(list)
	if len(names) < 2 {
		return ""
	}
	low, high := 1.0, 1.0
	for _, m := range list {
		for _, row := range m.Rows {
			low, high = min(low, row.Ratio.Low), max(high, row.Ratio.High)
		}
	}
	ticks := decades(low, high)
	const left, right, bar = 110, 700, 9
	x := logScale(ticks[0], ticks[len(ticks)-1], left, right)
	p := &plot{width: 800}
	y := 34.0
	for i, name := range names[1:] {
		fmt.Fprintf(p, "<rect x=\"%d\" y=\"4\" width=\"10\" height=\"10\" fill=\"%s\"/>", left+i*110, colors[i])
		p.text(float64(left+i*110+14), 13, "start", name)
	}
	var bars strings.Builder
	for _, m := range list {
		top := y
		for i, name := range names[1:] {
			row := m.row(name)
			if row == nil {
				continue
			}
			from, to := min(x(1), x(row.Ratio.Center)), max(x(1), x(row.Ratio.Center))
			fmt.Fprintf(&bars, "<rect x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>", from, y, to-from, bar-2, colors[i])
			fmt.Fprintf(&bars, "<line class=\"i\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%[3]f\"/>", x(row.Ratio.Low), x(row.Ratio.High), y+bar/2-.5)
			fmt.Fprintf(&bars, "<text class=\"s\" x=\"%.0f\" y=\"%.0f\">%s</text>\n", max(to, x(row.Ratio.High))+4, y+bar-1, number(row.Ratio.Center))
			y += bar
		}
		p.text(left-8, (top+y)/2+4, "end", m.Name)
		y += 7
	}
	for _, v := range ticks {
		p.line("g", x(v), 20, x(v), y)
		p.text(x(v), y+14, "middle", fmt.Sprintf("%gx", v))
	}
	p.WriteString(bars.String())
	p.height = y + 20
	return p.picture("Time of a request as a ratio to " + names[0])
}

// growthPlot draws the ratio to the fewest records over their number, a panel for each runtime, "" when there is none.
func (r *Report) growthPlot() string {
	lines := r.growthLines()
	if len(lines) == 0 || len(lines[0]) < 2 {
		return ""
	}
	var runtimes, scenarios []string
	low, high := 0.5, 2.0
	for _, line := range lines {
		if !slices.Contains(runtimes, line[0].Runtime) {
			runtimes = append(runtimes, line[0].Runtime)
		}
		if !slices.Contains(scenarios, line[0].Scenario) {
			scenarios = append(scenarios, line[0].Scenario)
		}
		for _, g := range line {
			low, high = min(low, g.Ratio.Center), max(high, g.Ratio.Center)
		}
	}
	ticks := decades(low, high)
	first, last := lines[0][0].Records, lines[0][len(lines[0])-1].Records
	const panel, gap, top, bottom = 300, 64, 30, 250
	y := logScale(ticks[0], ticks[len(ticks)-1], bottom, top)
	p := &plot{width: float64(50 + (panel+gap)*len(runtimes) + 100), height: bottom + 30}
	for k, name := range runtimes {
		left := float64(50 + k*(panel+gap))
		x := logScale(float64(first), float64(last), left, left+panel)
		p.text(left, 14, "start", name)
		for _, v := range ticks {
			p.line("g", left, y(v), left+panel, y(v))
			p.text(left-4, y(v)+4, "end", fmt.Sprintf("%gx", v))
		}
		for _, line := range lines {
			if line[0].Runtime != name {
				continue
			}
			color := colors[slices.Index(scenarios, line[0].Scenario)%len(colors)]
			var points []string
			for _, g := range line {
				points = append(points, fmt.Sprintf("%.1f,%.1f", x(float64(g.Records)), y(g.Ratio.Center)))
			}
			fmt.Fprintf(p, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", strings.Join(points, " "), color)
		}
		for _, g := range lines[0] {
			p.text(x(float64(g.Records)), bottom+16, "middle", thousands(g.Records))
		}
	}
	for i, name := range scenarios {
		left, at := p.width-120, float64(top+18*i)
		fmt.Fprintf(p, "<rect x=\"%.0f\" y=\"%.0f\" width=\"10\" height=\"10\" fill=\"%s\"/>", left, at, colors[i%len(colors)])
		p.text(left+14, at+9, "start", name)
	}
	return p.picture("Time of a request over the number of records, as a ratio to the fewest")
}
