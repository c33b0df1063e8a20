import assert from "node:assert/strict";
import { test } from "node:test";

import { Model } from "../testing/model.mjs";
import { freshToken, Partition } from "../testing/partition.mjs";
import { randomFrom } from "../testing/random.mjs";

const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);
const STEPS = 120;

const KEYS = ["a", "b", "b/1", "b/2", "b!", "c", "c/1", "c/9", "~"].map((k) => "item/7/" + k);
const COUNTERS = ["n/1", "n/2", "n/3"].map((k) => "item/7/" + k);
const PREFIXES = ["item/7/", "item/7/b", "item/7/b/", "item/7/c/", "item/7/n/", "item/7/zz"];
const BOUNDS = [...KEYS, "item/7/", "item/70", "a", "~~"];

function write(random, model) {
  const at = {};
  if (random.chance(0.3)) at.x = model.clock.now + random.below(4000);
  return at;
}

function request(random, model) {
  const used = new Set();
  const unused = (list) => {
    const key = random.pick(list);
    if (used.has(key)) return undefined;
    used.add(key);
    return key;
  };
  const commit = { token: freshToken(), reads: [], ranges: [], puts: [], deletes: [], adds: [] };
  for (let i = random.below(3); i > 0; i--) {
    const key = random.pick(KEYS);
    const current = model.get(key)?.v || 0;
    commit.reads.push([key, random.chance(0.85) ? current : model.last]);
  }
  if (random.chance(0.4)) {
    const range = { prefix: random.pick(PREFIXES), after: "", until: "", reverse: random.chance(0.5), count: 0, max: 0 };
    if (random.chance(0.5)) range.after = random.pick(BOUNDS);
    if (random.chance(0.5)) range.until = random.pick(BOUNDS);
    const found = model.between(range.prefix, range.after, range.until, range.reverse);
    range.count = found.length + (random.chance(0.1) ? 1 : 0);
    range.max = Math.max(0, ...found.map((r) => r.v));
    commit.ranges.push(range);
  }
  for (let i = random.below(4); i > 0; i--) {
    const k = unused(KEYS);
    if (!k) continue;
    if (random.chance(0.3)) commit.deletes.push(k);
    else commit.puts.push({ k, d: JSON.stringify(random.below(100) + (random.chance(0.2) ? "語" : "")), ...write(random, model), ...placement(random, k) });
  }
  for (let i = random.below(2); i > 0; i--) {
    const k = unused(COUNTERS);
    if (!k) continue;
    const add = { k, n: random.below(11) - 5, ...write(random, model), ...placement(random, k) };
    if (random.chance(0.5)) add.min = 0;
    if (random.chance(0.5)) add.max = 8;
    commit.adds.push(add);
  }
  return commit;
}

/** Its own key, an alias of its own, one that all share, or nothing. */
function placement(random, key) {
  return random.pick([{}, { e: key }, { e: key }, { e: "index/" + random.below(3) + "/" + key }, { e: "index/shared" }]);
}

function scans(random) {
  return Array.from({ length: random.below(3) }, () => ({
    prefix: random.pick(PREFIXES),
    after: random.chance(0.5) ? random.pick(BOUNDS) : "",
    limit: 1 + random.below(6),
    reverse: random.chance(0.5),
  }));
}

for (const seed of SEEDS) {
  test("the sequencer does what the model does, seed " + seed, async (t) => {
    const p = new Partition(t, "item/7");
    t.mock.method(console, "log", () => undefined);
    const random = randomFrom(seed);
    const model = new Model(p.clock);
    const sent = [];
    p.kv.before = async () => {
      if (random.chance(0.15)) throw new Error("KV PUT failed: 429 Too Many Requests");
      if (random.chance(0.2)) await step();
    };
    p.kv.after = () => {
      if (random.chance(0.05)) throw new Error("KV PUT failed: connection lost");
    };

    async function step() {
      const action = random.below(20);
      if (action < 9) {
        const commit = random.chance(0.15) && sent.length > 0 ? random.pick(sent) : request(random, model);
        sent.push(commit);
        const want = model.commit(commit);
        const got = await p.commit(commit);
        if (got.error === "invalid") delete got.message;
        assert.deepEqual(got, want);
      } else if (action < 15) {
        const read = { keys: [random.pick(KEYS), random.pick(COUNTERS)], scans: scans(random) };
        assert.deepEqual(await p.read(read), model.read(read));
      } else if (action < 18) {
        p.clock.now += random.below(random.chance(0.1) ? 400000 : 1500);
      } else if (action < 19) {
        p.evict();
      }
    }

    for (let i = 0; i < STEPS; i++) {
      await step();
      if (p.storage.alarm !== null && p.storage.alarm <= p.clock.now) await p.fire();
    }
    p.kv.before = () => undefined;
    p.kv.after = () => undefined;
    await p.quiet();
    const live = [...p.kv.snapshot()].filter(([, [, metadata]]) => !(metadata.x <= p.clock.now));
    assert.deepEqual(live, [...model.replicas()]);
    while (p.storage.alarm !== null) await p.fire();
    assert.deepEqual(p.storage.names.filter((name) => /^[lx]\//.test(name)), []);
  });
}
