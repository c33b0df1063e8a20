package audit

import (
	"fmt"
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// responses finds who writes a response, or makes one of a failure, beside the functions that may.
func (c *code) responses() (out []finding) {
	for _, f := range c.functions {
		if _, may := writers()[name(outermost(f))]; may {
			continue
		}
		for in := range instructions(f) {
			if what := c.writes(in); what != "" {
				out = append(out, finding{pos: position(in), message: what + ", in " + name(f)})
			}
		}
	}
	return out
}

// outermost is the declared function that a literal stands in.
func outermost(f *ssa.Function) *ssa.Function {
	for f.Parent() != nil {
		f = f.Parent()
	}
	return f
}

// writes says how an instruction writes a response or makes one of a failure, "" when it does not.
func (c *code) writes(in ssa.Instruction) string {
	if call, ok := in.(ssa.CallInstruction); ok {
		if c.writesTo(call) {
			return "writes a response"
		}
		return ""
	}
	store, ok := in.(*ssa.Store)
	if !ok {
		return ""
	}
	t, field := storedField(store.Addr)
	switch {
	case isNamed(t, messagePath, "Response"):
		return "writes a response"
	case isNamed(t, webPath, "response") && field == "fault":
		if k, ok := store.Val.(*ssa.Const); ok && k.IsNil() {
			return ""
		}
		return "makes a response of a failure"
	case field == "Status" && (isNamed(t, webPath, "Reply") || isNamed(t, webPath, "Rendered") && pathOf(in.Parent()) != webPath),
		field == "status" && isNamed(t, webPath, "response"):
		if k, ok := store.Val.(*ssa.Const); ok && k.Value != nil {
			if n, exact := constant.Int64Val(k.Value); exact && n >= 400 {
				return fmt.Sprintf("makes a response with status %d", n)
			}
		}
	}
	return ""
}

// storedField is the struct and the name of a field that an address names; the struct is nil for any other address.
func storedField(addr ssa.Value) (types.Type, string) {
	field, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return types.Typ[types.Invalid], ""
	}
	t := field.X.Type().Underlying().(*types.Pointer).Elem()
	return t, t.Underlying().(*types.Struct).Field(field.Field).Name()
}

// writesTo tells whether a call is one of a response writer, or gives one to code outside, which writes to it.
func (c *code) writesTo(call ssa.CallInstruction) bool {
	common := call.Common()
	if common.IsInvoke() && isNamed(common.Method.Signature().Recv().Type(), "net/http", "ResponseWriter") {
		return true
	}
	if f := common.StaticCallee(); f != nil && c.owns(f) || f == nil && len(c.targets[call]) > 0 && !c.guessed[call] {
		return false
	}
	for _, arg := range common.Args {
		if change, ok := arg.(*ssa.ChangeInterface); ok {
			arg = change.X
		}
		if isNamed(arg.Type(), "net/http", "ResponseWriter") {
			return true
		}
	}
	return false
}
