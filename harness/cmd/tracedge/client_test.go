package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGeneratedClient generates a client from the document that a running service gives, builds it and logs in with it.
// It takes the generator from the module in harness/client, which knows nothing of the product but the document.
func TestGeneratedClient(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a large client")
	}
	buildModule(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(repository, "harness", "client"))); err != nil {
		t.Fatal(err)
	}
	service := startChild(t, t.TempDir(), "--memory")
	res, err := service.client.Get(service.url + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	document, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("the document: %d, %v", res.StatusCode, err)
	}
	for name, text := range map[string][]byte{"openapi.json": document, filepath.Join("api", "doc.go"): []byte("package api\n")} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := func(name string, args ...string) string {
		t.Helper()
		c := exec.CommandContext(t.Context(), name, args...)
		c.Dir = dir
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	command("go", "tool", "oapi-codegen", "-config", "oapi-codegen.yaml", "openapi.json")
	command("go", "build", "-o", "login/login", "./login")
	out := command(filepath.Join(dir, "login", "login"), service.url)
	if !regexp.MustCompile(`^verified [0-9a-f-]{36} 100 [0-9a-f]{32}\n$`).MatchString(out) {
		t.Errorf("the client prints %q", out)
	}
}
