package audit

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/callgraph/vta"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// resolve makes the call graph: which functions a call through a variable, a field or an interface may call, from the
// types and functions that flow there (variable type analysis). What code outside hands on is not seen by it, so a call
// through an interface to which nothing flows may call every method that fits.
func (c *code) resolve() {
	all := ssautil.AllFunctions(c.program)
	for _, f := range c.functions { // methods that no interface needs are not among all
		all[f] = true
		for in := range instructions(f) {
			for _, g := range references(in) {
				all[g] = true
			}
		}
	}
	c.graph = vta.CallGraph(all, nil)
	c.targets = make(map[ssa.CallInstruction][]*ssa.Function)
	c.guessed = make(map[ssa.CallInstruction]bool)
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
	for f := range all {
		if !c.owns(f) {
			continue
		}
		for call := range calls(f) {
			if call.Common().IsInvoke() && len(c.targets[call]) == 0 {
				c.targets[call] = c.implementers(call.Common().Value.Type(), call.Common().Method.Name())
				c.guessed[call] = true
			}
		}
	}
	for site, fs := range c.targets {
		slices.SortFunc(fs, func(a, b *ssa.Function) int { return strings.Compare(c.key(a), c.key(b)) })
		c.targets[site] = slices.Compact(fs)
	}
}

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

// unknown tells whether an instruction calls a function value, or a method through an interface of this code, that
// nothing in the code under audit gives. A function that code outside has made from nothing but values (an iterator of
// package maps) is as harmless as what made it.
func (c *code) unknown(call ssa.CallInstruction) bool {
	common := call.Common()
	if common.StaticCallee() != nil || len(c.targets[call]) > 0 {
		return false
	}
	if common.IsInvoke() {
		pkg := common.Method.Pkg()
		return pkg != nil && c.inside[pkg.Path()]
	}
	switch v := common.Value.(type) {
	case *ssa.Builtin:
		return false
	case *ssa.Call:
		made := v.Call.StaticCallee()
		return made == nil || c.owns(made) || effectOf(made) != ""
	}
	return true
}
