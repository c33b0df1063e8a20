package audit

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// file is where a position is, relative to the root of the module.
func (c *code) file(pos token.Pos) string {
	name := c.fset.Position(pos).Filename
	if rel, err := filepath.Rel(c.dir, name); err == nil {
		name = rel
	}
	return filepath.ToSlash(name)
}

// at is a position as file:line.
func (c *code) at(pos token.Pos) string {
	return fmt.Sprintf("%s:%d", c.file(pos), c.fset.Position(pos).Line)
}

// sortKey orders positions by file, line and column.
func (c *code) sortKey(pos token.Pos) string {
	p := c.fset.Position(pos)
	return fmt.Sprintf("%s:%06d:%04d", p.Filename, p.Line, p.Column)
}

// key orders functions the same way in every run.
func (c *code) key(f *ssa.Function) string { return c.sortKey(f.Pos()) + f.String() }

// position is where an instruction stands. One that nobody wrote (the call behind a range over a function) has the place
// of what comes before it, or of its function.
func position(in ssa.Instruction) token.Pos {
	if in.Pos().IsValid() {
		return in.Pos()
	}
	before := in.Block().Instrs
	for i := slices.Index(before, in) - 1; i >= 0; i-- {
		if before[i].Pos().IsValid() {
			return before[i].Pos()
		}
	}
	f := in.Parent()
	for !f.Pos().IsValid() && f.Parent() != nil {
		f = f.Parent()
	}
	return f.Pos()
}

// name is a function as a reader knows it.
func name(f *ssa.Function) string {
	s := strings.ReplaceAll(f.String(), "tracedge/core/", "")
	return strings.ReplaceAll(s, "tracedge/harness/audit/testdata/", "")
}

// names are the functions of a chain of calls, the first caller first.
func names(chain []*ssa.Function) []string {
	out := make([]string, len(chain))
	for i, f := range chain {
		out[i] = name(f)
	}
	return out
}

// base is the last part of an import path.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// fileOf is the file of a position as file:line, "" when it names no place in the code.
func fileOf(position string) string {
	file, _, _ := strings.Cut(position, ":")
	if !strings.HasSuffix(file, ".go") {
		return ""
	}
	return file
}

// byPosition orders positions as file:line by file, then by number of the line.
func byPosition(a, b string) int {
	fileA, lineA, _ := strings.Cut(a, ":")
	fileB, lineB, _ := strings.Cut(b, ":")
	return cmp.Or(cmp.Compare(fileA, fileB), cmp.Compare(len(lineA), len(lineB)), cmp.Compare(lineA, lineB))
}
