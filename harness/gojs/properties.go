package gojs

import (
	"strconv"

	"github.com/grafana/sobek"
)

// try runs an operation on JavaScript values that syscall/js does not expect to
// fail. An exception there crosses the program to whoever entered it, as it does
// with wasm_exec.js.
func (p *Program) try(f func()) {
	if ex := p.rt.Try(f); ex != nil {
		panic(&abortError{ex})
	}
	p.mustRun()
}

// mustRun leaves WebAssembly when the program ended during the host call, in an
// event that was handled meanwhile.
func (p *Program) mustRun() {
	if p.exited {
		panic(&abortError{ErrExited})
	}
}

// object returns v as an object or throws the TypeError of function fn.
func (p *Program) object(v sobek.Value, fn string) *sobek.Object {
	obj, ok := v.(*sobek.Object)
	if !ok {
		panic(p.rt.NewTypeError("%s called on non-object", fn))
	}
	return obj
}

// func valueGet(v ref, p string) ref
func (p *Program) valueGet(sp uint32) {
	v, aux := p.load(sp + 8)
	name := p.name(sp + 16)
	if ev, ok := aux.(*event); ok {
		ev.get(p, sp+32, name)
		return
	}
	if name == pendingEvent && v == p.self {
		p.getPending(sp + 32)
		return
	}
	var result sobek.Value
	entries := p.entries
	p.try(func() { result = p.object(v, "Reflect.get").Get(name) })
	p.store(p.sp(sp, entries)+32, result)
}

// func valueSet(v ref, p string, x ref)
func (p *Program) valueSet(sp uint32) {
	v, aux := p.load(sp + 8)
	name := p.name(sp + 16)
	x := p.loadValue(sp + 32)
	if ev, ok := aux.(*event); ok {
		if name == "result" {
			ev.result = x
		}
		return
	}
	if name == pendingEvent && v == p.self {
		p.pending = nil
		return
	}
	p.set(v, p.rt.ToValue(name), x)
}

func (p *Program) set(v, key, x sobek.Value) {
	p.try(func() {
		p.reflect.set(sobek.FunctionCall{Arguments: []sobek.Value{p.object(v, "Reflect.set"), key, x}})
	})
}

// func valueDelete(v ref, p string)
func (p *Program) valueDelete(sp uint32) {
	v, name := p.loadValue(sp+8), p.name(sp+16)
	p.try(func() {
		p.reflect.deleteProperty(sobek.FunctionCall{Arguments: []sobek.Value{
			p.object(v, "Reflect.deleteProperty"), p.rt.ToValue(name),
		}})
	})
}

// func valueIndex(v ref, i int) ref
func (p *Program) valueIndex(sp uint32) {
	v, aux := p.load(sp + 8)
	i := p.i64(sp + 16)
	if args, ok := aux.(*eventArgs); ok {
		result := sobek.Undefined()
		if i >= 0 && i < int64(len(args.list)) {
			result = args.list[i]
		}
		p.store(sp+24, result)
		return
	}
	var result sobek.Value
	entries := p.entries
	p.try(func() { result = p.object(v, "Reflect.get").Get(strconv.FormatInt(i, 10)) })
	p.store(p.sp(sp, entries)+24, result)
}

// func valueSetIndex(v ref, i int, x ref)
func (p *Program) valueSetIndex(sp uint32) {
	p.set(p.loadValue(sp+8), p.rt.ToValue(p.i64(sp+16)), p.loadValue(sp+24))
}

// func valueLength(v ref) int
func (p *Program) valueLength(sp uint32) {
	v, aux := p.load(sp + 8)
	if args, ok := aux.(*eventArgs); ok {
		p.setI64(sp+16, int64(len(args.list)))
		return
	}
	var n int64
	entries := p.entries
	p.try(func() {
		if length := p.object(v, "length").Get("length"); length != nil {
			n = length.ToInteger()
		}
	})
	p.setI64(p.sp(sp, entries)+16, n)
}

// func valueInstanceOf(v ref, t ref) bool
func (p *Program) valueInstanceOf(sp uint32) {
	v, t := p.loadValue(sp+8), p.loadValue(sp+16)
	var is bool
	entries := p.entries
	p.try(func() { is = p.rt.InstanceOf(v, p.object(t, "instanceof")) })
	p.setBool(p.sp(sp, entries)+24, is)
}
