package audit

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// sectionRoots are the functions that run inside an update: a transaction is handed to them.
func (c *code) sectionRoots() []*ssa.Function {
	return slices.DeleteFunc(slices.Clone(c.functions), func(f *ssa.Function) bool { return !takes(f, "Tx") })
}

// sections finds what an update may not do in everything that runs inside one. A place that several updates reach is
// found once, with the shortest way to it.
func (c *code) sections() []finding {
	type place struct {
		at   string
		what string
	}
	nearest := make(map[place]finding)
	ways := make(map[place]int)
	for _, root := range c.sectionRoots() {
		visit(root, func(chain []*ssa.Function) (next []*ssa.Function) {
			for in := range instructions(chain[len(chain)-1]) {
				what, below := c.inSection(in)
				next = append(next, below...)
				if what == "" {
					continue
				}
				p := place{c.sortKey(position(in)), what}
				ways[p]++
				if had, ok := nearest[p]; !ok || len(chain) < len(had.chain) {
					nearest[p] = finding{pos: position(in), message: what, chain: chain}
				}
			}
			return next
		})
	}
	var out []finding
	for p, f := range nearest {
		f.message += ", in " + strings.Join(names(f.chain), " -> ")
		if n := ways[p]; n > 1 {
			f.message += fmt.Sprintf(" (the nearest of %d ways)", n)
		}
		out = append(out, f)
	}
	return out
}

// inSection says what an instruction does that an update may not, "" for nothing, and which functions to look at below
// it. Those that are known to offend are not looked into: their caller is what has to change.
func (c *code) inSection(in ssa.Instruction) (what string, below []*ssa.Function) {
	if what := effectOfInstruction(in); what != "" {
		return what, nil
	}
	candidates := c.below(in)
	if v, ok := in.(*ssa.MakeInterface); ok {
		candidates = append(candidates, c.implicit(v.X.Type())...)
	}
	if call, ok := in.(ssa.CallInstruction); ok {
		if what := c.forbiddenCall(call); what != "" {
			return what, nil
		}
	}
	for _, f := range candidates {
		// A transaction's own methods are the boundary, and what a transaction is handed to is looked at by itself.
		if forbidden(f) == "" && !takes(f, "Tx") && !methodOf(f, storagePath, "Tx") {
			below = append(below, f)
		}
	}
	return "", below
}

// forbiddenCall says what a call does that an update may not, "" for nothing.
func (c *code) forbiddenCall(call ssa.CallInstruction) string {
	common := call.Common()
	if common.IsInvoke() {
		if e := effectOfMethod(common.Method); e != "" {
			recv := common.Value.Type().String()
			return base(recv) + "." + common.Method.Name() + " " + e
		}
	}
	if c.unknown(call) {
		return "calls a function that comes from outside"
	}
	for _, f := range append(c.targets[call], common.StaticCallee()) {
		if f == nil {
			continue
		}
		if what := forbidden(f); what != "" {
			return what
		}
	}
	return ""
}

// forbidden says why an update may not call a function, "" when it may as far as its name tells.
func forbidden(f *ssa.Function) string {
	if e := effectOf(f); e != "" {
		return name(f) + " " + e
	}
	switch {
	case methodOf(f, storagePath, "Store") && f.Object() != nil && f.Object().Exported() && f.Name() != "Handle",
		methodOf(f, storagePath, "Operation"):
		return name(f) + " is a call of the store, its clock or its randomness"
	case methodOf(f, webPath, "Call") && slices.Contains([]string{"Now", "NewID", "Operation", "StableID"}, f.Name()):
		return name(f) + " reads the clock or randomness"
	}
	return ""
}
