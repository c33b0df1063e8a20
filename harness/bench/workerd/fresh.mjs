/**
 * @file The worker with an instance of the module for every request, as the usual shim of syumai's workers has it. It is
 * here to be compared with.
 */

import "../../../build/wasm_exec.js";
import module from "../../../build/tracedge.wasm";

import { Instance } from "../../../worker/instance.mjs";
import { headText, readBody } from "../../../worker/request.mjs";
import { Gate } from "../../../worker/admission.mjs";
import { BODY_BUDGET_BYTES, REQUEST_DEADLINE_MS, configOf } from "../../../worker/settings.mjs";

export { Sequencer } from "../../../worker/sequencer.mjs";

const bodies = new Gate(BODY_BUDGET_BYTES, REQUEST_DEADLINE_MS);

export default {
  async fetch(request, env, ctx) {
    const { body, oversize, release } = await readBody(request, bodies);
    const instance = new Instance({ Go: globalThis.Go, module, config: configOf(env) });
    instance.begin(env, REQUEST_DEADLINE_MS);
    await instance.start();
    const response = await instance.serve(headText(request, { arrived: Date.now(), cold: true, oversize }), body);
    ctx.waitUntil(
      instance.settled().catch(() => undefined).then(() => {
        instance.end();
        release();
      }),
    );
    return response;
  },
};
