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
				for _, g := range references(in) {
					if wrapped := unwrap(g); c.owns(wrapped) && pathOf(wrapped) != storagePath {
						walk(wrapped, chain)
					}
				}
			}
		}
	}
	walk(root, nil)
}

// unwrap is the method behind a bound method value.
func unwrap(f *ssa.Function) *ssa.Function {
	if f.Synthetic == "" || f.Blocks == nil {
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
