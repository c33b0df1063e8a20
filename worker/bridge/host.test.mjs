import assert from "node:assert/strict";
import { test } from "node:test";

import { answer } from "./host.mjs";

/** An environment whose sequencer answers with a function of partition, call and payload. */
function sequencer(respond) {
  const stub = (partition) => ({
    read: async (payload) => respond(partition, "read", payload),
    commit: async (payload) => respond(partition, "commit", payload),
  });
  return { SEQUENCER: { getByName: stub } };
}

test("reads and commits go to the object of their partition, as they are", async () => {
  const env = sequencer((...call) => JSON.stringify(call));
  assert.equal(await answer(env, "read", "user/1", "{}"), '["user/1","read","{}"]');
  assert.equal(await answer(env, "commit", "item/2", "[]"), '["item/2","commit","[]"]');
});

test("a failed call has the kind that Go knows it by", async () => {
  const failing = (error) => sequencer(() => Promise.reject(error));
  const cases = [
    [failing(Object.assign(new Error("too many requests"), { overloaded: true })), "read", "overloaded"],
    [failing(new Error("connection lost")), "read", "unavailable"],
    [failing("a text"), "commit", "unavailable"],
    [failing(undefined), "commit", "unavailable"],
    [{}, "read", "unbound"],
    [{}, "commit", "unbound"],
    [{}, "edge_get", "unbound"],
    [{}, "edge_scan", "unbound"],
    [{}, "no_such_call", "unavailable"],
  ];
  for (const [env, kind, expected] of cases) {
    await assert.rejects(answer(env, kind, "user/1", "{}"), { kind: expected }, kind + " " + expected);
  }
});
