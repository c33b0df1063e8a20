package bench

import (
	"fmt"
	"slices"
)

// growthLines are the measurements of growth by scenario and runtime, each by number of records.
func (r *Report) growthLines() (lines [][]Growth) {
	for _, g := range r.Growth {
		at := slices.IndexFunc(lines, func(l []Growth) bool { return l[0].Scenario == g.Scenario && l[0].Runtime == g.Runtime })
		if at < 0 {
			lines = append(lines, []Growth{g})
			continue
		}
		lines[at] = append(lines[at], g)
	}
	return lines
}

// writeGrowth writes a row for each scenario and runtime: the time with the fewest records, ratios to it, and counts with the
// fewest and the most.
func (r *Report) writeGrowth(t table) {
	lines := r.growthLines()
	if len(lines) == 0 {
		return
	}
	t.title("Growth")
	head := []string{"scenario", "with so many", "runtime"}
	for i, g := range lines[0] {
		if i == 0 {
			head = append(head, "ms at "+thousands(g.Records))
			continue
		}
		head = append(head, "x at "+thousands(g.Records))
	}
	t.head(append(head, "storage calls", "host calls")...)
	for _, line := range lines {
		first, last := line[0], line[len(line)-1]
		cells := []string{first.Scenario, first.Of, first.Runtime, number(first.Time.Center)}
		for _, g := range line[1:] {
			cells = append(cells, fmt.Sprintf("%s (%s)", number(g.Ratio.Center), interval(g.Ratio)))
		}
		host := ""
		if first.HostCalls > 0 {
			host = number(first.HostCalls) + " to " + number(last.HostCalls)
		}
		t.row(append(cells, number(first.StorageCalls)+" to "+number(last.StorageCalls), host)...)
	}
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
