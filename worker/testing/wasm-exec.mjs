/** @file Stands in for wasm_exec.js: the program that worker.test.mjs serves. */

import { serving } from "./go.mjs";

globalThis.Go = serving(async (head) => new Response("served " + head.url)).Go;
