/**
 * @file The commit log of one partition: what a repeated token is answered from, and what replication works through.
 *
 *   l/<version, 16 digits>/<part, 4 digits>   {t: token, w: Unix ms, s: [[key, sum]...], d: [dirty KV key...]}
 *   w                                         "<version>/<part>" of the last row that KV has
 *
 * A commit takes one row, or several when it has more sums or dirty keys than fit one; t is in each first row only.
 * The rows are the truth. What is held in memory (the versions of recent tokens, the ends of the log) is read from
 * them when the object starts and only ever follows a transaction that was applied.
 */

import { KEYS_PER_ROW, SWEEP_PER_ALARM, TOKEN_MS } from "./limits.mjs";
import { digits, firstName, prefixBounds, walk } from "./rows.mjs";

/** The commit log of one partition. */
export class CommitLog {
  #kv;
  #tokens = new Map(); // token -> version, oldest first
  #mark = ""; // name of the last replicated row, without "l/"
  #lastDirty = ""; // name of the last row with dirty keys
  #newest = 0; // time of the newest row, 0 when the log is empty

  /** Version of the last commit; 0 before the first one. */
  last = 0;

  /**
   * Reads the log.
   * @param {object} kv ctx.storage.kv
   */
  constructor(kv) {
    this.#kv = kv;
    this.#mark = kv.get("w") || "";
    this.last = versionOf(this.#mark);
    walk(kv, prefixBounds("l/"), (name, row) => this.#remember(name.slice(2), row));
  }

  /** Whether KV lacks something. */
  get dirty() {
    return this.#lastDirty > this.#mark;
  }

  /** Time of the newest row in Unix ms; 0 when the log is empty. */
  get newest() {
    return this.#newest;
  }

  /**
   * The reply of the commit that a token was applied with.
   * @param {string|undefined} token token of a commit
   * @param {number} now Unix ms
   * @returns {object|undefined} the reply, marked as replayed; undefined when the token is new or older than TOKEN_MS
   */
  find(token, now) {
    const version = this.#tokens.get(token);
    if (version === undefined) return undefined;
    const sums = [];
    let time = 0;
    walk(this.#kv, prefixBounds("l/" + digits(version) + "/"), (name, row) => {
      if (row.t !== undefined) time = row.w;
      for (const sum of row.s) sums.push(sum);
    });
    if (time + TOKEN_MS < now) return undefined;
    return { ok: true, version, sums, replayed: true };
  }

  /**
   * Stores the rows of a commit. To be called inside its transaction.
   * @param {{version: number, token: string, now: number, sums: Array, dirty: string[]}} entry the commit; dirty holds KV keys
   * @returns {function(): void} makes the log remember the commit; to be called once the transaction is applied
   */
  append(entry) {
    const rows = [];
    for (let i = 0; i === 0 || i < entry.sums.length || i < entry.dirty.length; i += KEYS_PER_ROW) {
      const row = { w: entry.now, s: entry.sums.slice(i, i + KEYS_PER_ROW), d: entry.dirty.slice(i, i + KEYS_PER_ROW) };
      if (i === 0) row.t = entry.token;
      rows.push([digits(entry.version) + "/" + String(rows.length).padStart(4, "0"), row]);
    }
    for (const [name, row] of rows) this.#kv.put("l/" + name, row);
    return () => {
      this.#forget(entry.now);
      for (const [name, row] of rows) this.#remember(name, row);
    };
  }

  /**
   * Rows that KV may lack, oldest first: at most KEYS_PER_ROW dirty keys, and at least one row.
   * @returns {{name: string, dirty: string[]}[]} rows with their dirty KV keys
   */
  pending() {
    const rows = [];
    let count = 0;
    const bounds = prefixBounds("l/");
    if (this.#mark) bounds.start = "l/" + this.#mark + "!";
    walk(this.#kv, bounds, (name, row) => {
      if (rows.length === SWEEP_PER_ALARM || (count > 0 && count + row.d.length > KEYS_PER_ROW)) return false;
      rows.push({ name: name.slice(2), dirty: row.d });
      count += row.d.length;
      return true;
    });
    return rows;
  }

  /**
   * Moves the watermark: KV has everything up to and including a row.
   * @param {string} name name of the row, as `pending` gives it
   */
  advance(name) {
    if (name <= this.#mark) return;
    this.#kv.put("w", name);
    this.#mark = name;
  }

  /**
   * Drops rows that are replicated and too old for a repetition of their token.
   * @param {number} now Unix ms
   * @param {number} limit most rows to drop
   * @returns {boolean} true when more rows may be droppable
   */
  trim(now, limit) {
    const names = [];
    walk(this.#kv, prefixBounds("l/"), (name, row) => {
      const replicated = name.slice(2) <= this.#mark || row.d.length === 0;
      if (names.length === limit || !replicated || row.w + TOKEN_MS >= now) return false;
      names.push(name);
      return true;
    });
    this.#forget(now);
    if (names.length === 0) return false;
    for (const name of names) this.#kv.delete(name);
    // The watermark keeps the last version when its row goes.
    this.advance(names[names.length - 1].slice(2));
    if (firstName(this.#kv, "l/") === undefined) this.#newest = 0;
    return names.length === limit;
  }

  /** Forgets what a wiped storage no longer holds. The last version stays, so that versions go on growing. */
  reset() {
    this.#tokens.clear();
    this.#mark = "";
    this.#lastDirty = "";
    this.#newest = 0;
  }

  #remember(name, row) {
    this.last = Math.max(this.last, versionOf(name));
    this.#newest = Math.max(this.#newest, row.w);
    if (row.d.length > 0) this.#lastDirty = name;
    if (row.t === undefined) return;
    this.#tokens.delete(row.t); // a token that comes back after TOKEN_MS goes to the end
    this.#tokens.set(row.t, versionOf(name));
  }

  /** Versions never lie before the time of their commit, so a version that old is a commit at least as old. */
  #forget(now) {
    for (const [token, version] of this.#tokens) {
      if (version + TOKEN_MS >= now) return;
      this.#tokens.delete(token);
    }
  }
}

function versionOf(name) {
  return Number(name.slice(0, 16));
}
