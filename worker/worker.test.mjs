import assert from "node:assert/strict";
import { test } from "node:test";

import "./testing/modules.mjs";

const worker = await import("./worker.mjs");

test("the worker exports its handlers and the Durable Object", async () => {
  assert.equal(worker.Sequencer.name, "Sequencer");
  assert.deepEqual(Object.keys(worker.default), ["fetch", "scheduled"]);
});

test("requests and events are served by one isolate", async () => {
  const background = [];
  const ctx = { waitUntil: (promise) => background.push(promise) };
  const response = await worker.default.fetch(new Request("https://example.org/health"), {}, ctx);
  assert.equal(await response.text(), "served https://example.org/health");
  await Promise.all(background);
  await worker.default.scheduled({ cron: "* * * * *", scheduledTime: 0 }, {}, ctx);
});
