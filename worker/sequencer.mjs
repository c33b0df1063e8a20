/**
 * @file The Durable Object that orders the writes of one partition (a user, an item, a circuit ...).
 *
 * Workers KV alone loses updates; this object does not: it holds the committed records and their versions, decides each
 * commit in one synchronous transaction, and brings KV up to date from an alarm.
 */

import { DurableObject } from "cloudflare:workers";

import { Ledger } from "./sequencer/ledger.mjs";
import { PURGE_SLACK_MS, SWEEP_PER_ALARM, TOKEN_MS } from "./sequencer/limits.mjs";
import { firstExpiry, purge } from "./sequencer/records.mjs";
import { Replicator } from "./sequencer/replicate.mjs";
import { firstName } from "./sequencer/rows.mjs";

/** The sequencer of one partition. Both calls take and give JSON text, which crosses into Go as one string. */
export class Sequencer extends DurableObject {
  #storage;
  #ledger;
  #replicator;
  #alarm; // Unix ms of the stored alarm, null when there is none, undefined while unknown

  /**
   * @param {object} ctx state of the object
   * @param {{STORE: object}} env bindings: the KV namespace replicated to
   */
  constructor(ctx, env) {
    super(ctx, env);
    this.#storage = ctx.storage;
    this.#ledger = new Ledger(ctx.storage, Date.now);
    this.#replicator = new Replicator(this.#ledger, env.STORE, Date.now);
  }

  /**
   * Reads records, always current.
   * @param {string} request JSON: {partition, keys, scans}
   * @returns {Promise<string>} JSON: {ok, records, scans}
   */
  async read(request) {
    return JSON.stringify(this.#ledger.read(request));
  }

  /**
   * Commits: checks what was read, then applies everything or nothing.
   * @param {string} request JSON: {partition, token, reads, ranges, puts, deletes, adds}
   * @returns {Promise<string>} JSON: {ok: true, version, sums} or {ok: false, error, ...}
   */
  async commit(request) {
    if (this.#alarm === undefined) {
      const stored = await this.#storage.getAlarm();
      if (this.#alarm === undefined) this.#alarm = stored;
    }
    const { reply, applied, expiry } = this.#ledger.apply(request);
    if (applied) this.#wakeBy(Math.min(this.#replicator.due(Date.now()), Date.now() + TOKEN_MS + 1, expiry + PURGE_SLACK_MS));
    return JSON.stringify(reply);
  }

  /**
   * Replicates, drops what is no longer needed, and arranges for the next time. It does not throw for a failure of KV:
   * the platform gives an alarm up after a few failed runs, and this one has to go on until KV has everything.
   */
  async alarm() {
    this.#alarm = null;
    const failure = await this.#replicator.pass();
    if (failure) this.#report(failure);
    const now = Date.now();
    const log = this.#ledger.log;
    const unfinished = this.#storage.transactionSync(() => {
      const expired = purge(this.#storage.kv, now, SWEEP_PER_ALARM) === SWEEP_PER_ALARM;
      return log.trim(now, SWEEP_PER_ALARM) || expired;
    });
    if (log.newest === 0 && firstName(this.#storage.kv, "r/") === undefined) {
      // The versions end with the storage. Only the clock keeps new ones above them, so it has to be past the last.
      if (log.last >= now) return this.#wakeAt(log.last + 1);
      await this.#wipe();
      return undefined;
    }
    let next = firstExpiry(this.#storage.kv) + PURGE_SLACK_MS;
    // While KV lacks something, old rows wait for the pass that frees them: an alarm for them would find nothing to do.
    if (log.dirty) next = Math.min(next, this.#replicator.due(now));
    else if (log.newest > 0) next = Math.min(next, log.newest + TOKEN_MS + 1);
    if (unfinished) next = now;
    if (next < Infinity) this.#wakeAt(next);
    return undefined;
  }

  /** An object without rows costs nothing. The storage is empty from the call on, not from its completion. */
  #wipe() {
    this.#ledger.log.reset();
    if (this.#alarm !== null) this.#storage.deleteAlarm();
    this.#alarm = null;
    return this.#storage.deleteAll();
  }

  /** Leaves an earlier alarm alone: it arranges for this one when it has run. */
  #wakeBy(time) {
    if (this.#alarm === null || time < this.#alarm) this.#wakeAt(time);
  }

  #wakeAt(time) {
    if (time === this.#alarm) return;
    this.#alarm = time;
    this.#storage.setAlarm(time);
  }

  #report(failure) {
    console.log({
      level: this.#replicator.failures < 5 ? "warn" : "error",
      event: "replication_error",
      message: String(failure && failure.message),
      attempts: this.#replicator.failures,
      time: new Date().toISOString(),
    });
  }
}
