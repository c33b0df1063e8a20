package isolate_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"tracedge/harness/gojs"
	"tracedge/harness/isolate"
)

// withGuest runs an entry module beside the guest's program.
func withGuest(t *testing.T, entry string) *world {
	t.Helper()
	files, err := guestFiles()
	if err != nil {
		t.Fatal(err)
	}
	wasm, err := fs.ReadFile(files, "build/app.wasm")
	if err != nil {
		t.Fatal(err)
	}
	p, err := isolate.Load(t.Context(), isolate.Source{
		FS:    fstest.MapFS{"worker.mjs": {Data: []byte(entry)}},
		Entry: "worker.mjs",
		Wasm:  map[string][]byte{"build/app.wasm": wasm},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close(context.Background()) })
	if imports := p.Imports()["build/app.wasm"]; len(imports) != 1 || imports[0].Module != "workers" || imports[0].Name != "ready" {
		t.Errorf("the guest imports %v", imports)
	}
	return run(t, p, isolate.Options{})
}

func TestWebAssembly(t *testing.T) {
	w := withGuest(t, `
	  import "./any/path/wasm_exec.js";
	  import module from "./build/app.wasm";
	  const message = (f) => { try { f(); return "none" } catch (e) { return e.name + ": " + e.message } };
	  export default { async fetch() {
	    const go = new Go();
	    const imports = { ...go.importObject, workers: { ready() {} } };
	    const instance = new WebAssembly.Instance(module, imports);
	    return Response.json([
	      module instanceof WebAssembly.Module, instance instanceof WebAssembly.Instance, String(WebAssembly),
	      WebAssembly.Module.imports(module), instance.exports.mem.buffer.byteLength > 1e6, go.argv, go.env, typeof go.exit,
	      message(() => new WebAssembly.Instance({}, imports)),
	      message(() => new WebAssembly.Instance(module, { workers: { ready() {} } })),
	      message(() => new WebAssembly.Instance(module, go.importObject)),
	      await go.run({}).catch((e) => e.message),
	    ]);
	  } };`)
	want := `[true,true,"[object WebAssembly]",[{"module":"workers","name":"ready","kind":"function"}],true,["js"],{},"function",` +
		`"TypeError: WebAssembly.Instance: the first argument must be a WebAssembly.Module",` +
		`"LinkError: WebAssembly.Instance(): module \"gojs\" of the imports must come from the importObject of a Go",` +
		`"LinkError: WebAssembly.Instance(): Import \"workers\" \"ready\": function import requires a callable",` +
		`"Go.run: WebAssembly.Instance expected"]`
	if got := w.get("/"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The life of a program as its entry module sees it: arguments, readiness, its
// own exit handler, the end of run.
func TestGoRun(t *testing.T) {
	w := withGuest(t, `
	  import "./wasm_exec.js";
	  import module from "./build/app.wasm";
	  export default { async fetch(request, env, ctx) {
	    const go = new Go();
	    const seen = [];
	    go.argv = ["guest", "-flag"];
	    go.env = { GODEBUG: "" };
	    go.exit = (code) => seen.push("exit " + code, go.exited);
	    const binding = {};
	    globalThis.context = { env: { KEEP: "" }, ctx, binding };
	    const imports = { ...go.importObject, workers: { ready: () => seen.push("ready") } };
	    const running = go.run(new WebAssembly.Instance(module, imports)).then(() => seen.push("run ended"));
	    seen.push("started", go.exited);
	    const answer = await binding.handleRequest(new Request("http://h/request"));
	    seen.push((await answer.json()).args);
	    await running;
	    try { binding.handleRequest(request) } catch (e) { seen.push(e.message) }
	    return Response.json(seen);
	  } };`)
	want := `["ready","started",false,"exit 0",true,"run ended",["guest","-flag"],"Go program has already exited"]`
	if got := w.get("/"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A program that needs what the host does not have is refused when it is loaded.
func TestLoadForeignWasm(t *testing.T) {
	_, err := isolate.Load(t.Context(), isolate.Source{
		FS:    fstest.MapFS{"worker.mjs": {Data: []byte(`import m from "./x.wasm"; export default { m }`)}},
		Entry: "worker.mjs",
		Wasm: map[string][]byte{"x.wasm": []byte("\x00asm\x01\x00\x00\x00\x01\x05\x01\x60\x01\x7f\x00\x02\x0f\x01\x04gojs\x06future\x00\x00" +
			"\x07\x18\x03\x03run\x00\x00\x06resume\x00\x00\x05getsp\x00\x00")},
	})
	var unknown *gojs.UnknownImportError
	if !errors.As(err, &unknown) || unknown.Name != "future" {
		t.Errorf("error %v", err)
	}
}
