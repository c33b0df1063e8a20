// Package process runs servers as children for tests and measurements. A child is stopped by whoever started it, and never
// outlives them, however they end.
package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is a child in a process group of its own, with the lines that it prints.
type Process struct {
	command *exec.Cmd      // the guard, leader of the group
	held    io.WriteCloser // the guard's input: when it ends, so does the group
	done    chan struct{}  // closed when the child has ended and all of its output is read

	mu      sync.Mutex
	changed chan struct{} // closed when there is another line
	lines   []string
	keep    int
}

// guard runs its arguments and, when its own input ends, kills its process group: the input is a pipe from the parent.
const guard = `"$@" </dev/null & exec >/dev/null 2>&1; cat; kill -KILL 0`

// Start starts command, of which the path, the arguments, the folder and the environment count. Of its output that many
// lines are kept, 0 for all: the first ones, which say where a server listens, and the last ones, which say why it failed.
func Start(command *exec.Cmd, keep int) (*Process, error) {
	guarded := exec.Command("sh", append([]string{"-c", guard, "guard", command.Path}, command.Args[1:]...)...)
	guarded.Dir, guarded.Env = command.Dir, command.Env
	guarded.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	held, err := guarded.StdinPipe()
	if err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	guarded.Stdout, guarded.Stderr = write, write
	err = errors.Join(command.Err, guarded.Start())
	write.Close()
	if err != nil {
		read.Close()
		return nil, err
	}
	p := &Process{command: guarded, held: held, done: make(chan struct{}), changed: make(chan struct{}), keep: keep}
	go p.read(read)
	return p, nil
}

func (p *Process) read(from io.ReadCloser) {
	defer close(p.done)
	defer from.Close()
	for r := bufio.NewReader(from); ; {
		line, err := r.ReadString('\n')
		if line != "" {
			p.add(strings.TrimRight(line, "\r\n"))
		}
		if err != nil {
			return
		}
	}
}

func (p *Process) add(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if half := p.keep / 2; p.keep > 0 && len(p.lines) == p.keep {
		p.lines = append(p.lines[:half], p.lines[half+1:]...)
	}
	p.lines = append(p.lines, line)
	close(p.changed)
	p.changed = make(chan struct{})
}

// Group is the id of the process group.
func (p *Process) Group() int { return p.command.Process.Pid }

// Lines are the lines that are kept of what the child has printed so far.
func (p *Process) Lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.lines)
}

// Output is Lines as one text.
func (p *Process) Output() string { return strings.Join(p.Lines(), "\n") }

// Ended reports whether the child has ended, by itself or because it was stopped.
func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Await returns the rest of the first line that begins with a prefix, once there is one. It fails when the child ends
// before, or ctx does.
func (p *Process) Await(ctx context.Context, prefix string) (string, error) {
	for {
		p.mu.Lock()
		lines, changed := p.lines, p.changed
		for _, line := range lines {
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				p.mu.Unlock()
				return strings.TrimSpace(rest), nil
			}
		}
		p.mu.Unlock()
		select {
		case <-changed:
		case <-p.done:
			return "", fmt.Errorf("the process ended without %q:\n%s", prefix, p.Output())
		case <-ctx.Done():
			return "", fmt.Errorf("the process does not say %q: %w\n%s", prefix, ctx.Err(), p.Output())
		}
	}
}

// Stop ends the process group: kindly, then by force.
func (p *Process) Stop() {
	group := -p.Group()
	_ = syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
	}
	_ = syscall.Kill(group, syscall.SIGKILL)
	<-p.done
	p.held.Close()
	_ = p.command.Wait() // it was told to end; how it did does not matter
}
