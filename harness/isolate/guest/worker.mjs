/**
 * @file The usual entry module of a Go worker: each event gets a program of its own.
 */

import "./build/wasm_exec.js";
import { connect } from "cloudflare:sockets";
import { DurableObject } from "cloudflare:workers";
import module from "./build/app.wasm";

/**
 * Starts a program and waits until it can take the event.
 * @param {object} env bindings
 * @param {object} ctx context of the event
 * @returns {Promise<object>} the functions that the program offers
 */
async function start(env, ctx) {
  const go = new Go();
  const binding = {};
  const ready = Promise.withResolvers();
  const instance = new WebAssembly.Instance(module, { ...go.importObject, workers: { ready: ready.resolve } });
  globalThis.context = { env, ctx, binding, connect };
  globalThis.tryCatch = (f) => {
    try {
      return { result: f() };
    } catch (error) {
      return { error };
    }
  };
  go.run(instance);
  await ready.promise;
  return binding;
}

export default {
  async fetch(request, env, ctx) {
    const binding = await start(env, ctx);
    return await binding.handleRequest(request);
  },
  async scheduled(event, env, ctx) {
    const binding = await start(env, ctx);
    return await binding.runScheduler(event);
  },
};

/** Counts its visits. */
export class Counter extends DurableObject {
  async fetch(request) {
    const visits = (this.ctx.storage.kv.get("visits") ?? 0) + 1;
    this.ctx.storage.kv.put("visits", visits);
    return new Response(`${this.ctx.id.name} ${new URL(request.url).pathname} ${visits}`);
  }
}
