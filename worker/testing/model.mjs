/**
 * @file The protocol in its plainest form, to compare the sequencer with: one Map, everything recomputed.
 */

const TOKEN_MS = 5 * 60 * 1000;

/** A partition without storage, replication or cleverness. */
export class Model {
  records = new Map(); // key -> {v, d, x?, e?}
  shown = new Map(); // KV key -> key of the record put there last
  tokens = new Map(); // token -> {reply, time}
  last = 0;

  /** @param {{now: number}} clock Unix ms */
  constructor(clock) {
    this.clock = clock;
  }

  /** Live records with a prefix, in byte order. */
  live(prefix) {
    return [...this.records]
      .filter(([k, r]) => k.startsWith(prefix) && (r.x === undefined || r.x > this.clock.now))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, r]) => ({ k, ...r }));
  }

  get(key) {
    return this.live(key).find((r) => r.k === key);
  }

  read({ keys, scans }) {
    return {
      ok: true,
      records: keys.map((key) => this.get(key)).filter(Boolean),
      scans: scans.map(({ prefix, after, limit, reverse }) => {
        const beyond = this.between(prefix, after, "", reverse);
        const records = beyond.slice(0, limit);
        return { records, more: beyond.length > limit, count: records.length, max: Math.max(0, ...records.map((r) => r.v)) };
      }),
    };
  }

  between(prefix, after, until, reverse) {
    const all = this.live(prefix);
    if (reverse) all.reverse();
    const beyond = (k, bound) => (reverse ? k < bound : k > bound);
    return all.filter((r) => (!after || beyond(r.k, after)) && (!until || !beyond(r.k, until)));
  }

  commit({ token, reads, ranges, puts, deletes, adds }) {
    const now = this.clock.now;
    const seen = this.tokens.get(token);
    if (seen && seen.time + TOKEN_MS >= now) return { ...seen.reply, replayed: true };
    const keys = reads.filter(([k, v]) => (this.get(k)?.v || 0) !== v).map(([k]) => k);
    for (const g of ranges) {
      const found = this.between(g.prefix, g.after, g.until, g.reverse);
      if (found.length !== g.count || Math.max(0, ...found.map((r) => r.v)) !== g.max) keys.push(g.prefix);
    }
    if (keys.length) return { ok: false, error: "conflict", keys };
    if (puts.length + deletes.length + adds.length === 0) return { ok: true, version: this.last, sums: [] };
    const sums = [];
    for (const { k, n, min, max } of adds) {
      const value = Number(this.get(k)?.d || 0);
      if (!Number.isSafeInteger(value)) return { ok: false, error: "invalid" };
      if (value + n < (min ?? -Infinity) || value + n > (max ?? Infinity)) return { ok: false, error: "bound", key: k, value };
      sums.push([k, value + n]);
    }
    const v = (this.last = Math.max(this.last + 1, now));
    for (const { k, d, x, e } of puts) this.put(k, { v, d, x, e });
    for (const k of deletes) this.remove(k);
    adds.forEach(({ k, x, e }, i) => this.put(k, { v, d: String(sums[i][1]), x, e }));
    const reply = { ok: true, version: v, sums };
    this.tokens.set(token, { reply, time: now });
    return reply;
  }

  put(k, record) {
    this.remove(k);
    this.records.set(k, JSON.parse(JSON.stringify(record)));
    if (record.e) this.shown.set(record.e, k);
  }

  remove(k) {
    const old = this.records.get(k);
    this.records.delete(k);
    if (old?.e && this.shown.get(old.e) === k) this.shown.delete(old.e);
  }

  /** What KV shows once it has everything: KV key -> [document, metadata]. */
  replicas() {
    const replicas = [];
    for (const [kvKey, key] of this.shown) {
      const r = this.get(key);
      if (r) replicas.push([kvKey, [r.d, r.x === undefined ? { v: r.v } : { v: r.v, x: r.x }]]);
    }
    return new Map(replicas.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
