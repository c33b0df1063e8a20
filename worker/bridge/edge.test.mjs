import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock } from "../testing/clock.mjs";
import { FakeKV } from "../testing/kv.mjs";
import { answer } from "./host.mjs";

/** A reply as Go reads it. */
function parsed(text) {
  const [cursor, ...lines] = text.split("\n");
  const records = [];
  for (let i = 0; i < lines.length; i += 4) {
    const [k, v, x, d] = lines.slice(i, i + 4);
    records.push(x === "0" ? { k, v: Number(v), d } : { k, v: Number(v), d, x: Number(x) });
  }
  return { records, cursor };
}

function start(t, count = 0) {
  const clock = new FakeClock();
  clock.install(t);
  const kv = new FakeKV(clock);
  for (let i = 0; i < count; i++) kv.seed("item/" + String(i).padStart(4, "0"), String(i), { v: i });
  const call = async (kind, request) => {
    const [target, payload] = kind === "edge_get" ? [request.keys.join("\n"), ""] : ["", JSON.stringify(request)];
    return parsed(await answer({ STORE: kv }, kind, target, payload));
  };
  return { clock, kv, call };
}

test("replicas are found by key, without those that expired", async (t) => {
  const { clock, kv, call } = start(t);
  kv.seed("a", "1", { v: 7 });
  kv.seed("b", "2", { v: 8, x: clock.now + 1 });
  kv.seed("c", "3", { v: 9, x: clock.now });
  kv.seed("d", "4", undefined);
  const { records } = await call("edge_get", { keys: ["b", "none", "a", "c", "d"] });
  assert.deepEqual(records, [{ k: "b", v: 8, d: "2", x: clock.now + 1 }, { k: "a", v: 7, d: "1" }, { k: "d", v: 0, d: "4" }]);
  assert.deepEqual((await call("edge_get", { keys: ["a"] })).records, [{ k: "a", v: 7, d: "1" }]);
});

test("a scan goes page by page to the end", async (t) => {
  const { call } = start(t, 250);
  const seen = [];
  let cursor = "";
  do {
    const page = await call("edge_scan", { prefix: "item/", cursor, limit: 120 });
    seen.push(page.records.length);
    cursor = page.cursor;
  } while (cursor !== "");
  assert.deepEqual(seen, [120, 120, 10]);
});

test("a page without records is skipped, unless it is the last", async (t) => {
  const { clock, kv, call } = start(t, 6);
  for (let i = 0; i < 4; i++) kv.seed("item/000" + i, "gone", { v: 1, x: clock.now - 1 });
  const page = await call("edge_scan", { prefix: "item/", cursor: "", limit: 2 });
  assert.deepEqual(page.records.map((r) => r.k), ["item/0004", "item/0005"]);
  assert.equal(page.cursor, "");
  assert.deepEqual(await call("edge_scan", { prefix: "none/", cursor: "", limit: 2 }), { records: [], cursor: "" });
});

test("what people wrote into KV does not break the lines", async (t) => {
  const { kv, call } = start(t);
  kv.seed("a", '{\n  "x": 1\n}', undefined);
  kv.seed("b\nc", "{}", undefined);
  kv.seed("d", "{}", undefined);
  assert.deepEqual((await call("edge_scan", { prefix: "", cursor: "", limit: 10 })).records, [{ k: "a", v: 0, d: '{   "x": 1 }' }, { k: "d", v: 0, d: "{}" }]);
});

test("a key that vanishes between listing and reading is left out", async (t) => {
  const { kv, call } = start(t, 2);
  const list = kv.list.bind(kv);
  kv.list = async (options) => {
    const page = await list(options);
    page.keys.push({ name: "item/gone", metadata: { v: 1 } });
    return page;
  };
  assert.equal((await call("edge_scan", { prefix: "item/", cursor: "", limit: 10 })).records.length, 2);
});

test("a bulk read that is too big is made in parts", async (t) => {
  const { kv, call } = start(t, 8);
  const sizes = [];
  const bulk = kv.getWithMetadata.bind(kv);
  kv.getWithMetadata = async (keys) => {
    sizes.push(Array.isArray(keys) ? keys.length : 1);
    if (keys.length > 3 && Array.isArray(keys)) throw new Error("KV GET_BULK failed: 413 Total size of request exceeds the limit of 25MB");
    return bulk(keys);
  };
  const keys = Array.from({ length: 8 }, (_, i) => "item/000" + i);
  assert.deepEqual((await call("edge_get", { keys })).records.map((r) => r.k), keys);
  assert.deepEqual(sizes, [8, 4, 4, 2, 2, 2, 2]);
  kv.getWithMetadata = async () => {
    throw new Error("KV GET_BULK failed: 500");
  };
  await assert.rejects(call("edge_get", { keys }), { kind: "unavailable" });
});
