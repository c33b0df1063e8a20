package isolate

import (
	"errors"
	"slices"
	"unsafe"
	"weak"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

// wasmHandle is a compiled module behind a WebAssembly.Module.
type wasmHandle struct{ module *gojs.Module }

// programHandle is a Go program behind a WebAssembly.Instance.
type programHandle struct {
	program *gojs.Program
	memory  []byte      // as buffer shows it
	buffer  sobek.Value // mem.buffer
}

// installWasm gives the prelude what WebAssembly and class Go are made of.
func (i *isolate) installWasm() {
	i.def("wasmImports", func(call sobek.FunctionCall) sobek.Value {
		var list []sobek.Value
		for _, imp := range handleOf[*wasmHandle](i, call.Argument(0)).module.Imports() {
			obj := i.rt.NewObject()
			_ = obj.Set("module", imp.Module)
			_ = obj.Set("name", imp.Name)
			_ = obj.Set("kind", "function")
			list = append(list, obj)
		}
		return i.list(list...)
	})
	i.def("wasmInstantiate", i.wasmInstantiate)
	i.def("wasmStart", i.wasmStart)
	i.def("wasmExports", i.wasmExports)
	i.def("wasmResume", func(call sobek.FunctionCall) sobek.Value {
		p := handleOf[*programHandle](i, call.Argument(0)).program
		if err := p.Resume(); err != nil {
			panic(p.Thrown(err))
		}
		return sobek.Undefined()
	})
	i.def("wasmMemory", func(call sobek.FunctionCall) sobek.Value {
		return handleOf[*programHandle](i, call.Argument(0)).memoryBuffer(i.rt)
	})
}

// memoryBuffer is one object until the memory grows, and another from then on.
func (h *programHandle) memoryBuffer(rt *sobek.Runtime) sobek.Value {
	m := h.program.Memory()
	if h.buffer == nil || len(m) != len(h.memory) || unsafe.SliceData(m) != unsafe.SliceData(h.memory) {
		h.memory, h.buffer = m, rt.ToValue(rt.NewArrayBuffer(m))
	}
	return h.buffer
}

// wasmExports(program, module, object) defines the functions that the program
// exports by itself.
func (i *isolate) wasmExports(call sobek.FunctionCall) sobek.Value {
	p := handleOf[*programHandle](i, call.Argument(0)).program
	exports := call.Argument(2).(*sobek.Object)
	for _, export := range handleOf[*wasmHandle](i, call.Argument(1)).module.Exports() {
		_ = exports.Set(export.Name, i.native(func(call sobek.FunctionCall) sobek.Value {
			result, err := p.Call(export, call.Arguments)
			if err != nil {
				panic(p.Thrown(err))
			}
			return result
		}))
	}
	return sobek.Undefined()
}

// wasmInstantiate(module, go, lookup)
func (i *isolate) wasmInstantiate(call sobek.FunctionCall) sobek.Value {
	i.requireEvent()
	module := handleOf[*wasmHandle](i, call.Argument(0)).module
	self := call.Argument(1).(*sobek.Object)
	lookup := func(from, name string) sobek.Value {
		return i.invoke(call.Argument(2), sobek.Undefined(), i.rt.ToValue(from), i.rt.ToValue(name))
	}
	program, err := module.New(i.gojsHost(self), self, lookup)
	var link *gojs.LinkError
	if errors.As(err, &link) {
		panic(i.call("linkError", i.rt.ToValue("WebAssembly.Instance(): "+link.Error())))
	}
	if err != nil {
		panic(i.newError("RangeError", "WebAssembly.Instance(): "+err.Error()))
	}
	i.programs = append(i.programs, weak.Make(program))
	return i.rt.ToValue(&programHandle{program: program})
}

// gojsHost connects a program to the isolate.
func (i *isolate) gojsHost(self *sobek.Object) gojs.Host {
	var watch func(string, []byte) error
	if f := i.options.WatchHostCall; f != nil {
		watch = func(name string, stack []byte) error { return f(i.name, name, stack) }
	}
	var returned func(string, uint64)
	if f := i.options.WatchHostResult; f != nil {
		returned = func(name string, result uint64) { f(i.name, name, result) }
	}
	return gojs.Host{
		Watch:    watch,
		Returned: returned,
		Runtime:  i.rt,
		Clock:    &i.loop.clock,
		Timers:   i.loop,
		Random:   i.options.Random,
		Output:   i.programOutput,
		Calls:    &i.hostCalls,
		Exit:     func(code int) { i.call("goExit", self, i.rt.ToValue(code)) },
		Stopped:  func(err error) { i.programStopped(self) },
		NewError: func(err error) sobek.Value {
			return i.call("runtimeError", i.rt.ToValue(err.Error()))
		},
		Uncaught: func(err error) { i.uncaught("Uncaught " + err.Error()) },
	}
}

// programStopped resolves the promise of Go.run and forgets programs that are
// gone.
func (i *isolate) programStopped(self *sobek.Object) {
	if ex := i.rt.Try(func() { i.call("goStopped", self) }); ex != nil {
		i.uncaught("Uncaught " + i.describe(ex.Value()))
	}
	i.programs = slices.DeleteFunc(i.programs, func(p weak.Pointer[gojs.Program]) bool {
		program := p.Value()
		return program == nil || program.Exited()
	})
}

// wasmStart(program, argv, env)
func (i *isolate) wasmStart(call sobek.FunctionCall) sobek.Value {
	program := handleOf[*programHandle](i, call.Argument(0)).program
	list := func(v sobek.Value) []string {
		var out []string
		i.rt.ForOf(v, func(item sobek.Value) bool {
			out = append(out, item.String())
			return true
		})
		return out
	}
	if err := program.Start(list(call.Argument(1)), list(call.Argument(2))); err != nil {
		panic(program.Thrown(err))
	}
	return sobek.Undefined()
}
