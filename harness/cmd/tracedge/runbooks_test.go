package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the runbooks")

// The runbooks are made by commands, and this says when one is stale. `make runbooks` makes them again.
func TestRunbooks(t *testing.T) {
	t.Chdir(repository)
	for name, args := range map[string][]string{
		"errors_breakdown.md": {
			"errors", "--input", "docs/runbooks/data/faults.ndjson",
			"--slo", "error-rate=2%,login-p95=1200ms,lock-timeout=0.1%", "--format", "markdown",
		},
		"lock_safety_audit.md": {"audit", "--format", "markdown"},
		"../api.md":            {"routes", "--markdown"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, log bytes.Buffer
			// An objective that was missed is an exit code of 1, and part of the runbook.
			if code := run(t.Context(), args, terminal{stdin: strings.NewReader(""), stdout: &out, stderr: &log, lookupEnv: os.LookupEnv}); code > exitError {
				t.Fatalf("exit code %d: %s", code, &log)
			}
			path := filepath.Join("docs", "runbooks", name)
			if *update {
				if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			have, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(have, out.Bytes()) {
				t.Errorf("%s is stale; run make runbooks", path)
			}
		})
	}
}
