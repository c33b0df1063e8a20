/**
 * @file Runs one worker in workerd without the proxy that `wrangler dev` puts in front of it: the worker's own socket is
 * what clients connect to. To be run by Node with one argument, JSON: {root, entry, wasm, vars}. It prints one line
 * `listening on URL` and runs until it is told to end.
 */

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const options = JSON.parse(process.argv[2]);
const require = createRequire(path.join(options.root, "package.json"));
const { Miniflare, Log, LogLevel } = require("miniflare");

const MODULES = ["worker", "worker/bridge", "worker/sequencer", "harness/bench/workerd"];

/** The JavaScript of the repository, file by file as it is deployed, and the module. */
function modules() {
  const found = {};
  for (const folder of MODULES) {
    for (const file of readdirSync(path.join(options.root, folder))) {
      if (!file.endsWith(".mjs") || file.endsWith(".test.mjs")) continue;
      found[folder + "/" + file] = { type: "esm", contents: readFileSync(path.join(options.root, folder, file), "utf8") };
    }
  }
  found["build/wasm_exec.js"] = { type: "esm", contents: readFileSync(path.join(options.root, "build/wasm_exec.js"), "utf8") };
  found["build/tracedge.wasm"] = { type: "wasm", contents: readFileSync(options.wasm) };
  return found;
}

const env = { STORE: { type: "kv", id: "store" }, SEQUENCER: { type: "durable-object", worker: "bench", exportName: "Sequencer" } };
for (const [name, value] of Object.entries(options.vars)) env[name] = { type: "text", value };

const mf = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  log: new Log(LogLevel.ERROR),
  logRequests: false,
  enableDevRegistry: false,
  workers: [
    {
      config: {
        name: "bench",
        compatibilityDate: "2026-10-01",
        compatibilityFlags: ["enable_request_signal"],
        manifest: { mainModule: options.entry, modulesRoot: options.root, modules: modules() },
        env,
        exports: { Sequencer: { type: "durable-object", storage: "sqlite" } },
      },
      dev: { rootPath: options.root, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] },
    },
  ],
});
await mf.ready;
const url = await mf.unsafeGetDirectURL("bench");
console.log("listening on " + url.origin);
process.on("SIGTERM", async () => {
  await mf.dispose();
  process.exit(0);
});
