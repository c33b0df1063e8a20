import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";

import { Pool } from "./pool.mjs";
import { FakeClock, settle } from "./testing/clock.mjs";

const LEASE = 60000;

function start(t, bounds) {
  const clock = new FakeClock();
  clock.install(t);
  return { clock, pool: new Pool({ max: 2, maxWaiting: 3, waitMs: 10000, ...bounds }) };
}

test("a place has one holder at a time, and the queue is first in, first out", async (t) => {
  const { pool } = start(t);
  const held = new Set();
  const order = [];
  const user = async (name) => {
    const place = await pool.take(LEASE);
    assert.ok(!held.has(place), "nobody else holds the place");
    held.add(place);
    order.push(name);
    await settle();
    held.delete(place);
    pool.give(place);
  };
  await Promise.all(["a", "b", "c", "d", "e"].map(user));
  assert.deepEqual(order, ["a", "b", "c", "d", "e"]);
  assert.deepEqual([pool.lent, pool.waiting], [0, 0]);
});

test("a newcomer does not overtake one who waits", async (t) => {
  const { pool } = start(t, { max: 1 });
  const first = await pool.take(LEASE);
  const order = [];
  const second = pool.take(LEASE).then((place) => (order.push("second"), place));
  pool.give(first);
  const third = pool.take(LEASE).then((place) => (order.push("third"), place));
  pool.give(await second);
  await third;
  assert.deepEqual(order, ["second", "third"]);
});

test("an instance is used again, the one used last first", async (t) => {
  const { pool } = start(t);
  const [a, b] = [await pool.take(LEASE), await pool.take(LEASE)];
  a.instance = { name: "a" };
  b.instance = { name: "b" };
  pool.give(a);
  pool.give(b);
  assert.equal((await pool.take(LEASE)).instance.name, "b");
  assert.equal((await pool.take(LEASE)).instance.name, "a");
});

test("a place without an instance is replaced, not handed on", async (t) => {
  const { pool } = start(t, { max: 1 });
  const place = await pool.take(LEASE);
  place.instance = { name: "dies" };
  const next = pool.take(LEASE);
  place.instance = null;
  pool.give(place);
  assert.equal((await next).instance, null);
});

test("who would wait behind too many is refused at once", async (t) => {
  const { pool } = start(t, { max: 1, maxWaiting: 2 });
  const place = await pool.take(LEASE);
  const waiting = [pool.take(LEASE), pool.take(LEASE)];
  assert.equal(pool.full, true);
  await assert.rejects(pool.take(LEASE), { status: 503, kind: "overloaded" });
  pool.give(place);
  assert.equal(pool.full, false);
  pool.give(await waiting[0]);
  await waiting[1];
});

test("waiting ends after its time, and leaves no timer behind", async (t) => {
  const { clock, pool } = start(t, { max: 1 });
  const place = await pool.take(LEASE);
  const late = assert.rejects(pool.take(LEASE), { status: 503, kind: "overloaded" });
  await clock.pass(9999);
  assert.equal(pool.waiting, 1);
  await clock.pass(1);
  await late;
  assert.equal(pool.waiting, 0);
  const served = pool.take(LEASE);
  pool.give(place);
  await served;
  assert.equal(clock.timers, 0);
});

test("a client that goes away leaves the queue, and its turn goes to the next", async (t) => {
  const { clock, pool } = start(t, { max: 1 });
  const place = await pool.take(LEASE);
  const client = new AbortController();
  const gone = assert.rejects(pool.take(LEASE, client), { name: "AbortError" });
  const next = pool.take(LEASE);
  client.abort();
  await gone;
  assert.equal(pool.waiting, 1);
  pool.give(place);
  await next;
  await assert.rejects(pool.take(LEASE, client), { name: "AbortError" });
  assert.equal(clock.timers, 0);
});

test("a place whose request vanished is taken back", async (t) => {
  const { clock, pool } = start(t, { max: 1 });
  const lost = await pool.take(1000);
  let dropped = "";
  lost.instance = { drop: (reason) => (dropped = reason) };
  await clock.pass(1001);
  const place = await pool.take(LEASE);
  assert.notEqual(place, lost);
  assert.equal(place.instance, null);
  assert.match(dropped, /gone/);
  pool.give(lost);
  assert.equal(pool.lent, 1, "what was taken back cannot be given back");
  pool.give(place);
  assert.notEqual(await pool.take(LEASE), lost);
});

test("a place that was handed to a vanished waiter is taken back", async (t) => {
  const { clock, pool } = start(t, { max: 1 });
  const place = await pool.take(LEASE);
  place.instance = { drop: () => undefined };
  const never = new Promise(() => undefined);
  pool.take(LEASE).then(() => never); // holds the place and does nothing with it
  pool.give(place);
  await settle();
  place.until = clock.now + 10000; // as if the waiter's own code had not run
  await clock.pass(10001);
  assert.equal(pool.full, false);
  await pool.take(LEASE);
});

test("what ends the waiting of one who was just served takes nobody else out of the queue", async (t) => {
  const { clock, pool } = start(t, { max: 1 });
  const place = await pool.take(LEASE);
  const client = new AbortController();
  const served = pool.take(LEASE, client);
  const next = pool.take(LEASE);
  pool.give(place);
  client.abort(); // too late: the place is already on its way
  assert.equal(pool.waiting, 1);
  pool.give(await served);
  pool.give(await next);
  assert.deepEqual([pool.lent, clock.timers, getEventListeners(client.signal, "abort").length], [0, 0, 0]);
});

test("a loan lasts to the end of its time, and those who wait are served when it is over", async (t) => {
  const { clock, pool } = start(t, { max: 1 });
  const lost = await pool.take(1000);
  lost.instance = { drop: () => undefined };
  const waiting = pool.take(LEASE);
  await clock.pass(1000);
  assert.deepEqual([pool.full, pool.lent, pool.waiting], [false, 1, 1]);
  await clock.pass(1);
  assert.deepEqual([pool.full, pool.lent, pool.waiting], [false, 1, 0]);
  assert.notEqual(await waiting, lost);
});

test("a waiter that comes for its place after it was taken back is refused", async (t) => {
  const { clock, pool } = start(t, { max: 1 });
  const place = await pool.take(LEASE);
  let dropped = false;
  place.instance = { drop: () => (dropped = true) };
  const late = pool.take(LEASE);
  pool.give(place);
  clock.now += 10001; // the waiter's own code has not run yet
  assert.equal(pool.full, false);
  assert.equal(dropped, true);
  await assert.rejects(late, { status: 503, kind: "overloaded" });
  assert.equal((await pool.take(LEASE)).instance, null);
  assert.equal(pool.lent, 1);
});
