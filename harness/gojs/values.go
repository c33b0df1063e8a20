package gojs

import (
	"math"
	"strings"

	"github.com/grafana/sobek"
)

// A JavaScript value in Go's memory is a ref of eight bytes: a number as the
// float64 that it is (0 for undefined), anything else as a NaN whose low word is
// an id in the table of values and whose high word says what typeof answers.
const nanHead = 0x7FF80000

// The flags in the high word of a ref.
const (
	flagNone     = 0
	flagObject   = 1
	flagString   = 2
	flagSymbol   = 3
	flagFunction = 4
)

// Ids that mean the same in every program.
const (
	idNaN = iota
	idZero
	idNull
	idTrue
	idFalse
	idGlobal
	idSelf
	idFirstFree
)

// entry is one value that the program holds.
type entry struct {
	value sobek.Value
	// aux is set instead of value for objects that only the runtime of Go
	// sees: *event, *eventArgs and string (the bytes of a prepared string).
	aux  any
	refs int
	flag uint32
}

// values is the table of JavaScript values that the program has references to.
// Go compares values by their refs, so one value has one id as long as the
// program holds it.
type values struct {
	entries []entry
	free    []uint32
	objects map[*sobek.Object]uint32
	symbols map[*sobek.Symbol]uint32
	strings map[string]uint32
	yes     sobek.Value
}

func (t *values) init(rt *sobek.Runtime, self *sobek.Object) {
	global := rt.GlobalObject()
	t.yes = rt.ToValue(true)
	t.entries = make([]entry, idFirstFree, 64)
	t.entries[idNaN].value = sobek.NaN()
	t.entries[idZero].value = rt.ToValue(0)
	t.entries[idNull].value = sobek.Null()
	t.entries[idTrue].value = t.yes
	t.entries[idFalse].value = rt.ToValue(false)
	t.entries[idGlobal] = entry{value: global, flag: flagObject}
	t.entries[idSelf] = entry{value: self, flag: flagObject}
	t.objects = map[*sobek.Object]uint32{global: idGlobal, self: idSelf}
	t.symbols = map[*sobek.Symbol]uint32{}
	t.strings = map[string]uint32{}
}

// load reads the ref at addr. The second result is set for values that only the
// runtime of Go sees, and the first is undefined then.
func (p *Program) load(addr uint32) (sobek.Value, any) {
	bits := uint64(p.i64(addr))
	f := math.Float64frombits(bits)
	if f == 0 {
		return sobek.Undefined(), nil
	}
	if f == f {
		return p.rt.ToValue(f), nil
	}
	e := &p.values.entries[uint32(bits)]
	if e.aux != nil {
		return sobek.Undefined(), e.aux
	}
	if e.value == nil {
		return sobek.Null(), nil // a freed id, as in wasm_exec.js
	}
	return e.value, nil
}

// loadValue is load for operands that are JavaScript values.
func (p *Program) loadValue(addr uint32) sobek.Value {
	v, _ := p.load(addr)
	return v
}

// loadValues reads the slice of refs whose header is at addr.
func (p *Program) loadValues(addr uint32) []sobek.Value {
	ptr, n := uint32(p.i64(addr)), int(p.i64(addr+8))
	if n == 0 {
		return nil
	}
	list := make([]sobek.Value, n)
	for i := range list {
		list[i] = p.loadValue(ptr + uint32(i)*8)
	}
	return list
}

// store writes the ref of v to addr and counts the reference.
func (p *Program) store(addr uint32, v sobek.Value) {
	switch v := v.(type) {
	case nil:
		p.setF64(addr, 0)
	case *sobek.Object:
		id, ok := p.values.objects[v]
		if !ok {
			id = p.values.add(entry{value: v, flag: typeOf(v)})
			p.values.objects[v] = id
		}
		p.storeID(addr, id)
	case sobek.String:
		p.storeString(addr, v)
	case *sobek.Symbol:
		id, ok := p.values.symbols[v]
		if !ok {
			id = p.values.add(entry{value: v, flag: flagSymbol})
			p.values.symbols[v] = id
		}
		p.storeID(addr, id)
	default:
		p.storePrimitive(addr, v)
	}
}

func (p *Program) storePrimitive(addr uint32, v sobek.Value) {
	switch {
	case sobek.IsUndefined(v):
		p.setF64(addr, 0)
	case sobek.IsNull(v):
		p.storeID(addr, idNull)
	case sobek.IsNumber(v):
		switch f := v.ToFloat(); {
		case f == 0: // -0 too
			p.storeID(addr, idZero)
		case f != f:
			p.storeID(addr, idNaN)
		default:
			p.setF64(addr, f)
		}
	case sobek.IsBigInt(v): // Go has no type for it: js.Value.Type panics, as at the edge
		p.storeID(addr, p.values.add(entry{value: v}))
	case v.SameAs(p.values.yes):
		p.storeID(addr, idTrue)
	default:
		p.storeID(addr, idFalse)
	}
}

// storeString interns by content, so that js.Value.Equal holds for equal
// strings. Two different strings with lone surrogates can look the same in
// UTF-8; the later one then gets an id of its own.
func (p *Program) storeString(addr uint32, v sobek.String) {
	key := v.String()
	id, ok := p.values.strings[key]
	switch {
	case !ok:
		id = p.values.add(entry{value: v, flag: flagString})
		p.values.strings[key] = id
	case strings.Contains(key, replacement) && !p.values.entries[id].value.SameAs(v):
		id = p.values.add(entry{value: v, flag: flagString})
	}
	p.storeID(addr, id)
}

// storeAux writes a ref to something that is not a JavaScript value.
func (p *Program) storeAux(addr uint32, aux any) {
	p.storeID(addr, p.values.add(entry{aux: aux, flag: flagObject}))
}

func (p *Program) storeID(addr, id uint32) {
	e := &p.values.entries[id]
	e.refs++
	p.setU32(addr+4, nanHead|e.flag)
	p.setU32(addr, id)
}

func (t *values) add(e entry) uint32 {
	if n := len(t.free); n > 0 {
		id := t.free[n-1]
		t.free = t.free[:n-1]
		t.entries[id] = e
		return id
	}
	t.entries = append(t.entries, e)
	return uint32(len(t.entries) - 1)
}

// release drops one reference. The id of a value without references is used
// again.
func (t *values) release(id uint32) {
	if id < idFirstFree {
		return
	}
	e := &t.entries[id]
	if e.refs--; e.refs > 0 {
		return
	}
	switch v := e.value.(type) {
	case *sobek.Object:
		delete(t.objects, v)
	case *sobek.Symbol:
		delete(t.symbols, v)
	case sobek.String:
		if key := v.String(); t.strings[key] == id {
			delete(t.strings, key)
		}
	}
	*e = entry{}
	t.free = append(t.free, id)
}

// typeOf is the flag for typeof obj.
func typeOf(obj *sobek.Object) uint32 {
	if _, ok := sobek.AssertFunction(obj); ok {
		return flagFunction
	}
	return flagObject
}
