package bench

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed budgets.json
var budgetFile []byte

// Budget bounds a ratio of two runtimes, or a count.
type Budget struct {
	Name    string   `json:"name"` // what it promises
	Measure string   `json:"measure"`
	Over    string   `json:"over,omitempty"`
	Under   string   `json:"under,omitempty"`
	AtLeast *float64 `json:"at_least,omitempty"` // one of the two
	AtMost  *float64 `json:"at_most,omitempty"`
}

// Verdict says whether a budget is kept.
type Verdict struct {
	Budget
	Figure Figure `json:"figure"`
	Kept   bool   `json:"kept"`
}

// Budgets are those of the repository.
func Budgets() ([]Budget, error) {
	var list []Budget
	err := json.Unmarshal(budgetFile, &list)
	return list, err
}

// Judge holds the report against budgets and keeps the verdicts. What was not measured is an error: a budget that is
// never looked at bounds nothing.
func (r *Report) Judge(budgets []Budget) (kept bool, err error) {
	kept = true
	for _, b := range budgets {
		f, ok := r.value(b)
		if !ok {
			return false, fmt.Errorf("budget %q: %s was not measured", b.Name, b.Measure)
		}
		v := Verdict{Budget: b, Figure: f, Kept: b.holds(f)}
		kept = kept && v.Kept
		r.Verdicts = append(r.Verdicts, v)
	}
	return kept, nil
}

// holds leaves room for noise: a budget is exceeded when all of the interval is beyond it.
func (b Budget) holds(f Figure) bool {
	if b.AtLeast != nil && f.High < *b.AtLeast {
		return false
	}
	return b.AtMost == nil || f.Low <= *b.AtMost
}

func (r *Report) value(b Budget) (Figure, bool) {
	if b.Over != "" {
		return r.ratio(b.Measure, b.Over, b.Under)
	}
	v, ok := r.exact()[b.Measure]
	return Figure{v, v, v, 1}, ok
}

// exact are the figures that no machine changes.
func (r *Report) exact() map[string]float64 {
	const mega = 1e6
	all := map[string]float64{"module/gzip": float64(r.Module.Gzip) / mega}
	for _, c := range r.Counts {
		for kind, v := range c.bounded() {
			all[c.Scenario+kind] = v
		}
	}
	return all
}

// bounded are the counts that have budgets, by what follows the scenario in the name of the measure.
func (c Count) bounded() map[string]float64 {
	return map[string]float64{"/host-calls": c.HostCalls, "/storage-calls": c.StorageCalls}
}
