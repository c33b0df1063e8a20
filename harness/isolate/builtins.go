package isolate

import (
	"slices"

	"github.com/grafana/sobek"

	"tracedge/harness/gojs"
)

// builtin is a module made of Go. Its record is shared by all runtimes; values
// makes the exports for one isolate.
type builtin struct {
	program *Program
	exports []string
	values  func(i *isolate) map[string]sobek.Value
}

// builtinModules are the modules that a worker can import by name.
var builtinModules = map[string]func(*Program) sobek.ModuleRecord{
	"cloudflare:workers": func(p *Program) sobek.ModuleRecord {
		placeholders := []string{"WorkflowEntrypoint", "RpcStub", "RpcPromise", "RpcProperty", "ServiceStub"}
		return &builtin{
			program: p,
			exports: append([]string{"DurableObject", "WorkerEntrypoint", "RpcTarget", "env"}, placeholders...),
			values: func(i *isolate) map[string]sobek.Value {
				values := map[string]sobek.Value{"env": i.env}
				for _, name := range []string{"DurableObject", "WorkerEntrypoint", "RpcTarget"} {
					values[name] = i.host.Get(name)
				}
				for _, name := range placeholders {
					values[name] = i.call("placeholder", i.rt.ToValue(name))
				}
				return values
			},
		}
	},
	"cloudflare:sockets": func(p *Program) sobek.ModuleRecord {
		return &builtin{
			program: p,
			exports: []string{"connect"},
			values: func(i *isolate) map[string]sobek.Value {
				return map[string]sobek.Value{"connect": i.call("placeholder", i.rt.ToValue("connect"))}
			},
		}
	},
}

// goModule stands for wasm_exec.js: it has no exports and defines globalThis.Go
// and the globals that Go programs expect.
func goModule(p *Program) sobek.ModuleRecord {
	return &builtin{program: p, values: func(i *isolate) map[string]sobek.Value {
		if err := gojs.InstallGlobals(i.rt, i.programOutput); err != nil {
			panic(err)
		}
		if err := i.rt.Set("Go", i.host.Get("Go")); err != nil {
			panic(err)
		}
		return nil
	}}
}

// wasmModule is a .wasm file, whose default export is a WebAssembly.Module.
func wasmModule(p *Program, m *gojs.Module) sobek.ModuleRecord {
	return &builtin{program: p, exports: []string{"default"}, values: func(i *isolate) map[string]sobek.Value {
		return map[string]sobek.Value{"default": i.call("newModule", i.rt.ToValue(&wasmHandle{module: m}))}
	}}
}

// GetExportedNames implements sobek.ModuleRecord.
func (b *builtin) GetExportedNames(callback func([]string), _ ...sobek.ModuleRecord) bool {
	callback(b.exports)
	return true
}

// ResolveExport implements sobek.ModuleRecord.
func (b *builtin) ResolveExport(name string, _ ...sobek.ResolveSetElement) (*sobek.ResolvedBinding, bool) {
	if !slices.Contains(b.exports, name) {
		return nil, false
	}
	return &sobek.ResolvedBinding{Module: b, BindingName: name}, false
}

// Link implements sobek.ModuleRecord.
func (b *builtin) Link() error { return nil }

// Evaluate implements sobek.ModuleRecord. sobek asks once per import statement;
// the exports of one isolate are always the same.
func (b *builtin) Evaluate(rt *sobek.Runtime) *sobek.Promise {
	owner, _ := b.program.isolates.Load(rt)
	i := owner.(*isolate)
	instance := i.builtins[b]
	if instance == nil {
		instance = &builtinInstance{values: b.values(i)}
		i.builtins[b] = instance
	}
	promise, resolve, _ := rt.NewPromise()
	_ = resolve(rt.ToValue(instance))
	return promise
}

// builtinInstance are the exports of a builtin in one runtime.
type builtinInstance struct{ values map[string]sobek.Value }

// GetBindingValue implements sobek.ModuleInstance.
func (b *builtinInstance) GetBindingValue(name string) sobek.Value { return b.values[name] }
