package isolate

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"weak"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

// isolate is one runtime with one event loop. All fields are its loop's, except
// where a comment says otherwise.
type isolate struct {
	name    string
	slot    *slot // its place in the cluster
	program *Program
	cluster *Cluster
	options *Options
	loop    *loop
	rt      *sobek.Runtime

	host     *sobek.Object // shared by Go and the prelude
	env      *sobek.Object
	exported *sobek.Object // the namespace of the entry module
	builtins map[*builtin]*builtinInstance
	uint8    *sobek.Object                        // globalThis.Uint8Array
	then     func(sobek.FunctionCall) sobek.Value // Promise.prototype.then
	promise  *sobek.Object                        // globalThis.Promise
	parse    func(sobek.FunctionCall) sobek.Value // JSON.parse
	text     func(sobek.FunctionCall) sobek.Value // JSON.stringify
	lines    map[int]*gojs.Lines                  // by file descriptor
	plain    *sobek.Object                        // Object.prototype
	headers  *sobek.Object                        // Headers.prototype
	rejected []*sobek.Promise                     // without a handler so far
	programs []weak.Pointer[gojs.Program]         // Go programs that may run, oldest first
	timeouts map[int64]*timer                     // of setTimeout and setInterval
	events   []*event                             // requests and scheduled events that run
	waiting  int                                  // promises of waitUntil
	objects  *objectTable                         // nil for isolates that serve requests
	drained  []func()                             // to call when no event runs
	stopped  error                                // why the isolate is gone
	gone     func()                               // see stop
	left     bool                                 // the loop is closed
	late     []func(moved bool)                   // events that came between stop and then
	inGlobal bool                                 // global scope is being evaluated

	inFlight  atomic.Int64  // requests that were given to this isolate; any goroutine
	hostCalls atomic.Uint64 // by its Go programs; any goroutine
}

// newIsolate makes an isolate that has not begun; boot does that, on its loop.
func newIsolate(c *Cluster, s *slot) *isolate {
	name := fmt.Sprintf("%s/%d", s.kind, s.index)
	i := &isolate{
		name: name, slot: s, program: c.program, cluster: c, options: &c.options,
		loop:     newLoop(name, c.options.Scheduler, c.options.RunningClock),
		builtins: map[*builtin]*builtinInstance{},
		lines:    map[int]*gojs.Lines{},
		timeouts: map[int64]*timer{},
	}
	i.loop.afterTask = i.afterTask
	i.loop.broken = i.broke
	if s.kind == objectIsolate {
		i.objects = newObjectTable(i, s.bindings)
	}
	return i
}

// maxCallStack bounds the depth of JavaScript calls, so that endless recursion
// is an error of the isolate and not of the process.
const maxCallStack = 10_000

// tryBoot is boot with a failure of the host as an error.
func (i *isolate) tryBoot(bindings Bindings) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &BrokenError{Isolate: i.name, Panic: r, Stack: stack()}
		}
	}()
	return i.boot(bindings)
}

// boot makes the runtime and evaluates the entry module.
func (i *isolate) boot(bindings Bindings) error {
	i.rt = sobek.New()
	i.loop.rt = i.rt
	i.rt.SetMaxCallStackSize(maxCallStack)
	i.rt.SetTimeSource(i.loop.clock.Walltime)
	i.rt.SetRandSource(i.randomFloat)
	i.rt.SetPromiseRejectionTracker(i.trackRejection)
	i.rt.SetImportModuleDynamically(i.importDynamically)
	i.program.isolates.Store(i.rt, i)

	i.uint8 = i.global("Uint8Array")
	i.promise = i.global("Promise")
	i.plain = i.global("Object").Get("prototype").(*sobek.Object)
	i.then = i.method(i.promise.Get("prototype"), "then")
	i.parse = i.method(i.global("JSON"), "parse")
	i.text = i.method(i.global("JSON"), "stringify")
	i.host = i.rt.NewObject()
	i.installNatives()
	if err := i.runPrelude(); err != nil {
		return err
	}
	i.env = i.newEnv(bindings, nil)
	if err := i.evaluate(); err != nil || i.objects == nil {
		return err
	}
	return i.objects.boot()
}

func (i *isolate) global(name string) *sobek.Object {
	return i.rt.GlobalObject().Get(name).ToObject(i.rt)
}

func (i *isolate) method(object sobek.Value, name string) func(sobek.FunctionCall) sobek.Value {
	return object.ToObject(i.rt).Get(name).Export().(func(sobek.FunctionCall) sobek.Value)
}

// evaluate runs the global scope of the worker. As at the edge it gets neither
// time nor random numbers nor I/O.
func (i *isolate) evaluate() error {
	i.inGlobal, i.loop.clock.global = true, true
	defer func() { i.inGlobal, i.loop.clock.global = false, false }()
	promise := i.program.entry.Evaluate(i.rt)
	i.loop.drain()
	switch promise.State() {
	case sobek.PromiseStateRejected:
		i.rejected = nil
		return fmt.Errorf("evaluating the worker: %s", i.describe(promise.Result()))
	case sobek.PromiseStatePending:
		return errors.New("evaluating the worker: top-level await did not settle")
	}
	i.exported = i.rt.NamespaceObjectFor(i.program.entry)
	return nil
}

// requireEvent throws where an operation is not allowed in global scope.
func (i *isolate) requireEvent() {
	if i.inGlobal {
		panic(i.newError("Error", "Disallowed operation called within global scope. Asynchronous I/O (ex: fetch() or connect()), setting a timeout, and generating random values are not allowed within global scope. To fix this error, perform this operation within a handler."))
	}
}

func (i *isolate) importDynamically(referrer any, specifier sobek.Value, capability any) {
	record, err := i.program.modules.resolve(referrer, specifier.String())
	var reason any
	if err != nil {
		reason = i.newError("Error", err.Error())
	}
	i.rt.FinishLoadingImportModule(referrer, specifier, capability, record, reason)
}

// randomFloat feeds Math.random.
func (i *isolate) randomFloat() float64 {
	var b [8]byte
	i.random(b[:])
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return float64(n>>11) / (1 << 53)
}

func (i *isolate) random(b []byte) {
	i.requireEvent()
	if _, err := io.ReadFull(i.options.Random, b); err != nil {
		panic(i.newError("Error", "random data: "+err.Error()))
	}
}
