package audit

import (
	"cmp"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// contractKinds are the constants of package fault with their texts, in order of text.
func (c *code) contractKinds() (out []*types.Const) {
	for _, p := range c.packages {
		if p.PkgPath != faultPath {
			continue
		}
		for _, obj := range p.TypesInfo.Defs {
			if k, ok := obj.(*types.Const); ok && isNamed(k.Type(), faultPath, "Kind") {
				out = append(out, k)
			}
		}
	}
	slices.SortFunc(out, func(a, b *types.Const) int { return cmp.Compare(text(a), text(b)) })
	return out
}

func text(k *types.Const) string { return constant.StringVal(k.Val()) }

// made are the kinds that a request can meet: something that it reaches passes them on, stores or returns them. A kind
// that is only compared with is not made.
func (c *code) made() map[string]bool {
	out := make(map[string]bool)
	for f := range c.requests() {
		for in := range instructions(f) {
			for _, k := range produced(in) {
				out[k] = true
			}
		}
	}
	return out
}

// kindUses are the kinds of the contract with what becomes of them.
func (c *code) kindUses() (out []KindUse) {
	made := c.made()
	for _, k := range c.contractKinds() {
		out = append(out, KindUse{text(k), made[text(k)], notYet()[k.Name()]})
	}
	return out
}

// kinds finds kinds of the contract that no request can meet and that do not stand in the table of those, entries of that
// table that are met after all, and kinds that the contract does not know.
func (c *code) kinds() (out []finding) {
	made := c.made()
	contract := c.contractKinds()
	for _, k := range contract {
		_, excused := notYet()[k.Name()]
		switch {
		case !made[text(k)] && !excused:
			out = append(out, finding{pos: k.Pos(), message: k.Name() + " is made by nothing that a request reaches"})
		case made[text(k)] && excused:
			out = append(out, finding{pos: k.Pos(), message: k.Name() + " is made and stands in the table of those that are not"})
		}
	}
	if len(contract) == 0 {
		return out
	}
	for _, f := range c.functions {
		for in := range instructions(f) {
			for _, k := range produced(in) {
				if k != "" && !slices.ContainsFunc(contract, func(x *types.Const) bool { return text(x) == k }) {
					out = append(out, finding{pos: position(in), message: fmt.Sprintf("%q is no kind of the contract", k)})
				}
			}
			if v, ok := in.(*ssa.ChangeType); ok && isKind(v.Type()) && !isKind(v.X.Type()) {
				out = append(out, finding{pos: position(in), message: "a kind is made from a text"})
			}
		}
	}
	return out
}

// produced are the kinds that an instruction passes on, stores or returns.
func produced(in ssa.Instruction) (out []string) {
	switch in := in.(type) {
	case *ssa.BinOp:
		if in.Op == token.EQL || in.Op == token.NEQ {
			return nil
		}
	case *ssa.Lookup:
		return nil
	case *ssa.MapUpdate:
		return kindOf(in.Value)
	}
	for _, v := range in.Operands(nil) {
		out = append(out, kindOf(*v)...)
	}
	return out
}

func kindOf(v ssa.Value) []string {
	if k, ok := v.(*ssa.Const); ok && k.Value != nil && isKind(k.Type()) {
		return []string{constant.StringVal(k.Value)}
	}
	return nil
}

func isKind(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && isNamed(n, faultPath, "Kind")
}
