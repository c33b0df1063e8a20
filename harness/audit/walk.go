package audit

import (
	"iter"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// instructions are those of a function, in the order of its blocks.
func instructions(f *ssa.Function) iter.Seq[ssa.Instruction] {
	return func(yield func(ssa.Instruction) bool) {
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				if !yield(in) {
					return
				}
			}
		}
	}
}

// calls are the calls of a function, deferred and started ones included, each with the function that it names; nil when it
// goes through a variable or an interface.
func calls(f *ssa.Function) iter.Seq2[ssa.CallInstruction, *ssa.Function] {
	return func(yield func(ssa.CallInstruction, *ssa.Function) bool) {
		for in := range instructions(f) {
			if call, ok := in.(ssa.CallInstruction); ok && !yield(call, call.Common().StaticCallee()) {
				return
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

// unwrap is the method behind a bound method value, a promoted method or another wrapper.
func unwrap(f *ssa.Function) *ssa.Function {
	if f.Synthetic == "" || f.Blocks == nil || f.Origin() != nil || f.Name() == "init" {
		return f
	}
	for _, callee := range calls(f) {
		if callee != nil {
			return callee
		}
	}
	return f
}

// visit goes from a function to everything below it, nearest first. The chain holds the functions on the way, the visited
// one last. See looks at it and returns the functions to go on with.
func visit(root *ssa.Function, see func(chain []*ssa.Function) []*ssa.Function) {
	seen := map[*ssa.Function]bool{root: true}
	for queue := [][]*ssa.Function{{root}}; len(queue) > 0; queue = queue[1:] {
		chain := slices.Clip(queue[0])
		for _, f := range see(chain) {
			if !seen[f] && f.Blocks != nil {
				seen[f] = true
				queue = append(queue, append(chain, f))
			}
		}
	}
}

// allBelow are the functions of the code under audit that a function calls or passes on.
func (c *code) allBelow(f *ssa.Function) (out []*ssa.Function) {
	for in := range instructions(f) {
		out = append(out, c.below(in)...)
	}
	return out
}
