/**
 * @file Who may use which instance. An instance serves one request at a time; the others wait in order.
 *
 * The pool lends places. A place keeps the instance of its last holder, or is empty: then the holder starts one, because
 * everything an instance does has to happen within the request it does it for. The platform may end a request without
 * running another line of it, so each loan ends by itself; overdue places are taken back by whoever comes next.
 */

import { overloaded } from "./failure.mjs";

/**
 * A place for one instance; instance is null when there is none.
 * @typedef {{instance: import("./instance.mjs").Instance|null, until: number}} Place
 */

/** Lends places to requests. */
export class Pool {
  #max;
  #maxWaiting;
  #waitMs;
  #idle = [];
  #lent = new Set();
  #waiting = [];

  /**
   * @param {{max: number, maxWaiting: number, waitMs: number}} bounds places, waiting requests, and how long each waits
   */
  constructor(bounds) {
    this.#max = bounds.max;
    this.#maxWaiting = bounds.maxWaiting;
    this.#waitMs = bounds.waitMs;
  }

  /** Places in use. */
  get lent() {
    return this.#lent.size;
  }

  /** Requests that wait. */
  get waiting() {
    return this.#waiting.length;
  }

  /** Whether a further request would be refused. */
  get full() {
    this.#recall();
    return this.#lent.size >= this.#max && this.#waiting.length >= this.#maxWaiting;
  }

  /**
   * Lends a place, after those who came before.
   * @param {number} leaseMs when the loan ends at the latest
   * @param {{signal: AbortSignal}|null} request whose signal ends the waiting when the client goes away; it is asked for
   *   only to wait, since the platform makes it then
   * @returns {Promise<Place>} to be given back with `give`; rejects with a Failure (503) when too many wait or the
   *   waiting takes too long, and with the reason of the signal
   */
  async take(leaseMs, request = null) {
    if (this.full) throw overloaded();
    // A place that comes free goes to the first who waits at once, so a free one means that nobody waits.
    const place = this.#free() ? this.#lend() : await this.#wait(request && request.signal);
    // It was handed over, this comes too late for it, and it is taken back already.
    if (!this.#lent.has(place)) throw overloaded();
    place.until = Date.now() + leaseMs;
    return place;
  }

  /**
   * Takes a place back and lends it to the first who waits.
   * @param {Place} place a place; set its instance to null when the instance is not to be used again
   */
  give(place) {
    if (!this.#lent.delete(place)) return; // it was overdue, and is replaced already
    if (place.instance) this.#idle.push(place);
    this.#serve();
  }

  #free() {
    return this.#lent.size < this.#max;
  }

  /** The place used last is the warmest. */
  #lend() {
    const place = this.#idle.pop() || { instance: null, until: 0 };
    this.#lent.add(place);
    return place;
  }

  #serve() {
    while (this.#waiting.length > 0 && this.#free()) {
      const waiter = this.#waiting.shift();
      const place = this.#lend();
      place.until = Date.now() + this.#waitMs; // until the waiter, should it still exist, names its own
      waiter.resolve(place);
    }
  }

  /**
   * Waits in the queue. The timer is what keeps the platform from calling the request hung: the event it waits for
   * otherwise belongs to another request. It is also why all that ends the waiting is cleared here and not in `give`.
   */
  async #wait(signal) {
    if (signal && signal.aborted) throw signal.reason;
    let timer;
    let abort;
    try {
      return await new Promise((resolve, reject) => {
        const waiter = { resolve };
        const leave = (reason) => {
          const index = this.#waiting.indexOf(waiter);
          if (index < 0) return;
          this.#waiting.splice(index, 1);
          reject(reason);
        };
        timer = setTimeout(() => leave(overloaded()), this.#waitMs);
        abort = () => leave(signal.reason);
        if (signal) signal.addEventListener("abort", abort);
        this.#waiting.push(waiter);
      });
    } finally {
      clearTimeout(timer);
      if (signal) signal.removeEventListener("abort", abort);
    }
  }

  #recall() {
    const now = Date.now();
    for (const place of this.#lent) {
      if (place.until >= now) continue;
      this.#lent.delete(place);
      if (place.instance) place.instance.drop("its request is gone");
    }
    this.#serve();
  }
}
