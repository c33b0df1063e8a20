import assert from "node:assert/strict";
import { test } from "node:test";

import { freshToken, numbered, Partition } from "../testing/partition.mjs";
import { PASS_INTERVAL_MS, TOKEN_MS } from "./limits.mjs";
import { digits } from "./rows.mjs";

/** A put that is replicated under its own key. */
const own = (k, d, more) => ({ k, d, e: k, ...more });

test("the first pass runs shortly after a commit and shows version and expiry", async (t) => {
  const p = new Partition(t);
  const start = p.clock.now;
  const x = start + 500;
  const { version } = await p.commit({ puts: [own("user/1/a", "1", { x }), { k: "user/1/hidden", d: "2" }, own("user/1/b", "3")] });
  assert.equal(p.storage.alarm, start + 100);
  await p.fire();
  assert.deepEqual([...p.kv.snapshot()], [["user/1/a", ["1", { v: version, x }]], ["user/1/b", ["3", { v: version }]]]);
  assert.deepEqual(p.kv.log, [["put", "user/1/a"], ["put", "user/1/b"]]);
});

test("many changes of a key become one write", async (t) => {
  const p = new Partition(t);
  for (let i = 1; i <= 20; i++) await p.commit({ puts: [own("user/1/a", String(i)), own("user/1/" + i, "x")] });
  assert.equal(p.storage.alarms, 1, "one alarm serves them all");
  await p.fire();
  assert.equal(p.kv.log.length, 21);
  assert.deepEqual(p.kv.log[0], ["put", "user/1/a"]);
  assert.equal(p.kv.snapshot().get("user/1/a")[0], "20");
});

test("passes keep KV's distance of a second between writes to a key", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1")] });
  await p.fire();
  await p.commit({ puts: [own("user/1/a", "2")] });
  assert.equal(p.storage.alarm, p.clock.now + PASS_INTERVAL_MS);
  await p.quiet();
  assert.equal(p.kv.snapshot().get("user/1/a")[0], "2");
  for (let i = 3; i < 30; i++) {
    await p.commit({ puts: [own("user/1/a", String(i))] });
    p.clock.now += 70 * (i % 5);
    if (p.storage.alarm <= p.clock.now) await p.fire();
  }
  await p.quiet();
  assert.equal(p.kv.snapshot().get("user/1/a")[0], "29");
  assert.equal(p.kv.refused, 0);
});

test("a slow pass counts from its last write", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1"), own("user/1/b", "1")] });
  p.kv.after = () => {
    p.clock.now += 3000;
  };
  await p.fire();
  await p.commit({ puts: [own("user/1/b", "2")] });
  assert.equal(p.storage.alarm, p.clock.now + PASS_INTERVAL_MS);
});

test("an alarm that comes again, or too early, changes nothing", async (t) => {
  const p = new Partition(t);
  const again = async () => {
    await p.storage.setAlarm(p.clock.now);
    await p.fire();
  };
  await p.commit({ puts: [own("user/1/a", "1"), { k: "user/1/b", d: "1" }] });
  await p.fire();
  const rows = p.storage.names;
  for (let i = 0; i < 3; i++) await again();
  assert.deepEqual(p.kv.log, [["put", "user/1/a"]]);
  assert.deepEqual(p.storage.names, rows);
  await p.commit({ puts: [own("user/1/a", "2")] });
  const due = p.storage.alarm;
  await again();
  assert.equal(p.kv.log.length, 1, "too early for KV");
  assert.equal(p.storage.alarm, due, "and the pass is still arranged for");
  await p.quiet();
  assert.equal(p.kv.snapshot().get("user/1/a")[0], "2");
  assert.equal(p.kv.refused, 0);
});

test("an alarm that fails in storage is repeated and loses nothing", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1")] });
  p.storage.failNext = true;
  await assert.rejects(p.fire(), /storage failed/);
  await p.commit({ puts: [own("user/1/b", "1")] });
  await p.quiet();
  assert.deepEqual([...p.kv.snapshot().keys()], ["user/1/a", "user/1/b"]);
});

test("what is committed while a pass waits for KV is not lost", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1"), own("user/1/b", "1")] });
  let once = true;
  p.kv.after = async (kind, key) => {
    if (key !== "user/1/a" || !once) return;
    once = false;
    await p.commit({ puts: [own("user/1/a", "2"), own("user/1/b", "2")], deletes: ["user/1/c"] });
  };
  await p.fire();
  assert.deepEqual([...p.kv.snapshot().values()].map((entry) => entry[0]), ["1", "2"]);
  await p.quiet();
  assert.deepEqual([...p.kv.snapshot().values()].map((entry) => entry[0]), ["2", "2"]);
});

test("KV's refusals are retried with growing pauses until it has everything", async (t) => {
  const p = new Partition(t);
  t.mock.method(console, "log", () => undefined);
  await p.commit({ puts: [own("user/1/a", "1"), own("user/1/b", "1"), own("user/1/c", "1")] });
  let refusals = 6;
  p.kv.before = (kind, key) => {
    if (key === "user/1/b" && refusals-- > 0) throw new Error("KV PUT failed: 429 Too Many Requests");
  };
  const pauses = [];
  for (let i = 0; i < 6; i++) {
    await p.fire();
    assert.deepEqual([...p.kv.snapshot().keys()], ["user/1/a"], "order is kept: c waits for b");
    pauses.push(p.storage.alarm - p.clock.now);
  }
  assert.deepEqual(pauses, [2200, 4400, 8800, 17600, 35200, 60000]);
  await p.quiet();
  assert.deepEqual([...p.kv.snapshot().keys()], ["user/1/a", "user/1/b", "user/1/c"]);
  const records = console.log.mock.calls.map((call) => call.arguments[0]);
  const { time, ...first } = records[0];
  assert.deepEqual(first, { event: "replication_error", level: "warn", attempts: 1, message: "KV PUT failed: 429 Too Many Requests" });
  assert.deepEqual(records.map((record) => record.level), ["warn", "warn", "warn", "warn", "error", "error"]);
});

test("a failure repeats only what the watermark does not cover", async (t) => {
  const p = new Partition(t);
  t.mock.method(console, "log", () => undefined);
  for (const name of ["a", "b", "c"]) await p.commit({ puts: [own("user/1/" + name, "1")] });
  p.kv.before = (kind, key) => {
    if (key === "user/1/c") throw new Error("KV PUT failed: 500");
  };
  await p.fire();
  p.kv.before = () => undefined;
  p.evict();
  await p.quiet();
  assert.deepEqual(p.kv.log.map(([, key]) => key), ["user/1/a", "user/1/b", "user/1/c"]);
});

test("a crash between KV and the watermark writes again and loses nothing", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1"), own("user/1/b", "1")] });
  t.mock.method(console, "log", () => undefined);
  p.kv.after = () => p.evict();
  await p.fire();
  p.kv.after = () => undefined;
  await p.quiet();
  assert.deepEqual([...p.kv.snapshot().keys()], ["user/1/a", "user/1/b"]);
  assert.deepEqual(p.kv.log.map(([, key]) => key), ["user/1/a", "user/1/a", "user/1/b"]);
});

test("an object whose alarm was given up goes on with the next commit", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1")] });
  p.storage.takeAlarm();
  p.evict();
  await p.commit({ puts: [{ k: "user/1/b", d: "1" }] });
  await p.quiet();
  assert.deepEqual([...p.kv.snapshot().keys()], ["user/1/a"]);
});

test("an evicted object knows its alarm and does not set it again", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1")] });
  p.evict();
  await p.commit({ puts: [own("user/1/a", "2")] });
  assert.equal(p.storage.alarms, 1);
});

test("a deleted record is deleted from KV, one that expired leaves KV by itself", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1"), own("user/1/b", "1", { x: p.clock.now + 100000 })] });
  await p.quiet();
  await p.commit({ deletes: ["user/1/a"] });
  await p.quiet();
  assert.deepEqual([...p.kv.snapshot().keys()], ["user/1/b"]);
  p.clock.now += 101000;
  assert.deepEqual([...p.kv.snapshot().keys()], []);
  while (p.storage.alarm !== null) await p.fire();
  assert.equal(p.kv.log.filter(([kind, key]) => kind === "delete" && key === "user/1/b").length, 0);
});

test("a record that expired before KV had it never gets there", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1", { x: p.clock.now + 50 })] });
  await p.quiet();
  assert.deepEqual(p.kv.log, [["delete", "user/1/a"]]);
});

test("an expiry beyond what KV takes is told by the metadata alone", async (t) => {
  const p = new Partition(t);
  const x = Date.UTC(2040, 0, 1);
  const options = [];
  const put = p.kv.put.bind(p.kv);
  p.kv.put = (key, value, o) => (options.push(o), put(key, value, o));
  const soon = p.clock.now + 200;
  const { version } = await p.commit({ puts: [own("user/1/far", "1", { x }), own("user/1/soon", "1", { x: soon })] });
  await p.quiet();
  assert.deepEqual(options[0], { metadata: { v: version, x } });
  assert.ok(options[1].expiration * 1000 >= p.clock.now + 60000, "KV refuses less than a minute");
});

test("a record that moves to another KV key leaves the old one", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [{ k: "user/1/a", d: "1", e: "index/blue/1" }] });
  await p.quiet();
  await p.commit({ puts: [{ k: "user/1/a", d: "2", e: "index/red/1" }] });
  await p.quiet();
  assert.deepEqual([...p.kv.snapshot().keys()], ["index/red/1"]);
  await p.commit({ puts: [{ k: "user/1/a", d: "3" }] });
  await p.quiet();
  assert.deepEqual([...p.kv.snapshot().keys()], []);
  assert.deepEqual(p.storage.names.filter((name) => name.startsWith("k/")), []);
});

test("a KV key that goes over to another record stays with that one", async (t) => {
  const p = new Partition(t);
  const at = (k, d) => ({ k: "user/1/" + k, d, e: "index/1" });
  await p.commit({ puts: [at("a", "1")] });
  await p.commit({ puts: [at("b", "2")] });
  await p.quiet();
  await p.commit({ deletes: ["user/1/a"] });
  await p.quiet();
  assert.equal(p.kv.snapshot().get("index/1")[0], "2");
  await p.commit({ deletes: ["user/1/b"], puts: [at("c", "3")] });
  await p.quiet();
  assert.equal(p.kv.snapshot().get("index/1")[0], "3");
});

test("a record takes its own KV key back from an alias", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [{ k: "user/1/alias", d: "1", e: "user/1/a" }] });
  await p.commit({ puts: [own("user/1/a", "2")] });
  await p.commit({ deletes: ["user/1/alias"] });
  await p.quiet();
  assert.equal(p.kv.snapshot().get("user/1/a")[0], "2");
});

test("a commit of 2,500 replicated records is written in passes below KV's limit per invocation", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: numbered("user/1/i/", 1, 2500).map((put) => ({ ...put, e: put.k })) });
  let passes = 0;
  let written = 0;
  while (p.kv.snapshot().size < 2500) {
    await p.fire();
    assert.ok(p.kv.log.length - written <= 250);
    assert.ok(p.kv.log.length > written, "each pass makes progress");
    written = p.kv.log.length;
    passes++;
  }
  assert.equal(passes, 10);
});

test("log rows go once they are replicated and too old for a replay", async (t) => {
  const p = new Partition(t);
  t.mock.method(console, "log", () => undefined);
  const rows = () => p.storage.names.filter((name) => name.startsWith("l/")).length;
  await p.commit({ puts: [own("user/1/a", "1")] });
  await p.quiet();
  assert.equal(rows(), 1);
  p.kv.before = () => {
    throw new Error("KV PUT failed: 500");
  };
  await p.commit({ puts: [own("user/1/a", "2")] });
  const old = p.clock.now + TOKEN_MS + 1;
  while (p.clock.now <= old) {
    await p.fire();
    assert.ok(p.storage.alarm > p.clock.now, "no alarm runs in a circle");
  }
  assert.equal(rows(), 1, "what KV lacks is kept, however old");
  p.kv.before = () => undefined;
  await p.quiet();
  assert.equal(rows(), 0);
  assert.equal(p.storage.alarm, null);
});

test("an emptied object wipes itself, and its versions still grow", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1")] });
  const { version } = await p.commit({ deletes: ["user/1/a"] });
  while (p.storage.alarm !== null) await p.fire();
  assert.deepEqual(p.storage.names, []);
  assert.deepEqual([...p.kv.snapshot().keys()], []);
  assert.ok((await p.commit({ puts: [own("user/1/a", "2")] })).version > version);
  await p.quiet();
  assert.equal(p.kv.snapshot().get("user/1/a")[0], "2");
});

test("what is committed while an object is being wiped stays", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [own("user/1/a", "1")] });
  await p.commit({ deletes: ["user/1/a"] });
  const wipe = p.storage.deleteAll;
  let reply;
  p.storage.deleteAll = async () => {
    await wipe.call(p.storage);
    reply = await p.commit({ token, puts: [own("user/1/a", "2")] });
  };
  const token = freshToken();
  while (!reply) await p.fire();
  p.storage.deleteAll = wipe;
  p.evict();
  assert.deepEqual(await p.commit({ token, puts: [own("user/1/a", "2")] }), { ...reply, replayed: true });
  await p.quiet();
  assert.deepEqual([...p.kv.snapshot()], [["user/1/a", ["2", { v: reply.version }]]]);
});

test("an object does not wipe itself while its versions are ahead of the clock", async (t) => {
  const p = new Partition(t);
  p.storage.kv.put("w", digits(p.clock.now + 3 * TOKEN_MS) + "/0000");
  p.evict();
  await p.commit({ puts: [{ k: "user/1/a", d: "1" }] });
  const { version } = await p.commit({ deletes: ["user/1/a"] });
  assert.ok(version > p.clock.now);
  await p.fire();
  assert.deepEqual(p.storage.names, ["w"]);
  await p.storage.setAlarm(version);
  await p.fire();
  assert.deepEqual(p.storage.names, ["w"], "a commit of this moment would get the same version again");
  await p.fire();
  assert.deepEqual(p.storage.names, []);
  assert.equal(p.clock.now, version + 1);
});

test("without a KV namespace replication waits and commits go on", async (t) => {
  const p = new Partition(t);
  t.mock.method(console, "log", () => undefined);
  p.evict({});
  await p.commit({ puts: [own("user/1/a", "1")] });
  await p.fire();
  assert.equal((await p.read({ keys: ["user/1/a"] })).records.length, 1);
  p.evict();
  await p.quiet();
  assert.equal(p.kv.snapshot().size, 1);
});

test("a commit costs few row writes", async (t) => {
  const p = new Partition(t);
  const cost = async (run) => {
    const before = p.storage.writes + p.storage.alarms;
    await run();
    return p.storage.writes + p.storage.alarms - before;
  };
  assert.equal(await cost(() => p.commit({ puts: [own("user/1/a", "1")] })), 3, "record, log, alarm");
  assert.equal(await cost(() => p.commit({ puts: [own("user/1/a", "2")] })), 2, "record, log");
  assert.equal(await cost(() => p.fire()), 2, "watermark, alarm");
});
