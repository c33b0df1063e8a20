import assert from "node:assert/strict";
import { test } from "node:test";

import { boundsOf, configOf } from "./settings.mjs";

test("bounds have defaults, and what is no bound is ignored", () => {
  const defaults = { maxInstances: 8, maxQueue: 256, loginConcurrency: 32 };
  assert.deepEqual(boundsOf({}), defaults);
  assert.deepEqual(boundsOf({ MAX_INSTANCES: "0", MAX_QUEUE: "-1", LOGIN_CONCURRENCY: "many" }), defaults);
  assert.deepEqual(boundsOf({ MAX_INSTANCES: "2", MAX_QUEUE: 10, LOGIN_CONCURRENCY: "1" }), { maxInstances: 2, maxQueue: 10, loginConcurrency: 1 });
});

test("Go gets every text and no binding", () => {
  assert.deepEqual(JSON.parse(configOf({ JWT_SECRET: "s", EMPTY: "", STORE: {}, SEQUENCER: () => undefined, N: 1 })), { JWT_SECRET: "s", EMPTY: "" });
});
