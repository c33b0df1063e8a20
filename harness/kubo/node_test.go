package kubo

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var built struct {
	once    sync.Once
	command string
	err     error
	out     []byte
}

// ipfs is the path of the command, built from the module on first use. Where that is not possible (no network for its
// modules, say) the tests are skipped.
func ipfs(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		built.out, built.err = exec.Command("go", "tool", "-n", "github.com/ipfs/kubo/cmd/ipfs").Output()
		built.command = strings.TrimSpace(string(built.out))
	})
	if built.err != nil {
		t.Skipf("Kubo cannot be built here: %v", built.err)
	}
	return built.command
}

// node starts a node without a network, on free ports, with a repository of its own, and returns the address of its RPC
// interface. It ends with the test.
func node(t *testing.T) string {
	t.Helper()
	command := ipfs(t)
	repo := filepath.Join(t.TempDir(), "repo")
	env := append(os.Environ(), "IPFS_PATH="+repo, "IPFS_TELEMETRY=off")
	for _, args := range [][]string{
		{"init", "--profile=test"}, {"config", "Addresses.API", "/ip4/127.0.0.1/tcp/0"}, {"config", "Addresses.Gateway", "/ip4/127.0.0.1/tcp/0"},
		{"config", "--json", "AutoConf.Enabled", "false"},
	} {
		c := exec.Command(command, args...)
		c.Env = env
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("ipfs %s: %v\n%s", args, err, out)
		}
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	daemon := exec.Command(command, "daemon", "--offline")
	daemon.Env, daemon.Stdout, daemon.Stderr = env, log, log
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = daemon.Wait() // how it ends does not matter
		close(ended)
	}()
	t.Cleanup(func() {
		_ = daemon.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = daemon.Process.Kill()
			<-ended
		}
		log.Close()
	})
	for {
		said, err := os.ReadFile(log.Name())
		if err != nil {
			t.Fatal(err)
		}
		if address, ready := address(string(said)); ready {
			return address
		}
		select {
		case <-ended:
			t.Fatalf("the node ended:\n%s", said)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// address reads where the node listens, once it is ready.
func address(said string) (string, bool) {
	const listens = "RPC API server listening on /ip4/127.0.0.1/tcp/"
	_, rest, found := strings.Cut(said, listens)
	port, _, _ := strings.Cut(rest, "\n")
	return "http://127.0.0.1:" + port, found && strings.Contains(said, "Daemon is ready")
}
