package audit

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// notYet are kinds of the contract that nothing makes yet, with the reason.
func notYet() map[string]string {
	return map[string]string{
		"ExternalTimeout": "made when a request waits for a service outside; mail is sent after the response",
	}
}

// kinds checks that the program that core/app assembles makes every error_kind somewhere, or that it stands in the table
// of those that are not made yet. A kind that is only compared with is not made.
func (c *code) kinds(r *Report) {
	made := make(map[string]bool)
	for f := range c.program() {
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				for _, k := range produced(in) {
					made[k] = true
				}
			}
		}
	}
	for _, p := range c.packages {
		if p.PkgPath != faultPath {
			continue
		}
		for _, obj := range p.TypesInfo.Defs {
			k, ok := obj.(*types.Const)
			if !ok || !isNamed(k.Type(), faultPath, "Kind") {
				continue
			}
			text := constant.StringVal(k.Val())
			reason, excused := notYet()[k.Name()]
			r.Kinds = append(r.Kinds, KindUse{text, made[text], reason})
			switch {
			case !made[text] && !excused:
				r.find("error kind", c.at(k.Pos()), fmt.Sprintf("%s is made nowhere", k.Name()))
			case made[text] && excused:
				r.find("error kind", c.at(k.Pos()), fmt.Sprintf("%s is made and stands in the table of those that are not", k.Name()))
			}
		}
	}
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
	if k, ok := v.(*ssa.Const); ok && k.Value != nil && isNamed(k.Type(), faultPath, "Kind") {
		return []string{constant.StringVal(k.Value)}
	}
	return nil
}
