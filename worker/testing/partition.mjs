/**
 * @file One partition as its callers see it: an object that may be evicted, with storage, alarm and KV that stay.
 */

import "./modules.mjs";
import { FakeClock } from "./clock.mjs";
import { FakeKV } from "./kv.mjs";
import { FakeStorage } from "./storage.mjs";

const { Sequencer } = await import("../sequencer.mjs");

let tokens = 0;

/**
 * A token that was not used before.
 * @returns {string} 20 characters
 */
export function freshToken() {
  return "token-" + String(++tokens).padStart(14, "0");
}

/** A partition under test. */
export class Partition {
  storage = new FakeStorage();
  #object;
  #revoke = () => undefined;

  /**
   * @param {import("node:test").TestContext} t the test
   * @param {string} [name] the partition's name
   */
  constructor(t, name = "user/1") {
    this.name = name;
    this.clock = new FakeClock();
    this.clock.install(t);
    this.kv = new FakeKV(this.clock);
    this.evict();
  }

  /** Ends the object, whatever it is doing, and starts it anew from what is stored. */
  evict(env = { STORE: this.kv }) {
    this.#revoke();
    const { storage, revoke } = this.storage.handle();
    this.#revoke = revoke;
    this.#object = new Sequencer({ storage }, env);
  }

  /**
   * Sends a commit.
   * @param {object} request parts of a commit request; partition and a fresh token are filled in
   * @returns {Promise<object>} the reply
   */
  async commit(request) {
    return JSON.parse(await this.#object.commit(JSON.stringify({ partition: this.name, token: freshToken(), ...request })));
  }

  /**
   * Sends a read.
   * @param {object} request parts of a read request; the partition is filled in
   * @returns {Promise<object>} the reply
   */
  async read(request) {
    return JSON.parse(await this.#object.read(JSON.stringify({ partition: this.name, ...request })));
  }

  /** Sends text as it is. */
  async raw(call, text) {
    return JSON.parse(await this.#object[call](text));
  }

  /**
   * Fires the alarm if there is one, moving the clock to it.
   * @returns {Promise<boolean>} false when there is none
   */
  async fire() {
    const time = this.storage.takeAlarm();
    if (time === null) return false;
    this.clock.now = Math.max(this.clock.now, time);
    const object = this.#object;
    try {
      await object.alarm();
    } catch (e) {
      if (object === this.#object) throw e;
      await this.storage.setAlarm(this.clock.now + 2000); // the platform repeats an alarm whose object went away
    }
    return true;
  }

  /** Fires alarms until KV lacks nothing: the watermark is at the last row with dirty keys. */
  async quiet() {
    for (let i = 0; i < 1000; i++) {
      if (!this.#lagging()) return;
      if (!(await this.fire())) throw new Error("KV lags, and no alarm is set");
    }
    throw new Error("replication does not end");
  }

  #lagging() {
    const mark = this.storage.kv.get("w") || "";
    return this.storage.names.some((name) => name.startsWith("l/") && name.slice(2) > mark && this.storage.kv.get(name).d.length > 0);
  }
}

/**
 * Builds puts of small records.
 * @param {string} prefix key prefix
 * @param {number} from first number
 * @param {number} to last number
 * @returns {{k: string, d: string}[]} puts with keys of four digits
 */
export function numbered(prefix, from, to) {
  const puts = [];
  for (let i = from; i <= to; i++) puts.push({ k: prefix + String(i).padStart(4, "0"), d: String(i) });
  return puts;
}
