// WebAssembly and class Go, whose programs are run by the host.
(function (host) {
  "use strict";

  class CompileError extends Error { get name() { return "CompileError"; } }
  class LinkError extends Error { get name() { return "LinkError"; } }
  class RuntimeError extends Error { get name() { return "RuntimeError"; } }

  class Module {
    #compiled;
    constructor(source, compiled) {
      if (source !== host.internal) host.unemulated("compiling WebAssembly at run time (new WebAssembly.Module)");
      this.#compiled = compiled;
    }
    static compiled(module) { return module.#compiled; }
    static imports(module) { return host.wasmImports(module.#compiled); }
  }
  const compiled = Module.compiled;
  delete Module.compiled;

  class Instance {
    #program;
    constructor(module, imports = {}) {
      if (!(module instanceof Module)) throw new TypeError("WebAssembly.Instance: the first argument must be a WebAssembly.Module");
      const go = typeof imports?.gojs === "object" ? hosts.get(imports.gojs) : undefined;
      if (go === undefined) throw new LinkError("WebAssembly.Instance(): module \"gojs\" of the imports must come from the importObject of a Go");
      this.#program = host.wasmInstantiate(compiled(module), go, (from, name) => imports?.[from]?.[name]);
      const program = this.#program;
      const mem = { get buffer() { return host.wasmMemory(program); } };
      const exports = { mem };
      host.wasmExports(program, compiled(module), exports);
      Object.defineProperty(this, "exports", { value: Object.freeze(exports), enumerable: true });
    }
    static program(instance) { return instance.#program; }
  }
  const programOf = Instance.program;
  delete Instance.program;

  const hosts = new WeakMap(); // from importObject.gojs to its Go

  // Go is the class that wasm_exec.js defines.
  class Go {
    #exit = Promise.withResolvers();
    #program;
    constructor() {
      this.argv = ["js"];
      this.env = {};
      this.exit = (code) => {
        if (code !== 0) console.warn("exit code:", code);
      };
      this.exited = undefined;
      const gojs = {};
      hosts.set(gojs, this);
      this.importObject = { gojs };
    }
    async run(instance) {
      if (!(instance instanceof Instance)) throw new Error("Go.run: WebAssembly.Instance expected");
      this.exited = false;
      const env = Object.keys(this.env).sort().map((key) => `${key}=${this.env[key]}`);
      this.#program = programOf(instance);
      host.wasmStart(this.#program, this.argv.map(String), env);
      await this.#exit.promise;
    }
    _resume() {
      if (this.exited) throw new Error("Go program has already exited");
      host.wasmResume(this.#program);
    }
    static {
      host.goExit = (go, code) => {
        go.exited = true;
        go.exit(code);
      };
      host.goStopped = (go) => {
        go.exited = true;
        go.#exit.resolve();
      };
    }
  }

  const notEmulated = (name) => () => host.unemulated(`WebAssembly.${name}`);
  const api = { Module, Instance, CompileError, LinkError, RuntimeError };
  for (const name of ["compile", "compileStreaming", "instantiate", "instantiateStreaming", "validate", "Memory", "Table", "Global"]) {
    api[name] = notEmulated(name);
  }
  Object.defineProperty(api, Symbol.toStringTag, { value: "WebAssembly", configurable: true });

  host.newModule = (handle) => new Module(host.internal, handle);
  host.runtimeError = (message) => new RuntimeError(message);
  host.linkError = (message) => new LinkError(message);
  host.Go = Go;
  host.platformClasses(Module, Instance);
  host.define({ WebAssembly: api });
})
