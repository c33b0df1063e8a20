package gojs

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// hostModule is the name under which a Go program imports its host.
const hostModule = "gojs"

// Module is a compiled program. It is immutable and may be used by any number
// of goroutines and programs at once.
type Module struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	imports  []Import
	exports  []Export
}

// own are the exports of Go's runtime.
var own = []string{"run", "resume", "getsp"}

// Export names a function that the program exports by //go:wasmexport, with its
// WebAssembly signature.
type Export struct {
	Name            string
	Params, Results []api.ValueType
}

// Import names one function that the program imports from outside "gojs", with
// its WebAssembly signature. Programs get such imports from //go:wasmimport;
// their implementation is up to the caller of [Module.New].
type Import struct {
	Module, Name    string
	Params, Results []api.ValueType
}

// Compile compiles a program. cacheDir keeps the machine code between processes
// ("" for [DefaultCacheDir]): compiling takes seconds, reading it back
// milliseconds. It fails with an [*UnknownImportError] when the program imports
// something from "gojs" that this package does not implement, which would mean
// that it was built by a Go release newer than this package knows.
func Compile(ctx context.Context, wasm []byte, cacheDir string) (*Module, error) {
	cache, err := compilationCache(cacheDir)
	if err != nil {
		return nil, err
	}
	config := wazero.NewRuntimeConfig().
		WithCompilationCache(cache).
		WithDebugInfoEnabled(false)
	m := &Module{runtime: wazero.NewRuntimeWithConfig(ctx, config)}
	if err := m.compile(ctx, wasm); err != nil {
		_ = m.runtime.Close(ctx)
		return nil, err
	}
	return m, nil
}

func (m *Module) compile(ctx context.Context, wasm []byte) error {
	var err error
	ctx = experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0))
	if m.compiled, err = m.runtime.CompileModule(ctx, wasm); err != nil {
		return fmt.Errorf("gojs: compiling: %w", err)
	}
	exports := m.compiled.ExportedFunctions()
	for _, name := range own {
		if exports[name] == nil {
			return fmt.Errorf("gojs: the module does not export %q: not built with GOOS=js GOARCH=wasm", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(exports)) {
		if !slices.Contains(own, name) {
			m.exports = append(m.exports, Export{name, exports[name].ParamTypes(), exports[name].ResultTypes()})
		}
	}
	return m.link(ctx)
}

// link instantiates the host modules that the program imports. They are shared
// by all programs of the module: a host function finds the program it works for
// in the context of the call.
func (m *Module) link(ctx context.Context) error {
	builders := map[string]wazero.HostModuleBuilder{}
	for _, def := range m.compiled.ImportedFunctions() {
		module, name, _ := def.Import()
		b := builders[module]
		if b == nil {
			b = m.runtime.NewHostModuleBuilder(module)
			builders[module] = b
		}
		f, err := m.hostFunction(module, name, def)
		if err != nil {
			return err
		}
		b.NewFunctionBuilder().WithGoModuleFunction(f, def.ParamTypes(), def.ResultTypes()).Export(name)
	}
	for name, b := range builders {
		if _, err := b.Instantiate(ctx); err != nil {
			return fmt.Errorf("gojs: host module %q: %w", name, err)
		}
	}
	return nil
}

// hostFunction returns the implementation of one import. Functions of "gojs"
// are ours; all others are looked up in the program, by their index in
// m.imports.
func (m *Module) hostFunction(module, name string, def api.FunctionDefinition) (api.GoModuleFunction, error) {
	if module == hostModule {
		f, ok := hostFunctions[name]
		if !ok || !slices.Equal(def.ParamTypes(), []api.ValueType{api.ValueTypeI32}) || len(def.ResultTypes()) != 0 {
			return nil, &UnknownImportError{Module: module, Name: name}
		}
		return api.GoModuleFunc(func(ctx context.Context, _ api.Module, stack []uint64) {
			p := ctx.(*callContext).program
			p.enter(name, uint32(stack[0]))
			f(p, uint32(stack[0]))
		}), nil
	}
	index := len(m.imports)
	imp := Import{Module: module, Name: name, Params: def.ParamTypes(), Results: def.ResultTypes()}
	m.imports = append(m.imports, imp)
	return api.GoModuleFunc(func(ctx context.Context, _ api.Module, stack []uint64) {
		p := ctx.(*callContext).program
		p.enterImport(imp, stack)
		p.callImport(index, stack)
		if p.host.Returned != nil && len(imp.Results) == 1 {
			p.host.Returned(name, valueOf(imp.Results[0], stack[0]))
		}
	}), nil
}

// Imports lists the functions that the program wants from modules other than
// "gojs", for example {"workers", "ready"}.
func (m *Module) Imports() []Import { return slices.Clone(m.imports) }

// Exports lists the functions that the program exports beside those of Go's
// runtime, by name.
func (m *Module) Exports() []Export { return slices.Clone(m.exports) }

// Close frees the machine code. No program of the module may run any more.
func (m *Module) Close(ctx context.Context) error { return m.runtime.Close(ctx) }
