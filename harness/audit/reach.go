package audit

import (
	"golang.org/x/tools/go/ssa"
)

// visit walks a function and everything of the code under audit that it reaches, but for package storage, whose own
// functions are the boundary. The chain holds the functions on the way, the visited one last; see says whether to go on
// below it.
func (c *code) visit(root *ssa.Function, see func(chain []*ssa.Function) bool) {
	seen := make(map[*ssa.Function]bool)
	var walk func(f *ssa.Function, chain []*ssa.Function)
	walk = func(f *ssa.Function, chain []*ssa.Function) {
		if seen[f] || f.Blocks == nil {
			return
		}
		seen[f] = true
		chain = append(chain[:len(chain):len(chain)], f)
		if !see(chain) {
			return
		}
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				for _, g := range c.below(in) {
					if pathOf(g) != storagePath {
						walk(g, chain)
					}
				}
			}
		}
	}
	walk(root, nil)
}

// unwrap is the method behind a bound method value, a promoted method or another wrapper.
func unwrap(f *ssa.Function) *ssa.Function {
	if f.Synthetic == "" || f.Blocks == nil || f.Origin() != nil || f.Name() == "init" {
		return f
	}
	for _, callee := range calls(f) {
		if callee.function != nil {
			return callee.function
		}
	}
	return f
}

// labels are the labels that a function reaches.
func (c *code) labels(root *ssa.Function) map[string]bool {
	out := make(map[string]bool)
	c.visit(root, func(chain []*ssa.Function) bool {
		for call, callee := range calls(chain[len(chain)-1]) {
			if text, literal, _ := labelOf(call, callee.function); literal {
				out[text] = true
			}
		}
		return true
	})
	return out
}

// program is everything that the assembled program reaches, package storage included: from what core/app offers, or from
// every function when that package is not under audit. Variables of packages are initialised in any case.
func (c *code) program() map[*ssa.Function]bool {
	var todo []*ssa.Function
	assembled := c.inside[appPath]
	for _, f := range c.functions {
		exported := f.Object() != nil && f.Object().Exported()
		if assembled && pathOf(f) == appPath && exported || !assembled && pathOf(f) != faultPath {
			todo = append(todo, f)
		}
	}
	todo = append(todo, c.inits...)
	seen := make(map[*ssa.Function]bool)
	for len(todo) > 0 {
		f := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[f] {
			continue
		}
		seen[f] = true
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				todo = append(todo, c.below(in)...)
			}
		}
	}
	return seen
}
