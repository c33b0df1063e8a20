package audit

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// flow is where the texts of errors get to: values, fields, package variables. It does not know the order of things: what
// gets to a field once is in it for good.
type flow struct {
	*code
	tainted map[ssa.Value]bool
	fields  map[fieldKey]bool
	results map[resultKey]bool
	changed bool
}

type fieldKey struct {
	structure string
	field     int
}

type resultKey struct {
	function *ssa.Function
	index    int
}

// follow follows the texts of errors until they get no further.
func (c *code) follow() *flow {
	f := &flow{code: c, tainted: make(map[ssa.Value]bool), fields: make(map[fieldKey]bool), results: make(map[resultKey]bool)}
	all := append(slices.Clone(c.functions), c.inits...)
	for f.changed = true; f.changed; {
		f.changed = false
		for _, fn := range all {
			for in := range instructions(fn) {
				f.step(in)
			}
		}
	}
	return f
}

func (f *flow) taint(v ssa.Value) {
	if !f.tainted[v] && carriesText(v.Type()) {
		f.tainted[v] = true
		f.changed = true
	}
}

// place taints what is behind an address that a tainted value was stored to.
func (f *flow) place(addr ssa.Value) {
	switch a := addr.(type) {
	case *ssa.FieldAddr:
		key := fieldKey{a.X.Type().Underlying().(*types.Pointer).Elem().String(), a.Field}
		if !f.fields[key] {
			f.fields[key] = true
			f.changed = true
		}
	case *ssa.IndexAddr:
		f.taint(a.X)
	default: // a variable
		f.taint(addr)
	}
}

// step lets one instruction pass on what it was given.
func (f *flow) step(in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.Store:
		if f.tainted[in.Val] {
			f.place(in.Addr)
		}
	case *ssa.MapUpdate:
		if f.tainted[in.Value] || f.tainted[in.Key] {
			f.taint(in.Map)
		}
	case *ssa.Return:
		for i, v := range in.Results {
			if key := (resultKey{in.Parent(), i}); f.tainted[v] && !f.results[key] {
				f.results[key] = true
				f.changed = true
			}
		}
	case *ssa.MakeClosure: // a captured variable is one inside and outside
		for i, free := range in.Fn.(*ssa.Function).FreeVars {
			if f.tainted[in.Bindings[i]] {
				f.taint(free)
			}
			if f.tainted[free] {
				f.taint(in.Bindings[i])
			}
		}
	case ssa.CallInstruction:
		f.call(in)
	case ssa.Value:
		f.value(in.(ssa.Instruction), in)
	}
}

// value taints a value that is made of tainted ones.
func (f *flow) value(in ssa.Instruction, v ssa.Value) {
	switch v := v.(type) {
	case *ssa.Field:
		if f.fields[fieldKey{v.X.Type().String(), v.Field}] {
			f.taint(v)
		}
		return
	case *ssa.UnOp:
		if a, ok := v.X.(*ssa.FieldAddr); ok {
			if f.fields[fieldKey{a.X.Type().Underlying().(*types.Pointer).Elem().String(), a.Field}] {
				f.taint(v)
			}
			return
		}
	case *ssa.FieldAddr, *ssa.BinOp:
		if b, ok := v.(*ssa.BinOp); !ok || !isString(b.Type()) {
			return
		}
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			if f.returns(call, v.Index) {
				f.taint(v)
			}
			return
		}
	case *ssa.MakeInterface:
		if isError(v.X.Type()) && !types.IsInterface(v.X.Type()) && isAny(v.Type()) {
			f.taint(v)
			return
		}
	case *ssa.ChangeInterface:
		if isError(v.X.Type()) && isAny(v.Type()) {
			f.taint(v)
			return
		}
	}
	for _, o := range in.Operands(nil) {
		if f.tainted[*o] {
			f.taint(v)
		}
	}
}

func isAny(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.Empty()
}
