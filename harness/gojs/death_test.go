package gojs_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

// eval runs JavaScript as a task and returns its value as a string, or the
// exception.
func (w *world) eval(source string) (string, error) {
	v, err := w.rt.RunString(source)
	if err != nil {
		return "", err
	}
	return v.String(), nil
}

func serving(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	if err := w.start("serve"); err != nil {
		t.Fatal(err)
	}
	if got, err := w.eval("add(1, 2)"); err != nil || got != "3" {
		t.Fatalf("add: %q, %v", got, err)
	}
	return w
}

// gone checks that the program was told off and cannot be entered.
func (w *world) gone() {
	w.t.Helper()
	if !w.program.Exited() || len(w.stopped) != 1 {
		w.t.Errorf("exited %v, stopped %v", w.program.Exited(), w.stopped)
	}
	if _, err := w.eval("add(1, 2)"); err == nil || !strings.Contains(err.Error(), "Go program has already exited") {
		w.t.Errorf("entering it again: %v", err)
	}
}

func TestExitCode(t *testing.T) {
	w := newWorld(t)
	w.run("exit")
	if !slices.Equal(w.exit, []int{3}) {
		t.Errorf("exit codes %v", w.exit)
	}
}

func TestPanicPrintsAndExits(t *testing.T) {
	w := newWorld(t)
	out := strings.ReplaceAll(w.run("panic"), "2:", "") // one write per word
	if !slices.Equal(w.exit, []int{2}) || !strings.Contains(out, "panic: the scenario panics") {
		t.Errorf("exit codes %v, output %s", w.exit, out)
	}
}

func TestPanicInCallback(t *testing.T) {
	w := serving(t)
	if got, err := w.eval("String(die())"); err != nil || got != "undefined" {
		t.Errorf("die() = %s, %v", got, err)
	}
	if !slices.Equal(w.exit, []int{2}) {
		t.Errorf("exit codes %v", w.exit)
	}
	w.gone()
}

func TestPanicInTimer(t *testing.T) {
	w := serving(t)
	if _, err := w.eval("later()"); err != nil {
		t.Fatal(err)
	}
	w.advance()
	if !slices.Equal(w.exit, []int{2}) {
		t.Errorf("exit codes %v", w.exit)
	}
	w.gone()
}

// An exit inside a nested call must not let the outer call go on.
func TestNestedExit(t *testing.T) {
	w := newWorld(t)
	err := w.start("nest-exit")
	if !errors.Is(err, gojs.ErrExited) || !slices.Equal(w.exit, []int{5}) {
		t.Errorf("error %v, exit codes %v", err, w.exit)
	}
	if len(w.stopped) != 1 {
		t.Errorf("stopped %v", w.stopped)
	}
}

// An exception where syscall/js expects none crosses the program as it is.
func TestExceptionCrossesProgram(t *testing.T) {
	w := newWorld(t)
	var ex *sobek.Exception
	if err := w.start("getter"); !errors.As(err, &ex) || !strings.Contains(ex.Error(), "RangeError: a getter throws") {
		t.Errorf("error %v", err)
	}
	w = serving(t)
	got, err := w.eval("try { stumble() } catch (e) { e instanceof RangeError && e.message }")
	if err != nil || got != "a getter throws" {
		t.Errorf("%q, %v", got, err)
	}
	w.gone()
}

func TestExceptionInExit(t *testing.T) {
	w := serving(t)
	w.onExit = func(int) { panic(w.rt.NewTypeError("no exit here")) }
	got, err := w.eval("try { leave() } catch (e) { e.message }")
	if err != nil || got != "no exit here" {
		t.Errorf("%q, %v", got, err)
	}
	w.gone()
}

func TestKill(t *testing.T) {
	w := serving(t)
	w.program.Kill()
	got, err := w.eval("try { add(1, 2) } catch (e) { e.message }")
	if err != nil || got != gojs.ErrKilled.Error() {
		t.Errorf("%q, %v", got, err)
	}
	var trap *gojs.TrapError
	if len(w.stopped) != 1 || !errors.As(w.stopped[0], &trap) || !errors.Is(trap, gojs.ErrKilled) {
		t.Errorf("stopped with %v", w.stopped)
	}
	w.gone()
}

func TestClose(t *testing.T) {
	w := serving(t)
	w.program.Close()
	w.gone()
	w.program.Close()
}

func TestStartTwice(t *testing.T) {
	w := serving(t)
	if err := w.program.Start([]string{"js"}, nil); err == nil {
		t.Error("a program started twice")
	}
}
