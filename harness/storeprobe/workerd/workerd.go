// Package workerd runs the worker of this repository in workerd, by `wrangler dev`, for tests. Every service has a folder
// of its own with the JavaScript as it is deployed, one module and an empty storage, so that several run side by side.
package workerd

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Options says what to run.
type Options struct {
	Root   string            // folder of wrangler.toml, with node_modules
	Module string            // file of the WebAssembly module that takes the place of the product
	Vars   map[string]string // variables and secrets, over those of wrangler.toml
	Tail   string            // URL that a Tail Worker posts its events to; "" is no Tail Worker
}

// Service is a worker that runs.
type Service struct {
	URL string // http://127.0.0.1:port, without a path
	out output
}

// Output is everything that wrangler and the worker have printed so far.
func (s *Service) Output() string { return s.out.String() }

// Start starts a service and waits until it answers GET /health with 200. It stops when t ends.
func Start(t testing.TB, o Options) *Service {
	t.Helper()
	dir := t.TempDir()
	if err := prepare(dir, o); err != nil {
		t.Fatal(err)
	}
	// Nobody keeps the ports until they are used, so another process may be faster.
	var err error
	for range 3 {
		var s *Service
		if s, err = start(t, dir, o.Tail != ""); err == nil {
			return s
		}
	}
	t.Fatal(err)
	return nil
}

func start(t testing.TB, dir string, tail bool) (*Service, error) {
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	s := &Service{URL: "http://127.0.0.1:" + ports[0]}
	cmd := exec.Command("node_modules/.bin/node", "node_modules/wrangler/bin/wrangler.js", "dev",
		"--ip", "127.0.0.1", "--port", ports[0], "--inspector-port", ports[1], "--persist-to", "state",
		"--show-interactive-dev-session=false", "--test-scheduled")
	if tail {
		cmd.Args = append(cmd.Args, "--config", "wrangler.toml", "--config", tailConfig)
	}
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CLOUDFLARE_CF_FETCH_ENABLED=false", "WRANGLER_SEND_METRICS=false", "CI=1",
		"WRANGLER_LOG_PATH="+filepath.Join(dir, "logs"), "NO_COLOR=1")
	cmd.Stdout, cmd.Stderr = &s.out, &s.out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // workerd is a grandchild
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w (`make node_modules` installs what it needs)", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	stop := func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
	}
	if !s.healthy(ended) {
		stop()
		return nil, fmt.Errorf("wrangler does not serve:\n%s", s.Output())
	}
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("wrangler printed\n%s", withoutAccess(s.Output()))
		}
	})
	return s, nil
}

// healthy waits until the service answers, for a minute at most or until wrangler has ended.
func (s *Service) healthy(ended <-chan struct{}) bool {
	client := &http.Client{Timeout: 10 * time.Second}
	for range 600 {
		if res, err := client.Get(s.URL + "/health"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return true
			}
		}
		select {
		case <-ended:
			return false
		case <-time.After(100 * time.Millisecond):
		}
	}
	return false
}

// withoutAccess leaves out the line that wrangler prints for each request.
func withoutAccess(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "[wrangler:info] ") {
			out.WriteString(line)
		}
	}
	return out.String()
}

// freePorts finds ports that nobody listens on.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return ports, nil
}

// output is a buffer that is written and read at the same time.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}
