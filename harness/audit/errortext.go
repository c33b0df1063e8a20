package audit

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// errorTexts finds texts of errors on their way to a client: in a fault, or in what a handler returns.
func (c *code) errorTexts() (out []finding) {
	flow := c.follow()
	answered := c.answered()
	for _, f := range c.functions {
		if pathOf(f) == faultPath {
			continue
		}
		for in := range instructions(f) {
			find := func(what string) { out = append(out, finding{pos: position(in), message: what}) }
			switch in := in.(type) {
			case ssa.CallInstruction:
				callee := in.Common().StaticCallee()
				if callee == nil || pathOf(callee) != faultPath {
					continue
				}
				for i, arg := range in.Common().Args {
					if carriesText(arg.Type()) && flow.tainted[arg] {
						find(fmt.Sprintf("argument %d of %s is made from the text of an error", i+1, name(callee)))
					}
				}
			case *ssa.Store:
				t, field := storedField(in.Addr)
				if field == "" || !flow.tainted[in.Val] {
					continue
				}
				switch n := named(t); {
				case isNamed(t, faultPath, "Error") && carriesText(in.Val.Type()):
					find(fmt.Sprintf("the %s of a fault is made from the text of an error", field))
				case n != nil && answered[n]:
					find(fmt.Sprintf("%s.%s is made from the text of an error and is part of a response", n.Obj().Name(), field))
				}
			case *ssa.Return:
				if isHandler(f) && flow.tainted[in.Results[0]] {
					find("what " + name(f) + " returns is made from the text of an error")
				}
			}
		}
	}
	return out
}

// answered are the struct types that handlers return, and those inside them.
func (c *code) answered() map[*types.Named]bool {
	out := make(map[*types.Named]bool)
	var look func(t types.Type)
	look = func(t types.Type) {
		t = types.Unalias(t)
		if n, ok := t.(*types.Named); ok {
			if out[n] || n.Obj().Pkg() == nil || !c.inside[n.Obj().Pkg().Path()] || isError(n) {
				return
			}
			out[n] = true
		}
		switch u := t.Underlying().(type) {
		case *types.Pointer:
			look(u.Elem())
		case *types.Slice:
			look(u.Elem())
		case *types.Array:
			look(u.Elem())
		case *types.Map:
			look(u.Elem())
		case *types.Struct:
			for f := range u.Fields() {
				look(f.Type())
			}
		}
	}
	for _, f := range c.functions {
		if !isHandler(f) {
			continue
		}
		for in := range instructions(f) {
			if v, ok := in.(*ssa.MakeInterface); ok && types.IsInterface(v.Type()) && !isError(v.X.Type()) {
				if n := named(v.X.Type()); n == nil || n.Obj().Pkg() == nil || !isNamed(n, webPath, "Call") {
					look(v.X.Type())
				}
			}
		}
	}
	return out
}

// carriesText tells whether a value of a type may hold a text that JSON would show. What is an error is no text: it is a
// cause, and stays in the records.
func carriesText(t types.Type) bool {
	if isError(t) {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Signature, *types.Chan:
		return false
	case *types.Slice:
		return carriesText(u.Elem()) || types.Identical(u.Elem(), types.Typ[types.Byte])
	}
	return true
}
