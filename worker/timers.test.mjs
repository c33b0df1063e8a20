import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock } from "./testing/clock.mjs";
import { adoptTimers, Timers } from "./timers.mjs";

function start(t) {
  const clock = new FakeClock();
  clock.install(t);
  const fired = [];
  const timers = new Timers((id) => {
    fired.push(id);
    timers.clear(id);
  });
  return { clock, fired, timers };
}

test("a timer keeps its due time across requests", async (t) => {
  const { clock, fired, timers } = start(t);
  timers.resume();
  timers.set(1, 1000);
  await clock.pass(400);
  timers.suspend();
  assert.equal(clock.timers, 0, "nothing runs between requests");
  await clock.pass(400);
  timers.resume();
  await clock.pass(199);
  assert.deepEqual(fired, []);
  await clock.pass(1);
  assert.deepEqual(fired, [1]);
});

test("a timer that came due between requests fires in the next one", async (t) => {
  const { clock, fired, timers } = start(t);
  timers.resume();
  timers.set(1, 1000);
  timers.suspend();
  await clock.pass(5000);
  assert.deepEqual(fired, []);
  timers.resume();
  await clock.pass(0);
  assert.deepEqual(fired, [1]);
});

test("a timer that is set between requests waits for the next one", async (t) => {
  const { clock, fired, timers } = start(t);
  timers.set(1, 100);
  timers.resume();
  timers.suspend();
  timers.set(2, 100);
  assert.equal(clock.timers, 0);
  await clock.pass(100);
  assert.deepEqual(fired, []);
  timers.resume();
  await clock.pass(0);
  assert.deepEqual(fired, [1, 2]);
});

test("a cleared timer does not fire, whether it was running or not", async (t) => {
  const { clock, fired, timers } = start(t);
  timers.resume();
  timers.set(1, 10);
  timers.set(2, 10);
  timers.clear(1);
  timers.suspend();
  timers.clear(2);
  timers.clear(3);
  timers.resume();
  await clock.pass(100);
  assert.deepEqual(fired, []);
});

/** The part of the class Go that timers touch, with the arguments at address 0. */
function fakeGo(resume) {
  const go = { mem: new DataView(new ArrayBuffer(32)), importObject: { gojs: { "runtime.scheduleTimeoutEvent": () => undefined, "runtime.clearTimeoutEvent": () => undefined } }, _resume: resume };
  go.schedule = (ms) => {
    go.mem.setBigInt64(8, BigInt(ms), true);
    go.importObject.gojs["runtime.scheduleTimeoutEvent"](0);
    return go.mem.getInt32(16, true);
  };
  go.cancel = (id) => {
    go.mem.setInt32(8, id, true);
    go.importObject.gojs["runtime.clearTimeoutEvent"](0);
  };
  return go;
}

test("Go's own timers are adopted", async (t) => {
  const clock = new FakeClock();
  clock.install(t);
  let starts = 0;
  let id = 0;
  const go = fakeGo(() => {
    if (++starts === 2) go.cancel(id);
  });
  const timers = adoptTimers(go, assert.fail);
  timers.resume();
  id = go.schedule(250);
  assert.equal(go.schedule(5000000000), id + 1);
  await clock.pass(249);
  assert.equal(starts, 0);
  await clock.pass(1);
  assert.equal(starts, 2, "Go is started again until it has taken the timer");
});

test("Go that does not take a timer is not started for ever", async (t) => {
  const clock = new FakeClock();
  clock.install(t);
  let starts = 0;
  const go = fakeGo(() => starts++);
  const timers = adoptTimers(go, assert.fail);
  timers.resume();
  const id = go.schedule(1);
  await clock.pass(1);
  assert.deepEqual([starts, timers.has(id)], [3, true]);
});

test("a trap in a timer is reported", async (t) => {
  const clock = new FakeClock();
  clock.install(t);
  const traps = [];
  const go = fakeGo(() => {
    throw new Error("unreachable");
  });
  const timers = adoptTimers(go, (e) => traps.push(e.message));
  timers.resume();
  go.schedule(1);
  await clock.pass(1);
  assert.deepEqual(traps, ["unreachable"]);
});

test("a host with its own imports keeps its own timers", () => {
  const go = { importObject: {} };
  adoptTimers(go, assert.fail).resume();
  assert.deepEqual(go.importObject, {});
});
