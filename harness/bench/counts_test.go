package bench

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tracedge/harness/isolate"
)

var update = flag.Bool("update", false, "record what requests take now as the budgets of counts")

// setupOf builds the module that is counted, with hashes that cost little.
func setupOf(t *testing.T) Setup {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tracedge.wasm")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "./worker")
	build.Dir, build.Env = "../..", append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the module: %v\n%s", err, out)
	}
	return Setup{Root: "../..", Wasm: file, Vars: Vars(4)}
}

// TestCounts holds every scenario to the storage calls and host calls that are recorded, and the most frequent write to the
// bytes that it sends to objects and gets back. Time passes only when nothing is left to do, so all of it is exact.
func TestCounts(t *testing.T) {
	w, err := loadWorker(t.Context(), setupOf(t), "")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	report := &Report{}
	for _, s := range Scenarios() {
		c, err := w.count(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.2f storage calls, %.1f host calls, %.0f bytes in, %.0f out", s.Name, c.StorageCalls, c.HostCalls, c.BytesIn, c.BytesOut)
		report.Counts = append(report.Counts, c)
	}
	t.Run("objects", func(t *testing.T) { messagesOfLocalItem(t, w) })
	if *update {
		record(t, report.Counts)
		return
	}
	budgets, err := Budgets()
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, b := range budgets {
		f, ok := report.value(b)
		if !ok {
			continue
		}
		if counted++; !b.holds(f) {
			t.Errorf("%s: %.2f, %s. When that is right: go test ./harness/bench -run TestCounts -update", b.Name, f.Center, b.limit())
		}
	}
	if want := 2 * len(Scenarios()); counted < want {
		t.Errorf("%d counts have budgets, want %d", counted, want)
	}
}

// maxBytes to and from objects a local item may take, with data of some thirty bytes: a tenth above what was measured.
const maxBytes = 8_000

func messagesOfLocalItem(t *testing.T, w *worker) {
	sent := 0
	add := func(values []isolate.Value) {
		for _, v := range values {
			sent += len(v.Text)
		}
	}
	v, err := w.start(func(next isolate.CallFunc) isolate.CallFunc {
		return func(call isolate.Call, reply func(isolate.Reply)) {
			add(call.Args)
			next(call, func(r isolate.Reply) {
				add(r.Values)
				reply(r)
			})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer v.close()
	s, err := findScenario("local-item")
	if err != nil {
		t.Fatal(err)
	}
	c, _ := v.client()
	if err := sequence(t.Context(), s, c, func() { sent = 0 }); err != nil {
		t.Fatal(err)
	}
	if each := sent / countRequests; each > maxBytes {
		t.Errorf("%d bytes to and from objects, at most %d", each, maxBytes)
	}
}

// slack leaves room for the collector of the module, which releases references at its host when it runs: when it does differs
// between builds of the same code.
var slack = map[string]float64{"storage-calls": 1, "host-calls": 1.03}

// record replaces the budgets of counts by what was counted; the others stay.
func record(t *testing.T, counts []Count) {
	list, err := Budgets()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	add := func(b Budget) {
		var line bytes.Buffer
		e := json.NewEncoder(&line)
		e.SetEscapeHTML(false)
		if err := e.Encode(b); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, "  "+strings.TrimSpace(line.String()))
	}
	for _, b := range list {
		if !strings.HasSuffix(b.Measure, "-calls") {
			add(b)
		}
	}
	for _, c := range counts {
		for _, kind := range []string{"storage-calls", "host-calls"} {
			limit := math.Ceil(c.bounded()["/"+kind] * slack[kind])
			add(Budget{Name: strings.ReplaceAll(kind, "-", " ") + " of " + c.Scenario, Measure: c.Scenario + "/" + kind, AtMost: &limit})
		}
	}
	text := "[\n" + strings.Join(lines, ",\n") + "\n]\n"
	if err := os.WriteFile("budgets.json", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
