package isolate

import (
	"encoding/hex"
	"time"

	"github.com/grafana/sobek"
)

// installNatives gives the host object what the prelude builds on, and defines
// the globals that are made of Go alone.
func (i *isolate) installNatives() {
	i.set("internal", sobek.NewSymbol("tracedge"))
	i.installConsole()
	i.installTimers()
	i.installHeaders()
	i.installEncoding()
	i.installURL()
	i.installWasm()
	i.installEvents()
	i.installFetch()
	i.installKV()
	i.installObjectCalls()
	i.installStorage()

	i.def("reportError", func(call sobek.FunctionCall) sobek.Value {
		i.uncaught("Uncaught " + i.describe(call.Argument(0)))
		return sobek.Undefined()
	})
	i.def("now", func(sobek.FunctionCall) sobek.Value {
		return i.rt.ToValue(float64(i.loop.clock.Walltime().UnixNano()/1000) / 1000)
	})
	i.def("randomValues", i.randomValues)
	i.def("randomUUID", i.randomUUID)
}

// set stores a value in the host object.
func (i *isolate) set(name string, v sobek.Value) {
	if err := i.host.Set(name, v); err != nil {
		panic(err)
	}
}

// def stores a function in the host object.
func (i *isolate) def(name string, f func(sobek.FunctionCall) sobek.Value) { i.set(name, i.native(f)) }

// defineGlobal defines a property of globalThis that is not enumerable.
func (i *isolate) defineGlobal(name string, v sobek.Value) {
	if err := i.rt.GlobalObject().DefineDataProperty(name, v, sobek.FLAG_TRUE, sobek.FLAG_TRUE, sobek.FLAG_FALSE); err != nil {
		panic(err)
	}
}

// defineMethod defines a method that is not enumerable and has its own name.
func (i *isolate) defineMethod(object *sobek.Object, name string, f func(sobek.FunctionCall) sobek.Value) {
	fn := i.native(f).(*sobek.Object)
	i.rename(fn, name)
	if err := object.DefineDataProperty(name, fn, sobek.FLAG_TRUE, sobek.FLAG_TRUE, sobek.FLAG_FALSE); err != nil {
		panic(err)
	}
}

func (i *isolate) rename(fn *sobek.Object, name string) {
	if err := fn.DefineDataProperty("name", i.rt.ToValue(name), sobek.FLAG_FALSE, sobek.FLAG_TRUE, sobek.FLAG_FALSE); err != nil {
		panic(err)
	}
}

// maxRandomValues is what crypto.getRandomValues gives at once.
const maxRandomValues = 65536

func (i *isolate) randomValues(call sobek.FunctionCall) sobek.Value {
	array, ok := call.Argument(0).(*sobek.Object)
	if !ok {
		panic(i.rt.NewTypeError("getRandomValues needs an integer typed array"))
	}
	buffer, ok := i.get(array, "buffer").Export().(sobek.ArrayBuffer)
	if !ok {
		panic(i.rt.NewTypeError("getRandomValues needs an integer typed array"))
	}
	offset, length := i.get(array, "byteOffset").ToInteger(), i.get(array, "byteLength").ToInteger()
	if length > maxRandomValues {
		panic(i.newError("Error", "getRandomValues() only accepts buffers of size <= 64K"))
	}
	i.random(buffer.Bytes()[offset : offset+length])
	return sobek.Undefined()
}

func (i *isolate) randomUUID(sobek.FunctionCall) sobek.Value {
	var b [16]byte
	i.random(b[:])
	b[6] = b[6]&0x0F | 0x40
	b[8] = b[8]&0x3F | 0x80
	s := hex.EncodeToString(b[:])
	return i.rt.ToValue(s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:])
}

// installTimers defines setTimeout and its like.
func (i *isolate) installTimers() {
	global := i.rt.GlobalObject()
	set := func(repeat bool) func(sobek.FunctionCall) sobek.Value {
		return func(call sobek.FunctionCall) sobek.Value { return i.setTimer(call, repeat) }
	}
	i.defineMethod(global, "setTimeout", set(false))
	i.defineMethod(global, "setInterval", set(true))
	for _, name := range []string{"clearTimeout", "clearInterval"} {
		i.defineMethod(global, name, func(call sobek.FunctionCall) sobek.Value {
			id := call.Argument(0).ToInteger()
			if t := i.timeouts[id]; t != nil {
				i.loop.stop(t)
				delete(i.timeouts, id)
			}
			return sobek.Undefined()
		})
	}
}

func (i *isolate) setTimer(call sobek.FunctionCall, repeat bool) sobek.Value {
	i.requireEvent()
	fn := call.Argument(0)
	if _, ok := sobek.AssertFunction(fn); !ok {
		panic(i.rt.NewTypeError("the callback of a timer must be a function"))
	}
	delay := time.Duration(max(call.Argument(1).ToFloat(), 0) * float64(time.Millisecond))
	if repeat {
		delay = max(delay, time.Millisecond)
	}
	var args []sobek.Value
	if len(call.Arguments) > 2 {
		args = append(args, call.Arguments[2:]...)
	}
	var id int64
	var fire func()
	start := func() {
		t := i.loop.after(delay, fire)
		if id == 0 {
			id = t.id
		}
		i.timeouts[id] = t
	}
	fire = func() {
		delete(i.timeouts, id)
		if repeat {
			start()
		}
		if ex := i.rt.Try(func() { i.invoke(fn, sobek.Undefined(), args...) }); ex != nil {
			i.uncaught("Uncaught " + i.describe(ex.Value()))
		}
	}
	start()
	return i.rt.ToValue(id)
}
