/**
 * @file Entry point of the worker. Instances of the Go module are kept and lent to one request at a time; building one
 * for every request would cost more than the request.
 */

import "../build/wasm_exec.js";
import module from "../build/tracedge.wasm";

import { Isolate } from "./isolate.mjs";

export { Sequencer } from "./sequencer.mjs";

// Made with the first event: Go cannot start, and vars are not known, in global scope.
let isolate;

function isolateFor(env) {
  if (!isolate) isolate = new Isolate({ Go: globalThis.Go, module }, env);
  return isolate;
}

export default {
  /**
   * Answers an HTTP request.
   * @param {Request} request the request
   * @param {object} env vars and bindings
   * @param {object} ctx execution context
   * @returns {Promise<Response>} the response
   */
  fetch(request, env, ctx) {
    return isolateFor(env).fetch(request, env, ctx);
  },

  /**
   * Runs the scheduled work.
   * @param {{cron: string, scheduledTime: number}} event what triggered it
   * @param {object} env vars and bindings
   * @param {object} ctx execution context
   * @returns {Promise<void>}
   */
  scheduled(event, env, ctx) {
    return isolateFor(env).scheduled(event, env, ctx);
  },
};
