package bench

import (
	"slices"
	"testing"
)

// What is measured as growth is one store in two forms: the module answers over the copy as the product does over its own data,
// for what writes as well.
func TestTheCopyIsTheSameStore(t *testing.T) {
	setup := setupOf(t)
	b := &Bench{options: Options{Setup: setup, Kinds: []string{"growth"}, Scenarios: Scenarios(), Rounds: 1, Sizes: []int{3, 60}}}
	for _, name := range []string{"native", "wazero"} {
		r, err := findRuntime(name)
		if err != nil {
			t.Fatal(err)
		}
		b.options.Runtimes = append(b.options.Runtimes, r)
	}
	report := &Report{}
	if err := b.growth(t.Context(), report); err != nil {
		t.Fatal(err)
	}
	calls := map[string]float64{}
	for _, g := range report.Growth {
		if g.StorageCalls == 0 || (g.HostCalls == 0) != (g.Runtime == "native") {
			t.Errorf("%+v", g)
		}
		if !slices.Contains([]string{"item-read", "item-page", "verify", "login"}, g.Scenario) {
			continue // what writes may find its row delivered already
		}
		key := g.Scenario + " " + thousands(g.Records)
		if other, ok := calls[key]; ok && other != g.StorageCalls {
			t.Errorf("%s of %d: %v storage calls natively, %v in the module", g.Scenario, g.Records, other, g.StorageCalls)
		}
		calls[key] = g.StorageCalls
	}
	if len(report.Growth) != 2*2*8 {
		t.Errorf("%d measurements", len(report.Growth))
	}
}
