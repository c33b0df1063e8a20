/**
 * @file Replication of one partition to KV.
 *
 * A pass works through the commit log beyond the watermark: each dirty KV key once, in order of first appearance, with
 * the state the record has at that moment. Commits may arrive while a pass waits for KV; they have their own rows beyond
 * the ones it took, so a later pass picks them up. The first failure ends the pass, because order is part of the
 * promise, and the watermark moves over the rows that are complete.
 */

import { FIRST_PASS_MS, MAX_BACKOFF_MS, MAX_KV_EXPIRATION, PASS_INTERVAL_MS } from "./limits.mjs";

/** Writes the dirty records of one partition to KV. */
export class Replicator {
  #ledger;
  #kv;
  #clock;
  #notBefore = 0;
  #failures = 0;

  /**
   * @param {import("./ledger.mjs").Ledger} ledger the partition
   * @param {object|undefined} kv the KV namespace, undefined when it is not bound
   * @param {function(): number} clock Unix ms
   */
  constructor(ledger, kv, clock) {
    this.#ledger = ledger;
    this.#kv = kv;
    this.#clock = clock;
  }

  /** Passes that failed since the last one that did not. */
  get failures() {
    return this.#failures;
  }

  /**
   * When the next pass is due.
   * @param {number} now Unix ms
   * @returns {number} Unix ms; Infinity when KV lacks nothing
   */
  due(now) {
    return this.#ledger.log.dirty ? Math.max(now + FIRST_PASS_MS, this.#notBefore) : Infinity;
  }

  /**
   * Runs one pass, unless it is too early for one or KV lacks nothing.
   * @returns {Promise<Error|undefined>} what ended the pass early, if anything; never rejects for a failure of KV
   */
  async pass() {
    if (!this.#ledger.log.dirty || this.#clock() < this.#notBefore) return undefined;
    const rows = this.#ledger.log.pending();
    const done = new Set();
    let failure;
    for (const kvKey of new Set(rows.flatMap((row) => row.dirty))) {
      try {
        await this.#write(kvKey);
      } catch (e) {
        failure = e;
        break;
      } finally {
        this.#notBefore = this.#clock() + PASS_INTERVAL_MS;
      }
      done.add(kvKey);
    }
    const open = rows.findIndex((row) => row.dirty.some((kvKey) => !done.has(kvKey)));
    const complete = open < 0 ? rows.length : open;
    if (complete > 0) this.#ledger.log.advance(rows[complete - 1].name);
    this.#failures = failure ? this.#failures + 1 : 0;
    if (failure) {
      this.#notBefore = this.#clock() + Math.min(MAX_BACKOFF_MS, PASS_INTERVAL_MS * 2 ** Math.min(this.#failures, 10));
    }
    return failure;
  }

  #write(kvKey) {
    if (!this.#kv) throw new Error("STORE is not bound");
    const replica = this.#ledger.replica(kvKey);
    if (replica === undefined) return this.#kv.delete(kvKey);
    const options = { metadata: { v: replica.v } };
    if (replica.x !== undefined) {
      options.metadata.x = replica.x;
      // KV refuses an expiry less than 60 s away, and reads its own clock a little later than this.
      // Beyond what KV can take it is left out; the metadata says it all the same.
      const expiration = Math.max(Math.ceil(replica.x / 1000), Math.ceil(this.#clock() / 1000) + 61);
      if (expiration <= MAX_KV_EXPIRATION) options.expiration = expiration;
    }
    return this.#kv.put(kvKey, replica.d, options);
  }
}
