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
	messagePath  = "tracedge/core/message"
	faultPath    = "tracedge/core/fault"
	tracePath    = "tracedge/core/trace"
	platformPath = "tracedge/core/platform"
	appPath      = "tracedge/core/app"
)

// code is the program under audit. It does not change once it is loaded.
type code struct {
	dir       string
	fset      *token.FileSet
	program   *ssa.Program
	packages  []*packages.Package
	functions []*ssa.Function // of those packages, in order of position: declared ones, literals, instances of generic ones
	inside    map[string]bool // import paths of those packages
	inits     []*ssa.Function // what initialises their variables
	graph     *callgraph.Graph
	targets   map[ssa.CallInstruction][]*ssa.Function // of calls through variables, fields and interfaces
	guessed   map[ssa.CallInstruction]bool            // those whose targets merely fit
	written   map[token.Pos][]ast.Expr                // arguments of calls as they are written, by the opening parenthesis
	handlers  map[string]string                       // endpoint by the name of the handler that serves it
}

// load reads the packages of some patterns, without their tests, from the module in dir. Code outside them is known by
// its types only. Handlers maps the name of each route's handler to its endpoint.
func load(dir string, handlers map[string]string, patterns ...string) (*code, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	c := &code{
		dir: abs, fset: token.NewFileSet(), inside: make(map[string]bool), written: make(map[token.Pos][]ast.Expr), handlers: handlers,
	}
	c.packages, err = packages.Load(&packages.Config{
		Dir: dir, Fset: c.fset,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo,
	}, patterns...)
	if err != nil {
		return nil, err
	}
	var errs []error
	packages.Visit(c.packages, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			errs = append(errs, e)
		}
	})
	if len(errs) > 0 {
		return nil, fmt.Errorf("the code does not load: %w", errors.Join(errs...))
	}
	if len(c.packages) == 0 {
		return nil, fmt.Errorf("no packages in %s: is it the root of the module?", dir)
	}
	var built []*ssa.Package
	c.program, built = ssautil.Packages(c.packages, ssa.InstantiateGenerics)
	c.program.Build()
	for i, p := range c.packages {
		if built[i] == nil {
			return nil, fmt.Errorf("no SSA for %s", p.PkgPath)
		}
		c.inside[p.PkgPath] = true
		c.inits = append(c.inits, built[i].Func("init"))
	}
	c.collect()
	c.resolve()
	return c, nil
}

// collect gathers the functions and the calls as they are written.
func (c *code) collect() {
	for _, p := range c.packages {
		for _, file := range p.Syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					obj, _ := p.TypesInfo.Defs[n.Name].(*types.Func)
					c.add(c.program.FuncValue(obj))
				case *ast.CallExpr:
					c.written[n.Lparen] = n.Args
				}
				return true
			})
		}
	}
	for _, init := range c.inits { // literals in the values of package variables
		for _, literal := range init.AnonFuncs {
			c.add(literal)
		}
	}
	for f := range ssautil.AllFunctions(c.program) {
		if f.Origin() != nil && f.Parent() == nil && c.owns(f) {
			c.add(f)
		}
	}
	slices.SortFunc(c.functions, func(a, b *ssa.Function) int { return strings.Compare(c.key(a), c.key(b)) })
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
