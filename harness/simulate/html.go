package simulate

import (
	"html/template"
	"io"
	"slices"
	"strings"
)

// WriteHTML writes the summary as one page that needs nothing else.
func (s *Summary) WriteHTML(w io.Writer) error {
	type row struct {
		Name  string
		Count int
	}
	var faults []row
	for _, k := range slices.Concat(Kinds, Natural, []Kind{KVTooOften}) {
		faults = append(faults, row{string(k), s.Happened[k]})
	}
	var steps []row
	for _, step := range s.commits() {
		steps = append(steps, row{step, s.Broken[step]})
	}
	var stories []string
	for _, f := range s.Failures {
		var b strings.Builder
		f.write(&b)
		stories = append(stories, b.String())
	}
	return page.Execute(w, map[string]any{"Summary": s, "Faults": faults, "Steps": steps, "Stories": stories})
}

var page = template.Must(template.New("").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Simulation</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 62em; padding: 0 1em }
table { border-collapse: collapse; margin: 1em 0 } td { border-bottom: 1px solid #ddd; padding: .1em 1em .1em 0 }
td + td { text-align: right; font-variant-numeric: tabular-nums } pre { background: #f6f6f6; overflow: auto; padding: 1em }
.zero { color: #b00020 }
</style></head><body>
<h1>Simulation: {{.Summary.Seeds}} seeds, {{len .Summary.Failures}} failed</h1>
<p>Mode {{.Summary.Mode}}. {{.Summary.Requests}} requests, {{.Summary.Calls}} calls of the sequencer, {{.Summary.HostCalls}} host
calls. {{.Summary.Repeated}} seeds were run twice. {{printf "%.2f" .Summary.SeedsPerSecond}} seeds per second on
{{.Summary.Workers}} cores, {{printf "%.1f" .Summary.HoursPerMinute}} simulated hours per real minute. Seeds with a lost update:
{{.Summary.LostUpdates}}, with two owners of a name: {{.Summary.TwoOwners}}.</p>
{{range .Summary.Missing}}<p class="zero">Never: {{.}}</p>{{end}}
<h2>What went wrong</h2>
<table>{{range .Faults}}<tr{{if not .Count}} class="zero"{{end}}><td>{{.Name}}</td><td>{{.Count}}</td></tr>{{end}}</table>
<h2>Error kinds</h2>
<table>{{range $kind, $n := .Summary.ErrorKinds}}<tr><td>{{$kind}}</td><td>{{$n}}</td></tr>{{end}}</table>
<h2>Interruptions of commits</h2>
<table>{{range .Steps}}<tr{{if not .Count}} class="zero"{{end}}><td>{{.Name}}</td><td>{{.Count}}</td></tr>{{end}}</table>
{{range .Stories}}<pre>{{.}}</pre>{{end}}
</body></html>
`))
