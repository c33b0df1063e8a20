package isolate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

// modules finds and keeps the modules of a program. Records are shared by all
// runtimes; what is private to one is made when it evaluates them.
type modules struct {
	ctx     context.Context
	program *Program
	source  Source

	mu      sync.Mutex
	records map[string]sobek.ModuleRecord // by path, or by specifier for built-in ones
	paths   map[any]string                // the paths of records
	wasm    map[string]*gojs.Module
}

func newModules(ctx context.Context, p *Program, src Source) *modules {
	return &modules{
		ctx: ctx, program: p, source: src,
		records: map[string]sobek.ModuleRecord{},
		paths:   map[any]string{},
		wasm:    map[string]*gojs.Module{},
	}
}

// load parses a JavaScript module.
func (m *modules) load(file string) (*sobek.SourceTextModuleRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	record, err := m.find(path.Clean(file))
	if err != nil {
		return nil, err
	}
	js, ok := record.(*sobek.SourceTextModuleRecord)
	if !ok {
		return nil, fmt.Errorf("%s is not a JavaScript module", file)
	}
	return js, nil
}

// resolve is the host hook of sobek: the record that specifier means in the
// module referrer.
func (m *modules) resolve(referrer any, specifier string) (sobek.ModuleRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := m.paths[referrer]
	record, err := m.lookup(from, specifier)
	if err != nil {
		return nil, fmt.Errorf("import of %q in %s: %w", specifier, from, err)
	}
	return record, nil
}

func (m *modules) lookup(from, specifier string) (sobek.ModuleRecord, error) {
	switch {
	case strings.HasPrefix(specifier, "./"), strings.HasPrefix(specifier, "../"):
		return m.find(path.Join(path.Dir(from), specifier))
	case strings.HasPrefix(specifier, "/"):
		return m.find(strings.TrimPrefix(path.Clean(specifier), "/"))
	case builtinModules[specifier] != nil:
		if m.records[specifier] == nil {
			m.records[specifier] = builtinModules[specifier](m.program)
		}
		return m.records[specifier], nil
	case strings.Contains(specifier, ":"):
		return nil, errors.New(unemulated("the module " + specifier))
	}
	return nil, errors.New("bare specifiers need a bundler; use a relative path")
}

// find returns the record of a file.
func (m *modules) find(file string) (sobek.ModuleRecord, error) {
	if record := m.records[file]; record != nil {
		return record, nil
	}
	var record sobek.ModuleRecord
	var err error
	switch {
	case path.Base(file) == "wasm_exec.js": // the host replaces it
		record = goModule(m.program)
	case path.Ext(file) == ".wasm":
		record, err = m.findWasm(file)
	case path.Ext(file) == ".json" || path.Ext(file) == ".txt" || path.Ext(file) == ".bin" || path.Ext(file) == ".html":
		err = errors.New(unemulated("importing a data file"))
	default:
		record, err = m.parse(file)
	}
	if err != nil {
		return nil, err
	}
	m.records[file] = record
	m.paths[record] = file
	return record, nil
}

func (m *modules) parse(file string) (sobek.ModuleRecord, error) {
	text, err := fs.ReadFile(m.source.FS, file)
	if err != nil {
		return nil, err
	}
	record, err := sobek.ParseModule(file, string(text), m.resolve)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return record, nil
}

func (m *modules) findWasm(file string) (sobek.ModuleRecord, error) {
	wasm := m.source.Wasm[file]
	if wasm == nil {
		var err error
		if wasm, err = fs.ReadFile(m.source.FS, file); err != nil {
			return nil, err
		}
	}
	compiled, err := gojs.Compile(m.ctx, wasm, m.source.CacheDir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	m.wasm[file] = compiled
	return wasmModule(m.program, compiled), nil
}

// unemulated is the message of the error for something that is missing.
func unemulated(what string) string {
	return "tracedge harness: " + what + " is not emulated (docs/harness.md)"
}
