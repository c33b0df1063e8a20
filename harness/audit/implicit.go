package audit

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// implicitMethods are called by code outside that is given a value as an interface: encoders, printers, sorting.
func implicitMethods() []string {
	return []string{
		"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "String", "GoString", "Format", "Error", "Is", "As",
		"Unwrap", "Len", "Less", "Swap", "Read", "Write", "IsZero",
	}
}

// implicit are the methods that code outside may call on a value that becomes an interface, and on what the value holds:
// an encoder goes through fields and elements.
func (c *code) implicit(t types.Type) (out []*ssa.Function) {
	seen := make(map[types.Type]bool)
	var look func(t types.Type)
	look = func(t types.Type) {
		t = types.Unalias(t)
		if seen[t] {
			return
		}
		seen[t] = true
		if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil {
			if !c.inside[n.Obj().Pkg().Path()] {
				return
			}
			if !types.IsInterface(n) && !isGeneric(n) {
				out = append(out, c.methods(types.NewPointer(n), implicitMethods()...)...)
			}
		}
		switch u := t.Underlying().(type) {
		case *types.Pointer:
			look(u.Elem())
		case *types.Slice:
			look(u.Elem())
		case *types.Array:
			look(u.Elem())
		case *types.Map:
			look(u.Key())
			look(u.Elem())
		case *types.Struct:
			for f := range u.Fields() {
				if f.Exported() || f.Embedded() {
					look(f.Type())
				}
			}
		}
	}
	look(t)
	return out
}
