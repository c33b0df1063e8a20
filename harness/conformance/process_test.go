package conformance

import (
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
	"testing"
	"time"

	processes "tracedge/harness/process"
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

// process is a child, with all the lines that it prints.
type process struct{ *processes.Process }

// startProcess starts a child and stops it, with all of its own children, when t ends.
func startProcess(t testing.TB, command *exec.Cmd) process {
	t.Helper()
	child, err := processes.Start(command, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := process{child}
	t.Cleanup(func() {
		if p.Ended() {
			t.Errorf("%s ended by itself; its last lines:\n%s", command.Path, strings.Join(tail(p.Lines(), 60), "\n"))
		}
		p.Stop()
	})
	return p
}

func tail(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

// await returns the rest of the first line that begins with a prefix, once there is one.
func (p process) await(t testing.TB, prefix string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	rest, err := p.Await(ctx, prefix)
	if err != nil {
		t.Fatal(err)
	}
	return rest
}

// target is the service of a child that listens on url.
func (p process) target(t testing.TB, name, url string, settings map[string]string, records func() []Record) *Target {
	t.Helper()
	healthy := func() bool { status, err := ask(url + "/health"); return err == nil && status == http.StatusOK }
	for end := time.Now().Add(patience); !healthy(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s is not healthy:\n%s", url, p.Output())
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
