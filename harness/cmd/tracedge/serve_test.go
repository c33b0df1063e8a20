package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestServeSaysWhatItRuns checks the lines that serve begins with and the form of
// its records.
func TestServeSaysWhatItRuns(t *testing.T) {
	buildModule(t)
	c := startChild(t, t.TempDir(), "--memory")
	resp, err := c.client.Get(c.url + "/health")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("/health answers %d", resp.StatusCode)
	}
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.wait(); err != nil {
		t.Errorf("serve ends with %v\n%s", err, &c.stderr)
	}
	module, err := readModule(repository, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"module " + module.path + " sha256 " + module.sum(), "data in memory", "listening on " + c.url} {
		if !strings.Contains(c.stderr.String(), line+"\n") {
			t.Errorf("stderr has no line %q:\n%s", line, &c.stderr)
		}
	}
	records := requestRecords(t, c, "/health")
	if len(records) != 1 || records[0].Status != 200 || records[0].TraceID != resp.Header.Get("X-Trace-Id") {
		t.Errorf("records of one request to /health: %+v", records)
	}
}

// requestRecord is a part of the record of a request.
type requestRecord struct {
	Event    string `json:"event"`
	Endpoint string `json:"endpoint"`
	Status   int    `json:"status_code"`
	TraceID  string `json:"trace_id"`
}

// requestRecords returns the records of requests to endpoint that a child which
// has ended wrote, one a line.
func requestRecords(t *testing.T, c *child, endpoint string) (records []requestRecord) {
	t.Helper()
	for line := range strings.Lines(c.stdout.String()) {
		var r requestRecord
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Errorf("stdout has a line that is no record: %q", line)
		}
		if r.Event == "request" && r.Endpoint == endpoint {
			records = append(records, r)
		}
	}
	return records
}

// TestServeDrains tells the server to stop while clients register: every request
// that it took gets its answer, the process ends with 0, and what was answered is
// on disk.
func TestServeDrains(t *testing.T) {
	buildModule(t)
	data := t.TempDir()
	c := startChild(t, data)
	var mu sync.Mutex
	var names []string
	var clients sync.WaitGroup
	warm := make(chan struct{})
	for client := range killClients {
		clients.Go(func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("client%d-%d", client, n)
				status, body, err := c.register(name)
				if err != nil {
					return // no more connections
				}
				if status != http.StatusOK {
					t.Errorf("registration of %s: %d %s", name, status, body)
					return
				}
				mu.Lock()
				if names = append(names, name); len(names) == 20 {
					close(warm)
				}
				mu.Unlock()
			}
		})
	}
	<-warm
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.wait(); err != nil {
		t.Errorf("serve ends with %v\n%s", err, &c.stderr)
	}
	clients.Wait()
	if served := len(requestRecords(t, c, "/api/auth/register")); served != len(names) {
		t.Errorf("the server ran %d registrations, %d were answered", served, len(names))
	}
	loginAll(t, startChild(t, data), names)
}

// TestSecondServer starts a second server on the data, and on the address, of one
// that runs.
func TestSecondServer(t *testing.T) {
	buildModule(t)
	data := t.TempDir()
	c := startChild(t, data)
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"--data", data, "--addr", "127.0.0.1:0"}, []string{"tracedge: the data in " + data + " is in use by another process", "hint: stop the other process"}},
		{[]string{"--memory", "--addr", strings.TrimPrefix(c.url, "http://")}, []string{"address already in use", "hint: choose another address with --addr"}},
	} {
		second := exec.Command("tracedge", append([]string{"serve", "--config", filepath.Join(repository, defaultConfig)}, tt.args...)...)
		out, err := second.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitError {
			t.Errorf("serve %q ends with %v, want exit code %d", tt.args, err, exitError)
		}
		for _, want := range tt.want {
			if !strings.Contains(string(out), want) {
				t.Errorf("serve %q says\n%swant %q", tt.args, out, want)
			}
		}
	}
	if status, body, err := c.register("still-here"); status != http.StatusOK || err != nil {
		t.Errorf("the first server answers %d %s %v", status, body, err)
	}
}

// TestSettingsAreTheDocumentedOnes holds the list of settings against the table
// of the documentation.
func TestSettingsAreTheDocumentedOnes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	documented := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			continue
		}
		for i, name := range strings.Split(cells[1], "`") {
			if i%2 == 0 {
				continue
			}
			documented++
			if !slices.Contains(settings, name) {
				t.Errorf("%s is documented, and the environment cannot set it", name)
			}
		}
	}
	if documented < 10 {
		t.Errorf("only %d documented settings were found", documented)
	}
}
