package audit

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/vta"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// resolve makes the call graph: which functions a call through a variable, a field or an interface may call, from the
// types and functions that flow there (variable type analysis).
func (c *code) resolve(program *ssa.Program) {
	all := ssautil.AllFunctions(program)
	for _, f := range c.functions { // methods that no interface needs are not among all
		all[f] = true
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				for _, g := range references(in) {
					all[g] = true
				}
			}
		}
	}
	c.graph = vta.CallGraph(all, nil)
	c.targets = make(map[ssa.CallInstruction][]*ssa.Function)
	for f, node := range c.graph.Nodes {
		if f == nil || !c.owns(f) {
			continue
		}
		for _, e := range node.Out {
			if e.Site != nil && e.Site.Common().StaticCallee() == nil {
				c.targets[e.Site] = append(c.targets[e.Site], unwrap(e.Callee.Func))
			}
		}
	}
	for site, fs := range c.targets {
		slices.SortFunc(fs, func(a, b *ssa.Function) int { return strings.Compare(c.key(a), c.key(b)) })
		c.targets[site] = slices.Compact(fs)
	}
}

// key orders functions the same way in every run.
func (c *code) key(f *ssa.Function) string { return c.sortKey(f.Pos()) + f.String() }

// callers are the calls of a function, in a fixed order.
func (c *code) callers(f *ssa.Function) []ssa.CallInstruction {
	node := c.graph.Nodes[f]
	if node == nil {
		return nil
	}
	edges := slices.Clone(node.In)
	slices.SortFunc(edges, func(a, b *callgraph.Edge) int { return strings.Compare(c.edgeKey(a), c.edgeKey(b)) })
	var out []ssa.CallInstruction
	for _, e := range edges {
		if e.Site != nil {
			out = append(out, e.Site)
		}
	}
	return out
}

func (c *code) edgeKey(e *callgraph.Edge) string { return c.sortKey(e.Pos()) + e.Caller.Func.String() }

// below are the functions of the code under audit that an instruction calls or passes on.
func (c *code) below(in ssa.Instruction) (out []*ssa.Function) {
	for _, f := range references(in) {
		out = append(out, unwrap(f))
	}
	if call, ok := in.(ssa.CallInstruction); ok {
		out = append(out, c.targets[call]...)
	}
	return slices.DeleteFunc(out, func(f *ssa.Function) bool { return !c.owns(f) })
}

// unknown tells whether an instruction calls a function value that nothing in the code under audit gives.
func (c *code) unknown(call ssa.CallInstruction) bool {
	common := call.Common()
	if _, builtin := common.Value.(*ssa.Builtin); builtin || common.IsInvoke() || common.StaticCallee() != nil {
		return false
	}
	return len(c.targets[call]) == 0
}
