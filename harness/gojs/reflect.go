package gojs

import (
	"fmt"

	"github.com/grafana/sobek"
)

// reflectFuncs are the functions of Reflect whose exact semantics (no exception
// for a refused assignment) sobek's Go API does not offer.
type reflectFuncs struct {
	set, deleteProperty, apply func(sobek.FunctionCall) sobek.Value
}

func (r *reflectFuncs) init(rt *sobek.Runtime) error {
	obj, ok := rt.GlobalObject().Get("Reflect").(*sobek.Object)
	if !ok {
		return fmt.Errorf("gojs: globalThis.Reflect is not an object")
	}
	for name, f := range map[string]*func(sobek.FunctionCall) sobek.Value{
		"set": &r.set, "deleteProperty": &r.deleteProperty, "apply": &r.apply,
	} {
		if *f, ok = native(obj.Get(name)); !ok {
			return fmt.Errorf("gojs: Reflect.%s is not a function", name)
		}
	}
	return nil
}

// native returns the bare call of a function. Unlike the result of
// sobek.AssertFunction it leaves the queue of microtasks alone when it returns:
// promise reactions must not run while Go code is on the stack.
func native(v sobek.Value) (func(sobek.FunctionCall) sobek.Value, bool) {
	obj, ok := v.(*sobek.Object)
	if !ok {
		return nil, false
	}
	f, ok := obj.Export().(func(sobek.FunctionCall) sobek.Value)
	return f, ok
}

// Call calls a JavaScript function from Go without running microtasks. It panics
// with what the function throws, so it belongs into sobek.Runtime.Try.
func Call(rt *sobek.Runtime, fn, this sobek.Value, args ...sobek.Value) sobek.Value {
	if f, ok := native(fn); ok {
		return f(sobek.FunctionCall{This: this, Arguments: args})
	}
	if _, ok := sobek.AssertFunction(fn); !ok {
		panic(rt.NewTypeError("%s is not a function", describe(fn)))
	}
	// Proxies, classes and wrapped Go functions export as something else.
	var r reflectFuncs
	if err := r.init(rt); err != nil {
		panic(rt.NewGoError(err))
	}
	return r.call(rt, fn, this, args)
}

func (r *reflectFuncs) call(rt *sobek.Runtime, fn, this sobek.Value, args []sobek.Value) sobek.Value {
	list := make([]any, len(args))
	for i, a := range args {
		list[i] = a
	}
	return r.apply(sobek.FunctionCall{Arguments: []sobek.Value{fn, this, rt.NewArray(list...)}})
}

func (p *Program) apply(fn, this sobek.Value, args []sobek.Value) sobek.Value {
	if f, ok := native(fn); ok {
		return f(sobek.FunctionCall{This: this, Arguments: args})
	}
	return p.reflect.call(p.rt, fn, this, args)
}

func describe(v sobek.Value) string {
	switch {
	case v == nil:
		return "undefined"
	case sobek.IsString(v):
		return fmt.Sprintf("%q", v.String())
	}
	if _, ok := v.(*sobek.Object); ok {
		return "object"
	}
	return v.String()
}
