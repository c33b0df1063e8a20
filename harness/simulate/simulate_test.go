package simulate_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"tracedge/harness/simulate"
)

// module is the module as the build makes it, built once.
var module = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "simulate")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "tracedge.wasm")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "../../worker")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the module: %w\n%s", err, out)
	}
	return os.ReadFile(file)
})

// newLab loads the worker from the files given.
func newLab(t *testing.T, files fs.FS) *simulate.Lab {
	t.Helper()
	code, err := module()
	if err != nil {
		t.Fatal(err)
	}
	lab, err := simulate.NewLab(context.Background(), files, code)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lab.Close(context.Background()) })
	return lab
}

var repository = os.DirFS("../..")

func planOf(t *testing.T, seed uint64, o simulate.Options) *simulate.Plan {
	t.Helper()
	plan, err := simulate.NewPlan(seed, o)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// A seed is one world: every call of every program to its host, and every
// record, is the same again, whatever else the machine does.
func TestSeedIsOneWorld(t *testing.T) {
	lab := newLab(t, repository)
	for _, seed := range []uint64{40} {
		plan := planOf(t, seed, simulate.Options{})
		results := make([]*simulate.Result, 2)
		var wg sync.WaitGroup
		for n := range results {
			wg.Go(func() { results[n] = lab.Run(plan) })
		}
		wg.Wait()
		if results[0].Hash != results[1].Hash || !slices.Equal(results[0].Story, results[1].Story) {
			t.Errorf("two runs of seed %d differ", seed)
		}
		if results[0].HostCalls == 0 || results[0].Requests == 0 {
			t.Errorf("seed %d does nothing", seed)
		}
	}
	if lab.Run(planOf(t, 1, simulate.Options{})).Hash == lab.Run(planOf(t, 2, simulate.Options{})).Hash {
		t.Error("another seed is the same world")
	}
}

// Leaving out parts of a plan leaves the others as they are.
func TestPlanKeepsItsParts(t *testing.T) {
	plan := planOf(t, 3, simulate.Options{})
	step := plan.Clients[0].Steps[1]
	fault := plan.Faults[4]
	less := plan.Only([]string{step.ID}, []int{fault.ID})
	if less.Steps() != 1 || less.Clients[0].Steps[0] != step || len(less.Faults) != 1 || less.Faults[0].At != fault.At {
		t.Errorf("what is left is %+v", less)
	}
}

// Without the sequencer updates are lost and names have two owners, and the
// checks say so.
func TestKVOnlyLoses(t *testing.T) {
	lab := newLab(t, repository)
	s, err := lab.Sweep(t.Context(), simulate.Sweep{Options: simulate.Options{Mode: simulate.KVOnly}, From: 1, To: 2, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if s.LostUpdates == 0 || s.TwoOwners == 0 || len(s.Failures) != 2 {
		t.Errorf("of 2 seeds %d lose updates, %d have names with two owners, %d fail", s.LostUpdates, s.TwoOwners, len(s.Failures))
	}
}

// Every kind of fault is planned for by a sweep that is judged.
func TestEveryKindIsPlanned(t *testing.T) {
	planned := map[simulate.Kind]bool{}
	for seed := range uint64(len(simulate.Kinds)) {
		for _, f := range planOf(t, seed, simulate.Options{}).Faults {
			planned[f.Kind] = true
		}
	}
	for _, k := range simulate.Kinds {
		if !planned[k] {
			t.Errorf("%s is never planned", k)
		}
	}
}

func TestUnknownScenario(t *testing.T) {
	_, err := simulate.NewPlan(1, simulate.Options{Scenario: "nothing"})
	if err == nil || !strings.Contains(err.Error(), "accounts") {
		t.Errorf("the error is %v", err)
	}
}

// mutant is the repository with a text of one file replaced.
type mutant struct {
	fs.FS
	file string
	text []byte
}

func (m mutant) ReadFile(name string) ([]byte, error) {
	if name == m.file {
		return m.text, nil
	}
	return fs.ReadFile(m.FS, name)
}

func mutate(t *testing.T, file, old, new string) mutant {
	t.Helper()
	text, err := fs.ReadFile(repository, file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), old) != 1 {
		t.Fatalf("%s does not hold %q once", file, old)
	}
	return mutant{repository, file, []byte(strings.Replace(string(text), old, new, 1))}
}

// A checker that cannot fail proves nothing: each of these faults of the worker
// is found, and by the property that it breaks.
func TestMutantsAreFound(t *testing.T) {
	for _, m := range []struct{ name, file, old, new, property string }{
		{"tokens are forgotten", "worker/sequencer/ledger.mjs", "const replay = this.#log.find(commit.token, now);", "const replay = undefined;", "histories are linearizable"},
		{"reads are not verified", "worker/sequencer/ledger.mjs", "(isLive(row, now) ? row.v : 0) !== version", "false", "no update is lost"},
		{"replication is given up", "worker/sequencer/replicate.mjs", "const complete = open < 0 ? rows.length : open;", "const complete = rows.length;", "everything comes to rest"},
		{"the sweep does nothing", "worker/isolate.mjs", "if (!pass) return;", "return;", "everything comes to rest"},
		{"an answer does not wait for the death of its instance", "worker/instance.mjs", "    this.#fail(this.#death);\n  }\n\n  #run", "  }\n\n  #run", "every request is answered"},
		{"a failure has no trace id", "worker/failure.mjs", `trace_id: span.traceId });`, `trace_id: "" });`, "every failure explains itself"},
	} {
		t.Run(m.name, func(t *testing.T) {
			lab := newLab(t, mutate(t, m.file, m.old, m.new))
			for seed := uint64(1); seed <= 24; seed++ {
				for _, v := range lab.Run(planOf(t, seed, simulate.Options{})).Violations {
					if v.Property == m.property {
						t.Logf("seed %d: %s", seed, v)
						return
					}
				}
			}
			t.Error("not found by 24 seeds")
		})
	}
}

// A failing seed shrinks to a story that still fails, and says how to replay it.
func TestShrink(t *testing.T) {
	lab := newLab(t, mutate(t, "worker/sequencer/ledger.mjs", "const replay = this.#log.find(commit.token, now);", "const replay = undefined;"))
	for seed := uint64(1); seed <= 12; seed++ {
		plan := planOf(t, seed, simulate.Options{Scenario: "keys"})
		if len(lab.Run(plan).Violations) == 0 {
			continue
		}
		s := lab.Shrink(plan)
		if len(s.Broken) == 0 || len(s.Faults) >= len(plan.Faults) || len(s.Steps) >= plan.Steps() {
			t.Errorf("%d of %d faults and %d of %d steps are left", len(s.Faults), len(plan.Faults), len(s.Steps), plan.Steps())
		}
		if !strings.Contains(s.Command, fmt.Sprintf("--replay %d --scenario keys --only-faults", seed)) {
			t.Errorf("the command is %s", s.Command)
		}
		var text strings.Builder
		if err := s.WriteText(&text); err != nil || !strings.Contains(text.String(), "VIOLATION") {
			t.Errorf("the story is\n%s", text.String())
		}
		t.Log(text.String())
		return
	}
	t.Fatal("no seed fails")
}
