package audit

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// responses finds who writes responses beside package web, and faults whose text is made from that of an error.
func (c *code) responses(r *Report) {
	for _, f := range c.functions {
		path := pathOf(f)
		for call, callee := range calls(f) {
			if path != webPath && c.writesResponse(call, callee) {
				r.find("response", c.at(call.Pos()), name(f)+" writes a response; only package web does")
			}
			if g := callee.function; g != nil && pathOf(g) == faultPath && path != faultPath {
				for i, arg := range call.Common().Args {
					if carriesText(arg.Type()) && c.fromError(arg, depthOfText) {
						r.find("response", c.at(call.Pos()), fmt.Sprintf("argument %d of %s is made from the text of an error", i+1, name(g)))
					}
				}
			}
		}
		if path == faultPath {
			continue
		}
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				if field := faultText(in); field != "" && c.fromError(in.(*ssa.Store).Val, depthOfText) {
					r.find("response", c.at(in.Pos()), fmt.Sprintf("the %s of a fault is made from the text of an error", field))
				}
			}
		}
	}
}

// writesResponse tells whether a call is one of a response writer, or gives one to code outside that writes to it.
func (c *code) writesResponse(call ssa.CallInstruction, callee callee) bool {
	if m := callee.method; m != nil {
		return isNamed(m.Signature().Recv().Type(), "net/http", "ResponseWriter")
	}
	if callee.function == nil || c.owns(callee.function) {
		return false
	}
	for _, arg := range call.Common().Args {
		if change, ok := arg.(*ssa.ChangeInterface); ok {
			arg = change.X
		}
		if isNamed(arg.Type(), "net/http", "ResponseWriter") {
			return true
		}
	}
	return false
}

// faultText names the field that a client sees when an instruction stores it in a fault, "" for any other instruction.
func faultText(in ssa.Instruction) string {
	store, ok := in.(*ssa.Store)
	if !ok {
		return ""
	}
	field, ok := store.Addr.(*ssa.FieldAddr)
	if !ok || !isNamed(field.X.Type(), faultPath, "Error") {
		return ""
	}
	s := field.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
	if f := s.Field(field.Field); isString(f.Type()) {
		return f.Name()
	}
	return ""
}

// carriesText tells whether a client may see a value of a type: a string, or anything at all.
func carriesText(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return isString(t) || ok && i.Empty()
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}
