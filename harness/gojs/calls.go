package gojs

import (
	"math"
	"math/big"

	"github.com/grafana/sobek"
	"github.com/tetratelabs/wazero/api"
)

// attempt runs f, which may throw, and stores its result or the exception at
// sp+offset, followed by a bool that says which. f may run Go code, by way of a
// js.Func.
func (p *Program) attempt(sp, offset uint32, f func() sobek.Value) {
	var result sobek.Value
	entries := p.entries
	ex := p.rt.Try(func() { result = f() })
	p.mustRun()
	addr := p.sp(sp, entries) + offset
	if ex != nil {
		result = ex.Value()
	}
	p.store(addr, result)
	p.setBool(addr+8, ex == nil)
}

// func valueCall(v ref, m string, args []ref) (ref, bool)
func (p *Program) valueCall(sp uint32) {
	v, name, args := p.loadValue(sp+8), p.name(sp+16), p.loadValues(sp+32)
	if name == makeFuncWrapper && v == p.self && len(args) == 1 {
		p.store(sp+56, p.funcWrapper(uint32(args[0].ToInteger())))
		p.setBool(sp+64, true)
		return
	}
	p.attempt(sp, 56, func() sobek.Value {
		return p.apply(p.object(v, "Reflect.get").Get(name), v, args)
	})
}

// func valueInvoke(v ref, args []ref) (ref, bool)
func (p *Program) valueInvoke(sp uint32) {
	v, args := p.loadValue(sp+8), p.loadValues(sp+16)
	p.attempt(sp, 40, func() sobek.Value { return p.apply(v, sobek.Undefined(), args) })
}

// func valueNew(v ref, args []ref) (ref, bool)
func (p *Program) valueNew(sp uint32) {
	v, args := p.loadValue(sp+8), p.loadValues(sp+16)
	p.attempt(sp, 40, func() sobek.Value {
		obj, err := p.rt.New(p.object(v, "Reflect.construct"), args...)
		if err != nil {
			panic(err)
		}
		return obj
	})
}

// linkedImport is the caller's function for an import from outside "gojs".
type linkedImport struct {
	Import
	fn *sobek.Object
}

// callImport calls the function behind m.imports[index] with the conversions of
// the WebAssembly JavaScript interface: numbers, and BigInt for i64. An
// exception crosses the program.
func (p *Program) callImport(index int, stack []uint64) {
	imp := &p.linked[index]
	args := make([]sobek.Value, len(imp.Params))
	for i, t := range imp.Params {
		args[i] = p.fromWasm(t, stack[i])
	}
	p.try(func() {
		result := p.apply(imp.fn, sobek.Undefined(), args)
		if len(imp.Results) == 1 {
			stack[0] = p.toWasm(imp.Results[0], result)
		}
	})
}

func (p *Program) fromWasm(t api.ValueType, bits uint64) sobek.Value {
	switch t {
	case api.ValueTypeI32:
		return p.rt.ToValue(api.DecodeI32(bits))
	case api.ValueTypeI64:
		return p.rt.ToValue(big.NewInt(int64(bits)))
	case api.ValueTypeF32:
		return p.rt.ToValue(api.DecodeF32(bits))
	default:
		return p.rt.ToValue(api.DecodeF64(bits))
	}
}

func (p *Program) toWasm(t api.ValueType, v sobek.Value) uint64 {
	switch t {
	case api.ValueTypeI32:
		return api.EncodeU32(toUint32(v.ToFloat()))
	case api.ValueTypeI64:
		n, ok := v.Export().(*big.Int)
		if !ok {
			panic(p.rt.NewTypeError("Cannot convert %s to a BigInt", describe(v)))
		}
		return new(big.Int).And(n, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	case api.ValueTypeF32:
		return api.EncodeF32(float32(v.ToFloat()))
	default:
		return api.EncodeF64(v.ToFloat())
	}
}

// toUint32 is the operation ToUint32 of ECMAScript.
func toUint32(f float64) uint32 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	m := math.Mod(math.Trunc(f), 1<<32)
	if m < 0 {
		m += 1 << 32
	}
	return uint32(m)
}
