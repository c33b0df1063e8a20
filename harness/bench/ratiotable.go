package bench

import (
	"fmt"
	"strings"
)

// scenarioMeasurements are the measurements of one request after the other.
func (r *Report) scenarioMeasurements() (list []Measurement) {
	for _, m := range r.Measurements {
		if _, err := findScenario(m.Name); err == nil {
			list = append(list, m)
		}
	}
	return list
}

// columns are the runtimes of measurements, in the order of Runtimes.
func columns(list []Measurement) (names []string) {
	for _, r := range Runtimes() {
		for _, m := range list {
			if m.row(r.Name) != nil {
				names = append(names, r.Name)
				break
			}
		}
	}
	return names
}

// grid writes a row for each measurement and a column for each runtime.
func grid(t table, list []Measurement, cell func(Row) string) {
	names := columns(list)
	if len(names) == 0 {
		return
	}
	t.head(append([]string{"scenario"}, names...)...)
	for _, m := range list {
		cells := []string{m.Name}
		for _, name := range names {
			text := ""
			if row := m.row(name); row != nil {
				text = cell(*row)
			}
			cells = append(cells, text)
		}
		t.row(cells...)
	}
}

// ratioOf is a figure with its ratio to the first runtime, which has none.
func ratioOf(row Row) string {
	text := number(row.Figure.Center)
	if row.Ratio.Low == 1 && row.Ratio.High == 1 {
		return text
	}
	return fmt.Sprintf("%s, x %s (%s)", text, number(row.Ratio.Center), interval(row.Ratio))
}

// writeRatios writes milliseconds and ratios of one request after the other.
func (r *Report) writeRatios(t table) { grid(t, r.scenarioMeasurements(), ratioOf) }

// writeProcessor writes the processor time of a request.
func (r *Report) writeProcessor(t table) {
	grid(t, r.scenarioMeasurements(), func(row Row) string {
		if row.CPU == 0 {
			return ""
		}
		return number(row.CPU)
	})
}

// writeLoads writes bursts and sustained load.
func (r *Report) writeLoads(t table) {
	var list []Measurement
	for _, m := range r.Measurements {
		if scenario, what, ok := strings.Cut(m.Name, "/"); ok && scenario != "start" {
			m.Name = fmt.Sprintf("%s, %s clients, %s", scenario, what, m.Unit)
			if what == "burst" {
				m.Name = fmt.Sprintf("%s, burst of %d, %s", scenario, burstSize, m.Unit)
			}
			list = append(list, m)
		}
	}
	grid(t, list, ratioOf)
}

// writeNamed writes measurements as tables of their own.
func (r *Report) writeNamed(t table, names ...string) {
	for _, m := range r.Measurements {
		for _, name := range names {
			if m.Name == name {
				m.write(t)
			}
		}
	}
}
