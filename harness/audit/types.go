package audit

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// isNamed tells whether a type is a named one, or a pointer to it.
func isNamed(t types.Type, path, name string) bool {
	n := named(t)
	return n != nil && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == path
}

// named is the named type behind a type and a pointer to it, nil when there is none.
func named(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}

func isError(t types.Type) bool {
	return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// takes tells whether a function has a parameter of a type of package storage, the receiver aside.
func takes(f *ssa.Function, name string) bool {
	for p := range f.Signature.Params().Variables() {
		if isNamed(p.Type(), storagePath, name) {
			return true
		}
	}
	return false
}

// methodOf tells whether a function is a method of a type.
func methodOf(f *ssa.Function, path, name string) bool {
	recv := f.Signature.Recv()
	return recv != nil && isNamed(recv.Type(), path, name)
}

// isHandler tells whether a function has the form of a web.Handler.
func isHandler(f *ssa.Function) bool {
	s := f.Signature
	if s.Params().Len() != 1 || s.Results().Len() != 2 || !isNamed(s.Params().At(0).Type(), webPath, "Call") {
		return false
	}
	value, ok := s.Results().At(0).Type().Underlying().(*types.Interface)
	return ok && value.Empty() && types.Identical(s.Results().At(1).Type(), types.Universe.Lookup("error").Type())
}

// isRouted tells whether a function is the handler of a route.
func (c *code) isRouted(f *ssa.Function) bool {
	_, ok := c.handlers[f.String()]
	return ok
}

// implementers are the methods by which the types of the code under audit fulfil an interface.
func (c *code) implementers(t types.Type, method string) (out []*ssa.Function) {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok || iface.Empty() || isError(t) {
		return nil
	}
	for _, p := range c.packages {
		scope := p.Types.Scope()
		for _, name := range scope.Names() {
			obj, ok := scope.Lookup(name).(*types.TypeName)
			if !ok || types.IsInterface(obj.Type()) || isGeneric(obj.Type()) {
				continue
			}
			if pointer := types.NewPointer(obj.Type()); types.Implements(pointer, iface) {
				out = append(out, c.methods(pointer, method)...)
			}
		}
	}
	return out
}

func isGeneric(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.TypeParams().Len() > n.TypeArgs().Len()
}

// methods are the methods of a type that have one of the names and a body in the code under audit.
func (c *code) methods(t types.Type, wanted ...string) (out []*ssa.Function) {
	for selection := range types.NewMethodSet(t).Methods() {
		if !slices.Contains(wanted, selection.Obj().Name()) {
			continue
		}
		if f := c.program.MethodValue(selection); f != nil {
			if f = unwrap(f); c.owns(f) {
				out = append(out, f)
			}
		}
	}
	return out
}
