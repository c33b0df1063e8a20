/**
 * @file The private storage of a Durable Object, as far as the sequencer uses it, with rollback and write counts.
 */

/** ctx.storage of a SQLite-backed object. */
export class FakeStorage {
  #rows = new Map();
  #alarm = null;

  /** Rows written and deleted, and alarms set, since the start. */
  writes = 0;
  alarms = 0;

  /** When true, the next transaction fails after its callback has run. */
  failNext = false;

  constructor() {
    this.kv = {
      get: (key) => copy(this.#rows.get(key)),
      put: (key, value) => {
        const size = key.length + sizeOf(value);
        if (size > 2 * 1000 * 1000) throw new Error("row of " + size + " bytes is too big");
        this.writes++;
        this.#rows.set(key, copy(value));
      },
      delete: (key) => {
        this.writes++;
        return this.#rows.delete(key);
      },
      list: (options) => this.#list(options),
    };
  }

  /** Names of all rows, sorted. */
  get names() {
    return [...this.#rows.keys()].sort();
  }

  transactionSync(run) {
    const before = new Map(this.#rows);
    try {
      const result = run();
      if (this.failNext) throw new Error("storage failed");
      return result;
    } catch (e) {
      this.#rows = before;
      throw e;
    } finally {
      this.failNext = false;
    }
  }

  async getAlarm() {
    return this.#alarm;
  }

  async setAlarm(time) {
    this.alarms++;
    this.#alarm = time;
  }

  async deleteAlarm() {
    this.#alarm = null;
  }

  async deleteAll() {
    this.#rows.clear();
  }

  /**
   * The storage as one object sees it, until that object is gone.
   * @returns {{storage: object, revoke: function(): void}} after `revoke` each use throws
   */
  handle() {
    let gone = false;
    const guard = (target) =>
      new Proxy(target, {
        get: (_, name) => {
          if (gone) throw new Error("the object was evicted");
          const member = target[name];
          if (name === "kv") return guard(member);
          return typeof member === "function" ? member.bind(target) : member;
        },
      });
    return { storage: guard(this), revoke: () => (gone = true) };
  }

  /** The stored alarm in Unix ms, null when there is none. */
  get alarm() {
    return this.#alarm;
  }

  /** Takes the alarm away, as the platform does to fire it. */
  takeAlarm() {
    const time = this.#alarm;
    this.#alarm = null;
    return time;
  }

  #list({ start, end, prefix, reverse, limit, ...rest }) {
    const unknown = Object.keys(rest);
    if (unknown.length > 0) throw new TypeError("list option " + unknown[0]);
    let names = this.names.filter((name) => (start === undefined || name >= start) && (end === undefined || name < end));
    if (prefix !== undefined) names = names.filter((name) => name.startsWith(prefix));
    if (reverse) names.reverse();
    if (limit !== undefined) names = names.slice(0, limit);
    return names.map((name) => [name, copy(this.#rows.get(name))])[Symbol.iterator]();
  }
}

/** Values are kept as JSON, which is what every host of the sequencer can keep. */
function copy(value) {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** Size as the engine stores it: strings take two bytes per unit as soon as one unit is beyond U+00FF. */
function sizeOf(value) {
  if (typeof value === "string") return /[^\u0000-\u00ff]/.test(value) ? value.length * 2 : value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.entries(value).reduce((sum, [name, member]) => sum + name.length + sizeOf(member), 0);
}
