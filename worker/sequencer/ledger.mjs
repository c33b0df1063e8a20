/**
 * @file The committed records of one partition: consistent reads, and commits that apply as a whole or not at all.
 */

import { MAX_SCAN_BYTES, PURGE_PER_COMMIT } from "./limits.mjs";
import { CommitLog } from "./log.mjs";
import { InvalidRequest, parseCommit, parseRead } from "./requests.mjs";
import { deleteRow, getRow, isLive, purge, putRow, recordOf, replicaOf } from "./records.mjs";
import { recordBounds, walk } from "./rows.mjs";
import { utf8Length } from "./text.mjs";

/** Records of one partition on top of the synchronous storage of its object. */
export class Ledger {
  #storage;
  #kv;
  #clock;
  #log;

  /**
   * @param {object} storage ctx.storage of a SQLite-backed object
   * @param {function(): number} clock Unix ms
   */
  constructor(storage, clock) {
    this.#storage = storage;
    this.#kv = storage.kv;
    this.#clock = clock;
    this.#log = new CommitLog(storage.kv);
  }

  /** The commit log. */
  get log() {
    return this.#log;
  }

  /**
   * Reads records by key and by prefix, all of one moment.
   * @param {string} text JSON of a read request
   * @returns {object} the reply
   */
  read(text) {
    return refusing(() => {
      const request = parseRead(text);
      const now = this.#clock();
      const records = [];
      for (const key of request.keys) {
        const row = getRow(this.#kv, key);
        if (isLive(row, now)) records.push(recordOf(key, row));
      }
      return { ok: true, records, scans: request.scans.map((scan) => this.#scan(scan, now)) };
    });
  }

  /**
   * Applies a commit, or says why not.
   * @param {string} text JSON of a commit request
   * @returns {object} the reply; {ok: false, error: "conflict" | "bound" | "invalid", ...} when nothing was applied
   */
  commit(text) {
    return this.apply(text).reply;
  }

  /**
   * Applies a commit and tells what follows from it.
   * @param {string} text JSON of a commit request
   * @returns {{reply: object, applied: boolean, expiry: number}} whether something was written now, and the earliest
   *   expiry among it in Unix ms (Infinity when there is none)
   */
  apply(text) {
    let applied = false;
    let expiry = Infinity;
    const reply = refusing(() => {
      const commit = parseCommit(text);
      const now = this.#clock();
      const outcome = this.#storage.transactionSync(() => this.#transact(commit, now));
      if (outcome.remember) {
        outcome.remember();
        applied = true;
        for (const write of commit.puts.concat(commit.adds)) if (write.x < expiry) expiry = write.x;
      }
      return outcome.reply;
    });
    return { reply, applied, expiry };
  }

  #transact(commit, now) {
    const replay = this.#log.find(commit.token, now);
    if (replay) return { reply: replay };
    const moved = this.#moved(commit, now);
    if (moved.length > 0) return { reply: { ok: false, error: "conflict", keys: moved } };
    if (!commit.writes) return { reply: { ok: true, version: this.#log.last, sums: [] } };

    const sums = [];
    for (const add of commit.adds) {
      const current = this.#number(add.k, now);
      const sum = current + add.n;
      const bounded = Number.isSafeInteger(sum) && !(sum < add.min) && !(sum > add.max);
      if (!bounded) return { reply: { ok: false, error: "bound", key: add.k, value: current } };
      sums.push([add.k, sum]);
    }

    const version = Math.max(this.#log.last + 1, now);
    const dirty = this.#write(commit, sums, version);
    purge(this.#kv, now, PURGE_PER_COMMIT);
    const remember = this.#log.append({ version, token: commit.token, now, sums, dirty });
    return { reply: { ok: true, version, sums }, remember };
  }

  /** Keys and range prefixes that are not as they were read. */
  #moved(commit, now) {
    const moved = [];
    for (const [key, version] of commit.reads) {
      const row = getRow(this.#kv, key);
      if ((isLive(row, now) ? row.v : 0) !== version) moved.push(key);
    }
    for (const range of commit.ranges) if (this.#rangeMoved(range, now)) moved.push(range.prefix);
    return moved;
  }

  /**
   * New writes have greater versions than all older ones, so count and greatest version identify what a range holds.
   * The walk ends as soon as it has seen too much.
   */
  #rangeMoved(range, now) {
    let count = 0;
    let max = 0;
    walk(this.#kv, recordBounds(range.prefix, range.after, range.until, range.reverse), (name, row) => {
      if (!isLive(row, now)) return true;
      count++;
      max = Math.max(max, row.v);
      return count <= range.count && max <= range.max;
    }, range.count + 1);
    return count !== range.count || max !== range.max;
  }

  #number(key, now) {
    const row = getRow(this.#kv, key);
    if (!isLive(row, now)) return 0;
    const value = /^-?[0-9]{1,16}$/.test(row.d) ? Number(row.d) : NaN;
    if (!Number.isSafeInteger(value)) throw new InvalidRequest("adds: the record is not an integer");
    return value;
  }

  /** Writes everything under one version; returns the KV keys that have to catch up. */
  #write(commit, sums, version) {
    const dirty = [];
    for (const put of commit.puts) putRow(this.#kv, put.k, { v: version, d: put.d, x: put.x, e: put.e }, dirty);
    for (const key of commit.deletes) deleteRow(this.#kv, key, dirty);
    commit.adds.forEach((add, i) => putRow(this.#kv, add.k, { v: version, d: String(sums[i][1]), x: add.x, e: add.e }, dirty));
    return dirty;
  }

  #scan(scan, now) {
    const records = [];
    let bytes = 0;
    let max = 0;
    let more = false;
    walk(this.#kv, recordBounds(scan.prefix, scan.after, "", scan.reverse), (name, row) => {
      if (!isLive(row, now)) return true;
      if (records.length === scan.limit || bytes > MAX_SCAN_BYTES) {
        more = true;
        return false;
      }
      const record = recordOf(name.slice(2), row);
      records.push(record);
      bytes += utf8Length(record.d);
      max = Math.max(max, record.v);
      return true;
    }, scan.limit + 1);
    return { records, more, count: records.length, max };
  }

  /**
   * What KV should hold under a key at this moment.
   * @param {string} kvKey a KV key
   * @returns {{v: number, d: string, x?: number}|undefined} undefined when KV should hold nothing
   */
  replica(kvKey) {
    return replicaOf(this.#kv, kvKey, this.#clock());
  }
}

function refusing(answer) {
  try {
    return answer();
  } catch (e) {
    if (e instanceof InvalidRequest) return { ok: false, error: "invalid", message: e.message };
    throw e;
  }
}
