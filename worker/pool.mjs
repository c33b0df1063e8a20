/**
 * @file The instances of one isolate. Each is given to one event at a time; further events wait in order.
 */

import { overloaded } from "./failure.mjs";
import { LOST_MS, QUEUE_TIMEOUT_MS } from "./limits.mjs";

/** A bounded pool with exclusive use. */
export class Pool {
  #start;
  #limits;
  #idle = []; // the latest used last: few instances stay warm
  #taken = new Map(); // instance -> Unix ms
  #waiting = []; // {resolve, timer}, oldest first

  /**
   * @param {{maxInstances: number, maxQueue: number}} limits bounds
   * @param {function(object): object} start makes an instance for bindings
   */
  constructor(limits, start) {
    this.#limits = limits;
    this.#start = start;
  }

  /** Events that wait. */
  get waiting() {
    return this.#waiting.length;
  }

  /** Instances that live. */
  get size() {
    return this.#idle.length + this.#taken.size;
  }

  /**
   * Takes an instance, waiting for one if all are taken. It must come back through `release`.
   * @param {object} env bindings for a new instance
   * @returns {Promise<object>} the instance
   * @throws {Failure} overloaded when too many wait already or none came free in time; whatever starting one throws
   */
  async acquire(env) {
    if (this.#waiting.length === 0) {
      const instance = this.#idle.pop() ?? this.#startOne(env);
      if (instance) return this.#take(instance);
    }
    if (this.#waiting.length >= this.#limits.maxQueue) throw overloaded("Too many requests are waiting, try again");
    const instance = await this.#wait();
    return instance.dead ? this.acquire(env) : instance;
  }

  /**
   * Gives an instance back. A dead one is dropped.
   * @param {object} instance the instance
   */
  release(instance) {
    if (!this.#taken.delete(instance)) return; // it was given up as lost
    if (instance.dead) return this.#refill();
    const next = this.#waiting.shift();
    if (!next) return void this.#idle.push(instance);
    this.#take(instance);
    next.resolve(instance);
  }

  /** A dead instance leaves room: the next event may start one of its own. */
  #refill() {
    this.#waiting.shift()?.resolve({ dead: true });
  }

  #startOne(env) {
    if (this.size >= this.#limits.maxInstances) this.#giveUpLost();
    return this.size < this.#limits.maxInstances ? this.#start(env) : undefined;
  }

  #take(instance) {
    this.#taken.set(instance, Date.now());
    return instance;
  }

  /** An event that the platform has ended cannot give its instance back. */
  #giveUpLost() {
    const before = Date.now() - LOST_MS;
    for (const [instance, since] of this.#taken) {
      if (since > before) continue;
      this.#taken.delete(instance);
      instance.die(new Error("lost with its event"));
    }
  }

  /** The timer belongs to the event that waits: with it the platform knows that the event is not stuck. */
  #wait() {
    return new Promise((resolve, reject) => {
      const entry = {
        resolve: (instance) => {
          clearTimeout(entry.timer);
          resolve(instance);
        },
      };
      entry.timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        reject(overloaded("No instance came free in time, try again"));
      }, QUEUE_TIMEOUT_MS);
      this.#waiting.push(entry);
    });
  }
}
