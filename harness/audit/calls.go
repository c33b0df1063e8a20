package audit

import (
	"go/constant"
	"go/types"
	"iter"

	"golang.org/x/tools/go/ssa"
)

// callee is what a call instruction calls: a function whose body or name is known, or the method of an interface.
type callee struct {
	function *ssa.Function
	method   *types.Func // of an interface
}

// calls are the calls of a function, deferred and started ones included.
func calls(f *ssa.Function) iter.Seq2[ssa.CallInstruction, callee] {
	return func(yield func(ssa.CallInstruction, callee) bool) {
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				call, ok := in.(ssa.CallInstruction)
				if !ok {
					continue
				}
				common := call.Common()
				c := callee{function: common.StaticCallee()}
				if common.IsInvoke() {
					c.method = common.Method
				}
				if !yield(call, c) {
					return
				}
			}
		}
	}
}

// references are the functions that an instruction names, called or passed on: a function that is handed to something
// counts as called by it.
func references(in ssa.Instruction) (out []*ssa.Function) {
	for _, v := range in.Operands(nil) {
		switch v := (*v).(type) {
		case *ssa.Function:
			out = append(out, v)
		case *ssa.MakeClosure:
			out = append(out, v.Fn.(*ssa.Function))
		}
	}
	return out
}

// isNamed tells whether a type is a named one, or a pointer to it.
func isNamed(t types.Type, path, name string) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == path
}

// labelOf finds the argument that is a label in a call of package storage: its text, and whether it is a constant.
func labelOf(call ssa.CallInstruction, f *ssa.Function) (text string, literal, labelled bool) {
	if f == nil || pathOf(f) != storagePath {
		return "", false, false
	}
	params := f.Signature.Params()
	args := call.Common().Args
	offset := len(args) - params.Len() // the receiver
	for i := range params.Len() {
		if !isNamed(params.At(i).Type(), storagePath, "label") {
			continue
		}
		if k, ok := args[i+offset].(*ssa.Const); ok && k.Value != nil && k.Value.Kind() == constant.String {
			return constant.StringVal(k.Value), true, true
		}
		return "", false, true
	}
	return "", false, false
}

// hasLabel tells whether a function takes a label.
func hasLabel(f *ssa.Function) bool {
	for p := range f.Signature.Params().Variables() {
		if isNamed(p.Type(), storagePath, "label") {
			return true
		}
	}
	return false
}

// takesTx tells whether a function runs inside an update: a transaction is handed to it.
func takesTx(f *ssa.Function) bool {
	for p := range f.Signature.Params().Variables() {
		if isNamed(p.Type(), storagePath, "Tx") {
			return true
		}
	}
	return false
}

// isHandler tells whether a function has the form of a web.Handler.
func isHandler(f *ssa.Function) bool {
	s := f.Signature
	if s.Results().Len() == 0 {
		return false
	}
	any, ok := s.Results().At(0).Type().Underlying().(*types.Interface)
	return ok && any.Empty() && s.Params().Len() == 1 && s.Results().Len() == 2 && isNamed(s.Params().At(0).Type(), webPath, "Call") &&
		types.Identical(s.Results().At(1).Type(), types.Universe.Lookup("error").Type())
}
