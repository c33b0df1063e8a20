package simulate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tracedge/harness/simulate"
)

// find has the tests of mutants look for new plans, in a sweep of their scenario, and keep them. It is for when scripts
// have changed so much that a kept plan does not do any more what it was kept for.
var find = flag.Bool("find", false, "look for new plans that find the Go mutants, and keep them in testdata")

// saved reads the plans that are kept.
func saved(t *testing.T) map[string]*simulate.Saved {
	t.Helper()
	files, err := filepath.Glob("testdata/regressions/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no plans are kept", err)
	}
	out := map[string]*simulate.Saved{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(file), ".json")], err = simulate.ReadSaved(f)
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	return out
}

// What broke a promise once, by a fault of the worker that is mended or by one that was put into it, breaks none now.
func TestKeptPlansBreakNothing(t *testing.T) {
	lab := newLab(t, repository)
	for name, s := range saved(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, v := range lab.Run(s.Plan).Violations {
				t.Error(v)
			}
		})
	}
}

// A kept plan does the same when it is read from its file as when it was drawn.
func TestSavedPlanIsThePlan(t *testing.T) {
	lab := newLab(t, repository)
	plan := planOf(t, 5, simulate.Options{Scenario: "credits"}).Only([]string{"0.1", "1.1", "1.2"}, nil)
	var text bytes.Buffer
	if err := (&simulate.Saved{Plan: plan}).Write(&text); err != nil {
		t.Fatal(err)
	}
	again, err := simulate.ReadSaved(&text)
	if err != nil {
		t.Fatal(err)
	}
	if first, second := lab.Run(plan), lab.Run(again.Plan); first.Hash != second.Hash || first.Requests == 0 {
		t.Errorf("the hashes are %s and %s, after %d requests", first.Hash, second.Hash, first.Requests)
	}
	for _, bad := range []string{"", "{}", `{"plan":{"clients":[{"steps":[{"id":"0.0","script":"nothing"}]}]}}`, `{"plan":{"clients":[{}]},"more":1}`} {
		if _, err := simulate.ReadSaved(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is taken for a plan", bad)
		}
	}
}

// goMutant is the module with a text of one of its files replaced.
type goMutant struct {
	name, file, old, new string
	scenario             string // whose seeds find it
	property             string
}

// The faults that are put into the module, one at a time.
var goMutants = []goMutant{
	{"rows-are-applied-again", "core/storage/deliver.go", "if applied, err := tx.Exists(seen); applied || err != nil {", "if _, err := tx.Exists(seen); err != nil {", "keys", "a row is applied once"},
	{"reservations-are-taken", "core/storage/operation.go", "} else if ok && c.Op != o.ID {", "} else if ok && c.Op != o.ID && c.Held {", "accounts", "what was acknowledged is there"},
	{"mapped-items-are-minted-again", "core/circuititems/local.go", "	lp.mapped = lp.source.Mapping\n", "	lp.mapped = \"\"\n", "pushes", "a local item becomes one item"},
	{"operations-are-decided-twice", "core/circuititems/decide.go", "if o.Status != Pending {", "if o.Status == \"\" {", "operations", "an operation decides once"},
	{"joined-pushes-have-no-type", "core/circuititems/enrich.go", "DFID: dfid, Type: Push, LID", "DFID: dfid, LID", "pushes", "everything comes to rest"},
}

// Each of them is found by the plan that is kept for it, and by the property that it breaks.
func TestGoMutantsAreFound(t *testing.T) {
	kept := map[string]*simulate.Saved{}
	if !*find {
		kept = saved(t)
	}
	for _, m := range goMutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			lab, err := simulate.NewLab(context.Background(), repository, m.build(t))
			if err != nil {
				t.Fatal(err)
			}
			defer lab.Close(context.Background())
			if *find {
				m.find(t, lab)
				return
			}
			s := kept[m.name]
			if s == nil || s.Mutant != m.name || s.Property != m.property {
				t.Fatalf("no plan is kept: run the test with -find")
			}
			if !breaks(lab.Run(s.Plan), m.property) {
				t.Errorf("%q is not broken: run the test with -find if the scripts have changed", m.property)
			}
		})
	}
	for name, s := range kept {
		if s.Mutant != "" && !slices.ContainsFunc(goMutants, func(m goMutant) bool { return m.name == name }) {
			t.Errorf("%s is kept for a mutant that is not there", name)
		}
	}
}

func breaks(r *simulate.Result, property string) bool {
	return slices.ContainsFunc(r.Violations, func(v simulate.Violation) bool { return v.Property == property })
}

// build builds the module with the mutant's file in the place of the one that is there.
func (m goMutant) build(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	file, err := filepath.Abs(filepath.Join("../..", m.file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), m.old) != 1 {
		t.Fatalf("%s does not hold %q once: %v", m.file, m.old, err)
	}
	other, overlay, out := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "mutant.wasm")
	replace, _ := json.Marshal(map[string]map[string]string{"Replace": {file: other}})
	for name, content := range map[string][]byte{other: []byte(strings.Replace(string(text), m.old, m.new, 1)), overlay: replace} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-overlay", overlay, "-trimpath", "-ldflags=-s -w", "-o", out, "../../worker")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the mutant: %v\n%s", err, text)
	}
	code, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// find looks for a seed that breaks the property, and keeps what is needed for that.
func (m goMutant) find(t *testing.T, lab *simulate.Lab) {
	t.Helper()
	for seed := uint64(1); seed <= 150; seed++ {
		plan := planOf(t, seed, simulate.Options{Mode: simulate.Sequencer, Scenario: m.scenario})
		r := lab.Run(plan)
		if !breaks(r, m.property) {
			continue
		}
		s := lab.Keep(plan, m.property)
		s.Mutant = m.name
		var text bytes.Buffer
		if err := s.Write(&text); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(fmt.Sprintf("testdata/regressions/%s.json", m.name), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Logf("seed %d, %d steps, %d faults", seed, s.Plan.Steps(), len(s.Plan.Faults))
		return
	}
	t.Errorf("150 seeds do not break %q", m.property)
}
