package audit

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// notYet are kinds of the contract that nothing makes yet, with the reason.
func notYet() map[string]string {
	return map[string]string{
		"ExternalTimeout": "made when a request waits for a service outside; mail is sent after the response",
	}
}

// kinds checks that every error_kind is made somewhere outside package fault, or through one of its helpers, or stands
// in the table of those that are not made yet.
func (c *code) kinds(r *Report) {
	var consts []*types.Const
	helpers := make(map[types.Object]map[types.Object]bool) // helper -> kinds in its body
	used := make(map[types.Object]bool)
	for _, p := range c.packages {
		if p.PkgPath != faultPath {
			for _, obj := range p.TypesInfo.Uses {
				used[obj] = true
			}
			continue
		}
		for _, obj := range p.TypesInfo.Defs {
			if k, ok := obj.(*types.Const); ok && isNamed(k.Type(), faultPath, "Kind") {
				consts = append(consts, k)
			}
		}
		for _, file := range p.Syntax {
			for _, d := range file.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				inside := make(map[types.Object]bool)
				ast.Inspect(fn, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok {
						inside[p.TypesInfo.Uses[id]] = true
					}
					return true
				})
				helpers[p.TypesInfo.Defs[fn.Name]] = inside
			}
		}
	}
	for _, k := range consts {
		made := used[k]
		for helper, inside := range helpers {
			made = made || inside[k] && (used[helper] || helper.Name() == "From")
		}
		reason, excused := notYet()[k.Name()]
		r.Kinds = append(r.Kinds, KindUse{strings.Trim(k.Val().ExactString(), `"`), made, reason})
		if !made && !excused {
			r.find("error kind", c.at(k.Pos()), fmt.Sprintf("%s is made nowhere", k.Name()))
		}
	}
}

// responses finds who writes responses beside package web, and messages that are made from the text of an error.
func (c *code) responses(r *Report) {
	for _, f := range c.functions {
		for call, callee := range calls(f) {
			if m := callee.method; m != nil && isNamed(m.Signature().Recv().Type(), "net/http", "ResponseWriter") && pathOf(f) != webPath {
				r.find("response", c.at(call.Pos()), name(f)+" writes a response; only package web does")
			}
			if g := callee.function; g != nil && pathOf(g) == faultPath && pathOf(f) != faultPath {
				for i, arg := range call.Common().Args {
					if isString(arg.Type()) && fromError(arg, 6) {
						r.find("response", c.at(call.Pos()), fmt.Sprintf("argument %d of %s is made from the text of an error", i+1, name(g)))
					}
				}
			}
		}
	}
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// fromError tells whether a value is made from an error: its Error method, or printing it.
func fromError(v ssa.Value, depth int) bool {
	if depth == 0 || v == nil {
		return false
	}
	errorType := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	if call, ok := v.(*ssa.Call); ok {
		common := call.Common()
		if common.IsInvoke() && common.Method.Name() == "Error" && types.Implements(common.Value.Type(), errorType) {
			return true
		}
		f := common.StaticCallee()
		if f == nil || pathOf(f) != "fmt" && pathOf(f) != "strings" {
			return f != nil && f.Name() == "Error" && f.Signature.Recv() != nil && types.Implements(f.Signature.Recv().Type(), errorType)
		}
	}
	switch v := v.(type) {
	case *ssa.MakeInterface:
		if types.Implements(v.X.Type(), errorType) {
			return true
		}
	case *ssa.ChangeInterface:
		if types.Implements(v.X.Type(), errorType) {
			return true
		}
	case *ssa.Slice: // the arguments of a variadic call: what is stored in the array
		if array, ok := v.X.(*ssa.Alloc); ok {
			return storedError(array, depth-1)
		}
	case *ssa.Parameter, *ssa.Const, *ssa.Global, *ssa.FreeVar, *ssa.Function:
		return false
	}
	in, ok := v.(ssa.Instruction)
	if !ok {
		return false
	}
	for _, o := range in.Operands(nil) {
		if fromError(*o, depth-1) {
			return true
		}
	}
	return false
}

func storedError(array *ssa.Alloc, depth int) bool {
	for _, ref := range *array.Referrers() {
		if index, ok := ref.(*ssa.IndexAddr); ok {
			for _, use := range *index.Referrers() {
				if store, ok := use.(*ssa.Store); ok && fromError(store.Val, depth) {
					return true
				}
			}
		}
	}
	return false
}
