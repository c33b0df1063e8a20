package isolate

import (
	"context"
	"fmt"
	"io/fs"
	"sync"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

// Source is where the files of a worker are.
type Source struct {
	// FS holds the modules. Imports are resolved by path in it.
	FS fs.FS
	// Entry is the path of the entry module, for example "worker/worker.mjs".
	Entry string
	// Wasm overrides files of FS, by path.
	Wasm map[string][]byte
	// CacheDir keeps compiled WebAssembly between processes; "" for the
	// default of package gojs.
	CacheDir string
}

// Program is a worker, ready to run: its JavaScript modules are parsed and
// linked and its WebAssembly is compiled. It is immutable and shared by all
// isolates of all clusters in the process.
type Program struct {
	modules *modules
	entry   *sobek.SourceTextModuleRecord
	prelude []*sobek.Program
	// isolates finds the isolate of a runtime, for modules that are made of Go.
	isolates sync.Map // *sobek.Runtime to *isolate
}

// Load reads a worker: the entry module and everything that it imports. An
// import of something that is not emulated fails here, as one of a file that
// does not exist.
func Load(ctx context.Context, src Source) (*Program, error) {
	prelude, err := compilePrelude()
	if err != nil {
		return nil, err
	}
	p := &Program{prelude: prelude}
	p.modules = newModules(ctx, p, src)
	record, err := p.modules.load(src.Entry)
	if err != nil {
		p.Close(ctx)
		return nil, err
	}
	if err := record.Link(); err != nil {
		p.Close(ctx)
		return nil, fmt.Errorf("linking %s: %w", src.Entry, err)
	}
	p.entry = record
	return p, nil
}

// Imports lists what the worker's WebAssembly wants from JavaScript, by the
// path of the module.
func (p *Program) Imports() map[string][]gojs.Import {
	p.modules.mu.Lock()
	defer p.modules.mu.Unlock()
	imports := map[string][]gojs.Import{}
	for path, m := range p.modules.wasm {
		imports[path] = m.Imports()
	}
	return imports
}

// Close frees the compiled code. All clusters must be closed.
func (p *Program) Close(ctx context.Context) {
	for _, m := range p.modules.wasm {
		_ = m.Close(ctx)
	}
}
