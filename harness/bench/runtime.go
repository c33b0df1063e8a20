package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Runtime is a way to run the service, or its floor.
type Runtime struct {
	Name    string
	Summary string // one line
	Product bool   // serves the whole API
	ready   string // what its output says before the URL
	program string // name of the process whose memory counts
	command func(Setup) (*exec.Cmd, error)
}

// Runtimes are all there are, native first: what the others are compared with.
func Runtimes() []Runtime {
	const listening = "listening on "
	return []Runtime{
		{"native", "the product as a Go program, data in memory", true, listening, "tracedge", serve("--native")},
		{"wazero", "the module in the pure Go host, data in memory", true, listening, "tracedge", serve("--memory")},
		{"workerd", "the module in workerd, as it is deployed", true, listening, "workerd", workerd("worker/worker.mjs")},
		{"fresh", "the module in workerd, an instance for every request", true, listening, "workerd", workerd(scripts + "fresh.mjs")},
		{"plain", "plain JavaScript in workerd, doing the same work with KV", false, listening, "workerd", workerd(scripts + "plain.mjs")},
		{"wrangler", "the module under wrangler dev, behind its proxy", true, "[wrangler:info] Ready on ", "workerd", wranglerDev},
	}
}

const scripts = "harness/bench/workerd/"

// FindRuntimes returns the runtimes of these names.
func FindRuntimes(names []string) ([]Runtime, error) {
	var found []Runtime
	for _, name := range names {
		r, err := findRuntime(name)
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}

func findRuntime(name string) (Runtime, error) {
	var all []string
	for _, r := range Runtimes() {
		if r.Name == name {
			return r, nil
		}
		all = append(all, r.Name)
	}
	return Runtime{}, fmt.Errorf("%q is not a runtime: use %s", name, strings.Join(all, ", "))
}

// serve is the command that serves the API.
func serve(mode string) func(Setup) (*exec.Cmd, error) {
	return func(s Setup) (*exec.Cmd, error) {
		args := []string{
			"serve", mode, "--addr", "127.0.0.1:0", "--log", "json", "--config", filepath.Join(s.Root, "wrangler.toml"), "--wasm", s.Wasm,
		}
		for _, pair := range pairs(s.Vars) {
			args = append(args, "--var", pair)
		}
		c := exec.Command(s.Command, args...)
		c.Dir = s.Root
		return c, nil
	}
}

// node is the Node that came with wrangler, or the one of the machine where there is none for it.
func node(root string) string {
	if found, _ := filepath.Glob(filepath.Join(root, "node_modules", "node-*", "bin", "node")); len(found) > 0 {
		return found[0]
	}
	return "node"
}

// workerd runs workerd with no proxy in front of it.
func workerd(entry string) func(Setup) (*exec.Cmd, error) {
	return func(s Setup) (*exec.Cmd, error) {
		options, err := json.Marshal(map[string]any{"root": s.Root, "entry": entry, "wasm": s.Wasm, "vars": s.Vars})
		if err != nil {
			return nil, err
		}
		c := exec.Command(node(s.Root), filepath.Join(s.Root, "harness", "bench", "workerd", "serve.mjs"), string(options))
		c.Dir, c.Env = s.Root, environment()
		return c, nil
	}
}

// wranglerDev is what a developer runs.
func wranglerDev(s Setup) (*exec.Cmd, error) {
	state, err := os.MkdirTemp("", "tracedge-bench-")
	if err != nil {
		return nil, err
	}
	args := []string{
		filepath.Join(s.Root, "node_modules", "wrangler", "bin", "wrangler.js"), "dev", "--ip", "127.0.0.1", "--port", "0",
		"--inspector-port", "0", "--persist-to", state, "--show-interactive-dev-session=false", "--log-level", "log",
	}
	for _, pair := range pairs(s.Vars) {
		name, value, _ := strings.Cut(pair, "=")
		args = append(args, "--var", name+":"+value)
	}
	c := exec.Command(node(s.Root), args...)
	c.Dir, c.Env = s.Root, environment()
	return c, nil
}

func environment() []string {
	return append(os.Environ(), "FORCE_COLOR=0", "NO_COLOR=1", "CI=1", "CLOUDFLARE_CF_FETCH_ENABLED=false", "WRANGLER_SEND_METRICS=false")
}
