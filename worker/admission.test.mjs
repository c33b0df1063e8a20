import assert from "node:assert/strict";
import { test } from "node:test";

import { Gate } from "./admission.mjs";
import { FakeClock } from "./testing/clock.mjs";

test("a gate lets in as many as its limit, and again when some leave", (t) => {
  new FakeClock().install(t);
  const gate = new Gate(2, 1000);
  const leave = gate.enter();
  assert.ok(gate.enter());
  assert.equal(gate.enter(), undefined);
  leave();
  leave();
  assert.equal(gate.size, 1, "leaving twice counts once");
  assert.ok(gate.enter());
  assert.equal(gate.enter(), undefined);
});

test("a gate counts sizes", (t) => {
  new FakeClock().install(t);
  const gate = new Gate(10, 1000);
  assert.ok(gate.enter(7));
  assert.equal(gate.enter(4), undefined);
  assert.ok(gate.enter(3));
  assert.equal(gate.size, 10);
});

test("who never leaves stops counting", (t) => {
  const clock = new FakeClock();
  clock.install(t);
  const gate = new Gate(1, 1000);
  const leave = gate.enter();
  clock.now += 999;
  assert.equal(gate.enter(), undefined);
  clock.now += 1;
  assert.ok(gate.enter());
  leave();
  assert.equal(gate.size, 1, "a late leave does not let another one in");
});
