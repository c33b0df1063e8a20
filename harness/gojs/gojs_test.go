package gojs_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

// module is testdata/program, compiled once for all tests.
var module *gojs.Module

func TestMain(m *testing.M) {
	code := func() int {
		dir, err := os.MkdirTemp("", "gojs")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		module, err = gojs.Compile(context.Background(), buildProgram(filepath.Join(dir, "program.wasm")), "")
		if err != nil {
			panic(err)
		}
		defer module.Close(context.Background())
		return m.Run()
	}()
	os.Exit(code)
}

func buildProgram(file string) []byte {
	cmd := exec.Command("go", "build", "-trimpath", "-o", file, "./testdata/program")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("building: %v\n%s", err, out))
	}
	wasm, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	return wasm
}

// world is a sobek runtime with an event loop whose time is virtual.
type world struct {
	t       testing.TB
	rt      *sobek.Runtime
	program *gojs.Program
	now     time.Duration
	timers  []*timer
	out     bytes.Buffer
	random  io.Reader
	exit    []int
	stopped []error
	onExit  func(int)
}

type timer struct {
	at      time.Duration
	f       func()
	stopped bool
}

var epoch = time.Date(2024, 2, 29, 12, 0, 0, 123_000_000, time.UTC)

func (w *world) Walltime() time.Time { return epoch.Add(w.now) }
func (w *world) Nanotime() int64     { return int64(w.now) + 1 }

func (w *world) AfterFunc(d time.Duration, f func()) func() {
	t := &timer{at: w.now + d, f: f}
	w.timers = append(w.timers, t)
	return func() { t.stopped = true }
}

// advance runs due timers in order until none is left.
func (w *world) advance() {
	for {
		w.timers = slices.DeleteFunc(w.timers, func(t *timer) bool { return t.stopped })
		if len(w.timers) == 0 {
			return
		}
		next := slices.MinFunc(w.timers, func(a, b *timer) int { return int(a.at - b.at) })
		next.stopped = true
		w.now = max(w.now, next.at)
		w.task(next.f)
	}
}

// task runs f and then the microtasks.
func (w *world) task(f func()) {
	w.t.Helper()
	f()
	if _, err := w.rt.RunString(""); err != nil {
		w.t.Fatal(err)
	}
}

const globals = `
  var identity = v => v, object = {}, symbol = Symbol("s"), negativeZero = -0, ill = "a\uD800b", ill2 = "a\uDC00b";
  var same = (a, b) => a === b && a === ill;
  var proxy = new Proxy(x => x + 1, {});
  var fail = message => { throw Object.assign(new TypeError(message), { code: 42 }) };
  var throwing = { get property() { throw new RangeError("a getter throws") } };
  var notes = [], note = n => notes.push(n);
  var map = f => [0, 1, 2].map(f);
  var bound = f => ({ name: "receiver", f }).f();
`

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, rt: sobek.New(), random: &counter{}}
	if _, err := w.rt.RunString(globals); err != nil {
		t.Fatal(err)
	}
	if err := gojs.InstallGlobals(w.rt, w.output); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) output(fd int, data []byte) { fmt.Fprintf(&w.out, "%d:%s", fd, data) }

func (w *world) host() gojs.Host {
	return gojs.Host{
		Runtime: w.rt, Clock: w, Timers: w, Random: w.random, Output: w.output,
		Exit: func(code int) {
			w.exit = append(w.exit, code)
			if w.onExit != nil {
				w.onExit(code)
			}
		},
		Stopped: func(err error) { w.stopped = append(w.stopped, err) },
	}
}

// lookup implements the imports of testdata/program from module "env".
func (w *world) lookup(module, name string) sobek.Value {
	v, err := w.rt.RunString(`({
	  imported(a, b, c) { note([a, typeof b, String(b), c].join(" ")) },
	  sum: (a, b) => a + b,
	})`)
	if err != nil || module != "env" {
		w.t.Fatalf("%s.%s: %v", module, name, err)
	}
	return v.ToObject(w.rt).Get(name)
}

// start begins the scenario named by the first argument.
func (w *world) start(args ...string) error {
	w.t.Helper()
	var err error
	w.program, err = module.New(w.host(), w.rt.NewObject(), w.lookup)
	if err != nil {
		w.t.Fatal(err)
	}
	w.task(func() { err = w.program.Start(append([]string{"js"}, args...), []string{"NAME=value"}) })
	return err
}

// run runs a scenario to its end and returns its output.
func (w *world) run(args ...string) string {
	w.t.Helper()
	if err := w.start(args...); err != nil {
		w.t.Fatal(err)
	}
	w.advance()
	if !w.program.Exited() {
		w.t.Fatal("the program waits for an event that never comes")
	}
	return w.out.String()
}

// counter is a stream of distinct bytes.
type counter struct{ n uint64 }

func (c *counter) Read(b []byte) (int, error) {
	for i := range b {
		c.n++
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], c.n*0x9E3779B97F4A7C15)
		b[i] = word[7]
	}
	return len(b), nil
}

func TestScenarios(t *testing.T) {
	for _, name := range []string{
		"values", "identity", "calls", "throws", "bytes", "events", "nested", "sleep", "churn", "grow", "import",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			out := w.run(name)
			if !slices.Equal(w.exit, []int{0}) {
				t.Errorf("exit codes %v\n%s", w.exit, out)
			}
			if len(w.stopped) != 1 || w.stopped[0] != nil {
				t.Errorf("stopped with %v", w.stopped)
			}
		})
	}
}

func TestOutput(t *testing.T) {
	got := newWorld(t).run("output")
	want := "1:a line\nand a1: half\n2:an error\n2:a println\n"
	if got != want {
		t.Errorf("output %q, want %q", got, want)
	}
}

func TestArguments(t *testing.T) {
	if got, want := newWorld(t).run("arguments", "", "two words"), "1:js|arguments||two words\n1:value\n"; got != want {
		t.Errorf("output %q, want %q", got, want)
	}
	w := newWorld(t)
	if err := w.start("arguments", strings.Repeat("x", 8192)); err == nil || !strings.Contains(err.Error(), "exceeds limit") {
		t.Errorf("arguments that do not fit: %v", err)
	}
}

func TestClockComesFromHost(t *testing.T) {
	if got, want := newWorld(t).run("clock"), "1:2024-02-29T12:00:00.123Z\n"; got != want {
		t.Errorf("output %q, want %q", got, want)
	}
}

func TestImportConversions(t *testing.T) {
	w := newWorld(t)
	w.run("import")
	if got, want := w.rt.Get("notes").String(), "7 bigint 1099511627776 2.5"; got != want {
		t.Errorf("arguments %q, want %q", got, want)
	}
}

func TestMissingImport(t *testing.T) {
	w := newWorld(t)
	_, err := module.New(w.host(), w.rt.NewObject(), nil)
	want := `Import "env" "imported": function import requires a callable`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// Two runs with the same clocks and random data are the same, call by call.
func TestDeterministic(t *testing.T) {
	for _, name := range []string{"random", "sleep", "churn"} {
		var outputs []string
		var calls []uint64
		for range 2 {
			w := newWorld(t)
			outputs = append(outputs, w.run(name))
			calls = append(calls, w.program.Calls())
		}
		if outputs[0] != outputs[1] || calls[0] != calls[1] {
			t.Errorf("%s: outputs %q, host calls %v", name, outputs, calls)
		}
	}
	w := newWorld(t)
	w.random = &counter{n: 99}
	if first := newWorld(t).run("random"); w.run("random") == first {
		t.Error("random data does not come from the host")
	}
}
