package audit

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// called are the functions of the code under audit that a function calls or passes on, as far as it is itself the reason.
// What it is handed where that is written counts there, and would otherwise count for everybody who hands over something.
// A middleware that calls whatever handler comes next does not do what that handler does.
func (c *code) called(f *ssa.Function) (out []*ssa.Function) {
	for in := range instructions(f) {
		below := c.below(in)
		if call, ok := in.(ssa.CallInstruction); ok && len(c.targets[call]) > 0 {
			handed := c.handed(call.Common().Value, make(map[ssa.Value]bool))
			below = slices.DeleteFunc(below, func(g *ssa.Function) bool { return c.isRouted(g) || slices.Contains(handed, g) })
		}
		out = append(out, below...)
	}
	return out
}

// handed are the functions that are given to a parameter where they are written, also through parameters on the way.
func (c *code) handed(v ssa.Value, seen map[ssa.Value]bool) (out []*ssa.Function) {
	if seen[v] {
		return nil
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.Function:
		return []*ssa.Function{unwrap(v)}
	case *ssa.MakeClosure:
		return []*ssa.Function{unwrap(v.Fn.(*ssa.Function))}
	case *ssa.ChangeType:
		return c.handed(v.X, seen)
	case *ssa.FreeVar:
		literal := v.Parent()
		i := slices.Index(literal.FreeVars, v)
		for in := range instructions(literal.Parent()) {
			if made, ok := in.(*ssa.MakeClosure); ok && made.Fn == literal {
				out = append(out, c.handed(made.Bindings[i], seen)...)
			}
		}
	case *ssa.Parameter:
		node := c.graph.Nodes[v.Parent()]
		if node == nil {
			return nil
		}
		i := slices.Index(v.Parent().Params, v)
		for _, e := range node.In {
			if e.Site == nil {
				continue
			}
			args := e.Site.Common().Args
			at := i - (len(v.Parent().Params) - len(args)) // a call through an interface gives no receiver
			if at >= 0 && at < len(args) {
				out = append(out, c.handed(args[at], seen)...)
			}
		}
	}
	return out
}
