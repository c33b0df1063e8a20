/**
 * @file The worker with an instance of the module that tells what the initialisation of each package takes, for the pure Go
 * host: there time passes while code runs when it is asked to.
 */

import "../../../build/wasm_exec.js";
import module from "../../../build/tracedge.wasm";

import { Isolate } from "../../../worker/isolate.mjs";

export { Sequencer } from "../../../worker/sequencer.mjs";

class Traced extends globalThis.Go {
  constructor() {
    super();
    this.env.GODEBUG = "inittrace=1";
  }
}

let isolate;

export default {
  fetch(request, env, ctx) {
    isolate ||= new Isolate({ Go: Traced, module }, env);
    return isolate.fetch(request, env, ctx);
  },
};
