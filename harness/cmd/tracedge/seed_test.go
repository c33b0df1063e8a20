package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSeedTwice seeds a service that has just been started with the settings of init-secrets, and then once more.
func TestSeedTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the real module")
	}
	buildModule(t)
	settings := filepath.Join(t.TempDir(), defaultConfig)
	terminals := func() (*bytes.Buffer, *bytes.Buffer, terminal) {
		var out, log bytes.Buffer
		return &out, &log, terminal{stdin: strings.NewReader(""), stdout: &out, stderr: &log, lookupEnv: func(string) (string, bool) { return "", false }}
	}
	_, log, term := terminals()
	if code := run(t.Context(), []string{"init-secrets", "--config", settings}, term); code != exitOK {
		t.Fatal(log)
	}
	vars, err := os.ReadFile(filepath.Join(filepath.Dir(settings), ".dev.vars"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(vars)) {
		if name, value, _ := strings.Cut(strings.TrimSpace(line), "="); strings.HasPrefix(name, "BOOTSTRAP_") {
			t.Setenv(name, value)
		}
	}
	c := startChild(t, t.TempDir())
	seed := func() string {
		out, log, term := terminals()
		if code := run(t.Context(), []string{"seed", "--url", c.url, "--config", settings}, term); code != exitOK {
			t.Fatalf("exit code %d: %s", code, log)
		}
		return out.String()
	}
	first := seed()
	for _, want := range []string{
		`seed-basic +Cocoa beans 1 +Basic +\d+ +5 +dfm_\w{32} +created`, `seed-professional +Cocoa beans 1 +Professional +1000 +5 +dfm_\w{32} +created`,
		`seed-enterprise +Cocoa beans 1 +Enterprise +10000 +5 +dfm_\w{32} +created`, `seed-admin +Cocoa beans 1 +Admin +10000 +5 +dfm_\w{32} +created`,
	} {
		if !regexp.MustCompile(want).MatchString(first) {
			t.Errorf("no %s in\n%s", want, first)
		}
	}
	page := regexp.MustCompile(`http\S+/public`).FindString(first)
	public, err := c.client.Get(page)
	if err != nil {
		t.Fatal(err)
	}
	defer public.Body.Close()
	if text, err := io.ReadAll(public.Body); err != nil || strings.Count(string(text), `"dfid":"DFID-`) != 3 {
		t.Errorf("the public page %s is %s, %v", page, text, err)
	}
	second := seed()
	if !strings.Contains(second, page) {
		t.Errorf("the second run names another circuit:\n%s", second)
	}
	if n := len(regexp.MustCompile(`dfm_\w+\.\.\. +was there already`).FindAllString(second, -1)); n != 4 {
		t.Errorf("%d of 4 accounts were there already:\n%s", n, second)
	}
	key := regexp.MustCompile(`dfm_\w{32}`).FindString(first)
	r, _ := http.NewRequestWithContext(t.Context(), "GET", c.url+"/api/items", nil)
	r.Header.Set("X-API-Key", key)
	res, err := c.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var items []any
	if err := json.NewDecoder(res.Body).Decode(&items); err != nil || res.StatusCode != 200 || len(items) != 5 {
		t.Errorf("the key of the table answers %d with %d items, %v", res.StatusCode, len(items), err)
	}
}
