import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock } from "./testing/clock.mjs";
import { adoptTimers, Timers } from "./timers.mjs";

function start(t) {
  const clock = new FakeClock();
  clock.install(t);
  const fired = [];
  const timers = new Timers();
  const set = (id, ms) => timers.set(id, ms, () => fired.push(id));
  return { clock, fired, timers, set };
}

test("a timer keeps its due time across requests", async (t) => {
  const { clock, fired, timers, set } = start(t);
  timers.resume();
  set(1, 1000);
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
  const { clock, fired, timers, set } = start(t);
  timers.resume();
  set(1, 1000);
  timers.suspend();
  await clock.pass(5000);
  assert.deepEqual(fired, []);
  timers.resume();
  await clock.pass(0);
  assert.deepEqual(fired, [1]);
  assert.equal(clock.timers, 0, "what has fired is gone");
});

test("a timer that is set between requests waits for the next one", async (t) => {
  const { clock, fired, timers, set } = start(t);
  set(1, 100);
  timers.resume();
  timers.suspend();
  set(2, 100);
  assert.equal(clock.timers, 0);
  await clock.pass(100);
  assert.deepEqual(fired, []);
  timers.resume();
  await clock.pass(0);
  assert.deepEqual(fired, [1, 2]);
});

test("a cleared timer does not fire, whether it was running or not", async (t) => {
  const { clock, fired, timers, set } = start(t);
  timers.resume();
  set(1, 10);
  set(2, 10);
  timers.clear(1);
  timers.suspend();
  timers.clear(2);
  timers.clear(3);
  timers.resume();
  await clock.pass(100);
  assert.deepEqual(fired, []);
});

test("timers share one of the platform", async (t) => {
  const { clock, fired, timers, set } = start(t);
  set("deadline", 30000);
  timers.resume();
  for (let id = 1; id <= 20; id++) {
    set(id, 5000 + id);
    if (id > 1) timers.clear(id - 1);
  }
  assert.deepEqual([clock.timers, clock.made], [1, 1], "those that come later than the next look need none");
  set(21, 50);
  assert.deepEqual([clock.timers, clock.made], [1, 2]);
  await clock.pass(5030);
  assert.deepEqual(fired, [21, 20]);
  await clock.pass(30000);
  assert.deepEqual(fired, [21, 20, "deadline"]);
});

test("a timer that is set again is due anew, and one that fires may set others", async (t) => {
  const { clock, fired, timers, set } = start(t);
  timers.resume();
  set(1, 100);
  set(1, 300);
  timers.set(2, 200, () => set(3, 0));
  await clock.pass(200);
  assert.deepEqual(fired, [3]);
  await clock.pass(100);
  assert.deepEqual(fired, [3, 1]);
});

test("a timer that throws keeps no other from firing", async (t) => {
  const { clock, fired, timers, set } = start(t);
  timers.resume();
  timers.set(1, 10, () => {
    throw new Error("on purpose");
  });
  set(2, 10);
  await assert.rejects(clock.pass(10), { message: "on purpose" });
  await clock.pass(10);
  assert.deepEqual(fired, [2]);
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

function adopted(go, trapped = assert.fail) {
  const timers = new Timers();
  adoptTimers(go, timers, trapped);
  timers.resume();
  return timers;
}

test("Go's own timers are adopted", async (t) => {
  const clock = new FakeClock();
  clock.install(t);
  let starts = 0;
  let id = 0;
  const go = fakeGo(() => {
    if (++starts === 2) go.cancel(id);
  });
  adopted(go);
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
  adopted(go);
  go.schedule(1);
  await clock.pass(1);
  assert.equal(starts, 3);
  await clock.pass(5000);
  assert.equal(starts, 6, "but again after a while");
});

test("a trap in a timer is reported", async (t) => {
  const clock = new FakeClock();
  clock.install(t);
  const traps = [];
  const go = fakeGo(() => {
    throw new Error("unreachable");
  });
  adopted(go, (e) => traps.push(e.message));
  go.schedule(1);
  await clock.pass(1);
  assert.deepEqual(traps, ["unreachable"]);
});

test("a host with its own imports keeps its own timers", () => {
  const go = { importObject: {} };
  adopted(go);
  assert.deepEqual(go.importObject, {});
});
