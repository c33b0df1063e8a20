package gojs

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/grafana/sobek"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// Host is what a program needs from the isolate it runs in. All fields but
// NewError, Calls, Watch and Uncaught are required.
type Host struct {
	Runtime *sobek.Runtime
	Clock   Clock
	Timers  Timers
	// Random is the source of runtime.getRandomData: seeds of maps and of
	// math/rand, and crypto/rand.
	Random io.Reader
	// Output gets what the program writes to a standard file by way of the
	// runtime (panics, println), one write at a time.
	Output func(fd int, data []byte)
	// Exit is told the exit code, while the program is still on the stack. A
	// JavaScript exception out of it reaches whoever entered the program.
	Exit func(code int)
	// Stopped is called once, when the program is off the stack after it
	// exited (nil) or died (its error).
	Stopped func(err error)
	// NewError makes the JavaScript error for a trap; default: an Error with the
	// message.
	NewError func(err error) sobek.Value
	// Calls, when set, has the number of host calls added to it each time the
	// program goes off the stack.
	Calls *atomic.Uint64
	// Watch, when set, sees each host call before it happens: its name, and its
	// arguments, which must not be kept: the stack of the program from them on, or
	// eight bytes for each where it is not one of "gojs". An error makes the
	// program trap there.
	Watch func(name string, stack []byte) error
	// Returned, when set, sees what a host call returned that is not one of "gojs".
	Returned func(name string, result uint64)
	// Uncaught is told of errors that no JavaScript caller can catch: those of
	// timers.
	Uncaught func(err error)
}

// Clock tells a program the time. Neither reading goes back.
type Clock interface {
	// Walltime is the time of day.
	Walltime() time.Time
	// Nanotime is a monotonic clock in nanoseconds from any origin.
	Nanotime() int64
}

// Timers are the timers of the program's event loop.
type Timers interface {
	// AfterFunc runs f as a task of the event loop once delay has passed by
	// the program's clock, and never before. stop cancels it.
	AfterFunc(delay time.Duration, f func()) (stop func())
}

// Program is one run of a Module.
type Program struct {
	host   Host
	rt     *sobek.Runtime
	self   *sobek.Object
	ctx    *callContext
	module api.Module
	linked []linkedImport

	mem     []byte // the linear memory; replaced when it grows
	values  values
	reflect reflectFuncs
	names   map[string]string

	run, getsp api.Function
	entrances  map[string][]api.Function // exports by depth of nesting; a wazero call is not reentrant
	depth      int                       // calls into WebAssembly that are on the stack
	entries    uint64                    // calls of resume so far; see sp
	calls      uint64
	reported   uint64 // how many of calls were added to Host.Calls

	pending   *event
	timers    map[int32]func()
	nextTimer int32

	started, exited, stopped bool
	killed                   error
	err                      error // why the program died
}

// callContext is the context of every call into WebAssembly. It leads host
// functions to their program without a lookup.
type callContext struct {
	context.Context
	program *Program
}

// Value answers nil: nothing below needs a value, and wazero asks at each call.
func (*callContext) Value(any) any { return nil }

// New instantiates the module: memory is allocated, nothing runs yet. self is
// the JavaScript object that stands for the program (an instance of class Go).
// lookup returns the function for each of [Module.Imports]; New fails with a
// [*LinkError] when it is not callable. A program that is no longer referenced
// frees its memory.
func (m *Module) New(host Host, self *sobek.Object, lookup func(module, name string) sobek.Value) (*Program, error) {
	p := &Program{host: host, rt: host.Runtime, self: self, timers: map[int32]func(){}, nextTimer: 1, entrances: map[string][]api.Function{}}
	p.ctx = &callContext{Context: context.Background(), program: p}
	for _, imp := range m.imports {
		var v sobek.Value
		if lookup != nil {
			v = lookup(imp.Module, imp.Name)
		}
		if _, ok := sobek.AssertFunction(v); !ok {
			return nil, &LinkError{Module: imp.Module, Name: imp.Name}
		}
		p.linked = append(p.linked, linkedImport{Import: imp, fn: v.(*sobek.Object)})
	}
	if err := p.reflect.init(p.rt); err != nil {
		return nil, err
	}
	module, err := m.runtime.InstantiateModule(context.Background(), m.compiled,
		wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, fmt.Errorf("gojs: instantiating: %w", err)
	}
	p.module = module
	p.run, p.getsp = module.ExportedFunction("run"), module.ExportedFunction("getsp")
	p.refreshMemory()
	p.values.init(p.rt, self)
	runtime.AddCleanup(p, func(m api.Module) { _ = m.Close(context.Background()) }, module)
	return p, nil
}

// Start runs the program from its beginning until it waits for an event or
// exits. argv and env become os.Args and os.Environ (in the order given,
// "KEY=value"). The error is a [*TrapError], or the *sobek.Exception that
// crossed the program.
func (p *Program) Start(argv, env []string) error {
	if p.started {
		return errors.New("gojs: the program was started before")
	}
	p.started = true
	argc, ptr, err := p.writeArguments(argv, env)
	if err != nil {
		return err
	}
	return p.enterWasm(p.run, []uint64{uint64(argc), uint64(ptr)})
}

// Resume lets the program handle the pending event or its due timers, and run until all of it waits.
func (p *Program) Resume() error {
	if p.exited {
		return ErrExited
	}
	p.entries++
	return p.enterWasm(p.entrance("resume"), nil)
}

// Call enters the program by one of its [Module.Exports], with the conversions of the WebAssembly JavaScript interface.
// Goroutines that it makes ready run in the next Resume.
func (p *Program) Call(export Export, args []sobek.Value) (sobek.Value, error) {
	if p.exited {
		return nil, ErrExited
	}
	stack := make([]uint64, max(len(export.Params), len(export.Results)))
	for i, t := range export.Params {
		v := sobek.Undefined()
		if i < len(args) {
			v = args[i]
		}
		stack[i] = p.toWasm(t, v)
	}
	p.entries++
	if err := p.enterWasm(p.entrance(export.Name), stack); err != nil || len(export.Results) == 0 {
		return sobek.Undefined(), err
	}
	return p.fromWasm(export.Results[0], stack[0]), nil
}

// entrance is an export that is not on the stack.
func (p *Program) entrance(name string) api.Function {
	for len(p.entrances[name]) <= p.depth {
		p.entrances[name] = append(p.entrances[name], p.module.ExportedFunction(name))
	}
	return p.entrances[name][p.depth]
}

// enterWasm calls f and settles what became of the program. A call that fails
// leaves the Go scheduler in the middle of something, so the program is dead.
func (p *Program) enterWasm(f api.Function, stack []uint64) error {
	p.depth++
	err := f.CallWithStack(p.ctx, stack)
	p.depth--
	if p.host.Calls != nil && p.depth == 0 {
		p.host.Calls.Add(p.calls - p.reported)
		p.reported = p.calls
	}
	if err != nil && !p.exited {
		p.exited = true
		p.err = p.cause(err)
	}
	if p.exited && p.depth == 0 {
		p.stop()
	}
	if err != nil {
		return p.cause(err)
	}
	return nil
}

// cause strips what wazero wrapped around a JavaScript exception, and marks all
// else as a trap.
func (p *Program) cause(err error) error {
	var abort *abortError
	if errors.As(err, &abort) {
		var ex *sobek.Exception
		if errors.As(abort.cause, &ex) {
			return ex
		}
		return &TrapError{Err: abort.cause}
	}
	return &TrapError{Err: err}
}

// stop frees what the program held. It runs when no WebAssembly of the program
// is on the stack.
func (p *Program) stop() {
	if p.stopped {
		return
	}
	p.stopped = true
	for _, stop := range p.timers {
		stop()
	}
	p.timers, p.values, p.mem, p.names = nil, values{}, nil, nil
	_ = p.module.Close(context.Background())
	if p.host.Stopped != nil {
		p.host.Stopped(p.err)
	}
}

// Kill makes the program trap at its next step, as a machine that fails: at the
// next host call when it is running, else when it is entered next.
func (p *Program) Kill() { p.killed = ErrKilled }

// Close ends a program that is not on the stack, without telling it.
func (p *Program) Close() {
	if p.depth == 0 {
		p.exited = true
		p.stop()
	}
}

// Exited reports whether the program has exited or died.
func (p *Program) Exited() bool { return p.exited }

// Calls is how often the program called its host.
func (p *Program) Calls() uint64 { return p.calls }

// Memory is the program's linear memory as it is now. It is only valid until
// the program runs again.
func (p *Program) Memory() []byte { return p.mem }

// watched is how much of the stack Host.Watch sees: the arguments of every host
// call are within it.
const watched = 64

// enter begins every host call of "gojs".
func (p *Program) enter(name string, sp uint32) {
	p.begin(name, func() []byte {
		from := min(uint64(sp)+8, uint64(len(p.mem)))
		return p.mem[from:min(from+watched, uint64(len(p.mem)))]
	})
}

// enterImport begins every other host call.
func (p *Program) enterImport(imp Import, params []uint64) {
	p.begin(imp.Name, func() []byte {
		args := make([]byte, 0, watched)
		for i, t := range imp.Params {
			args = binary.LittleEndian.AppendUint64(args, valueOf(t, params[i]))
		}
		return args
	})
}

// begin counts a host call, shows it to who watches, and traps where the program is killed.
func (p *Program) begin(name string, args func() []byte) {
	p.calls++
	if p.host.Watch != nil && p.killed == nil {
		p.killed = p.host.Watch(name, args())
	}
	if p.killed != nil {
		panic(&abortError{p.killed})
	}
}

// valueOf is what counts of the 64 bits that stand for a value.
func valueOf(t api.ValueType, bits uint64) uint64 {
	if t == api.ValueTypeI32 || t == api.ValueTypeF32 {
		return uint64(uint32(bits))
	}
	return bits
}
