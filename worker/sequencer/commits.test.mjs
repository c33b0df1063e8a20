import assert from "node:assert/strict";
import { test } from "node:test";

import { TOKEN_MS } from "./limits.mjs";
import { freshToken, numbered, Partition } from "../testing/partition.mjs";

test("a commit is read back with one version that dates it", async (t) => {
  const p = new Partition(t);
  const reply = await p.commit({ puts: [{ k: "user/1/a", d: "1" }, { k: "user/1/b", d: "2", e: "user/1/b" }] });
  assert.deepEqual(reply, { ok: true, version: p.clock.now, sums: [] });
  const read = await p.read({ keys: ["user/1/b", "user/1/none", "user/1/a"] });
  assert.deepEqual(read, {
    ok: true,
    records: [{ k: "user/1/b", v: reply.version, d: "2", e: "user/1/b" }, { k: "user/1/a", v: reply.version, d: "1" }],
    scans: [],
  });
});

test("versions grow while the clock stands still or goes back", async (t) => {
  const p = new Partition(t);
  const first = (await p.commit({ puts: [{ k: "user/1/a", d: "1" }] })).version;
  assert.equal((await p.commit({ puts: [{ k: "user/1/a", d: "2" }] })).version, first + 1);
  p.clock.now -= 5000;
  p.evict();
  assert.equal((await p.commit({ deletes: ["user/1/a"] })).version, first + 2);
});

test("a token answers as the first time, also after an eviction", async (t) => {
  const p = new Partition(t);
  const token = freshToken();
  const request = { token, reads: [["user/1/n", 0]], adds: [{ k: "user/1/n", n: 5 }] };
  const first = await p.commit(request);
  assert.deepEqual(first.sums, [["user/1/n", 5]]);
  assert.deepEqual(await p.commit(request), { ...first, replayed: true });
  p.evict();
  p.clock.now += TOKEN_MS;
  assert.deepEqual(await p.commit(request), { ...first, replayed: true });
  p.clock.now += 1;
  assert.equal((await p.commit(request)).error, "conflict", "after five minutes it is a new commit");
});

test("a token is not spent by a commit that was refused", async (t) => {
  const p = new Partition(t);
  const token = freshToken();
  await p.commit({ puts: [{ k: "user/1/a", d: "1" }] });
  const refused = await p.commit({ token, reads: [["user/1/a", 0]], puts: [{ k: "user/1/a", d: "2" }] });
  assert.deepEqual(refused, { ok: false, error: "conflict", keys: ["user/1/a"] });
  assert.equal((await p.commit({ token, puts: [{ k: "user/1/a", d: "2" }] })).ok, true);
});

test("a storage failure leaves nothing behind, neither rows nor token", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: [{ k: "user/1/a", d: "1" }] });
  const before = p.storage.names;
  const token = freshToken();
  p.storage.failNext = true;
  await assert.rejects(p.commit({ token, puts: [{ k: "user/1/b", d: "1" }] }), /storage failed/);
  assert.deepEqual(p.storage.names, before);
  const reply = await p.commit({ token, puts: [{ k: "user/1/b", d: "1" }] });
  assert.equal(reply.ok, true);
  assert.equal(reply.replayed, undefined);
});

test("a commit without writes validates and gets no version", async (t) => {
  const p = new Partition(t);
  const { version } = await p.commit({ puts: [{ k: "user/1/a", d: "1" }] });
  p.clock.now += 50;
  assert.deepEqual(await p.commit({ reads: [["user/1/a", version]] }), { ok: true, version, sums: [] });
  assert.equal((await p.commit({ reads: [["user/1/a", version + 1]] })).error, "conflict");
});

test("a new row inside a range is a conflict, one outside is not", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: numbered("user/1/i/", 1, 30) });
  const page = (await p.read({ scans: [{ prefix: "user/1/i/", after: "user/1/i/0005", limit: 10 }] })).scans[0];
  assert.equal(page.more, true);
  assert.equal(page.count, 10);
  const range = { prefix: "user/1/i/", after: "user/1/i/0005", until: page.records[9].k, count: page.count, max: page.max };
  const check = (puts = [], deletes = []) => p.commit({ ranges: [range], puts, deletes });
  assert.equal((await check([{ k: "user/1/i/0016", d: "changed" }])).ok, true, "changes beyond the page do not matter");
  assert.equal((await check([{ k: "user/1/i/0015x", d: "new beyond the page" }])).ok, true);
  assert.equal((await check([{ k: "user/1/i/0007x", d: "phantom" }])).ok, true);
  assert.deepEqual(await check(), { ok: false, error: "conflict", keys: ["user/1/i/"] });
  await p.commit({ deletes: ["user/1/i/0007x"] });
  assert.equal((await check()).ok, true, "what came and went leaves the page as it was");
  await p.commit({ deletes: ["user/1/i/0008"] });
  assert.equal((await check()).error, "conflict");
});

test("a range read downwards is checked downwards", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: numbered("user/1/i/", 1, 30) });
  const page = (await p.read({ scans: [{ prefix: "user/1/i/", after: "user/1/i/0020", limit: 5, reverse: true }] })).scans[0];
  assert.deepEqual(page.records.map((r) => r.k.slice(-4)), ["0019", "0018", "0017", "0016", "0015"]);
  const range = { prefix: "user/1/i/", after: "user/1/i/0020", until: "user/1/i/0015", reverse: true, count: page.count, max: page.max };
  await p.commit({ puts: [{ k: "user/1/i/0014", d: "x" }, { k: "user/1/i/0020", d: "x" }] });
  assert.equal((await p.commit({ ranges: [range] })).ok, true);
  await p.commit({ puts: [{ k: "user/1/i/0015", d: "x" }] });
  assert.equal((await p.commit({ ranges: [range] })).error, "conflict");
});

test("additions stay within their bounds, or name the number as it is", async (t) => {
  const p = new Partition(t);
  const add = (n, more) => p.commit({ adds: [{ k: "user/1/n", n, ...more }] });
  assert.deepEqual((await add(-3)).sums, [["user/1/n", -3]]);
  assert.deepEqual(await add(-1, { min: -3 }), { ok: false, error: "bound", key: "user/1/n", value: -3 });
  assert.deepEqual((await add(10, { min: 0, max: 7 })).sums, [["user/1/n", 7]]);
  assert.equal((await add(1, { max: 7 })).error, "bound");
  assert.equal((await add(Number.MAX_SAFE_INTEGER)).error, "bound");
  assert.equal((await p.read({ keys: ["user/1/n"] })).records[0].d, "7");
  await p.commit({ puts: [{ k: "user/1/n", d: "{}" }] });
  assert.equal((await add(1)).error, "invalid");
});

test("an addition that is refused takes the whole commit with it", async (t) => {
  const p = new Partition(t);
  const reply = await p.commit({
    puts: [{ k: "user/1/a", d: "1" }],
    adds: [{ k: "user/1/n", n: 1 }, { k: "user/1/m", n: -1, min: 0 }],
  });
  assert.deepEqual(reply, { ok: false, error: "bound", key: "user/1/m", value: 0 });
  assert.deepEqual((await p.read({ keys: ["user/1/a", "user/1/n"] })).records, []);
  assert.deepEqual(p.storage.names, []);
});

test("an expired record is absent everywhere", async (t) => {
  const p = new Partition(t);
  const x = p.clock.now + 1000;
  const { version } = await p.commit({ puts: [{ k: "user/1/a", d: "7", x }, { k: "user/1/b", d: "8" }] });
  p.clock.now = x - 1;
  assert.equal((await p.read({ keys: ["user/1/a"] })).records[0].x, x);
  p.clock.now = x;
  assert.deepEqual((await p.read({ keys: ["user/1/a"] })).records, []);
  const scan = (await p.read({ scans: [{ prefix: "user/1/", limit: 1 }] })).scans[0];
  assert.deepEqual([scan.records.map((r) => r.k), scan.more, scan.count], [["user/1/b"], false, 1]);
  assert.equal((await p.commit({ reads: [["user/1/a", version]] })).error, "conflict");
  assert.equal((await p.commit({ reads: [["user/1/a", 0]], ranges: [{ prefix: "user/1/", count: 1, max: version }] })).ok, true);
  assert.deepEqual((await p.commit({ adds: [{ k: "user/1/a", n: 1 }] })).sums, [["user/1/a", 1]]);
});

test("expired records are purged by later commits and by the alarm", async (t) => {
  const p = new Partition(t);
  const x = p.clock.now + 1000;
  await p.commit({ puts: numbered("user/1/i/", 1, 100).map((put) => ({ ...put, x })) });
  p.clock.now = x + 1;
  await p.commit({ puts: [{ k: "user/1/a", d: "1" }] });
  assert.equal(p.storage.names.filter((name) => name.startsWith("r/user/1/i/")).length, 68);
  while (p.storage.alarm !== null) await p.fire();
  assert.deepEqual(p.storage.names.filter((name) => !name.startsWith("w")), ["r/user/1/a"]);
});

test("an expiry that is changed or dropped leaves no trace in the index", async (t) => {
  const p = new Partition(t);
  const expiries = () => p.storage.names.filter((name) => name.startsWith("x/"));
  await p.commit({ puts: [{ k: "user/1/a", d: "1", x: p.clock.now + 1000 }] });
  await p.commit({ puts: [{ k: "user/1/a", d: "1", x: p.clock.now + 9000 }] });
  assert.equal(expiries().length, 1);
  await p.commit({ puts: [{ k: "user/1/a", d: "1" }] });
  assert.deepEqual(expiries(), []);
  p.clock.now += 20000;
  await p.commit({ puts: [{ k: "user/1/b", d: "1" }] });
  assert.equal((await p.read({ keys: ["user/1/a"] })).records.length, 1);
});

test("2,500 records are scanned page by page in both directions", async (t) => {
  const p = new Partition(t);
  await p.commit({ puts: numbered("user/1/i/", 1, 2500) });
  for (const reverse of [false, true]) {
    const seen = [];
    let after = "";
    let more = true;
    while (more) {
      const scan = (await p.read({ scans: [{ prefix: "user/1/i/", after, limit: 1000, reverse }] })).scans[0];
      assert.equal(scan.count, scan.records.length);
      for (const record of scan.records) seen.push(Number(record.d));
      after = scan.records[scan.records.length - 1].k;
      more = scan.more;
    }
    const all = Array.from({ length: 2500 }, (_, i) => i + 1);
    assert.deepEqual(seen, reverse ? all.reverse() : all);
  }
});

test("keys that begin with each other are all scanned", async (t) => {
  const p = new Partition(t);
  const keys = Array.from({ length: 250 }, (_, i) => "user/1/" + "!".repeat(i + 1));
  await p.commit({ puts: keys.map((k) => ({ k, d: "1" })) });
  for (const reverse of [false, true]) {
    const scan = (await p.read({ scans: [{ prefix: "user/1/", limit: 1000, reverse }] })).scans[0];
    assert.deepEqual(scan.records.map((r) => r.k), reverse ? [...keys].reverse() : keys);
  }
});

test("a scan skips expired records and still fills its page", async (t) => {
  const p = new Partition(t);
  const x = p.clock.now + 10;
  await p.commit({ puts: numbered("user/1/i/", 1, 600).map((put, i) => (i % 3 ? { ...put, x } : put)) });
  p.clock.now = x;
  const scan = (await p.read({ scans: [{ prefix: "user/1/i/", limit: 200 }] })).scans[0];
  assert.equal(scan.count, 200);
  assert.equal(scan.more, false, "what follows has expired");
});

test("a scan ends beyond 4 MiB of documents", async (t) => {
  const p = new Partition(t);
  const d = JSON.stringify("é".repeat(500000));
  for (let i = 1; i <= 6; i++) await p.commit({ puts: [{ k: "user/1/" + i, d }] });
  const scan = async (after) => (await p.read({ scans: [{ prefix: "user/1/", after, limit: 50 }] })).scans[0];
  assert.deepEqual([(await scan("")).count, (await scan("")).more], [5, true]);
  assert.deepEqual([(await scan("user/1/1")).count, (await scan("user/1/1")).more], [5, false]);
});

test("a document may have 1.5 MiB of any text, and not a byte more", async (t) => {
  const p = new Partition(t);
  const limit = 1572864;
  for (const filler of ["x", "é", "語", "🚚"]) {
    const bytes = Buffer.byteLength(filler);
    const exact = filler.repeat((limit - 4 - 2) / bytes | 0);
    let d = '"' + exact + "🚚" + '"';
    d += " ".repeat(limit - Buffer.byteLength(d));
    assert.equal((await p.commit({ puts: [{ k: "user/1/a", d }] })).ok, true);
    assert.equal((await p.read({ keys: ["user/1/a"] })).records[0].d, d);
    assert.equal((await p.commit({ puts: [{ k: "user/1/a", d: d + " " }] })).error, "invalid");
  }
});

test("malformed requests are refused as invalid", async (t) => {
  const p = new Partition(t);
  const put = { k: "user/1/a", d: "1" };
  const bad = {
    "another partition": { puts: [{ ...put, k: "user/12/a" }] },
    "the partition itself": { deletes: ["user/1/"] },
    "a long key": { puts: [{ ...put, k: "user/1/" + "x".repeat(506) }] },
    "a space": { deletes: ["user/1/a b"] },
    "no text": { puts: [{ ...put, d: 1 }] },
    "expiry": { puts: [{ ...put, x: 1.5 }] },
    "negative expiry": { puts: [{ ...put, x: -1 }] },
    "KV key": { puts: [{ ...put, e: ".." }] },
    "twice": { puts: [put], adds: [{ k: put.k, n: 1 }] },
    "short token": { token: "short", puts: [put] },
    "no token": { token: undefined },
    "token of others": { token: "0123456789abcdef_", puts: [put] },
    "reads": { reads: [["user/1/a"]] },
    "version": { reads: [["user/1/a", -1]] },
    "range": { ranges: [{ prefix: "user/1/", count: "1", max: 0 }] },
    "list": { puts: { k: "user/1/a" } },
    "fraction": { adds: [{ k: "user/1/n", n: 0.5 }] },
    "bound": { adds: [{ k: "user/1/n", n: 1, max: "9" }] },
    "null": { puts: [null] },
    "a list for an object": { puts: [["user/1/a", "1"]] },
    "deleted twice": { deletes: [put.k, put.k] },
    "put and deleted": { puts: [put], deletes: [put.k] },
    "a tab": { deletes: ["user/1/a\tb"] },
    "a letter beyond ASCII": { puts: [{ ...put, k: "user/1/\u00e9" }] },
    "no key": { puts: [{ d: "1" }] },
    "no document": { puts: [{ k: put.k }] },
    "expiry as text": { puts: [{ ...put, x: "1" }] },
    "expiry beyond 2^53": { puts: [{ ...put, x: 2 ** 53 }] },
    "KV key .": { puts: [{ ...put, e: "." }] },
    "KV key with a space": { puts: [{ ...put, e: "a b" }] },
    "long KV key": { puts: [{ ...put, e: "x".repeat(513) }] },
    "KV key of an addition": { adds: [{ k: "user/1/n", n: 1, e: 7 }] },
    "token of 15": { token: "x".repeat(15), puts: [put] },
    "token of 65": { token: "x".repeat(65), puts: [put] },
    "token of a line": { token: "x".repeat(16) + "\n", puts: [put] },
    "token that is a number": { token: 1234567890123456, puts: [put] },
    "read of nothing": { reads: [null] },
    "read with more": { reads: [["user/1/a", 0, 0]] },
    "read elsewhere": { reads: [["user/2/a", 0]] },
    "version as text": { reads: [["user/1/a", "0"]] },
    "version with a fraction": { reads: [["user/1/a", 0.5]] },
    "range of nothing": { ranges: [null] },
    "range elsewhere": { ranges: [{ prefix: "user/2/", count: 0, max: 0 }] },
    "range without max": { ranges: [{ prefix: "user/1/", count: 0 }] },
    "range of fewer than none": { ranges: [{ prefix: "user/1/", count: -1, max: 0 }] },
    "range with a flag of its own": { ranges: [{ prefix: "user/1/", count: 0, max: 0, reverse: "yes" }] },
    "range to a number": { ranges: [{ prefix: "user/1/", count: 0, max: 0, until: 7 }] },
    "addition of nothing": { adds: [{ k: "user/1/n" }] },
    "null addition": { adds: [null] },
    "addition beyond 2^53": { adds: [{ k: "user/1/n", n: 2 ** 53 }] },
    "addition elsewhere": { adds: [{ k: "user/2/n", n: 1 }] },
    "a partition with a space": { partition: "user/ 1" },
    "a partition that is none": { partition: null, puts: [put] },
  };
  for (const [name, request] of Object.entries(bad)) {
    const reply = await p.commit(request);
    assert.deepEqual([reply.ok, reply.error, typeof reply.message], [false, "invalid", "string"], name);
  }
  assert.deepEqual(p.storage.names, []);
  for (const text of ["", "[]", "null", '{"partition":""}', '{"partition":"user/1","keys":"a"}', '{"partition":"user/1","scans":[{"prefix":"user/1/","limit":0}]}',
    '{"partition":"user/1","scans":[{"prefix":"user/1/","limit":1001}]}', '{"partition":"user/1","scans":[{"prefix":"user/2/","limit":1}]}',
    '{"partition":"user/1","scans":[{"prefix":"user/1/","limit":1,"reverse":1}]}', '{"partition":"user/1","scans":[{"prefix":"user/1/","limit":1,"after":7}]}',
    '{"partition":"user/1","keys":[null]}', '{"partition":"user/1","keys":["user/1/"]}', '{"partition":"user/1","keys":["user/2/a"]}', '{"partition":"user/1","scans":[null]}',
    '{"partition":"user/1","scans":[7]}', '{"partition":"user/1","scans":[{"limit":1}]}', '{"partition":"user/1","scans":[{"prefix":"user/1/"}]}',
    '{"partition":"user/1","scans":[{"prefix":"user/1/","limit":1.5}]}', '{"partition":"user/1","scans":[{"prefix":"user/1","limit":1}]}', '{"partition":7}', '{}', "7"]) {
    assert.equal((await p.raw("read", text)).error, "invalid", text);
  }
  assert.deepEqual(p.storage.names, []);
  const allowed = { "a key of 512 bytes": { puts: [{ ...put, k: "user/1/" + "x".repeat(505) }] }, "a KV key of 512 bytes": { puts: [{ ...put, e: "x".repeat(512) }] },
    "a token of 16": { token: "x".repeat(16), puts: [put] }, "a token of 64": { token: "aZ09-" + "x".repeat(59), puts: [put] },
    "fields of later versions": { puts: [{ ...put, later: 1 }], later: true } };
  for (const [name, request] of Object.entries(allowed)) assert.equal((await p.commit(request)).ok, true, name);
  for (const limit of [1, 1000]) assert.equal((await p.read({ scans: [{ prefix: "user/1/", limit }] })).ok, true);
});

test("null stands for a missing list", async (t) => {
  const p = new Partition(t);
  assert.equal((await p.commit({ reads: null, ranges: null, puts: [{ k: "user/1/a", d: "1", x: null, e: null }], deletes: null, adds: null })).ok, true);
  assert.equal((await p.read({ keys: null, scans: null })).ok, true);
});

test("no expiry and no KV key may also be written as 0 and as an empty text", async (t) => {
  const p = new Partition(t);
  const { version } = await p.commit({ puts: [{ k: "user/1/a", d: "1", x: 0, e: "" }] });
  assert.deepEqual((await p.read({ keys: ["user/1/a"] })).records, [{ k: "user/1/a", v: version, d: "1" }]);
});

test("a token of a read-only or refused commit is not remembered", async (t) => {
  const p = new Partition(t);
  const token = freshToken();
  assert.equal((await p.commit({ token, reads: [["user/1/a", 0]] })).ok, true);
  const first = await p.commit({ token, puts: [{ k: "user/1/a", d: "1" }] });
  assert.deepEqual([first.ok, first.replayed], [true, undefined]);
});

test("a conflict names every key and range that moved, and only those", async (t) => {
  const p = new Partition(t);
  const { version } = await p.commit({ puts: numbered("user/1/i/", 1, 3) });
  const reply = await p.commit({
    reads: [["user/1/i/0001", version], ["user/1/i/0002", 0], ["user/1/none", 0], ["user/1/gone", 5]],
    ranges: [{ prefix: "user/1/i/", count: 3, max: version }, { prefix: "user/1/i/", count: 2, max: version }, { prefix: "user/1/j/", count: 0, max: 0 }],
    puts: [{ k: "user/1/a", d: "1" }],
  });
  assert.deepEqual(reply, { ok: false, error: "conflict", keys: ["user/1/i/0002", "user/1/gone", "user/1/i/"] });
  assert.deepEqual((await p.read({ keys: ["user/1/a"] })).records, []);
});

test("more additions than a log row holds are replayed in full", async (t) => {
  const p = new Partition(t);
  const token = freshToken();
  const adds = Array.from({ length: 700 }, (_, i) => ({ k: "user/1/n" + i, n: i }));
  const first = await p.commit({ token, adds });
  assert.equal(first.sums.length, 700);
  p.evict();
  assert.deepEqual(await p.commit({ token, adds }), { ...first, replayed: true });
});
