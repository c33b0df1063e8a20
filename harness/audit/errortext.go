package audit

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// depthOfText is how many steps back a text is followed to where it comes from.
const depthOfText = 10

// fromError tells whether a value is made from an error: its Error method, printing it, or a function or a caller that
// does so.
func (c *code) fromError(v ssa.Value, depth int) bool {
	if depth == 0 || v == nil {
		return false
	}
	switch v := v.(type) {
	case *ssa.Call:
		return c.returnsError(v, depth-1)
	case *ssa.MakeInterface:
		if isError(v.X.Type()) {
			return true
		}
	case *ssa.ChangeInterface:
		if isError(v.X.Type()) {
			return true
		}
	case *ssa.Slice: // the arguments of a variadic call: what is stored in the array
		if array, ok := v.X.(*ssa.Alloc); ok {
			return c.storesError(array, depth-1)
		}
	case *ssa.Parameter:
		return c.givenError(v, depth-1)
	case *ssa.Const, *ssa.Global, *ssa.FreeVar, *ssa.Function:
		return false
	}
	in, ok := v.(ssa.Instruction)
	if !ok {
		return false
	}
	for _, o := range in.Operands(nil) {
		if c.fromError(*o, depth-1) {
			return true
		}
	}
	return false
}

// returnsError judges the result of a call. Code outside makes it from the arguments.
func (c *code) returnsError(call *ssa.Call, depth int) bool {
	common := call.Call
	if common.IsInvoke() {
		return common.Method.Name() == "Error" && isError(common.Value.Type())
	}
	f := common.StaticCallee()
	switch {
	case f == nil:
		return false
	case f.Name() == "Error" && f.Signature.Recv() != nil && isError(f.Signature.Recv().Type()):
		return true
	case !c.owns(f):
		return slices.ContainsFunc(common.Args, func(a ssa.Value) bool { return c.fromError(a, depth) })
	}
	for _, b := range f.Blocks {
		for _, in := range b.Instrs {
			ret, ok := in.(*ssa.Return)
			if !ok {
				continue
			}
			for _, v := range ret.Results {
				if carriesText(v.Type()) && c.fromError(v, depth) {
					return true
				}
			}
		}
	}
	return false
}

// givenError judges a parameter by what its function's callers give.
func (c *code) givenError(p *ssa.Parameter, depth int) bool {
	f := p.Parent()
	i := slices.Index(f.Params, p)
	if !carriesText(p.Type()) || pathOf(f) == faultPath {
		return false
	}
	for _, site := range c.callers(f) {
		args := site.Common().Args
		at := i - (len(f.Params) - len(args)) // a call through an interface gives no receiver
		if at >= 0 && at < len(args) && c.fromError(args[at], depth) {
			return true
		}
	}
	return false
}

func (c *code) storesError(array *ssa.Alloc, depth int) bool {
	for _, ref := range *array.Referrers() {
		index, ok := ref.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		for _, use := range *index.Referrers() {
			if store, ok := use.(*ssa.Store); ok && c.fromError(store.Val, depth) {
				return true
			}
		}
	}
	return false
}

func isError(t types.Type) bool {
	return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}
