/**
 * @file Makes the modules importable that only exist at the edge or after a build. Import it before them.
 */

import * as module from "node:module";

const stand = {
  "cloudflare:workers": new URL("./cloudflare-workers.mjs", import.meta.url).href,
  "../build/wasm_exec.js": new URL("./wasm-exec.mjs", import.meta.url).href,
  "../build/tracedge.wasm": new URL("./tracedge-wasm.mjs", import.meta.url).href,
  "./bridge/port.mjs": new URL("./go.mjs", import.meta.url).href, // its Port
};

if (module.registerHooks) {
  module.registerHooks({
    resolve: (specifier, context, next) =>
      stand[specifier] ? { url: stand[specifier], shortCircuit: true } : next(specifier, context),
  });
} else {
  const hook = `const stand = ${JSON.stringify(stand)};
export async function resolve(specifier, context, next) {
  return stand[specifier] ? { url: stand[specifier], shortCircuit: true } : next(specifier, context);
}`;
  module.register("data:text/javascript," + encodeURIComponent(hook));
}
