package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tracedge/harness/load"
)

// loaded is a service whose every fourth login is refused. Accounts and the rest of the critical path are sound.
func loaded(t *testing.T) string {
	t.Helper()
	var logins atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Trace-Id", strings.Split(r.Header.Get("Traceparent"), "-")[1])
		var body map[string]any
		json.NewDecoder(r.Body).Decode(&body)
		switch name, _ := body["username"].(string); {
		case r.URL.Path == "/api/auth/login" && logins.Add(1)%4 == 0:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, `{"error":"busy","error_kind":"overloaded"}`)
		case r.URL.Path == "/health":
			fmt.Fprint(w, `{"status":"healthy"}`)
		case r.URL.Path == "/api/auth/verify":
			name = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			fmt.Fprintf(w, `{"valid":true,"username":%q,"user_id":%q}`, name, name)
		default:
			fmt.Fprintf(w, `{"token":%q,"user_id":%q}`, name, name)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// session runs a command line and returns its exit code and what it wrote.
func session(t *testing.T, ctx context.Context, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, log bytes.Buffer
	code = run(ctx, args, terminal{stdin: strings.NewReader(""), stdout: &out, stderr: &log, lookupEnv: os.LookupEnv})
	return code, out.String(), log.String()
}

// TestLoad runs 40 logins of which 10 fail, and holds each form of the result against that.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	records, result := filepath.Join(dir, "records.json"), filepath.Join(dir, "result.json")
	base := []string{"load", "--url", loaded(t), "--scenario", "login", "--rps", "400", "--duration", "100ms", "--users", "2"}
	with := func(args ...string) []string { return append(append([]string{}, base...), args...) }
	for _, tt := range []struct {
		name           string
		args           []string
		code           int
		stdout, stderr []string
	}{
		{"text", with("--records", records), exitOK, []string{"login at 400/s", "overloaded  10  25.00 %", "By status", "200  30", "503  10", "Latency in ms"}, []string{"2 of 2 accounts made", "due 40, done 40, failed 10"}},
		{"the breakdown of the records", []string{"errors", "--input", records}, exitOK, []string{"overloaded    10 100.00 %", "/api/auth/login     10       40 25.00 %"}, nil},
		{"markdown", with("--format", "markdown"), exitOK, []string{"# Errors: breakdown", "tracedge load --duration 100ms --format markdown --rps 400", "| overloaded | 10 | 100.00 % |"}, nil},
		{"html", with("--format", "html"), exitOK, []string{"<!doctype html>", "overloaded"}, nil},
		{"json to a file", with("--format", "json", "--out", result), exitOK, nil, nil},
		{"errors within the limit", with("--max-errors", "25%"), exitOK, nil, nil},
		{"errors beyond the limit", with("--max-errors", "24.9%"), exitError, []string{"overloaded  10"}, []string{"25.00% of the requests failed, --max-errors is 24.9%"}},
		{"an objective missed", with("--slo", "error-rate=2%,p95=1h"), exitError, []string{"overloaded  10"}, []string{"objective missed: error-rate is 25.00%, the limit is 2.00%"}},
		{"a usage error", with("--max-errors", "some"), exitUsage, nil, []string{"hint: for example --max-errors 1%"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := session(t, t.Context(), tt.args...)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, want := range tt.stdout {
				if !strings.Contains(stdout, want) {
					t.Errorf("stdout has no %q", want)
				}
			}
			for _, want := range tt.stderr {
				if !strings.Contains(stderr, want) {
					t.Errorf("stderr has no %q", want)
				}
			}
			if t.Failed() {
				t.Logf("stdout\n%s\nstderr\n%s", stdout, stderr)
			}
		})
	}
	text, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	var r load.Result
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if r.Requests != 40 || r.Failed != 10 || r.Steps[0].Endpoint != "/api/auth/login" || r.Total.Latency.Count != 40 {
		t.Errorf("%+v", r)
	}
}

// TestLoadEndsEarly interrupts a run of an hour: the report comes all the same.
func TestLoadEndsEarly(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 3 {
			cancel()
		}
		fmt.Fprint(w, `{"token":"t","user_id":"u"}`)
	}))
	defer s.Close()
	code, stdout, _ := session(t, ctx, "load", "--url", s.URL, "--scenario", "register", "--rps", "100", "--duration", "1h")
	if code != exitOK || !strings.Contains(stdout, "Ended early: ") || !strings.Contains(stdout, "By status") {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
}

func TestLoadInterruptedBeforeItBegins(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code, _, stderr := session(t, ctx, "load", "--url", loaded(t))
	if code != exitError || !strings.Contains(stderr, "interrupted while the accounts were made") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

func TestSmoke(t *testing.T) {
	url := loaded(t)
	code, stdout, _ := session(t, t.Context(), "smoke", "--url", url+"/", "-n", "3")
	if code != exitOK || !strings.Contains(stdout, "total     12 of 12   100.00 %") {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
	code, stdout, stderr := session(t, t.Context(), "smoke", "--url", url, "-n", "3") // with the fourth login
	if code != exitError || !strings.Contains(stdout, "login     503       overloaded  trace ") || !strings.Contains(stderr, "2 of 12 steps failed") {
		t.Errorf("exit code %d\n%s\n%s", code, stdout, stderr)
	}
}

func TestOtherMachinesAreWarnedOf(t *testing.T) {
	for url, warned := range map[string]bool{
		"http://localhost:8787": false, "http://127.0.0.1": false, "http://127.9.9.9:1": false, "http://[::1]:80": false, "http://api.localhost": false,
		"https://tracedge.example": true, "http://127.example:80": true, "http://10.0.0.1": true, "http://[2001:db8::1]": true,
	} {
		var log bytes.Buffer
		if _, err := loadClient("load", url, time.Second, 1, terminal{stderr: &log}); err != nil || (log.Len() > 0) != warned {
			t.Errorf("%s: %v, %q", url, err, &log)
		}
	}
	for _, bad := range []string{"", "localhost:8787", "ftp://localhost", "http://", "http://a?b", "http://u:p@localhost", "http://a#b"} {
		if _, err := loadClient("load", bad, time.Second, 1, terminal{stderr: &bytes.Buffer{}}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
