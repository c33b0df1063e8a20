package audit

import (
	"go/ast"
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// call is a call of package storage that takes a label.
type call struct {
	site  ssa.CallInstruction
	in    *ssa.Function // where it stands
	calls *ssa.Function // what it calls
	label string        // "" when it is no constant
	given bool          // the label is the caller's own, handed on: a parameter
	text  bool          // the label is written as a string at the call
}

func (x call) pos() token.Pos { return x.site.Common().Pos() }

// sends tells whether the call stores a row: its label is the kind of the row, which Handle declares.
func (x call) sends() bool { return isSend(x.calls) }

func isSend(f *ssa.Function) bool { return f.Name() == "Send" || f.Name() == "SendOut" }

// labelled are all calls that take a label, in order of position. An instance of a generic function is the same call.
func (c *code) labelled() (out []call) {
	seen := make(map[token.Pos]bool)
	for _, f := range c.functions {
		for site, callee := range calls(f) {
			x, ok := c.labelledCall(site, callee)
			if !ok || seen[x.pos()] {
				continue
			}
			seen[x.pos()] = true
			x.in = f
			out = append(out, x)
		}
	}
	return out
}

func (c *code) labelledCall(site ssa.CallInstruction, callee *ssa.Function) (call, bool) {
	if callee == nil || pathOf(callee) != storagePath {
		return call{}, false
	}
	params := callee.Signature.Params()
	args := site.Common().Args
	receivers := len(args) - params.Len()
	for i := range params.Len() {
		if !isNamed(params.At(i).Type(), storagePath, "label") {
			continue
		}
		x := call{site: site, calls: unwrap(callee)}
		switch arg := args[i+receivers].(type) {
		case *ssa.Const:
			if arg.Value != nil && arg.Value.Kind() == constant.String {
				x.label = constant.StringVal(arg.Value)
			}
			x.text = isText(c.written[x.pos()], i)
		case *ssa.Parameter, *ssa.FreeVar:
			x.given = true
		}
		return x, true
	}
	return call{}, false
}

// isText tells whether an argument is written as a string.
func isText(args []ast.Expr, i int) bool {
	if i >= len(args) {
		return false
	}
	lit, ok := ast.Unparen(args[i]).(*ast.BasicLit)
	return ok && lit.Kind == token.STRING
}
