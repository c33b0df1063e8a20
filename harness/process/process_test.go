package process

import (
	"os/exec"
	"strings"
	"testing"
)

func TestAwaitsALineAndStops(t *testing.T) {
	p, err := Start(exec.Command("sh", "-c", "echo first; echo ready at 7; sleep 600"), 2000)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := p.Await(t.Context(), "ready at ")
	if err != nil || rest != "7" {
		t.Fatalf("%q, %v", rest, err)
	}
	p.Stop() // returns when nobody holds the child's output any more
}

func TestSaysThatTheChildEnded(t *testing.T) {
	p, err := Start(exec.Command("sh", "-c", "echo gone wrong"), 2000)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if _, err := p.Await(t.Context(), "ready"); err == nil || !strings.Contains(err.Error(), "gone wrong") {
		t.Errorf("the error is %v", err)
	}
}

func TestKeepsTheFirstAndTheLastLines(t *testing.T) {
	p, err := Start(exec.Command("sh", "-c", "seq 5000; echo end"), 2000)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	if _, err := p.Await(t.Context(), "end"); err != nil {
		t.Fatal(err)
	}
	if out := p.Output(); !strings.HasPrefix(out, "1\n2\n") || !strings.HasSuffix(out, "5000\nend") {
		t.Errorf("%d bytes are kept", len(out))
	}
}
