package conformance

import (
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWazero judges the module in the pure Go host, through the command that serves it.
func TestWazero(t *testing.T) {
	t.Parallel()
	command := filepath.Join(t.TempDir(), "tracedge")
	build := exec.Command("go", "build", "-o", command, "./harness/cmd/tracedge")
	build.Dir = repository(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the command: %v\n%s", err, out)
	}
	judge(t, wazero{command})
}

// wazero runs `tracedge serve --memory` in a process of its own.
type wazero struct{ command string }

func (wazero) Name() string { return "wazero" }

func (w wazero) Start(t testing.TB, settings map[string]string) *Target {
	t.Helper()
	root := repository(t)
	args := []string{"serve", "--memory", "--addr", "127.0.0.1:0", "--log", "json", "--test-scheduled", "--config", filepath.Join(root, "wrangler.toml")}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "--var", name+"="+settings[name])
	}
	for name := range defaults("") { // unset, whatever .dev.vars or wrangler.toml says
		if _, set := settings[name]; !set {
			args = append(args, "--var", name+"=")
		}
	}
	command := exec.Command(w.command, args...)
	command.Dir, command.Env = root, plainEnvironment()
	p := startProcess(t, command)
	return p.target(t, w.Name(), p.await(t, "listening on "), settings, p.jsonRecords)
}

// jsonRecords are the printed lines that are JSON objects.
func (p process) jsonRecords() []Record {
	var records []Record
	for _, line := range p.Lines() {
		if strings.HasPrefix(line, "{") {
			records = append(records, parseRecord(line))
		}
	}
	return records
}
