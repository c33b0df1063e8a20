package conformance

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWorkerd judges the module in workerd, the runtime of the edge, under wrangler dev.
func TestWorkerd(t *testing.T) {
	t.Parallel()
	makeGoal(t, "node_modules")
	judge(t, workerd{})
}

// workerd runs wrangler dev in a process group of its own.
type workerd struct{}

func (workerd) Name() string { return "workerd" }

func (w workerd) Start(t testing.TB, settings map[string]string) *Target {
	t.Helper()
	root := repository(t)
	state, err := os.MkdirTemp("", "conformance-workerd-") // not t.TempDir: what was killed may still be writing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(state) })
	// An env file is read instead of .dev.vars, keeps secrets off the command line and is used as it is written.
	vars := filepath.Join(state, "vars.env")
	if err := os.WriteFile(vars, []byte(dotenv(settings)), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(node(root), filepath.Join(root, "node_modules", "wrangler", "bin", "wrangler.js"), "dev", "--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0",
		"--persist-to", filepath.Join(state, "state"), "--env-file", vars, "--test-scheduled",
		"--show-interactive-dev-session=false", "--log-level", "log")
	command.Dir = root
	command.Env = plainEnvironment("FORCE_COLOR=0", "NO_COLOR=1", "CI=1", "CLOUDFLARE_CF_FETCH_ENABLED=false", "WRANGLER_SEND_METRICS=false")
	p := startProcess(t, command)
	url := p.await(t, "[wrangler:info] Ready on ")
	return p.target(t, w.Name(), url, settings, func() []Record { return inspectedRecords(p.Lines()) })
}

// node is the Node that came with wrangler, or the one of the machine where there is none for it.
func node(root string) string {
	if found, _ := filepath.Glob(filepath.Join(root, "node_modules", "node-*", "bin", "node")); len(found) > 0 {
		return found[0]
	}
	return "node"
}

// dotenv writes settings as lines NAME='value'. No value of the suite holds a quote.
func dotenv(settings map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&b, "%s='%s'\n", name, settings[name])
	}
	return b.String()
}
