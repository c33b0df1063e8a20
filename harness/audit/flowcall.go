package audit

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// call passes a call's arguments on to what it calls, and the result back.
func (f *flow) call(call ssa.CallInstruction) {
	for _, callee := range f.callees(call) {
		if !f.owns(callee) || pathOf(callee) == faultPath {
			continue
		}
		args := call.Common().Args
		missing := len(callee.Params) - len(args) // a call through an interface gives no receiver
		for i, arg := range args {
			if f.tainted[arg] && i+missing >= 0 && i+missing < len(callee.Params) {
				f.taint(callee.Params[i+missing])
			}
		}
	}
	if into := f.writesInto(call); into != nil {
		f.taint(into)
	}
	if v, ok := call.(*ssa.Call); ok && v.Call.Signature().Results().Len() == 1 && f.returns(v, 0) {
		f.taint(v)
	}
}

func (f *flow) callees(call ssa.CallInstruction) []*ssa.Function {
	if callee := call.Common().StaticCallee(); callee != nil {
		return []*ssa.Function{unwrap(callee)}
	}
	return f.targets[call]
}

// returns tells whether a result of a call is made from the text of an error. Code outside makes it from the arguments.
func (f *flow) returns(call *ssa.Call, index int) bool {
	common := call.Common()
	if common.IsInvoke() && common.Method.Name() == "Error" && isError(common.Value.Type()) {
		return true
	}
	if b, ok := common.Value.(*ssa.Builtin); ok {
		return b.Name() == "recover" || f.anyTainted(common.Args)
	}
	outside := true
	for _, callee := range f.callees(call) {
		if callee.Name() == "Error" && callee.Signature.Recv() != nil && isError(callee.Signature.Recv().Type()) {
			return true
		}
		if !f.owns(callee) {
			continue
		}
		outside = false
		if f.results[resultKey{callee, index}] && pathOf(callee) != faultPath {
			return true
		}
	}
	return outside && f.anyTainted(common.Args)
}

func (f *flow) anyTainted(args []ssa.Value) bool {
	return slices.ContainsFunc(args, func(v ssa.Value) bool { return f.tainted[v] })
}

// writesInto is what code outside writes a tainted argument into: a builder, a buffer, headers. Nil is nothing.
func (f *flow) writesInto(call ssa.CallInstruction) ssa.Value {
	common := call.Common()
	callee := common.StaticCallee()
	if callee == nil || f.owns(callee) || len(common.Args) < 2 || !f.anyTainted(common.Args[1:]) {
		return nil
	}
	for _, prefix := range []string{"Write", "Fprint", "Set", "Add", "Append"} {
		if strings.HasPrefix(callee.Name(), prefix) {
			into := common.Args[0]
			if v, ok := into.(*ssa.MakeInterface); ok {
				into = v.X
			}
			return into
		}
	}
	return nil
}
