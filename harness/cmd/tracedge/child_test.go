package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// repository is the root of the repository, with wrangler.toml and the module.
var repository = filepath.Join("..", "..", "..")

// buildModule builds the module unless it was built before.
func buildModule(t *testing.T) {
	t.Helper()
	_, err := os.Stat(filepath.Join(repository, modulePath))
	if err == nil {
		return
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	build := exec.Command("make", "wasm")
	build.Dir = repository
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("make wasm: %v\n%s", err, out)
	}
}

// child is a `tracedge serve` in a process of its own, with the real worker.
type child struct {
	cmd    *exec.Cmd
	url    string
	stdout bytes.Buffer // complete after wait
	stderr lockedBuffer
	client *http.Client
	exited chan error // gets what wait returns
}

// startChild starts serve on the data in dir and returns when it listens. The
// process is killed when the test ends.
func startChild(t *testing.T, dir string, args ...string) *child {
	t.Helper()
	c := &child{exited: make(chan error, 1), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}}
	args = append([]string{"serve", "--addr", "127.0.0.1:0", "--data", dir, "--log", "json", "--config", filepath.Join(repository, defaultConfig)}, args...)
	c.cmd = exec.Command("tracedge", args...)
	c.cmd.Env = append(os.Environ(),
		"JWT_SECRET=0123456789abcdef0123456789abcdef", "BCRYPT_COST=4",
		"REGISTER_RATE_LIMIT_PER_HOUR=0", "LOGIN_FAILURE_LIMIT=0", "ADDRESS_FAILURE_LIMIT=0")
	c.cmd.Stdout = &c.stdout
	stderr, err := c.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	listening := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			fmt.Fprintln(&c.stderr, lines.Text())
			if url, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
				listening <- url
			}
		}
		close(listening)
		c.exited <- c.cmd.Wait()
	}()
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		c.client.CloseIdleConnections()
	})
	url, ok := <-listening
	if !ok {
		t.Fatalf("serve does not listen: %v\n%s", <-c.exited, &c.stderr)
	}
	c.url = url
	return c
}

// wait returns how the process ended.
func (c *child) wait() error { return <-c.exited }

// post sends a JSON body and returns the status and the body of the answer, or an
// error when there is no complete answer.
func (c *child) post(path string, body map[string]string) (int, string, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	resp, err := c.client.Post(c.url+path, "application/json", bytes.NewReader(b))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer), err
}

const testPassword = "Correct-horse-1"

func (c *child) register(name string) (int, string, error) {
	return c.post("/api/auth/register", map[string]string{"username": name, "password": testPassword, "email": name + "@example.test"})
}

func (c *child) login(name string) (int, string, error) {
	return c.post("/api/auth/login", map[string]string{"username": name, "password": testPassword})
}

// lockedBuffer is a buffer for two goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
