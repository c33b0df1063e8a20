package isolate

import (
	"fmt"
	"runtime"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

// invoke calls a function without running microtasks. It panics with what the
// function throws.
func (i *isolate) invoke(fn, this sobek.Value, args ...sobek.Value) sobek.Value {
	return gojs.Call(i.rt, fn, this, args...)
}

// call calls a function of the host object.
func (i *isolate) call(name string, args ...sobek.Value) sobek.Value {
	return i.invoke(i.host.Get(name), i.host, args...)
}

// native makes a function of the host for JavaScript. A failure of the host
// inside becomes an exception, so that it ends the request and not the process.
func (i *isolate) native(f func(sobek.FunctionCall) sobek.Value) sobek.Value {
	return i.rt.ToValue(func(call sobek.FunctionCall) sobek.Value {
		defer i.guard()
		return f(call)
	})
}

// guard turns a run-time error of Go into an exception. Everything else that
// sobek panics with passes.
func (i *isolate) guard() {
	switch r := recover().(type) {
	case nil:
	case runtime.Error:
		i.uncaught(fmt.Sprintf("harness failure: %v\n%s", r, stack()))
		panic(i.newError("Error", "tracedge harness failure: "+r.Error()))
	case string: // panics of sobek about itself
		i.uncaught(fmt.Sprintf("harness failure: %v\n%s", r, stack()))
		panic(i.newError("Error", "tracedge harness failure: "+r))
	default:
		panic(r)
	}
}

// newError makes an error of a standard class.
func (i *isolate) newError(class, message string) *sobek.Object {
	obj, err := i.rt.New(i.rt.GlobalObject().Get(class), i.rt.ToValue(message))
	if err != nil {
		return i.rt.NewGoError(fmt.Errorf("%s", message))
	}
	return obj
}

// bytes makes a Uint8Array over b, which must not be used any more.
func (i *isolate) bytes(b []byte) sobek.Value {
	obj, err := i.rt.New(i.uint8, i.rt.ToValue(i.rt.NewArrayBuffer(b)))
	if err != nil {
		panic(err)
	}
	return obj
}

// wantBytes returns the memory of a Uint8Array argument.
func (i *isolate) wantBytes(v sobek.Value) []byte {
	b, ok := gojs.Bytes(v)
	if !ok {
		panic(i.rt.NewTypeError("expected a Uint8Array"))
	}
	return b
}

// optional returns the bytes of a Uint8Array or nil for null and undefined.
func (i *isolate) optional(v sobek.Value) []byte {
	if isNothing(v) {
		return nil
	}
	return i.wantBytes(v)
}

func isNothing(v sobek.Value) bool {
	return v == nil || sobek.IsUndefined(v) || sobek.IsNull(v)
}

// settle calls one of two functions, as a microtask, when v is settled: a
// promise, or anything else, which counts as fulfilled.
func (i *isolate) settle(v sobek.Value, fulfilled, rejected func(sobek.Value)) {
	wrap := func(f func(sobek.Value)) sobek.Value {
		return i.native(func(call sobek.FunctionCall) sobek.Value {
			f(call.Argument(0))
			return sobek.Undefined()
		})
	}
	promise := i.invoke(i.promise.Get("resolve"), i.promise, v)
	i.then(sobek.FunctionCall{This: promise, Arguments: []sobek.Value{wrap(fulfilled), wrap(rejected)}})
}

// async runs work where it may block and returns the promise of its outcome:
// the value that then makes of it on the loop, or an error.
func (i *isolate) async(work func() (then func() sobek.Value, err error)) sobek.Value {
	promise, resolve, reject := i.rt.NewPromise()
	i.start(work, resolve, reject)
	return i.rt.ToValue(promise)
}

// start runs work where it may block and settles a promise with its outcome.
func (i *isolate) start(work func() (func() sobek.Value, error), resolve, reject func(any) error) {
	i.loop.async(func() func() {
		then, err := i.work(work)
		return func() {
			if i.stopped != nil {
				return
			}
			if err != nil {
				_ = reject(i.newError("Error", err.Error()))
				return
			}
			var v sobek.Value
			if ex := i.rt.Try(func() { v = then() }); ex != nil {
				_ = reject(ex.Value())
				return
			}
			_ = resolve(v)
		}
	})
}

// work runs a blocking operation whose failure must not take the process down.
func (i *isolate) work(f func() (func() sobek.Value, error)) (then func() sobek.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("tracedge harness failure: %v", r)
		}
	}()
	return f()
}

// get reads a property of an options object.
func (i *isolate) get(v sobek.Value, name string) sobek.Value {
	obj, ok := v.(*sobek.Object)
	if !ok {
		return sobek.Undefined()
	}
	if value := obj.Get(name); value != nil {
		return value
	}
	return sobek.Undefined()
}

// list makes an array.
func (i *isolate) list(values ...sobek.Value) *sobek.Object {
	items := make([]any, len(values))
	for n, v := range values {
		items[n] = v
	}
	return i.rt.NewArray(items...)
}

// handleOf unwraps a Go value that was given to JavaScript as an opaque handle.
func handleOf[T any](i *isolate, v sobek.Value) T {
	if obj, ok := v.(*sobek.Object); ok {
		if h, ok := obj.Export().(T); ok {
			return h
		}
	}
	panic(i.rt.NewTypeError("Illegal invocation"))
}
