package story

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tracedge/harness/process"
)

// TestStory runs docs/story.md against the service, as a reader would.
func TestStory(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile(filepath.Join(root, "docs", "story.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := Parse(string(document))
	if err != nil {
		t.Fatal(err)
	}
	script := exec.Command("sh")
	script.Stdin = bytes.NewReader([]byte(Script(blocks)))
	script.Env = append(os.Environ(), "TRACEDGE_URL="+serve(t, root), "PATH="+tools(t, root)+string(os.PathListSeparator)+os.Getenv("PATH"))
	var printed, failed bytes.Buffer
	script.Stdout, script.Stderr = &printed, &failed
	runErr := script.Run()
	outputs := Outputs(printed.String())
	for i, b := range blocks {
		if i == len(outputs) {
			t.Fatalf("docs/story.md, line %d: %v\n%s\n%s", b.Line, runErr, &failed, &printed)
		}
		if b.Want == "" {
			continue
		}
		if d := Differ(outputs[i], b.Want); d != "" {
			t.Errorf("docs/story.md, line %d: %s\n%s", b.Line, d, outputs[i])
		}
	}
}

// serve starts the service with empty storage and returns its URL.
func serve(t *testing.T, root string) string {
	t.Helper()
	dir := t.TempDir()
	wasm, command := filepath.Join(dir, "tracedge.wasm"), filepath.Join(dir, "tracedge")
	build(t, root, []string{"GOOS=js", "GOARCH=wasm"}, wasm, "./worker")
	build(t, root, nil, command, "./harness/cmd/tracedge")
	c := exec.Command(command, "serve", "--memory", "--addr", "127.0.0.1:0", "--log", "json", "--config", filepath.Join(root, "wrangler.toml"),
		"--wasm", wasm, "--var", "JWT_SECRET=a-story-needs-a-secret-of-32-bytes", "--var", "BCRYPT_COST=4")
	c.Dir = root
	p, err := process.Start(c, 2000)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	url, err := p.Await(ctx, "listening on ")
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// tools is a folder with a curl, where the machine has none.
func tools(t *testing.T, root string) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := exec.LookPath("curl"); err != nil {
		build(t, root, nil, filepath.Join(dir, "curl"), "./harness/story/curl")
	}
	return dir
}

func build(t *testing.T, root string, env []string, to, pkg string) {
	t.Helper()
	c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", to, pkg)
	c.Dir, c.Env = root, append(append(os.Environ(), "CGO_ENABLED=0"), env...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", pkg, err, out)
	}
}
