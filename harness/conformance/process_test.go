package conformance

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// repository is the root of the repository, with wrangler.toml, the module and the node modules.
func repository(t testing.TB) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// makeGoal runs a goal of the Makefile.
func makeGoal(t testing.TB, goal string) {
	t.Helper()
	command := exec.Command("make", goal)
	command.Dir = repository(t)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("make %s: %v\n%s", goal, err, out)
	}
}

var module struct {
	once sync.Once
	sum  string
}

// judge builds the module once for all runtimes and judges rt by it, which must be the same bytes from start to end.
func judge(t *testing.T, rt Runtime) {
	t.Helper()
	path := filepath.Join(repository(t), "build", "tracedge.wasm")
	module.once.Do(func() {
		makeGoal(t, "wasm")
		module.sum = sum(t, path)
	})
	fmt.Printf("conformance: %s: module sha256 %s\n", rt.Name(), module.sum)
	Run(t, rt)
	if now := sum(t, path); now != module.sum {
		t.Errorf("the module became %s while it was judged", now)
	}
}

// sum is the SHA-256 of a file.
func sum(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(content)
	return hex.EncodeToString(hash[:])
}

// process is a child in a process group of its own, with the lines that it prints.
type process struct {
	command *exec.Cmd     // the guard, leader of the group
	done    chan struct{} // closed when it has ended and all of its output is read

	mu    sync.Mutex
	lines []string
}

// guard runs its arguments and, when its own input ends, kills its process group: the input is a pipe from the test, so
// nothing outlives the test, however that ends.
const guard = `"$@" & exec >/dev/null 2>&1; cat; kill -KILL 0`

// startProcess starts a child and stops it, with all of its own children, when t ends.
func startProcess(t testing.TB, command *exec.Cmd) *process {
	t.Helper()
	guarded := exec.Command("sh", append([]string{"-c", guard, "guard", command.Path}, command.Args[1:]...)...)
	guarded.Dir, guarded.Env = command.Dir, command.Env
	guarded.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p := &process{command: guarded, done: make(chan struct{})}
	held, err := guarded.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	guarded.Stdout, guarded.Stderr = write, write
	if err := guarded.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	go p.read(read)
	t.Cleanup(func() {
		select {
		case <-p.done:
			t.Errorf("%s ended by itself; its last lines:\n%s", command.Path, strings.Join(tail(p.output(), 60), "\n"))
		default:
		}
		p.stop()
		held.Close()
	})
	return p
}

func (p *process) read(from io.ReadCloser) {
	defer close(p.done)
	defer from.Close()
	for r := bufio.NewReader(from); ; {
		line, err := r.ReadString('\n')
		if line != "" {
			p.mu.Lock()
			p.lines = append(p.lines, strings.TrimRight(line, "\r\n"))
			p.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// stop ends the process group: kindly, then by force.
func (p *process) stop() {
	group := -p.command.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
	}
	_ = syscall.Kill(group, syscall.SIGKILL)
	<-p.done
	_ = p.command.Wait() // it was told to end; how it did does not matter
}

func tail(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

// output returns the lines so far.
func (p *process) output() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.lines...)
}

// await returns the rest of the first line that begins with a prefix, once there is one.
func (p *process) await(t testing.TB, prefix string) string {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, line := range p.output() {
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				return strings.TrimSpace(rest)
			}
		}
		select {
		case <-p.done:
			t.Fatalf("it ended without %q:\n%s", prefix, strings.Join(p.output(), "\n"))
		default:
		}
	}
	t.Fatalf("it does not say %q:\n%s", prefix, strings.Join(p.output(), "\n"))
	return ""
}

// target is the service of a child that listens on url.
func (p *process) target(t testing.TB, name, url string, settings map[string]string, records func() []Record) *Target {
	t.Helper()
	healthy := func() bool { status, err := ask(url + "/health"); return err == nil && status == http.StatusOK }
	for end := time.Now().Add(patience); !healthy(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s is not healthy:\n%s", url, strings.Join(p.output(), "\n"))
		}
	}
	return &Target{Name: name, URL: url, Settings: settings, Records: records, Sweep: func(t testing.TB) {
		t.Helper()
		if status, err := ask(url + "/cdn-cgi/handler/scheduled?cron=*+*+*+*+*"); err != nil || status != http.StatusOK {
			t.Fatalf("the scheduled event answered %d: %v", status, err)
		}
	}}
}

// ask is a plain GET outside the suite.
func ask(url string) (status int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// plainEnvironment is the environment without what a service could take for its settings.
func plainEnvironment(more ...string) []string {
	var kept []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "GOPATH", "GOCACHE", "GOFLAGS", "GOPROXY", "XDG_CACHE_HOME"} {
		if value, ok := os.LookupEnv(name); ok {
			kept = append(kept, name+"="+value)
		}
	}
	return append(kept, more...)
}
