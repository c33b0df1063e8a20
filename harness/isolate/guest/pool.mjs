/**
 * @file An entry module that keeps its program: events take turns on one.
 */

import "./build/wasm_exec.js";
import module from "./build/app.wasm";

const context = { env: null, ctx: null, binding: {} };
let started = null;

/**
 * Starts the program when there is none.
 * @returns {Promise<object>} the functions that the program offers
 */
function start() {
  return (started ??= (async () => {
    const go = new Go();
    const ready = Promise.withResolvers();
    const instance = new WebAssembly.Instance(module, { ...go.importObject, workers: { ready: ready.resolve } });
    globalThis.context = context;
    go.run(instance);
    await ready.promise;
    return context.binding;
  })());
}

export default {
  async fetch(request, env, ctx) {
    Object.assign(context, { env: { ...env, KEEP: "yes" }, ctx });
    const binding = await start();
    return await binding.handleRequest(request);
  },
};
