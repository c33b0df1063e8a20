/**
 * @file A KV namespace, as far as the worker uses it, with the limits that matter: one write per key and second,
 * expiries at least 60 s away, names up to 512 bytes.
 */

/** One KV namespace. */
export class FakeKV {
  #entries = new Map();
  #written = new Map();
  #clock;

  /** Writes in order: ["put" | "delete", key]. */
  log = [];

  /** Writes refused because they came within a second of another one to their key. */
  refused = 0;

  /** Called with each write before it is applied; may throw or return a promise. */
  before = () => undefined;

  /** Called with each write after it was applied; may throw or return a promise. */
  after = () => undefined;

  /** @param {{now: number}} clock Unix ms */
  constructor(clock) {
    this.#clock = clock;
  }

  async put(key, value, options) {
    if (typeof value !== "string") throw new TypeError("value is not a string");
    if (options.expiration !== undefined && options.expiration * 1000 < this.#clock.now + 60000) {
      throw new Error("KV PUT failed: 400 Invalid expiration");
    }
    const metadata = JSON.parse(JSON.stringify(options.metadata));
    await this.#write("put", key, () => this.#entries.set(key, { value, metadata, expiration: options.expiration }));
  }

  async delete(key) {
    await this.#write("delete", key, () => this.#entries.delete(key));
  }

  async get(key) {
    return this.#live(key) ? this.#entries.get(key).value : null;
  }

  async getWithMetadata(keys) {
    if (typeof keys === "string") return this.#show(keys);
    if (keys.length > 100) throw new Error("KV GET_BULK failed: 400 too many keys");
    return new Map(keys.map((key) => [key, this.#show(key)]));
  }

  async list({ prefix, cursor, limit }) {
    const names = [...this.#entries.keys()].filter((name) => name.startsWith(prefix) && this.#live(name)).sort();
    const from = cursor ? Number(cursor) : 0;
    const page = names.slice(from, from + limit);
    const complete = from + limit >= names.length;
    const keys = page.map((name) => ({ name, metadata: this.#entries.get(name).metadata }));
    return complete ? { keys, list_complete: true } : { keys, list_complete: false, cursor: String(from + limit) };
  }

  /** Entries now: key -> [value, metadata]. */
  snapshot() {
    const entries = [...this.#entries].filter(([key]) => this.#live(key)).sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(entries.map(([key, entry]) => [key, [entry.value, entry.metadata]]));
  }

  /** Stores an entry as a writer elsewhere would, beyond all limits. */
  seed(key, value, metadata) {
    this.#entries.set(key, { value, metadata });
  }

  async #write(kind, key, apply) {
    if (!/^[\x21-\x7e]{1,512}$/.test(key)) throw new Error("KV failed: 414 name");
    await this.before(kind, key);
    const last = this.#written.get(key);
    if (last !== undefined && this.#clock.now - last < 1000) {
      this.refused++;
      throw new Error("KV PUT failed: 429 Too Many Requests");
    }
    this.#written.set(key, this.#clock.now);
    apply();
    this.log.push([kind, key]);
    await this.after(kind, key);
  }

  #show(key) {
    if (!this.#live(key)) return { value: null, metadata: null };
    const { value, metadata } = this.#entries.get(key);
    return { value, metadata: metadata === undefined ? null : metadata };
  }

  #live(key) {
    const entry = this.#entries.get(key);
    return entry !== undefined && (entry.expiration === undefined || entry.expiration * 1000 > this.#clock.now);
  }
}
