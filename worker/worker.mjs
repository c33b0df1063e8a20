/**
 * @file Entry point: what the platform calls. The module and its runtime are the only things that the harness replaces.
 */

import "../build/wasm_exec.js"; // defines globalThis.Go
import module from "../build/tracedge.wasm";

import { Instance } from "./instance.mjs";
import { limitsOf } from "./limits.mjs";
import { Service } from "./service.mjs";

export { Sequencer } from "./sequencer.mjs";

let service; // of this isolate; its limits come with the first event

function serviceOf(env) {
  service ??= new Service(limitsOf(env), (environment) => new Instance(module, environment));
  return service;
}

export default {
  fetch: (request, env, ctx) => serviceOf(env).fetch(request, env, ctx),
  scheduled: (event, env, ctx) => serviceOf(env).scheduled(event, env, ctx),
};
