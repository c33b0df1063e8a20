package audit

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// The packages that the rules speak of, below the root of the module.
const (
	storagePath  = "tracedge/core/storage"
	webPath      = "tracedge/core/web"
	faultPath    = "tracedge/core/fault"
	tracePath    = "tracedge/core/trace"
	platformPath = "tracedge/core/platform"
	appPath      = "tracedge/core/app"
)

// code is the program under audit.
type code struct {
	dir       string
	fset      *token.FileSet
	packages  []*packages.Package
	functions []*ssa.Function // of those packages, in order of position, literals included
	inside    map[string]bool // import paths of those packages
	inits     []*ssa.Function // what initialises their variables
	graph     *callgraph.Graph
	targets   map[ssa.CallInstruction][]*ssa.Function // of calls through variables, fields and interfaces
}

// load reads the packages of a pattern, without their tests. The overlay replaces or adds files.
func load(dir string, overlay map[string][]byte, patterns ...string) (*code, error) {
	fset := token.NewFileSet()
	pkgs, err := packages.Load(&packages.Config{
		Dir: dir, Fset: fset, Overlay: overlay,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo |
			packages.NeedImports | packages.NeedDeps | packages.NeedCompiledGoFiles | packages.NeedExportFile,
	}, patterns...)
	if err != nil {
		return nil, err
	}
	var errs []error
	packages.Visit(pkgs, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			errs = append(errs, e)
		}
	})
	if len(errs) > 0 {
		return nil, fmt.Errorf("the code does not load: %w", errors.Join(errs...))
	}
	program, built := ssautil.Packages(pkgs, ssa.InstantiateGenerics)
	program.Build()
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	c := &code{dir: abs, fset: fset, packages: pkgs, inside: make(map[string]bool)}
	for i, p := range pkgs {
		if built[i] == nil {
			return nil, fmt.Errorf("no SSA for %s", p.PkgPath)
		}
		c.inside[p.PkgPath] = true
		c.inits = append(c.inits, built[i].Func("init"))
	}
	for _, p := range pkgs {
		for _, file := range p.Syntax {
			for _, d := range file.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok {
					obj, _ := p.TypesInfo.Defs[fn.Name].(*types.Func)
					c.add(program.FuncValue(obj))
				}
			}
		}
	}
	slices.SortFunc(c.functions, func(a, b *ssa.Function) int {
		return strings.Compare(c.key(a), c.key(b))
	})
	c.resolve(program)
	return c, nil
}

// add takes in a function and the literals inside it.
func (c *code) add(f *ssa.Function) {
	if f == nil || f.Blocks == nil {
		return
	}
	c.functions = append(c.functions, f)
	for _, literal := range f.AnonFuncs {
		c.add(literal)
	}
}

// owns tells whether a function belongs to the code under audit.
func (c *code) owns(f *ssa.Function) bool { return c.inside[pathOf(f)] }

// pathOf is the import path of a function's package, also for instances of generic ones.
func pathOf(f *ssa.Function) string {
	if o := f.Origin(); o != nil {
		f = o
	}
	if f.Pkg != nil {
		return f.Pkg.Pkg.Path()
	}
	if p := f.Parent(); p != nil {
		return pathOf(p)
	}
	if obj := f.Object(); obj != nil && obj.Pkg() != nil {
		return obj.Pkg().Path()
	}
	return ""
}

// at is a position as file:line, the file relative to the root.
func (c *code) at(pos token.Pos) string {
	p := c.fset.Position(pos)
	if rel, err := filepath.Rel(c.dir, p.Filename); err == nil {
		p.Filename = filepath.ToSlash(rel)
	}
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

func (c *code) sortKey(pos token.Pos) string {
	p := c.fset.Position(pos)
	return fmt.Sprintf("%s:%06d:%04d", p.Filename, p.Line, p.Column)
}

// name is a function as a reader knows it.
func name(f *ssa.Function) string {
	return strings.TrimPrefix(strings.ReplaceAll(f.String(), "tracedge/core/", ""), "tracedge/")
}
