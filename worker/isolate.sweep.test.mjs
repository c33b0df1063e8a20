import assert from "node:assert/strict";
import { test } from "node:test";

import { settle } from "./testing/clock.mjs";
import { isolateOf, latch, ok } from "./testing/isolate.mjs";

test("one sweep runs at a time, on an instance of the pool", async (t) => {
  const gate = latch();
  let sweeps = 0;
  const w = isolateOf(t, async () => {
    sweeps++;
    await gate.opened;
  }, { MAX_INSTANCES: "1" });
  const first = w.sweep();
  await settle();
  await w.sweep();
  assert.equal(sweeps, 1);
  await gate.open();
  await first;
  await w.sweep();
  assert.equal(sweeps, 2);
});

test("a sweep that kills its instance is recorded and does not stop the next", async (t) => {
  let runs = 0;
  const w = isolateOf(t, async (event, { exit }) => {
    if (++runs === 1) exit(2);
  });
  await w.sweep();
  assert.deepEqual([w.records[0].event, w.records[0].endpoint], ["instance_lost", "scheduled"]);
  await w.sweep();
  assert.equal(runs, 2);
});

test("a sweep that finds no instance says so", async (t) => {
  const gate = latch();
  const w = isolateOf(t, async () => (await gate.opened, ok()), { MAX_INSTANCES: "1", MAX_QUEUE: "1" });
  const requests = [w.get("/a"), w.get("/b")];
  await settle();
  await w.sweep();
  assert.deepEqual([w.records[0].event, w.records[0].error_kind], ["background_error", "overloaded"]);
  await gate.open();
  await Promise.all(requests);
});

test("a sweep holds its instance until its work is settled", async (t) => {
  let free;
  const w = isolateOf(t, async (event, tools) => {
    tools.keep = true;
    free = tools.host.settled;
    return ok();
  }, { MAX_INSTANCES: "1" });
  let ended = false;
  const sweep = w.sweep().then(() => (ended = true));
  let served = false;
  const request = w.get("/").then(() => (served = true));
  await settle();
  assert.deepEqual([ended, served], [false, false]);
  free();
  await sweep;
  await request;
  free();
});

test("a sweep is not started beside one that waited for its instance and then took all its time", async (t) => {
  const gate = latch();
  let sweeps = 0;
  const w = isolateOf(t, async (event) => {
    if (event.method) return (await gate.opened, ok());
    sweeps++;
    return new Promise(() => undefined);
  }, { MAX_INSTANCES: "1" });
  const holder = w.get("/");
  await settle();
  const first = w.sweep({ cron: "", scheduledTime: 1 });
  await w.clock.pass(9000);
  await gate.open();
  await holder;
  await w.clock.pass(295000);
  w.sweep({ cron: "", scheduledTime: 2 });
  await settle();
  assert.equal(sweeps, 1);
  await w.clock.pass(5000);
  await first;
  assert.equal(w.records[0].message, "no answer within 300000 ms");
  w.sweep({ cron: "", scheduledTime: 3 });
  await settle();
  assert.equal(sweeps, 2);
});
